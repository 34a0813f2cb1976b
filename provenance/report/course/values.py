"""What is known of how a work went: language-neutral, texts verbatim, pictures by their numbers in the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance.report.steps.delta import Area
from provenance.report.steps.story import Against
from provenance.views.timeline import Timeline


@dataclass(frozen=True)
class Sitting:
    """Files with no long pause between them. name: `1`, `2`, ... in order, `i1`, ... for files found later, by the times that they claim.

    since, until: RFC 3339 UTC. first, last: entries of its files, the lowest and the highest. files: how many. made: how many of them tell
    of a generator.
    """

    name: str
    since: str
    until: str
    first: int
    last: int
    files: int
    made: int
    imported: bool


@dataclass(frozen=True)
class Masked:
    """A mask that went into a run. name: as the run's file gives it. sha256: as it claims, "" where it does not. area: where it was
    counted. seqs: entries that counted it."""

    name: str
    sha256: str
    area: Area | None
    seqs: tuple[int, ...]


@dataclass(frozen=True)
class Try:
    """A run of a generator. number: in this report, from 1, those found later last. entries: of its files. pictures: numbers of cards.

    before: what changed since the run just before it in time. alike: since the last run of the same canvas or wiring, where the one just
    before was of another. sitting: its name.
    """

    number: int
    at: str
    sitting: str
    entries: tuple[int, ...]
    pictures: tuple[int, ...]
    generator: str
    seeds: tuple[str, ...]
    imported: bool
    before: Against | None
    alike: Against | None
    masks: tuple[Masked, ...] = ()
    denoise: str = ""


@dataclass(frozen=True)
class Project:
    """A version of a layered project file. number, against: pictures, 0 where they are not in this report. row: open fields. claims: what
    the file says of its making. layers: rows, None where they are withheld. commitment: of the layers then."""

    seq: int
    number: int
    against: int
    row: Mapping[str, Any]
    claims: tuple[tuple[str, str, str], ...]
    layers: tuple[Mapping[str, Any], ...] | None
    commitment: str


@dataclass(frozen=True)
class Drawing:
    """What was drawn in a mask editor, counted. number: of its picture, 0 where that is not in this report."""

    seq: int
    number: int
    part: str
    covered: int
    total: int


@dataclass(frozen=True)
class Replaced:
    """Other bytes under a name recorded before. before, after: pictures, 0 where they are not in this report."""

    seq: int
    at: str
    before: int
    after: int


@dataclass(frozen=True)
class Words:
    """A prompt of the kept line, each text once. of: SHA-256 of its canonical form. field: prompts or negative_prompts. entries: of the
    files that give it; pictures: their numbers."""

    of: str
    field: str
    text: str
    entries: tuple[int, ...]
    pictures: tuple[int, ...]


@dataclass(frozen=True)
class Translated:
    """A translation that a person supplied. of: as in Words, "" where that is withheld. text, translator: "" where withheld, and then the
    commitment stands beside it."""

    seq: int
    lang: str
    of: str
    text: str
    translator: str
    text_commitment: str = ""
    translator_commitment: str = ""


@dataclass(frozen=True)
class Course:
    """All of it. unspoken: file entries whose generator is withheld, so that no run can be told of them. words_hidden: file entries of the
    kept line whose prompts are withheld, with the commitments."""

    sittings: tuple[Sitting, ...] = ()
    tries: tuple[Try, ...] = ()
    unspoken: tuple[int, ...] = ()
    projects: tuple[Project, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    words: tuple[Words, ...] = ()
    words_hidden: tuple[tuple[int, str], ...] = ()
    translated: tuple[Translated, ...] = ()
    watched: Timeline = Timeline()
