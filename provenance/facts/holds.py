"""Litigation holds: while one stands, no original is let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class HoldStarted(Fact):
    """From this entry on the recorder drops no original, whatever its budget, until the hold is ended."""

    KIND: ClassVar[str] = "hold.started/1"
    CLASS: ClassVar[str] = STATED
    why: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class HoldEnded(Fact):
    """The hold that entry `hold` started was ended."""

    KIND: ClassVar[str] = "hold.ended/1"
    CLASS: ClassVar[str] = STATED
    hold: int
    why: str | None = sealed()
