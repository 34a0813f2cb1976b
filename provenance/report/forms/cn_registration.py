"""作品登记: what a registration form asks, as far as the record holds it; the rest is the applicant's."""

from __future__ import annotations

from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forms import said
from provenance.report.forms.desk import Desk

NAME = "cn_registration"
FORUM = "cn"


def paper(d: Dossier, desk: Desk) -> Paper:
    """The fields of the form, the summary of the process and the disclosure of tools."""
    form = [
        desk.row("ask.work", said.name(d, desk), "work"), desk.ask("ask.category", "category"),
        desk.row("ask.author", said.persons(d, desk), "author"), desk.ask("ask.owner", "owner"), desk.ask("ask.basis", "basis"),
        desk.row("ask.finished", said.finals(d, desk), "finished"), desk.ask("ask.place", "place"),
        desk.row("ask.published", said.published(d, desk), "published"),
    ]  # fmt: skip
    summary = [
        desk.ask("ask.aim", "aim"), desk.row("ask.ideas", said.ideas(d, desk)), desk.row("ask.inputs", said.inputs(d, desk)),
        desk.row("ask.taken", said.taken(d, desk)), desk.row("ask.late", said.late(d, desk)),
        desk.row("ask.rounds", said.rounds(d, desk)),
        desk.row("ask.choices", said.choices(d, desk)),
        desk.row("ask.edits", said.edits(d, desk)), desk.row("ask.arranged", said.arranged(d, desk)), desk.ask("ask.original", "original"),
    ]  # fmt: skip
    tools = said.tools(d, desk, "purpose")
    return desk.paper(d, NAME, [
        desk.heading("form"), desk.table(form), desk.heading("summary"), desk.table(summary), desk.heading("disclosure"),
        desk.table([*tools, desk.ask("ask.human", "human")]), desk.heading("law"),
        *desk.law("register", "register-fields", "register-ai", "author", "draft", "label"),
    ])  # fmt: skip
