"""What of the ledger may go into a bundle from which something is withheld: fields, originals, raw texts, previews, the title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import facts
from provenance.bundle import page, texts, withhold
from provenance.bundle.assemble import Blob
from provenance.bundle.leak import Search
from provenance.bundle.needles import SAID, needles, of_text, own_words
from provenance.bundle.needles import texts as leaves
from provenance.bundle.request import Request
from provenance.bundle.withhold import Also, Hidden
from provenance.errors import BadInput
from provenance.ledger.records import Record

WITHHELD, HOLDS = "it is withheld", "it holds what is withheld"
HANDED = (  # with copies of what a person handed over
    facts.IdeaStated.KIND, facts.InputDeclared.KIND, facts.NoteAdded.KIND, facts.StatementMade.KIND,
)  # fmt: skip
_GROUP = {
    **dict.fromkeys(facts.CONVERSATION_KINDS, "conversation"), facts.TermsRecorded.KIND: "terms", **dict.fromkeys(HANDED, "note"),
}  # fmt: skip


@dataclass(frozen=True)
class Screen:
    """hidden: fields by entry. search: for what is withheld. shared: values withheld of single entries or pictures that other entries show.
    unsought: values too short or too common to be looked for."""

    hidden: Hidden
    also: Also
    search: Search
    shared: int = 0
    unsought: int = 0

    def values(self, record: Record) -> dict[str, Any]:
        """The values that the bundle shows of this entry."""
        out = self.hidden.of(record.entry)
        return {name: value for name, value in record.values.items() if name not in out}

    def original(self, sha256: str, records: Iterable[Record]) -> str:
        """Why an original may not go along, "" where it may if it is `clean`, too: what its pixels show is not looked at.

        It may not where its own file says what is withheld, in whatever form.
        """
        if sha256 in self.also.pictures:
            return WITHHELD
        own = (r.entry for r in records if sha256 in withhold.about(r.entry))
        return HOLDS if any(self.hidden.of(entry) & withhold.claims(entry) for entry in own) else ""

    def clean(self, blob: Blob) -> bool:
        """Whether no withheld value is found in these bytes, as far as they can be opened."""
        return self.search.find("", blob.opener()) is None

    def looks(self, *pictures: str) -> bool:
        """Whether something that shows how these pictures look may go along as it is."""
        return self.also.previews == withhold.KEEP and not self.also.pictures.intersection(pictures)

    def attached(self, record: Record) -> Iterator[str]:
        """SHA-256 of the blobs of an entry that may go along, as far as its fields tell: `clean` is still to be asked."""
        entry, out = record.entry, self.hidden.of(record.entry)
        if not out & withhold.claims(entry):
            rows = record.values.get("carriers")
            yield from (row["sha256"] for row in (rows if isinstance(rows, list) else ()))
        group = _GROUP.get(entry.kind)
        if group and not self.hidden.everywhere & withhold.fields([group]) and not out:
            yield from (entry.open[name] for name in ("kept", "licence_kept") if name in entry.open)
        pair = [entry.open.get(name, "") for name in ("parent", "child", "own", "output")]
        if self.looks(*pair):
            yield from (entry.open[name] for name in ("map", "overlay") if name in entry.open)

    def title(self, title: str, neutral: str, field: str) -> str:
        """The title of a bundle, a neutral one where it would tell what is withheld. field: whose value it is."""
        found = self.search.find("", [title.encode("utf-8", "replace")]) is not None
        told = found or field in self.hidden.everywhere or any(title in piece for piece in self.search.pieces)
        return neutral if told else title

    def names(self) -> tuple[str, ...]:
        """What is withheld, for a reader: fields of all entries, `@entry` where something is of one, `picture:<SHA-256>`, then previews."""
        rows = [f"@{seq}" for seq in sorted(self.also.at)] + [withhold.PICTURE + sha256 for sha256 in sorted(self.also.pictures)]
        look = [f"previews_{self.also.previews}"] if self.also.previews != withhold.KEEP else []
        return (*sorted(self.hidden.everywhere), *rows, *look)

    def why(self, why: str) -> str:
        """The reasons that were given, the one for all first."""
        return "; ".join([*([why] if why else []), *(f"{what}: {told}" for what, told in self.also.reasons.items())])

    def said(self) -> dict[str, Any]:
        """What bundle.json says of it beside `withheld` and `withheld_why`."""
        more = {"withheld_at": self.hidden.rows(), "withheld_reasons": dict(self.also.reasons)}
        look = {"previews": self.also.previews} if self.also.previews != withhold.KEEP else {}
        return {name: value for name, value in more.items() if value} | look


def screen(records: Sequence[Record], request: Request) -> Screen:
    """What may be shown of these entries.

    Raises:
        BadInput: as `withhold.hidden`; `withhold.shown-elsewhere` where another entry would show the same value.
    """
    hidden = withhold.hidden(request.withheld, request.also, (record.entry for record in records))
    outs = {record.entry.seq: hidden.of(record.entry) for record in records}
    if not any(outs.values()):
        return Screen(hidden, request.also, Search({}))
    shown = {text for r in records for name, value in r.values.items() if name not in outs[r.entry.seq] for text in leaves(value)}
    _elsewhere(records, request.also, outs)
    sought, shared = [], set()
    for record in records:
        for name in sorted(outs[record.entry.seq] & record.values.keys()):
            for text in leaves(record.values[name]):
                strict = name in SAID and name in request.withheld
                if strict or text not in shown:
                    sought.append((name, text, strict))
                else:
                    shared.add(text)
    found = needles(sought, (record.entry.open for record in records), own_words(_same()), "\n".join(shown))
    return Screen(hidden, request.also, Search(found.pieces), len(shared), found.unsought)


def _elsewhere(records: Sequence[Record], also: Also, outs: dict[int, frozenset[str]]) -> None:
    """Refuse to withhold of one entry what another shows in the same field."""
    by = {record.entry.seq: record for record in records}
    for seq, names in also.at.items() if not also.shared else ():
        for name in sorted(names & SAID & by[seq].values.keys()):
            value = by[seq].values[name]
            if value in (None, "", []) or not any(any(of_text(name, text)) for text in leaves(value)):
                continue
            others = [r.entry.seq for r in records if name not in outs[r.entry.seq] and r.values.get(name) == value]
            if others:
                some = ", ".join(map(str, others[:8]))
                raise BadInput("withhold.shown-elsewhere", what=f"{name}@{seq}", count=len(others), seqs=some, other=f"{name}@{others[0]}")


def _same() -> Iterator[bytes]:
    """The files that are the same in every bundle."""
    yield texts.readme()
    yield texts.instructions()
    yield page.page()
    yield from texts.verifier().values()


def checked(screening: Screen, files: Iterable[tuple[str, int, Any]], top: str) -> None:
    """Look for withheld values in every file of a bundle before it is handed over.

    Args:
        files: (full name, size, opener) of the bundle. top: its folder.
    Raises:
        BadInput: `export.leak`, naming the file and the field. Nothing is handed over then.
    """
    if not screening.search.pieces:
        return
    same = {"README.txt", "VERIFY.txt", "verify.html", *texts.PROGRAM}
    for name, _, opener in files:
        if name.removeprefix(f"{top}/") in same:
            continue
        found = screening.search.find(name, opener())
        if found is not None:
            shown = "-" if found.how == "name" else name.removeprefix(f"{top}/")
            raise BadInput("export.leak", name=shown, field=found.field, how=found.how)
