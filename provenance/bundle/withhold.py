"""What a person may leave out: sealed fields of all entries, of one entry, or all that shows one picture (data/withhold.json)."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provenance import data, facts
from provenance.errors import BadInput

KEEP, BLUR, DROP = "keep", "blur", "drop"
_ONE = re.compile(r"([^@]+)@(0|[1-9][0-9]{0,15})")
PICTURE = "picture:"


@dataclass(frozen=True)
class Also:
    """What is withheld beside fields of all entries.

    at: entry -> names of its sealed fields, groups expanded. pictures: SHA-256 of pictures that are not shown: no original, no preview, no
    raw texts, nothing that their files say. reasons: what was asked for, in its one spelling -> why. previews: KEEP, BLUR (a blurred copy
    stands in for each) or DROP. shared: what is withheld of one entry may be shown by another.
    """

    at: Mapping[int, frozenset[str]] = field(default_factory=dict)
    pictures: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    previews: str = KEEP
    shared: bool = False

    def __bool__(self) -> bool:
        return bool(self.at or self.pictures or self.previews != KEEP)


NOTHING = Also()


@dataclass(frozen=True)
class Hidden:
    """Which sealed fields of which entry are not disclosed. everywhere: of all. at: of single entries, beside those."""

    everywhere: frozenset[str]
    at: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def of(self, entry: Any) -> frozenset[str]:
        """The fields of this entry that are withheld."""
        return frozenset(entry.sealed) & (self.everywhere | self.at.get(entry.seq, frozenset()))

    def rows(self) -> dict[str, list[str]]:
        """`withheld_at` of bundle.json: entry -> names that `withheld` has not."""
        left = {seq: sorted(names - self.everywhere) for seq, names in sorted(self.at.items())}
        return {str(seq): names for seq, names in left.items() if names}


def asked(items: Sequence[tuple[str, str]], picture: Callable[[str], str], previews: str = KEEP) -> tuple[frozenset[str], Also]:
    """What a person asked to withhold.

    Args:
        items: (`NAME`, `NAME@ENTRY` or `picture:REF`, why or ""), NAME a sealed field or a group of them. picture: REF -> SHA-256.
    Returns:
        The fields that are withheld of all entries, and what is withheld beside them.
    Raises:
        BadInput: `withhold.unknown` for a name that is neither a group nor a sealed field: a typo must not disclose. As `picture` does.
    """
    everywhere: frozenset[str] = frozenset()
    at: dict[int, frozenset[str]] = {}
    pictures, reasons = set(), {}
    for what, why in items:
        one = _ONE.fullmatch(what)
        if what.startswith(PICTURE):
            sha256 = picture(what.removeprefix(PICTURE))
            pictures.add(sha256)
            what = PICTURE + sha256
        elif one:
            at[int(one[2])] = at.get(int(one[2]), frozenset()) | fields([one[1]])
        else:
            everywhere |= fields([what])
        if why:
            reasons[what] = why
    return everywhere, Also(at, frozenset(pictures), reasons, previews)


def items(also: Also) -> list[str]:
    """What is withheld beside fields of all entries, one item each: `name@entry`, `picture:<SHA-256>`."""
    rows = [f"{name}@{seq}" for seq, names in sorted(also.at.items()) for name in sorted(names)]
    return [*rows, *(PICTURE + sha256 for sha256 in sorted(also.pictures))]


def of_file(text: str, path: str) -> list[tuple[str, str]]:
    """The items of a TOML file of tables `[[withhold]]`, each with `what` and `why`. Raises BadInput `withhold.file`."""
    try:
        rows = tomllib.loads(text).get("withhold", [])
        items = [(row["what"], row.get("why", "")) for row in rows]
        if not items or any(set(row) - {"what", "why"} for row in rows) or any(type(part) is not str for row in items for part in row):
            raise ValueError
    except (tomllib.TOMLDecodeError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadInput("withhold.file", path=path) from error
    return items


def hidden(everywhere: frozenset[str], also: Also, entries: Iterable[Any]) -> Hidden:
    """Which fields of these entries are withheld.

    Raises:
        BadInput: `withhold.no-entry` for an entry that is not among them, `withhold.no-field` for a field that an entry does not have.
    """
    there = {entry.seq: entry for entry in entries}
    at: dict[int, frozenset[str]] = {}
    for seq, names in also.at.items():
        if seq not in there:
            raise BadInput("withhold.no-entry", seq=seq)
        at[seq] = names & frozenset(there[seq].sealed)
        if not at[seq]:
            raise BadInput("withhold.no-field", seq=seq, known=", ".join(sorted(there[seq].sealed)) or "-")
    for seq, entry in there.items():
        if about(entry) & also.pictures and entry.sealed:
            at[seq] = frozenset(entry.sealed)
    for seq, entry in there.items():
        if entry.kind == facts.TranslationStated.KIND and any(entry.open["field"] in at.get(one, ()) for one in entry.open["entries"]):
            at[seq] = frozenset(entry.sealed)  # a translation tells what its original says
    return Hidden(everywhere, at)


def about(entry: Any) -> frozenset[str]:
    """The files that an entry says something of, by its own look at them; what a person said of a picture stays the person's."""
    told = [entry.open.get(name) for name in ("sha256", "of") if entry.kind in LOOKED_AT]
    return frozenset(one for one in told if isinstance(one, str))


LOOKED_AT = frozenset({
    *facts.FILE_KINDS, *facts.DESCRIBED_KINDS, facts.ProjectDescribed.KIND, facts.DrawingMeasured.KIND, facts.InputDeclared.KIND,
    facts.ConversationImported.KIND, facts.ConversationStated.KIND,
})  # fmt: skip


def fields(names: Iterable[str]) -> frozenset[str]:
    """The sealed fields that `names` mean, groups expanded; any field that may repeat a withheld one goes with it.

    Raises:
        BadInput: `withhold.unknown` for a name that is neither a group nor a sealed field: a typo must not disclose.
    """
    groups: dict[str, list[str]] = json.loads(data.read("withhold.json"))
    known = sealed_fields()
    found: set[str] = set()
    for name in names:
        if name not in groups and name not in known:
            raise BadInput("withhold.unknown", name=name, known=", ".join([*groups, *sorted(known)]))
        found |= {name} if name in known else set()
        found |= set(groups.get(name, ()))
    return frozenset(found)


def sealed_fields() -> frozenset[str]:
    """Every sealed field that any fact has."""
    return frozenset(f.name for fact in facts.KINDS.values() for f in dataclasses.fields(fact) if f.metadata.get("sealed"))


def claims(entry: Any) -> frozenset[str]:
    """The sealed fields of this entry that hold what its file says."""
    return frozenset(name for name in entry.sealed if facts.field_class(entry.kind, name) == facts.FILE_CLAIMED)


def privileged(ledger: Any) -> frozenset[int]:
    """The entries that a person meant for counsel alone, and what signs them. ledger: `entries(kinds=...)`."""
    found: set[int] = set()
    for entry in ledger.entries(kinds=(facts.NoteAdded.KIND, facts.IdeaStated.KIND, facts.StatementSigned.KIND)):
        if entry.open.get("privileged") or entry.open.get("of") in found:
            found.add(entry.seq)
    return frozenset(found)


def without(selection: Any, seqs: frozenset[int]) -> Any:
    """A selection without these entries (views.selection.Selection)."""
    pictures = tuple(dataclasses.replace(p, entries=tuple(seq for seq in p.entries if seq not in seqs)) for p in selection.pictures)
    return dataclasses.replace(selection, pictures=pictures, entries=tuple(seq for seq in selection.entries if seq not in seqs))
