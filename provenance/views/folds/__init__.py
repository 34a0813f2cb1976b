"""The folds, in the order they are run. A new view is one new file and one word here."""

from __future__ import annotations

from provenance.views.fold import Fold
from provenance.views.folds import anchors, coverage, edits, likeness, lineage, models, people, pictures, projects, readings, terms, works

FOLDS: tuple[Fold, ...] = (pictures, readings, models, works, people, lineage, likeness, edits, projects, coverage, anchors, terms)
