"""Notes for counsel in Japan: intent and the four points of the Agency for Cultural Affairs."""

from __future__ import annotations

from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forms import said
from provenance.report.forms.desk import Desk
from provenance.report.forms.points import notes

NAME = "jp_notes"
FORUM = "jp"


def paper(d: Dossier, desk: Desk) -> Paper:
    """The points in the Agency's order."""
    return notes(d, desk, NAME, [
        ("intent", [("ideas", said.ideas(d, desk))]), ("amount", [("prompts", said.prompts(d, desk)), ("inputs", said.inputs(d, desk))]),
        ("attempts", [("rounds", said.rounds(d, desk)), ("choices", said.choices(d, desk))]),
        ("selection", [("choices", said.choices(d, desk))]),
        ("additions", [("edits", said.edits(d, desk)), ("arranged", said.arranged(d, desk))]), ("chiba", []),
    ])  # fmt: skip
