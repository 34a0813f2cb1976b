"""Terms of services and licences, as a person saved and accepted them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import IMPORTED, STATED, Fact, Rows, sealed


@dataclass(frozen=True, kw_only=True)
class TermsRecorded(Fact):
    """A text that a person saved: its bytes, found in a file and kept; that the service showed it so is not observed.

    platform: id of a built-in profile, or the person's own name for the service or licence. page_title, dates: what a saved page says of
    itself; dates, each `{date, said}`: ISO 8601, and the words around it.
    """

    KIND: ClassVar[str] = "terms.recorded/1"
    CLASS: ClassVar[str] = IMPORTED
    sha256: str
    size: int
    media_type: str
    kept: str
    platform: str = sealed()
    page_title: str | None = sealed(claimed=True)
    dates: Rows | None = sealed(claimed=True)
    file: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class TermsAccepted(Fact):
    """What a person states of terms: under which plan, and since when. sha256: of the recorded text, where it is about one."""

    KIND: ClassVar[str] = "terms.accepted/1"
    CLASS: ClassVar[str] = STATED
    sha256: str | None = None
    platform: str = sealed()
    plan: str | None = sealed()
    accepted: str | None = sealed()
