"""The sections that follow the pictures: timeline, decisions, models, the running record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provenance import facts
from provenance.report.cards import subjects
from provenance.report.dossier import Bound, Card, Decided, Event, Hidden, RecordLike, Running, Spoken
from provenance.report.lines import LEDGER_CLOCK, hidden_of, line_class, lines_of
from provenance.report.values import plain

OVERFLOW = "overflow"
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("recorder", (facts.LedgerOpened.KIND, facts.RecorderStarted.KIND, facts.RecorderStopped.KIND)),
    ("folders", (facts.WatchAdded.KIND, facts.WatchRemoved.KIND)),
    ("gaps", (facts.GapNoticed.KIND,)),
    (OVERFLOW, (facts.GapNoticed.KIND,)),
    ("clock", (facts.ClockJumped.KIND,)),
    ("imported", (facts.FileImported.KIND,)),
    ("replaced", (facts.FileChanged.KIND, facts.FileRenamed.KIND)),
    ("lost", (facts.FileVanished.KIND, facts.FileUnreadable.KIND)),
    ("dropped", (facts.OriginalDropped.KIND,)),
)
_PICTURED = frozenset((
    *facts.FILE_KINDS, *facts.DECISION_KINDS, facts.LinkStated.KIND, facts.NoteAdded.KIND, *facts.CONVERSATION_KINDS,
    facts.InputDeclared.KIND,
))
_SPOKEN = frozenset((facts.IdeaStated.KIND, facts.InputDeclared.KIND, facts.PersonNamed.KIND, facts.PersonActing.KIND))
_COUNTERS = frozenset({LEDGER_CLOCK})
_PLACED = frozenset((
    facts.WatchAdded.KIND, facts.WatchRemoved.KIND, facts.GapNoticed.KIND, facts.FileRenamed.KIND, facts.FileVanished.KIND,
    facts.FileUnreadable.KIND,
))
_PLACES = frozenset({"path", "was_path"})
_TECHNICAL = frozenset((
    *facts.DESCRIBED_KINDS, facts.FileUndescribed.KIND, facts.ProjectDescribed.KIND, facts.ModelsBound.KIND, facts.SnapshotSigned.KIND,
))
_BINDING = frozenset({"name", "kind", "how", "sha256", "autov2", "autov3", "agrees"})


def events(records: Iterable[RecordLike], shown: Sequence[Card]) -> tuple[Event, ...]:
    """Every entry as one event, in the order of the records."""
    numbers = {card.sha256: card.number for card in shown}
    listed: dict[int, list[int]] = {}
    for card in shown:
        for seq in card.entries:
            listed.setdefault(seq, []).append(card.number)
    return tuple(_event(record, numbers, listed.get(record.entry.seq, [])) for record in records)


def _event(record: RecordLike, numbers: Mapping[str, int], listed: Sequence[int]) -> Event:
    entry = record.entry
    known = entry.kind in facts.KINDS
    klass = line_class(entry, "")
    lines = lines_of(record)
    quotes = [line for line in lines if line.field in entry.sealed] if known else list(lines)
    return Event(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        known=known,
        klass=klass,
        said=tuple((name, plain(value)) for name, value in sorted(entry.open.items()) if isinstance(value, str | int)),
        quotes=tuple(quotes) if klass == facts.STATED or not known or entry.kind in facts.CONVERSATION_KINDS else (),
        places=tuple(line for line in lines if line.field in _PLACES and line.field in entry.sealed) if entry.kind in _PLACED else (),
        technical=entry.kind in _TECHNICAL,
        pictures=tuple(sorted({*listed, *(numbers[sha] for sha in subjects(record) if sha in numbers)})),
        pictured=entry.kind in _PICTURED,
        file_time=plain(entry.open.get("mtime")),
        attested=klass == facts.ATTESTED,
    )


def decisions(records: Sequence[RecordLike], shown: Sequence[Card]) -> tuple[Decided, ...]:
    """What a person decided, and what was seen that may show a decision, in order; a later decision does not replace an earlier one."""
    numbers = {card.sha256: card.number for card in shown}
    those = [r for r in records if r.entry.kind in facts.DECISION_KINDS]
    back = {seq: r.entry.seq for r in those if isinstance(seq := r.entry.open.get("withdraws"), int)}
    return tuple(_decided(r, numbers, back.get(r.entry.seq, -1)) for r in those)


def _decided(record: RecordLike, numbers: Mapping[str, int], withdrawn: int) -> Decided:
    entry = record.entry
    pictures = _texts(entry.open.get("pictures"))
    return Decided(
        seq=entry.seq,
        at=entry.at,
        decision=plain(entry.open.get("decision" if entry.kind == facts.DecisionMade.KIND else "meaning")),
        pictures=tuple(numbers[sha] for sha in pictures if sha in numbers),
        others=tuple(sha for sha in pictures if sha not in numbers),
        reason=plain(record.values.get("why")) if "why" in entry.sealed else "",
        commitment="".join(hidden.commitment for hidden in hidden_of(record) if hidden.field == "why"),
        klass=line_class(entry, ""),
        observed=plain(entry.open.get("observed")),
        value=plain(entry.open.get("value")),
        tool=plain(entry.open.get("tool")),
        rule=plain(entry.open.get("rule")),
        withdrawn=withdrawn,
    )


def spoken(records: Sequence[RecordLike], shown: Sequence[Card]) -> tuple[Spoken, ...]:
    """Ideas, own inputs and people, in order."""
    numbers = {card.sha256: card.number for card in shown}
    made = [r.entry.seq for r in records if r.entry.kind in facts.FILE_KINDS and r.entry.open.get("parsed") == "read"]
    return tuple(
        Spoken(
            r.entry.seq, r.entry.at, r.entry.kind,
            tuple(line for line in lines_of(r) if line.field not in _COUNTERS),
            tuple(sorted({numbers[sha] for sha in subjects(r) if sha in numbers})),
            min(made, default=-1) if r.entry.kind == facts.IdeaStated.KIND else -1,
        )
        for r in records
        if r.entry.kind in _SPOKEN
    )  # fmt: skip


def reasons(records: Iterable[RecordLike]) -> int:
    """How many ideas, notes and reasons of decisions a person stated, withheld ones among them."""
    return sum(
        r.entry.kind in (facts.IdeaStated.KIND, facts.NoteAdded.KIND)
        or (r.entry.kind == facts.DecisionMade.KIND and "why" in r.entry.sealed)
        for r in records
    )


def bound(records: Iterable[RecordLike], shown: Sequence[Card]) -> tuple[tuple[Bound, ...], tuple[Hidden, ...]]:
    """The models that pictures name and the files that lay under the names, equal findings once; and the bindings that are withheld."""
    numbers = {card.sha256: card.number for card in shown}
    found: dict[str, tuple[Mapping[str, Any], list[RecordLike]]] = {}
    hidden: list[Hidden] = []
    for record in records:
        if record.entry.kind != facts.ModelsBound.KIND:
            continue
        hidden += [field for field in hidden_of(record) if field.field == "bindings"]
        rows = record.values.get("bindings") if "bindings" in record.entry.sealed else ()
        for row in rows if isinstance(rows, list | tuple) else ():
            if isinstance(row, Mapping):
                found.setdefault(json.dumps(row, sort_keys=True, default=str), (row, []))[1].append(record)
    return tuple(_bound(row, those, numbers) for row, those in found.values()), tuple(hidden)


def _bound(row: Mapping[str, Any], records: Sequence[RecordLike], numbers: Mapping[str, int]) -> Bound:
    agrees = row.get("agrees")
    return Bound(
        name=plain(row.get("name")),
        kind=plain(row.get("kind")),
        how=plain(row.get("how")),
        sha256=plain(row.get("sha256")),
        autov2=plain(row.get("autov2")),
        autov3=plain(row.get("autov3")),
        agrees=("yes" if agrees else "no") if isinstance(agrees, bool) else plain(agrees),
        details=tuple((key, plain(row[key])) for key in sorted(row) if key not in _BINDING and row[key] is not None),
        pictures=tuple(sorted({numbers[sha] for r in records if (sha := plain(r.entry.open.get("sha256"))) in numbers})),
        entries=tuple(sorted({record.entry.seq for record in records})),
    )


def running(timeline: Sequence[Event]) -> tuple[Running, ...]:
    """The running record by topic, each topic present even when it is empty; kinds this version does not know come last."""
    found = [Running(topic, tuple(e for e in timeline if e.kind in kinds and _belongs(topic, e))) for topic, kinds in TOPICS]
    return (*found, Running("unknown", tuple(event for event in timeline if not event.known)))


def _belongs(topic: str, event: Event) -> bool:
    return event.kind != facts.GapNoticed.KIND or (topic == OVERFLOW) == (dict(event.said).get("reason") == OVERFLOW)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()
