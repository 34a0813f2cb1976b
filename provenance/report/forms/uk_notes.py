"""Notes for counsel in the United Kingdom: who made the arrangements, and what a human author added."""

from __future__ import annotations

from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forms import kept, said
from provenance.report.forms.desk import Desk
from provenance.report.forms.points import notes

NAME = "uk_notes"
FORUM = "uk"


def paper(d: Dossier, desk: Desk) -> Paper:
    """The points in the order of the Act."""
    return notes(d, desk, NAME, [
        ("9-3", [("persons", said.persons(d, desk)), ("acting", said.acting(d, desk)), ("machine", kept.started(d, desk, kept.WHO)),
                 ("inputs", said.inputs(d, desk)), ("taken", said.taken(d, desk)),
                 ("late", said.late(d, desk)), ("rounds", said.rounds(d, desk))]),
        ("12-7", [("finals", said.finals(d, desk))]),
        ("178", [("edits", said.edits(d, desk)), ("arranged", said.arranged(d, desk)), ("choices", said.choices(d, desk))]),
        ("report", []),
    ])  # fmt: skip
