"""Chats and texts that a person hands in: for works whose files carry nothing, and for the thinking around those that do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import IMPORTED, STATED, Fact, Rows, sealed


@dataclass(frozen=True, kw_only=True)
class ConversationFacts(Fact):
    """sha256, size: of the file that was handed in. kept: the blob with this conversation's part of it, verbatim. form: how the file
    writes it. turns_of_people: by the role `user`. branches: turns edited or asked for again. about, work: as of a note.

    turns: each `{role, text, by, at, model, to, files}`, None left out, in the words of the file; `at` is the file's time."""

    sha256: str
    size: int
    kept: str
    form: str
    count: int
    turns_of_people: int
    branches: int = 0
    about: tuple[str, ...] | None = None
    work: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationImported(ConversationFacts):
    """A file that a service or program exported, found and recorded later than the talk."""

    KIND: ClassVar[str] = "conversation.imported/1"
    CLASS: ClassVar[str] = IMPORTED
    path: Any = sealed()
    tool: str | None = sealed()
    title: str | None = sealed(claimed=True)
    ident: str | None = sealed(claimed=True)
    since: str | None = sealed(claimed=True)
    until: str | None = sealed(claimed=True)
    turns: Rows | None = sealed(claimed=True)


@dataclass(frozen=True, kw_only=True)
class ConversationStated(ConversationFacts):
    """The same, written down or copied by the person, who says that it was so."""

    KIND: ClassVar[str] = "conversation.stated/1"
    CLASS: ClassVar[str] = STATED
    path: Any = sealed()
    tool: str | None = sealed()
    title: str | None = sealed()
    ident: str | None = sealed()
    since: str | None = sealed()
    until: str | None = sealed()
    turns: Rows | None = sealed()
