"""What the page shows, as values: language-neutral, texts verbatim, every line with its class and its entry numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from provenance.report.agreed import Terms
from provenance.report.course.values import Course
from provenance.report.difference import FieldChange
from provenance.report.edits import Edited
from provenance.report.exhibit import Exhibit
from provenance.report.kin import Kin
from provenance.report.overlaid import Overlaid
from provenance.report.steps.delta import Delta
from provenance.report.values import Item
from provenance.views.family_edge import Edge

UNKNOWN = "UNKNOWN"
"""The class of an entry of a kind this version does not know and which names no class itself."""


class EntryLike(Protocol):
    """The part of a ledger entry that the report reads. at: RFC 3339 UTC. sealed: field name -> commitment (64 hex)."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def open(self) -> Mapping[str, Any]: ...
    @property
    def sealed(self) -> Mapping[str, str]: ...
    @property
    def leaf(self) -> bytes: ...


class RecordLike(Protocol):
    """An entry and the sealed values that are disclosed with it. A name that is sealed and not in `values` is withheld."""

    @property
    def entry(self) -> EntryLike: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Picture:
    """A picture of the work. sha256: of the file, hex. role: chosen, ancestor, rejected, input. entries: seqs known to concern it.

    why_absent: why the file itself is not in the bundle, "" where it is.
    """

    sha256: str
    role: str
    entries: tuple[int, ...] = ()
    why_absent: str = ""


@dataclass(frozen=True)
class Time:
    """A time authority's word whose token is in the bundle: the first `size` entries were there at `time` (RFC 3339 UTC).

    seq: the entry that tells of it, written after that. It was checked against a pinned root when the answer came.
    """

    seq: int
    size: int
    time: str
    authority: str


@dataclass(frozen=True)
class Witness:
    """A witness's word whose cosigned head is in the bundle: at `time`, by its own clock, it had seen this history of `size` entries.

    seq: the entry that tells of it. name, vkey: of its key. Whether it is somebody else, and whose key it is, is for the reader to know.
    """

    seq: int
    size: int
    time: str
    name: str
    vkey: str


@dataclass(frozen=True)
class Bracketed:
    """A picture between two trusted times, by the entry that first recorded it; None where there is none on that side."""

    number: int
    seq: int
    after: Time | None
    before: Time | None


def around(times: Sequence[Time], seq: int) -> tuple[Time | None, Time | None]:
    """The last time that the ledger tells of before an entry, and the first over a head that holds it."""
    after = max((time for time in times if time.seq < seq), key=lambda time: time.time, default=None)
    return after, min((time for time in times if time.size > seq), key=lambda time: time.time, default=None)


