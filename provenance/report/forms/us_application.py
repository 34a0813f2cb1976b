"""An aid for the US Copyright Office's application: Author Created, Material Excluded, New Material, Note to CO; facts and blanks."""

from __future__ import annotations

from provenance.paper.blocks import Block, Paper, Para
from provenance.report.dossier import Dossier
from provenance.report.forms import said
from provenance.report.forms.desk import Desk

NAME = "us_application"
FORUM = "us"


def paper(d: Dossier, desk: Desk) -> Paper:
    """Each field of the application: the pattern, what the record holds beside it, and a blank for the applicant's own words."""
    created = [
        desk.row("ask.inputs", said.inputs(d, desk)), desk.row("ask.arranged", said.arranged(d, desk)),
        desk.row("ask.edits", said.edits(d, desk)), desk.row("ask.choices", said.choices(d, desk)), desk.ask("ask.human", "human"),
    ]  # fmt: skip
    blocks: list[Block] = [
        desk.heading("us-basics"), *desk.law("disclose", "standard", "no-ai-author", "risk"),
        desk.table([desk.row("ask.work", said.name(d, desk), "work"), desk.row("ask.author", said.persons(d, desk), "author"),
                    desk.row("ask.finished", said.finals(d, desk), "finished"),
                    desk.row("ask.published", said.published(d, desk), "published")]),
        desk.heading("us-created"), *desk.law("author-pattern", "perceptible", "prompts"), desk.table(created),
        desk.skeleton("us-created", human=desk.blank("us-human"), ai=desk.blank("us-ai")),
        desk.heading("us-excluded"), *desk.law("exclude", "excluded-pattern"), desk.table(said.tools(d, desk)),
        desk.skeleton("us-excluded", ai=desk.blank("us-ai")),
        desk.heading("us-new"), desk.table([desk.row("ask.edits", said.edits(d, desk)), desk.ask("ask.new", "us-new")]),
        desk.heading("us-note"), *desk.law("note-pattern"), Para(desk.text("us.note")),
        desk.table([desk.row("ask.taken", said.taken(d, desk)), desk.row("ask.late", said.late(d, desk)),
                    desk.row("ask.rounds", said.rounds(d, desk)), desk.row("ask.ideas", said.ideas(d, desk)),
                    desk.ask("ask.note", "us-note")]),
    ]  # fmt: skip
    return desk.paper(d, NAME, blocks)
