"""Notes for counsel in Korea: what the registration guide calls registrable, and what not."""

from __future__ import annotations

from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forms import said
from provenance.report.forms.desk import Desk
from provenance.report.forms.points import notes

NAME = "kr_notes"
FORUM = "kr"


def paper(d: Dossier, desk: Desk) -> Paper:
    """The points in the guide's order."""
    return notes(d, desk, NAME, [
        ("pure", [("rounds", said.rounds(d, desk))]), ("input", [("inputs", said.inputs(d, desk))]),
        ("modify", [("edits", said.edits(d, desk))]),
        ("arrange", [("arranged", said.arranged(d, desk)), ("choices", said.choices(d, desk))]), ("english", []),
    ])  # fmt: skip
