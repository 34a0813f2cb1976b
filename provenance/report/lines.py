"""One entry as lines: each field with its class, its value as items, or its commitment where the value is withheld."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from provenance import facts
from provenance.report.dossier import UNKNOWN, EntryLike, Hidden, Line, RecordLike, Table, Whole
from provenance.report.values import items

LEDGER_CLOCK = "clock"  # the counters that the ledger itself writes into each entry
_MEASURED = frozenset((*facts.FILE_KINDS, *facts.DESCRIBED_KINDS, facts.FileRenamed.KIND))  # their fields mean the same: one line for all
_SHARED = frozenset({"sha256", "work"})  # these name the same thing in every kind of entry
_CLASSES: Mapping[str, Mapping[str, str]] = {  # worked out once: a dossier asks for it a hundred thousand times
    kind: {
        **{name: facts.field_class(kind, name) for name in ("", *(field.name for field in dataclasses.fields(fact)))},
        LEDGER_CLOCK: facts.OBSERVED,
    }
    for kind, fact in facts.KINDS.items()
}
CLASS_ORDER = (*facts.CLASSES, UNKNOWN)


def line_class(entry: EntryLike, field: str) -> str:
    """Who says this field, or the entry as a whole where `field` is "".

    The facts answer for a kind and field that they know; for an unknown kind its own `class` counts; all else is UNKNOWN, so that what a
    newer version wrote is never taken for an observation.
    """
    if entry.kind in _CLASSES:
        return _CLASSES[entry.kind].get(field, UNKNOWN)
    named = entry.open.get("class")
    return named if named in facts.CLASSES else UNKNOWN


def lines_of(record: RecordLike) -> tuple[Line, ...]:
    """Every field of an entry but its class, open ones first, in the order of the facts; fields that the facts do not know last."""
    entry = record.entry
    names = [name for name in (*entry.open, *entry.sealed) if name != "class"]
    order = {name: place for place, name in enumerate(_CLASSES.get(entry.kind, ()))}
    return tuple(_line(record, name) for name in sorted(dict.fromkeys(names), key=lambda name: (order.get(name, len(order)), name)))


def _line(record: RecordLike, name: str) -> Line:
    entry = record.entry
    commitment, shown = "", items(entry.open.get(name))
    if name in entry.sealed:
        # a value that is handed over counts only where the entry commits to it; else it is not part of the record
        commitment = "" if name in record.values else str(entry.sealed[name])
        shown = items(record.values.get(name))
    return Line(
        kind=entry.kind,
        field=name,
        klass=line_class(entry, name),
        items=shown,
        entries=(entry.seq,),
        commitment=commitment,
        imported=entry.kind == facts.FileImported.KIND,
    )


def hidden_of(record: RecordLike) -> tuple[Hidden, ...]:
    """The withheld fields of an entry."""
    entry = record.entry
    return tuple(Hidden(entry.seq, entry.kind, name, str(entry.sealed[name])) for name in sorted(entry.sealed) if name not in record.values)


def whole_of(record: RecordLike) -> Whole:
    """An entry with all its lines."""
    entry = record.entry
    return Whole(entry.seq, entry.at, entry.kind, entry.leaf.hex(), lines_of(record))


def merged(lines: Iterable[Line], *, by_item: bool = False) -> tuple[Line, ...]:
    """Lines that say the same become one with all their entry numbers; the first's place stands.

    by_item: each item counts for itself. Lines of different classes, and of files found later, never become one.
    """
    if by_item:
        lines = [dataclasses.replace(line, items=(item,)) for line in lines for item in line.items]
    first: dict[tuple[object, ...], Line] = {}
    entries: dict[tuple[object, ...], set[int]] = {}
    for line in lines:
        kind = "" if by_item or line.kind in _MEASURED or line.field in _SHARED else line.kind
        key = (kind, line.field, line.klass, line.items, line.commitment, line.imported)
        first.setdefault(key, line)
        entries.setdefault(key, set()).update(line.entries)
    return tuple(dataclasses.replace(line, entries=tuple(sorted(entries[key]))) for key, line in first.items())


def tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    """Lines by class, in the order of CLASS_ORDER, those of files found later apart; empty tables left out."""
    return tuple(
        Table(klass, late, mine)
        for klass in CLASS_ORDER
        for late in (False, True)
        if (mine := tuple(line for line in lines if line.klass == klass and line.imported == late))
    )
