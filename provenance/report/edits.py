"""A difference map in words, one line for each pair of pictures that were laid over each other; and those of a report. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from provenance import facts, words

Row = Mapping[str, Any]
_TOLD = ("why", "inside", "outside", "added", "tone", "placed", "flipped", "material", "width", "height", "repainted", "regions")


class RecordLike(Protocol):
    """An exported entry."""

    @property
    def entry(self) -> Any: ...


@dataclass(frozen=True)
class Edited:
    """A picture laid over the one before it. child, parent: numbers of cards, parent 0 where the picture is not in this report. sha256:
    of the parent. seq: of the entry. row: its open fields. map: SHA-256 of the map's blob, "" without one."""

    child: int
    parent: int
    sha256: str
    seq: int
    row: Row
    map: str


def edited(records: Iterable[RecordLike], numbers: Mapping[str, int]) -> tuple[Edited, ...]:
    """The comparisons whose later picture is in a report.

    Args:
        records: exported entries. numbers: the number of each picture's card by its hash.
    """
    found = []
    for entry in (record.entry for record in records if record.entry.kind == facts.EditMapped.KIND):
        child, parent = entry.open.get("child"), entry.open.get("parent")
        if isinstance(child, str) and child in numbers and isinstance(parent, str):
            row = {name: entry.open.get(name) for name in (*_TOLD, "outcome")}
            shown = entry.open.get("map")
            found.append(Edited(numbers[child], numbers.get(parent, 0), parent, entry.seq, row, shown if isinstance(shown, str) else ""))
    return tuple(sorted(found, key=lambda one: (one.child, one.seq)))


def line(row: Row, parent: str, lang: str) -> str:
    """What one row of the view `edit_maps` says.

    Args:
        parent: how the picture before is called.
    """
    if row["outcome"] != "mapped":
        return word("line.no", lang, parent=parent, why=why(row["why"], lang))
    total = (row["width"] or 0) * (row["height"] or 0)
    parts = [word("line", lang, repainted=row["repainted"], total=total, count=row["regions"], parent=parent)]
    parts += list(_more(row, lang))
    return word("join", lang).join(parts)


def _more(row: Row, lang: str) -> Iterator[str]:
    if row["inside"] is not None:
        yield word("line.masked", lang, inside=row["inside"], outside=row["outside"])
    if row["added"]:
        yield word("line.added", lang, added=row["added"])
    if row["tone"] not in (None, "none"):
        yield word("line.tone", lang)
    if row["placed"] not in (None, "same frame") or row["flipped"]:
        placed = words.say(f"edits.placed.{row['placed']}", lang)
        yield word("flipped", lang, placed=placed) if row["flipped"] else placed
    if row["material"] == "previews":
        yield word("line.previews", lang)


def word(name: str, lang: str, **params: Any) -> str:
    return words.say(f"edits.{name}", lang, **params)


def why(code: str | None, lang: str) -> str:
    """A reason in words; a code that this version does not know as it stands."""
    key = f"edits.why.{code}"
    return words.say(key, lang) if words.known(key) else words.visible(str(code))


def lines(rows: Sequence[Row], lang: str) -> Iterator[tuple[int, str]]:
    """(entry, line) of each row, the picture before called by the beginning of its hash."""
    for row in rows:
        yield row["seq"], line(row, row["parent"][:12], lang)
