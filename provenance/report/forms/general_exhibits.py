"""The list of exhibits alone, for a forum without a form of its own for it."""

from __future__ import annotations

from provenance.paper.blocks import Block, Paper, Para, Table
from provenance.report.dossier import Dossier
from provenance.report.forms.desk import Desk
from provenance.report.forms.listing import rows

NAME = "general_exhibits"
FORUM = "general"
HEAD = ("number", "name", "source", "proves", "form", "entries")


def paper(d: Dossier, desk: Desk) -> Paper:
    """A list without exhibits says so."""
    listed = rows(d, desk, proof=False)
    head = tuple(desk.say(f"list.{name}") for name in HEAD)
    blocks: list[Block] = [Table(head, listed, (8, 26, 12, 18, 12, 11), sourced=False)] if listed else [Para(desk.none())]
    return desk.paper(d, NAME, [desk.heading("exhibits"), *blocks, Para(desk.text("list.note"), kind="note")])
