"""Chapter: when the recorder watched and when it did not, and what went missing. Silence is part of the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from provenance import clock, facts
from provenance.paper.blocks import LATE, STRONG, Block, Cell, Para, Row, Run, Table, Text
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.dossier import Dossier, Event, Interval, Running
from provenance.report.forum import Forum
from provenance.report.speak import Speaker
from provenance.views.timeline import Hole

MOST = 10
NAMED = 4


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    if not d.timeline:
        return tell.chapter(s, "running", ())
    return tell.chapter(s, "running", (
        Para(tell.text(s, "running.intro", shown=len(d.annex), total=d.meta.total_entries), kind="note"),
        *_watched(d, s),
        *_topics(d, s),
    ))  # fmt: skip


def _watched(d: Dossier, s: Speaker) -> Iterator[Block]:
    """Spans and what lay between, longest silences first where not all can be printed."""
    found = d.course.watched
    if not found.spans:
        yield Para(tell.late(s, "running.none"))
        return
    first, last = found.spans[0].since, found.spans[-1].until
    watched = _length(s, found.watched)
    seqs = _seqs(d, (facts.RecorderStarted.KIND, facts.RecorderStopped.KIND))
    total = tell.text(s, "running.total", since=_when(s, first), until=_when(s, last), watched=watched, spans=len(found.spans))
    yield Para((*total, *(run for text in sh.counted(s, seqs) for run in text)), tell.source(facts.OBSERVED, seqs))
    if found.jumps:
        yield Para(tell.late(s, "running.jumps", count=found.jumps))
    if found.open:
        yield Para(tell.text(s, "running.open"))
    holes = list(_alike((*found.holes, *found.folders)))
    kept = sorted(sorted(holes, key=lambda those: -max(_lasted(one) for one in those))[:MOST], key=lambda those: those[0].since)
    if kept:
        head = tuple(tell.say(s, f"running.head.{name}") for name in ("since", "until", "length", "why"))
        yield Table(head, tuple(_hole(those, d, s) for those in kept), (26, 26, 19, 29))
        yield from sh.rest(s, sum(map(len, holes)) - sum(map(len, kept)))
    elif not any(topic.events for topic in d.running if topic.topic == "gaps"):
        yield Para(tell.text(s, "running.whole"))


def _alike(holes: Sequence[Hole]) -> Iterator[tuple[Hole, ...]]:
    """Silences of one reason and one folder that follow one another, together."""
    for _, those in groupby(sorted(holes, key=lambda hole: hole.since), key=lambda hole: (hole.reason, hole.path)):
        yield tuple(those)


def _lasted(hole: Hole) -> timedelta:
    return hole.until - hole.since


def _hole(those: tuple[Hole, ...], d: Dossier, s: Speaker) -> Row:
    """A silence, or several of a sort: from the first to the last, how long in all and the longest of them."""
    first, last = those[0], max(those, key=lambda hole: hole.until)
    why: list[Run] = [Run(s.word("reason", first.reason) if first.reason else tell.say(s, "running.untold"))]
    if first.path:
        why += [Run(s.say("comma")), tell.verbatim(first.path)]
    length = _length(s, sum(map(_lasted, those), timedelta()))
    if len(those) > 1:
        length = tell.say(s, "running.several", count=len(those), length=length, most=_length(s, max(map(_lasted, those))))
    cells = (*sh.cells(_when(s, first.since), _when(s, last.until), length), Cell((tuple(why),)))
    return sh.row(s, cells, facts.OBSERVED, tuple(dict.fromkeys(seq for hole in those for seq in _telling(hole, d))))


def _telling(hole: Hole, d: Dossier) -> tuple[int, ...]:
    """The entries that tell of a silence: gaps that name its beginning, else the stop and the start around it."""
    named = [e.seq for e in d.timeline if e.kind == facts.GapNoticed.KIND and dict(e.said).get("since") == clock.stamp(hole.since)]
    edges = (clock.stamp(hole.since), clock.stamp(hole.until))
    kinds = (facts.RecorderStarted.KIND, facts.RecorderStopped.KIND, facts.WatchAdded.KIND, facts.WatchRemoved.KIND)
    return tuple(named or [e.seq for e in d.timeline if e.kind in kinds and e.at in edges])


def _seqs(d: Dossier, kinds: Sequence[str]) -> tuple[int, ...]:
    return tuple(event.seq for event in d.timeline if event.kind in kinds)


def _topics(d: Dossier, s: Speaker) -> Iterator[Block]:
    """What was noticed, and in one line what was not."""
    there = [topic for topic in d.running if topic.events]
    head = tuple(tell.say(s, f"running.head.{name}") for name in ("topic", "count", "when"))
    if there:
        yield Table(head, tuple(_topic(topic, s) for topic in there), (40, 12, 48))
    bare = [s.say(f"running.{topic.topic}") for topic in d.running if not topic.events]
    if bare:
        yield Para((Run(tell.say(s, "nothing"), STRONG), Run(s.say("comma").join(bare) + tell.say(s, "stop"))))


def _topic(topic: Running, s: Speaker) -> Row:
    """One heading of the running record with its count; gaps stand one by one above."""
    name = s.say(f"running.{topic.topic}")
    first, last = topic.events[0], topic.events[-1]
    lines: list[Text] = [(Run(_between(first, last, s)),)]
    if topic.topic in ("clock", "overflow"):
        lines += [(Run(s.sentence(event)),) for event in topic.events[:NAMED]]
        if len(topic.events) > NAMED:
            lines.append((Run(tell.say(s, "more", count=len(topic.events) - NAMED), LATE),))
    source = tell.source(first.klass, tuple(event.seq for event in topic.events))
    return Row((*sh.cells(name, str(len(topic.events))), Cell(tuple(lines))), source, head=True)


def _between(first: Event, last: Event, s: Speaker) -> str:
    if first is last:
        return s.when(first.at)
    return tell.say(s, "candidates.between", since=s.when(first.at), until=s.when(last.at))


def _when(s: Speaker, at: datetime) -> str:
    return s.when(clock.stamp(at))


def _length(s: Speaker, length: timedelta) -> str:
    return s.duration(Interval("", "", int(length.total_seconds()), 0))