@dataclass(frozen=True)
class Meta:
    """What the exporter knows beside the entries. work: its id or "". verdict: INTEGRITY ONLY, ANCHORED, ... times, witnesses: as above.
    refused: entries by which a witness said that it saw another history. edges: which picture was made from which, and how that is known.

    made_at, snapshot_at: RFC 3339 UTC. withheld: what the exporter was asked to hold back, by field or group name. withheld_why: the reason
    given for it. total_entries: in the whole ledger at the snapshot. key_fingerprint: SHA-256 of the public key, hex.
    key_protection: as in ledger.opened, e.g. `file-0600`. exhibits: in their order. root: of the snapshot, hex. forum: whose order the
    report keeps.
    """

    title: str
    work: str
    log: str
    made_at: str
    snapshot_size: int
    snapshot_at: str
    key_fingerprint: str
    key_protection: str
    software: str
    verdict: str
    total_entries: int
    withheld: tuple[str, ...] = ()
    withheld_why: str = ""
    times: tuple[Time, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    refused: tuple[int, ...] = ()
    edges: tuple[Edge, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    root: str = ""
    forum: str = "general"


@dataclass(frozen=True)
class Line:
    """One line of a table. klass: who says so. commitment: set where the value is withheld. imported: claimed by a file found later."""

    kind: str
    field: str
    klass: str
    items: tuple[Item, ...]
    entries: tuple[int, ...]
    commitment: str = ""
    imported: bool = False


@dataclass(frozen=True)
class Table:
    """Lines of one class. imported: what files found later claim, kept apart from what files seen live claim."""

    klass: str
    imported: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Card:
    """One picture. number: its number on the page, from 1. name: its last bare file name where disclosed; previews: blobs entries name."""

    number: int
    sha256: str
    role: str
    name: str
    entries: tuple[int, ...]
    imported_only: bool
    previews: tuple[str, ...]
    tables: tuple[Table, ...]
    why_absent: str = ""


@dataclass(frozen=True)
class Event:
    """One entry on the timeline. said: open texts and numbers for its sentence. quotes: what a person stated, or all of an unknown kind.
    pictured: worth a preview; other entries about the same picture only name it. places: the folder or file it is about.
    technical: a measurement that only an expert reads.

    file_time: what the file system said, "" without. attested: the entry holds what a third party attested.
    """

    seq: int
    at: str
    kind: str
    known: bool
    klass: str
    said: tuple[tuple[str, str], ...]
    quotes: tuple[Line, ...]
    places: tuple[Line, ...]
    technical: bool
    pictures: tuple[int, ...]
    pictured: bool
    file_time: str
    attested: bool


@dataclass(frozen=True)
class Step:
    """From one picture to the next recorded. withheld: fields that could not be compared. reroll: the seed alone differs.
    said: the same differences one by one, for sentences.

    mute: numbers of those of the two whose files say nothing of their making.
    imported: one of the two was found later, so the order is the order of finding.
    """

    before: int
    after: int
    changes: tuple[FieldChange, ...]
    withheld: tuple[str, ...]
    reroll: bool
    mute: tuple[int, ...]
    imported: bool
    said: tuple[Delta, ...] = ()


@dataclass(frozen=True)
class Decided:
    """A decision: a person's own, or something seen that a rule takes for one. klass: who says so. others: hashes of decided pictures that
    are not in this report. commitment: set where the reason is withheld. withdrawn: the entry that took it back, -1 where none did.

    observed, value, tool: what was seen, "" for a person's own; decision is then what the rule (rule) takes it to mean, "" where none does.
    """

    seq: int
    at: str
    decision: str
    pictures: tuple[int, ...]
    others: tuple[str, ...]
    reason: str
    commitment: str
    klass: str = "STATED"
    observed: str = ""
    value: str = ""
    tool: str = ""
    rule: str = ""
    withdrawn: int = -1


@dataclass(frozen=True)
class Spoken:
    """What a person stated beside the pictures: an idea, an input of their own, who takes part, who is at the machine; with its fields.

    first: of an idea, the first entry shown of a file that tells of a generator, -1 without one: it was written before or after that.
    """

    seq: int
    at: str
    kind: str
    lines: tuple[Line, ...]
    pictures: tuple[int, ...]
    first: int = -1


@dataclass(frozen=True)
class Bound:
    """A model name as pictures give it, and the file that lay under it. agrees: "yes", "no", "" (the picture claims no hash)."""

    name: str
    kind: str
    how: str
    sha256: str
    autov2: str
    autov3: str
    agrees: str
    details: tuple[tuple[str, str], ...]
    pictures: tuple[int, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Running:
    """One heading of the running record and its entries; an empty one is printed as none."""

    topic: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Interval:
    """A span of time by this machine's clock. seconds: -1 where it cannot be told. attested: how many third-party times there are."""

    since: str
    until: str
    seconds: int
    attested: int


@dataclass(frozen=True)
class Hidden:
    """A field that is withheld: the commitment stands in the entry, the value is not here."""

    seq: int
    kind: str
    field: str
    commitment: str


@dataclass(frozen=True)
class Whole:
    """An entry with every field, for the annex. leaf: its hash in the tree, hex."""

    seq: int
    at: str
    kind: str
    leaf: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ModelFile:
    """A model file that was read whole."""

    seq: int
    at: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Dossier:
    """The whole page. counts: (name, number), context only. names: what persons called the work; tools: what files name, each once.
    reasons: how many ideas, notes and reasons of decisions a person stated."""

    meta: Meta
    period: Interval
    unattested: Interval
    brackets: tuple[Bracketed, ...]
    counts: tuple[tuple[str, int], ...]
    names: tuple[Line, ...]
    tools: tuple[Line, ...]
    cards: tuple[Card, ...]
    timeline: tuple[Event, ...]
    steps: tuple[Step, ...]
    decisions: tuple[Decided, ...]
    bound: tuple[Bound, ...]
    unbound: tuple[Hidden, ...]
    models: tuple[ModelFile, ...]
    running: tuple[Running, ...]
    hidden: tuple[Hidden, ...]
    annex: tuple[Whole, ...]
    kin: tuple[Kin, ...] = ()
    terms: tuple[Terms, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    reasons: int = 0
    edited: tuple[Edited, ...] = ()
    overlaid: tuple[Overlaid, ...] = ()
    course: Course = Course()
