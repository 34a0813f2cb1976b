"""Process films and contact sheets that were made from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import Fact, sealed


@dataclass(frozen=True, kw_only=True)
class FilmMade(Fact):
    """A film or a contact sheet was made from entries, and from nothing else.

    sha256, size, media_type: of the file. form: "film" or "contact sheet". first, last: the lowest and the highest entry that it shows.
    shown: cards of a film, pictures of a sheet. left_out: runs and files, or pictures, that it does without. ms: how long the film runs.
    withheld: sealed fields that it does not show.
    """

    KIND: ClassVar[str] = "film.made/1"
    sha256: str
    size: int
    media_type: str
    form: str
    first: int
    last: int
    shown: int
    left_out: int
    ms: int | None = None
    withheld: tuple[str, ...] = ()
    path: Any = sealed()
