"""Notes for counsel: points of law, each with the facts of the record beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.paper.blocks import Block, Paper, Para, Row, Source
from provenance.report.dossier import Dossier
from provenance.report.forms.desk import Desk, Said


def notes(d: Dossier, desk: Desk, name: str, points: Sequence[tuple[str, Sequence[tuple[str, Said]]]]) -> Paper:
    """A paper of notes.

    Args:
        name: of the form. points: (key of a legal line, facts beside it as (label, what)); a point may have none.
    """
    blocks: list[Block] = [Para(desk.text("points.intro"), kind="note")]
    for key, facts in points:
        blocks.append(Para(desk.legal(key)))
        rows: list[Row] = [desk.row(f"ask.{label}", said) for label, said in facts]
        if rows:
            blocks.append(desk.table(rows))
    return desk.paper(d, name, [*blocks, Para(desk.text("points.end"), Source(), "limit")])
