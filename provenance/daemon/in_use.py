"""Pictures that a project file marks as put to use (krita-ai-diffusion's `in_use`), as decisions: the file's word, not what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance import canon, facts
from provenance.capture.marks.mark import IN_USE, meaning
from provenance.config import Rule
from provenance.daemon import layers
from provenance.views import decided
from provenance.views.family_rows import Asking
from provenance.views.fold import unplain

TOOL = "krita-ai-diffusion"
_STANDS = "SELECT path FROM places WHERE sha256 = :s AND here = 1 ORDER BY path LIMIT 1"


def decisions(views: Asking, rules: Sequence[Rule], project: str) -> Iterator[facts.DecisionImported]:
    """One for each recorded picture that this project's file marks and that no version of it marked before.

    Args:
        rules: of prov.toml. project: SHA-256 of a project file that was taken apart.
    """
    source = "".join(row["path"] for row in views.ask(_STANDS, s=project))
    for sha256 in dict.fromkeys(row["picture"] for row in layers.chosen(views, project)):
        told = decided.imported(views, sha256)
        if any((row["observed"], row["tool"]) == (IN_USE, TOOL) for row in told):
            continue
        path = "".join(row["path"] for row in views.ask(_STANDS, s=sha256))
        meant = meaning(rules, IN_USE, unplain(path))
        yield facts.DecisionImported(
            pictures=(sha256,), observed=IN_USE, meaning=meant.means or None, rule=meant.rule or None, pattern=meant.pattern or None,
            tool=TOOL, source=canon.path(unplain(source)) if source else None,
        )  # fmt: skip
