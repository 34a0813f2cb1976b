"""What a person said: notes, works, decisions, links. All STATED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Fact):
    KIND: ClassVar[str] = "note.added/1"
    CLASS: ClassVar[str] = STATED
    about: tuple[str, ...] | None = None  # SHA-256 of pictures
    work: str | None = None
    text: str = sealed()


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


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    KIND: ClassVar[str] = "decision.made/1"
    CLASS: ClassVar[str] = STATED
    decision: str  # "kept", "rejected"
    pictures: tuple[str, ...]
    why: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class LinkStated(Fact):
    KIND: ClassVar[str] = "link.stated/1"
    CLASS: ClassVar[str] = STATED
    parent: str
    child: str
    how: str
    why: str | None = sealed()
