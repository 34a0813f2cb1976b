"""What a person said: notes, works, decisions, links. All STATED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import MOST_PICTURES, STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Fact):
    KIND: ClassVar[str] = "note.added/1"
    CLASS: ClassVar[str] = STATED
    about: tuple[str, ...] | None = None  # SHA-256 of pictures
    work: str | None = None
    way: str | None = None  # "typed", "voice", "file"; entries of the first version have none
    kept: str | None = None  # a blob: the voice note or text file as it was handed over
    media_type: str | None = None
    privileged: bool | None = None  # True: for counsel alone, in no bundle, film or annex unless it is named
    text: str | None = sealed()  # None for a voice note: nothing is made of it
    file: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class WorkNamed(Fact):
    KIND: ClassVar[str] = "work.named/1"
    CLASS: ClassVar[str] = STATED
    work: str  # 16 hex digits, made once
    name: str = sealed()


@dataclass(frozen=True, kw_only=True)
class WorkFiled(Fact):
    KIND: ClassVar[str] = "work.filed/1"
    CLASS: ClassVar[str] = STATED
    work: str
    pictures: tuple[str, ...]

    @classmethod
    def batches(cls, work: str, pictures: Sequence[str]) -> tuple[WorkFiled, ...]:
        """As many facts as it takes: an entry holds 65,535 bytes."""
        return tuple(cls(work=work, pictures=tuple(pictures[n : n + MOST_PICTURES])) for n in range(0, len(pictures), MOST_PICTURES))


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    KIND: ClassVar[str] = "decision.made/1"
    CLASS: ClassVar[str] = STATED
    decision: str  # "kept", "rejected", "chosen", "published"; "withdrawn" takes an earlier entry back, which stands all the same
    pictures: tuple[str, ...]
    withdraws: int | None = None  # the entry that is taken back
    why: str | None = sealed()
    where: str | None = sealed()  # of "published"

    @classmethod
    def batches(cls, pictures: Sequence[str], **said: Any) -> tuple[DecisionMade, ...]:
        """As many facts as it takes: an entry holds 65,535 bytes."""
        return tuple(cls(pictures=tuple(pictures[n : n + MOST_PICTURES]), **said) for n in range(0, len(pictures), MOST_PICTURES))


@dataclass(frozen=True, kw_only=True)
class LinkStated(Fact):
    KIND: ClassVar[str] = "link.stated/1"
    CLASS: ClassVar[str] = STATED
    parent: str
    child: str
    how: str
    why: str | None = sealed()
