"""What a check looks at, as values: gathered outside, from the record alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.terms.applies import Applied

PROMPT, NEGATIVE, TURN, NAME = "prompt", "negative", "turn", "name"
"""Where a text stood: in what was asked for, in what was to be kept out, in a person's turn of a conversation, in a model's name."""


@dataclass(frozen=True)
class Text:
    """A text that took part. pictures and entries: those in which it stands; one text of two thousand runs is one Text."""

    text: str
    where: str
    pictures: tuple[str, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """A picture of the work. role: chosen, ancestor, input, rejected. name: its last file name. live: seen as it came; generated: its file
    tells of a generator."""

    sha256: str
    role: str
    name: str
    seq: int
    at: str
    live: bool
    generated: bool


@dataclass(frozen=True)
class Input:
    """A file that went into pictures. rights: as the person declared, "" where nothing was. licence: whether a licence's text is kept."""

    sha256: str
    name: str
    rights: str
    licence: bool
    entries: tuple[int, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """What bears on some pictures: the terms of a service, or a model's licence (applied None: none is known). model: its name."""

    applied: Applied | None
    model: str
    on: str
    pictures: tuple[str, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Noted:
    """What a small file beside a model says. permissions: the flags by their names. agrees: whether the hash it claims is the model's."""

    model: str
    name: str
    permissions: Mapping[str, str]
    agrees: bool | None
    pictures: tuple[str, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Decision:
    """A person's decision, and whether it has a reason."""

    seq: int
    reason: bool
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """A mark of machine making found in a file. form: "aigc" (GB 45438-2025) or "c2pa". text: what it says, short."""

    form: str
    text: str
    sha256: str
    seq: int


@dataclass(frozen=True)
class Standing:
    """How the record stands. ideas, notes, statements: how many entries. late: ideas written after the first picture. unanchored: seconds
    of the longest time without a third party's word, with its ends; -1 where nothing was recorded. trusted: how many such words there are.
    open_entries: entries of the work behind the last one. holes: (since, until, reason) of times within the work that were not watched."""

    ideas: int = 0
    late: int = 0
    notes: int = 0
    statements: int = 0
    unanchored: int = -1
    since: str = ""
    until: str = ""
    trusted: int = 0
    open_entries: int = 0
    holes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Alike:
    """A file of the person's own folder that agrees with a picture. how: "same file", "same pixels", "same visible", "looks alike",
    "near". measured: (name, value). path: of the file, for people. rate: the sentence on how often such a finding was wrong, (en, zh)."""

    sha256: str
    path: str
    how: str
    measured: tuple[tuple[str, str], ...] = ()
    rate: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Material:
    """All of it. work: its id, None for single pictures. day: of the check, ISO 8601. compared: files of folders that were compared, None
    where none were named; not_compared: those that could not be; cut: whether the folders held more than was looked through."""

    title: str
    work: str | None
    day: str
    pictures: tuple[Shown, ...]
    texts: tuple[Text, ...] = ()
    inputs: tuple[Input, ...] = ()
    uses: tuple[Use, ...] = ()
    noted: tuple[Noted, ...] = ()
    decisions: tuple[Decision, ...] = ()
    labels: tuple[Label, ...] = ()
    standing: Standing = Standing()
    alike: tuple[Alike, ...] = ()
    compared: int | None = None
    not_compared: int = 0
    cut: bool = False

    @property
    def kept(self) -> tuple[Shown, ...]:
        """The pictures that were not rejected."""
        return tuple(one for one in self.pictures if one.role != "rejected")

    @property
    def finals(self) -> tuple[Shown, ...]:
        """The pictures that are the work itself."""
        return tuple(one for one in self.pictures if one.role == "chosen")
