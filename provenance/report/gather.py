"""Entries -> Dossier. Pure: the exported records and the exporter's own data are all that is read."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

from provenance import clock, facts
from provenance.errors import ProvError
from provenance.report import cards, sections
from provenance.report.agreed import terms
from provenance.report.course.gather import course, nothing
from provenance.report.dossier import Bracketed, Card, Dossier, Interval, Line, Meta, ModelFile, Picture, RecordLike, Time, around
from provenance.report.edits import edited
from provenance.report.kin import kin
from provenance.report.lines import LEDGER_CLOCK, hidden_of, line_class, lines_of, merged, tables, whole_of
from provenance.report.overlaid import overlaid
from provenance.report.steps.graphs import Blob
from provenance.report.values import Item

ROLES = ("chosen", "ancestor", "rejected", "input")
MADE_WITH = ("generator", "models", "loras")


def gather(records: Sequence[RecordLike], pictures: Sequence[Picture], meta: Meta, blob: Blob = nothing) -> Dossier:
    """All that the page shows.

    Args:
        records: the exported entries with their disclosed values, in any order; a sealed field without a value is withheld.
        pictures: the pictures of the work, in any order; one hash may be given once.
        meta: what the exporter knows beside the entries.
        blob: SHA-256 -> the bytes of a blob, None where they are not at hand; for the graphs that files carry.
    Returns:
        The dossier. Cards stand in the order in which the pictures were first recorded, pictures without an entry last. Entries of
        unknown kinds and unknown fields are kept and marked; values of withheld fields are nowhere in it.
    """
    ordered = sorted(records, key=lambda record: record.entry.seq)
    shown = cards.cards(ordered, pictures)
    numbers = {card.sha256: card.number for card in shown}
    hidden = tuple(hidden for record in ordered for hidden in hidden_of(record))
    events = sections.events(ordered, shown)
    bound, unbound = sections.bound(ordered, shown)
    return Dossier(
        meta=meta,
        period=_period(ordered, [record.entry.at for record in ordered]),
        unattested=_unattested(ordered, meta),
        brackets=_brackets(shown, meta.times),
        counts=_counts(ordered, shown, meta, len(hidden)),
        names=_names(ordered, meta),
        tools=_tools(ordered),
        cards=shown,
        timeline=events,
        steps=cards.steps(ordered, shown),
        decisions=sections.decisions(ordered, shown),
        spoken=sections.spoken(ordered, shown),
        reasons=sections.reasons(ordered),
        bound=bound,
        unbound=unbound,
        models=tuple(_model(record) for record in ordered if record.entry.kind == facts.ModelSeen.KIND),
        running=sections.running(events),
        hidden=hidden,
        annex=tuple(whole_of(record) for record in ordered),
        kin=kin(meta.edges, numbers),
        terms=terms(ordered, shown),
        edited=edited(ordered, numbers),
        overlaid=overlaid(ordered, numbers),
        course=course(ordered, numbers, [card.sha256 for card in shown if card.role != "rejected"], blob),
    )


def _period(records: Sequence[RecordLike], times: Sequence[str]) -> Interval:
    attested = sum(line_class(record.entry, "") == facts.ATTESTED for record in records)
    if not times:
        return Interval("", "", -1, attested)
    return Interval(min(times), max(times), _seconds(min(times), max(times)), attested)


def _seconds(since: str, until: str) -> int:
    try:
        return int((clock.parse(until) - clock.parse(since)).total_seconds())
    except ProvError:
        return -1


def _unattested(records: Sequence[RecordLike], meta: Meta) -> Interval:
    """The longest time between two third-party times, from the first entry shown to the making of the bundle.

    A time authority's own time counts where its token is in the bundle; a token whose root was not known counts for nothing, and so does
    a witness, whose clock is a person's word: this page does not know whether that is somebody else.
    """
    if not records:
        return Interval("", "", -1, 0)
    told = {time.seq for time in meta.times}
    others = [r.entry for r in records if line_class(r.entry, "") == facts.ATTESTED and r.entry.seq not in told]
    others = [entry for entry in others if entry.kind != facts.HeadWitnessed.KIND]
    marks = sorted([*(time.time for time in meta.times), *(entry.at for entry in others if entry.open.get("trusted") is not False)])
    ends = [min(record.entry.at for record in records), *marks, meta.made_at]
    # a span that cannot be told may be the longest of all, so it is the one that is named
    longest = max(itertools.pairwise(ends), key=lambda pair: (_seconds(*pair) < 0, _seconds(*pair)))
    return Interval(*longest, _seconds(*longest), len(marks))


def _brackets(shown: Sequence[Card], times: Sequence[Time]) -> tuple[Bracketed, ...]:
    """Each picture between the last time that the ledger tells of before it and the first over a head that holds it."""
    found = []
    for card in shown:
        if times and card.entries:
            seq = min(card.entries)
            found.append(Bracketed(card.number, seq, *around(times, seq)))
    return tuple(found)


def _counts(records: Sequence[RecordLike], shown: Sequence[Card], meta: Meta, hidden: int) -> tuple[tuple[str, int], ...]:
    kinds = [record.entry.kind for record in records]
    decided = [record.entry.open.get("decision") for record in records if record.entry.kind == facts.DecisionMade.KIND]
    return (
        ("total", meta.total_entries),
        ("shown", len(records)),
        *((role, sum(card.role == role for card in shown)) for role in ROLES),
        ("other", sum(card.role not in ROLES for card in shown)),
        ("live", kinds.count(facts.FileCaptured.KIND) + kinds.count(facts.FileChanged.KIND)),
        ("imported", kinds.count(facts.FileImported.KIND)),
        ("kept", decided.count("kept")),
        ("rejected_decisions", decided.count("rejected")),
        ("notes", kinds.count(facts.NoteAdded.KIND)),
        ("withheld", hidden),
    )


def _names(records: Sequence[RecordLike], meta: Meta) -> tuple[Line, ...]:
    mine = [r for r in records if r.entry.kind == facts.WorkNamed.KIND and r.entry.open.get("work") == meta.work]
    return merged([line for record in mine for line in lines_of(record) if line.field == "name"])


def _tools(records: Sequence[RecordLike]) -> tuple[Line, ...]:
    """Which tools, models and LoRAs the files name, for the first page."""
    files = [line for record in records if record.entry.kind in facts.FILE_KINDS for line in lines_of(record)]
    named = [line for name in MADE_WITH for line in files if line.field == name]
    bare = [dataclasses.replace(line, items=tuple(Item(item.text) for item in line.items)) for line in named]
    return tuple(sorted(merged(bare, by_item=True), key=lambda line: line.imported))


def _model(record: RecordLike) -> ModelFile:
    return ModelFile(record.entry.seq, record.entry.at, tables([line for line in lines_of(record) if line.field != LEDGER_CLOCK]))
