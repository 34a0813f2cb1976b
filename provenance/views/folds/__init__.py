"""The folds, in the order they are run. A new view is one new file and one word here."""

from __future__ import annotations

from provenance.views.fold import Fold
from provenance.views.folds import (
    anchors,
    coverage,
    edits,
    holds,
    likeness,
    lineage,
    models,
    people,
    pictures,
    projects,
    readings,
    review,
    statements,
    terms,
    translations,
    works,
)

FOLDS: tuple[Fold, ...] = (
    pictures, readings, models, works, people, statements, lineage, likeness, edits, projects, coverage, anchors, terms, translations,
    review, holds,
)  # fmt: skip
