"""Papers that a forum asks for, as fillable drafts. A new one is a file here, a line in FORMS and its stem in data/forums/<forum>.json."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forms import (
    cn_custody,
    cn_evidence_list,
    cn_process,
    cn_registration,
    eu_eidas,
    general_exhibits,
    jp_notes,
    kr_notes,
    uk_notes,
    us_902_11,
    us_902_13,
    us_902_14,
    us_1746,
    us_application,
)  # fmt: skip
from provenance.report.forms.desk import Desk
from provenance.report.forum import Forum
from provenance.report.speak import Speaker

FORMS = (
    cn_evidence_list, cn_process, cn_registration, cn_custody,
    us_application, us_902_11, us_902_13, us_902_14, us_1746,
    eu_eidas, uk_notes, jp_notes, kr_notes, general_exhibits,
)  # fmt: skip
"""In the order in which they are handed over. Each has NAME, FORUM and `paper(d, desk)`."""


def forms(d: Dossier, forum: Forum, languages: Sequence[str]) -> tuple[tuple[str, Paper], ...]:
    """The papers of a forum.

    Args:
        d: as `gather` made it, its exhibits in `d.meta`. forum: from `report.forum.forum(name)`. languages: that the user asked for.
    Returns:
        (stem of the file's name, paper), e.g. `cn_process-zh`: first in the language that the forum reads, whether asked for or not, since
        a paper in another one cannot be filed; then reading copies in the others that were asked for.
    """
    files = ("zh", "en") if forum.language == "both" else (forum.language,)
    spoken = tuple(one for one in files if forum.language != "both" or one in languages) or files
    order = tuple(dict.fromkeys((*spoken, *languages)))
    found = []
    for form in FORMS:
        if form.NAME in forum.papers or (form is general_exhibits and "cn_evidence_list" not in forum.papers):
            found += [(f"{form.NAME}-{lang}", form.paper(d, Desk(Speaker(lang), form.FORUM, files))) for lang in order]
    return tuple(found)
