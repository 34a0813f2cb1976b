"""How a work came about, beside the files: ideas, own inputs, who was there, and decisions as other programs and folders show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import IMPORTED, STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class DecisionSeen(Fact):
    """Something was done with pictures that may show a decision. What was seen and what it is taken to mean are two fields, always.

    pictures: SHA-256. observed: "moved to folder", "copied to folder", "put into folder", "left its folder", "rated", "labelled",
    "starred", "saved by button", "on board", "tagged", "in the bin". value: open only where it is a number or a fixed word. meaning:
    "kept", "rejected", "chosen", or None where no rule says. rule: which rule made the meaning: "prov.toml 1" (by its place), or
    "built-in". tool: whose mark it is. place: a folder, board or tag. pattern: the rule's own words. at_tool: the time that the other
    program wrote to it.
    """

    pictures: tuple[str, ...]
    observed: str
    value: str | None = None
    meaning: str | None = None
    rule: str | None = None
    tool: str | None = None
    place: Any = sealed()
    pattern: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class DecisionObserved(DecisionSeen):
    """Seen as it happened, by the recorder, in the folders that it watches."""

    KIND: ClassVar[str] = "decision.observed/1"


@dataclass(frozen=True, kw_only=True)
class DecisionImported(DecisionSeen):
    """Found later, in another program's files: when it was decided, and by whom, is that program's word."""

    KIND: ClassVar[str] = "decision.imported/1"
    CLASS: ClassVar[str] = IMPORTED
    at_tool: str | None = sealed(claimed=True)
    source: Any = sealed()  # the file or folder it was read from


@dataclass(frozen=True, kw_only=True)
class IdeaStated(Fact):
    """What a person has in mind. earlier: the entry that first recorded a picture of the same work, where there was one by then: the
    idea was then written down after it. kept: a blob with the file's bytes (a sketch, a voice note); further files are further entries.
    privileged: as of a note."""

    KIND: ClassVar[str] = "idea.stated/1"
    CLASS: ClassVar[str] = STATED
    work: str | None = None
    earlier: int | None = None
    kept: str | None = None
    media_type: str | None = None
    privileged: bool | None = None
    text: str | None = sealed()
    file: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class InputDeclared(Fact):
    """A file that a person brings to the work. rights: "mine", "licensed", "third-party", as the person says.

    used_before: the entry of the first recorded picture that used these bytes, where there was one by then. kept: a blob with the bytes.
    licence_kept: a blob with the licence's text; licence: its file's name or address.
    """

    KIND: ClassVar[str] = "input.declared/1"
    CLASS: ClassVar[str] = STATED
    sha256: str
    size: int
    media_type: str
    rights: str
    kept: str | None = None
    licence_kept: str | None = None
    used_before: int | None = None
    work: str | None = None
    note: str | None = sealed()
    licence: Any = sealed()
    file: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class PersonNamed(Fact):
    """Who takes part. person: 16 hex digits, made once; a later entry of the same person adds to it or corrects it.

    relation: "own work", "employed", "commissioned". part: what they do, in words. for_whom: employer or client.
    """

    KIND: ClassVar[str] = "person.named/1"
    CLASS: ClassVar[str] = STATED
    person: str
    relation: str | None = None
    work: str | None = None
    name: str = sealed()
    part: str | None = sealed()
    for_whom: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class PersonActing(Fact):
    """From this entry on this person is at the machine, until another one is said to be. None: nobody is said to be, from now on."""

    KIND: ClassVar[str] = "person.acting/1"
    CLASS: ClassVar[str] = STATED
    person: str | None = None
