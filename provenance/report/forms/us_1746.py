"""Skeleton of a declaration under 28 U.S.C. § 1746: numbered blanks, facts of the record beside, the two statutory forms."""

from __future__ import annotations

from provenance.paper.blocks import Block, Paper
from provenance.report.dossier import Dossier
from provenance.report.forms import kept, said
from provenance.report.forms.cn_process import own_words
from provenance.report.forms.desk import Desk
from provenance.report.forms.us_certificate import declaration

NAME = "us_1746"
FORUM = "us"


def paper(d: Dossier, desk: Desk) -> Paper:
    """Who declares what stays blank: the record cannot declare anything."""
    shown = [
        desk.row("ask.work", said.name(d, desk)), desk.row("ask.finals", said.finals(d, desk)),
        desk.row("ask.taken", said.taken(d, desk)),
        desk.row("ask.edits", said.edits(d, desk)), desk.row("ask.late", said.late(d, desk)),
        desk.row("ask.times", kept.times(d, desk)),
    ]  # fmt: skip
    declared = [desk.ask("ask.declarant", "cert-name", "cert-role"), desk.ask("ask.knowledge", "cert-knowledge"),
                desk.ask("ask.statement", "statement.1", "statement.2", "statement.3")]  # fmt: skip
    blocks: list[Block] = [
        desk.heading("declared"), desk.table(declared), desk.heading("facts"), desk.table(shown),
        desk.heading("own-words"), *own_words(d, desk), desk.heading("form-1746"), *declaration(desk),
    ]  # fmt: skip
    return desk.paper(d, NAME, blocks)
