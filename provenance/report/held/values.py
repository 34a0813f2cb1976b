"""A fact of the record beside a legal factor, as a value that any language can say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provenance.report.dossier import Bracketed, Dossier, Line, Spoken, Step, Whole, around
from provenance.report.edits import Edited
from provenance.report.overlaid import Overlaid

MOST = 5
"""Facts of one sort that are told one by one; the rest is counted."""


@dataclass(frozen=True)
class Quote:
    """Somebody else's words, or their commitment where they are withheld."""

    text: str
    commitment: str = ""


@dataclass(frozen=True)
class Word:
    """A value out of the recorder's closed vocabulary: `report.word.<field>.<value>`."""

    field: str
    value: str


@dataclass(frozen=True)
class Stamp:
    """A time, RFC 3339 UTC."""

    at: str


@dataclass(frozen=True)
class Pictures:
    """Pictures by their numbers."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Names:
    """Names of fields or parameters with how often each is meant."""

    counted: tuple[tuple[str, int], ...]


Param = int | str | Quote | Word | Stamp | Pictures | Names | Edited | Overlaid | Bracketed
"""str: a technical value (a hash, a file name of the bundle), shown as code."""


@dataclass(frozen=True)
class Held:
    """One fact. key: of the message `paper.held.<key>`. klass: who says so. entries: all that it rests on."""

    key: str
    klass: str
    entries: tuple[int, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """A dossier with its entries by kind. numbers: of its pictures by hash. firsts: of each picture, its first file entry."""

    d: Dossier
    kinds: Mapping[str, tuple[Whole, ...]]
    numbers: Mapping[str, int]
    firsts: Mapping[int, int]

    def of(self, *kinds: str) -> tuple[Whole, ...]:
        """The entries of some kinds, in the order of the ledger."""
        found = [whole for kind in kinds for whole in self.kinds.get(kind, ())]
        return tuple(sorted(found, key=lambda whole: whole.seq))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps between pictures that were both seen live: where one was found later, the order is that of finding, and nothing follows
        from it."""
        return tuple(step for step in self.d.steps if not step.imported)

    def bracket(self, seq: int) -> Bracketed | None:
        """Between which third-party times an entry stands; None where there is no such time at all."""
        times = self.d.meta.times
        return Bracketed(0, seq, *around(times, seq)) if times else None

    def files(self, *numbers: int) -> tuple[int, ...]:
        """The first file entries of some pictures."""
        return tuple(sorted({self.firsts[number] for number in numbers if number in self.firsts}))


def book(d: Dossier, file_kinds: Sequence[str]) -> Book:
    """A dossier ready to be asked. file_kinds: the kinds of entries that record a file's bytes."""
    kinds: dict[str, list[Whole]] = {}
    for whole in d.annex:
        kinds.setdefault(whole.kind, []).append(whole)
    numbers = {card.sha256: card.number for card in d.cards}
    firsts: dict[int, int] = {}
    for whole in sorted((one for kind in file_kinds for one in kinds.get(kind, ())), key=lambda one: one.seq):
        number = numbers.get(said(whole, "sha256"))
        if number is not None:
            firsts.setdefault(number, whole.seq)
    return Book(d, {kind: tuple(found) for kind, found in kinds.items()}, numbers, firsts)


def line(whole: Whole | Spoken, name: str) -> Line | None:
    """A field of an entry, None where it has none."""
    return next((one for one in whole.lines if one.field == name), None)


def said(whole: Whole, name: str) -> str:
    """A field's value as one text; "" where there is none or it is withheld."""
    found = line(whole, name)
    return "" if found is None or found.commitment or not found.items else found.items[0].text


def number(whole: Whole, name: str) -> int | None:
    """A field's value as a whole number."""
    text = said(whole, name)
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 17 else None


def quote(whole: Whole, name: str) -> Quote | None:
    """A sealed field's words, or its commitment; None where the entry has no such field."""
    found = line(whole, name)
    return None if found is None else quoted(found)


def quoted(found: Line) -> Quote:
    """A line's words, or its commitment."""
    return Quote("; ".join(item.text for item in found.items), found.commitment)


def seqs(entries: Iterable[Whole]) -> tuple[int, ...]:
    """The numbers of entries."""
    return tuple(one.seq for one in entries)
