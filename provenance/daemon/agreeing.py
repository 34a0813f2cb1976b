"""A text of terms that a person saved, and what they state of their plan, into the ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass

from provenance import canon, facts
from provenance.daemon import saying
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.ledger.chain import Entry
from provenance.terms import force, saved
from provenance.terms.applies import platform_id

MOST = 32 * 1024 * 1024  # bytes of a saved text: a page with all its pictures in it stays below


@dataclass(frozen=True)
class Recorded:
    """entries: the text's, then what was stated of it. page: what a saved page says of itself; None where it is no page."""

    platform: str
    entries: tuple[Entry, ...]
    page: saved.Page | None


def record(house: House, platform: str, file: str | None, plan: str | None, accepted: str | None) -> Recorded:
    """Write terms down. The file's bytes are kept before the entry that names them; nothing in it is run, nothing is fetched.

    Args:
        accepted: the day, ISO 8601, on which the person says that they accepted it.
    Raises:
        BadInput: `terms.empty`, `terms.what`, `terms.day`, `say.no-file`, `say.too-large`.
    """
    named = platform_id(platform)
    if not named:
        raise BadInput("terms.what")
    if not any((file, plan, accepted)):
        raise BadInput("terms.empty")
    accepted = force.day(accepted) if accepted else None
    said: list[facts.Fact] = []
    sha, page = None, None
    if file is not None:
        handed = saying.hand(file)
        if handed.data is None or handed.size > MOST:
            raise BadInput("say.too-large", path=file, most=MOST // 1024 // 1024)
        page = saved.page(handed.data) if saved.is_html(handed.data) else None
        sha = saying.kept(house, handed)
        said.append(
            facts.TermsRecorded(
                sha256=sha, size=handed.size, media_type=_media_type(handed, page), kept=sha, platform=named,
                page_title=(page.title or None) if page else None,
                dates=tuple({"date": date, "said": words} for date, words in page.dates) or None if page else None,
                file=canon.path(os.path.basename(file)),  # noqa: PTH119
            )
        )
    if plan or accepted:
        said.append(facts.TermsAccepted(sha256=sha, platform=named, plan=plan or None, accepted=accepted))
    return Recorded(named, house.tell(*said), page)


def _media_type(handed: saying.Handed, page: saved.Page | None) -> str:
    if page is not None:
        return "text/html"
    return "application/pdf" if handed.data is not None and handed.data.startswith(b"%PDF-") else handed.media_type
