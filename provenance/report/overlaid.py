"""Where a person's input is found again in a picture made with it: the comparisons of a report, and their words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import facts
from provenance.report.edits import RecordLike, Row, word
from provenance.report.edits import why as why_not

RECURS, CHANCE = "recurs", "not told from chance"
_TOLD = ("outcome", "why", "material", "laid", "outline", "again", "by_chance", "displaced", "cells", "recurring", "rate")


@dataclass(frozen=True)
class Overlaid:
    """An input laid over a picture. own, output: numbers of cards, 0 where the picture is not in this report. sha256: of the input. seq: of
    the entry. row: its open fields. overlay: SHA-256 of the comparison's blob, "" without one."""

    own: int
    output: int
    sha256: str
    seq: int
    row: Row
    overlay: str


def overlaid(records: Iterable[RecordLike], numbers: Mapping[str, int]) -> tuple[Overlaid, ...]:
    """The comparisons whose picture is in a report, by picture.

    Args:
        records: exported entries. numbers: the number of each picture's card by its hash.
    """
    found = []
    for entry in (record.entry for record in records if record.entry.kind == facts.InputCompared.KIND):
        own, output, shown = (entry.open.get(name) for name in ("own", "output", "overlay"))
        if isinstance(output, str) and output in numbers and isinstance(own, str):
            row = {name: entry.open.get(name) for name in _TOLD}
            overlay = shown if isinstance(shown, str) else ""
            found.append(Overlaid(numbers.get(own, 0), numbers[output], own, entry.seq, row, overlay))
    return tuple(sorted(found, key=lambda one: (one.output, one.seq)))


def line(row: Mapping[str, Any], own: str, lang: str) -> str:
    """What one comparison says, without its numbers of pixels.

    Args:
        row: of the view `input_overlays`, or an entry's open fields. own: how the input is called.
    """
    if row["outcome"] == RECURS:
        said = word("input.recurs", lang, own=own, recurring=row["recurring"], cells=row["cells"])
    elif row["outcome"] == CHANCE:
        said = word("input.chance", lang, own=own)
    else:
        said = word("line.no", lang, parent=own, why=why_not(row["why"], lang))
    previews = word("line.previews", lang) if row["material"] == "previews" else ""
    return word("join", lang).join(part for part in (said, previews) if part)


def lines(rows: Sequence[Row], lang: str) -> Iterator[tuple[int, str]]:
    """(entry, line) of each row of the view, the input called by the beginning of its hash."""
    for row in rows:
        yield row["seq"], line(row, row["own"][:12], lang)
