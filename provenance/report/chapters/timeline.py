"""Chapter: the sittings, then the moments that matter. Over MOST moments the weightier ones; every entry stands in the exhibit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provenance import facts
from provenance.paper.blocks import Block, Cell, Heading, Para, Row, Run, Table, Text
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.course.values import Sitting
from provenance.report.dossier import Dossier, Event
from provenance.report.forum import Forum
from provenance.report.picked import picked
from provenance.report.speak import Speaker

MOST = 30
MOST_SITTINGS = 12
PICTURES = 2
"""Pictures of a moment that are shown, side by side."""
_RANKS = {
    facts.IdeaStated.KIND: 1, facts.StatementMade.KIND: 2, facts.InputDeclared.KIND: 2, facts.WorkNamed.KIND: 2, facts.GapNoticed.KIND: 2,
    facts.ClockJumped.KIND: 2, facts.ProjectDescribed.KIND: 3, facts.FileChanged.KIND: 3, facts.NoteAdded.KIND: 3,
    facts.ConversationImported.KIND: 4, facts.ConversationStated.KIND: 4, facts.LinkStated.KIND: 4, facts.DecisionMade.KIND: 1,
    facts.DecisionObserved.KIND: 5, facts.DecisionImported.KIND: 5,
    facts.TermsRecorded.KIND: 6, facts.TermsAccepted.KIND: 6, facts.FileImported.KIND: 4,
}  # fmt: skip
_SEEN = (facts.FileImported.KIND, facts.FileChanged.KIND, facts.ProjectDescribed.KIND, facts.LinkStated.KIND)
"""Told with a picture, as the first generated one, the inputs and the chosen ones are; others are named by their number."""
_CHOICES = ("chosen", "kept", "published", "withdrawn")


@dataclass(frozen=True)
class Moment:
    """One line. rank: 0 is told first where not all can be. event: what happened; more: how many further ones of the same kind follow it
    directly, until when. what: key of a sentence before the event's own, "" without. said: the decisions that are told together."""

    rank: int
    event: Event
    seqs: tuple[int, ...]
    pictures: tuple[int, ...]
    what: str = ""
    until: str = ""
    said: tuple[Event, ...] = ()


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    found = list(moments(d))
    if not (found or d.course.sittings):
        return tell.chapter(s, "timeline", ())
    kept = sorted(sorted(found, key=lambda one: one.rank)[:MOST], key=lambda one: one.seqs)
    one = sh.shown(d)
    return tell.chapter(s, "timeline", (
        Para(tell.text(s, "timeline.intro"), kind="note"),
        Heading(tell.say(s, "timeline.sittings"), 2),
        *_sittings(d, s),
        Heading(tell.say(s, "timeline.moments"), 2),
        *(_moments(kept, one, s) if kept else (tell.none(s),)),
        *sh.rest(s, len(found) - len(kept)),
    ))  # fmt: skip


def moments(d: Dossier) -> Iterator[Moment]:
    """What matters, in order; the same kind without words of its own in a row is one."""
    roles, known = {card.number: card.role for card in d.cards}, sh.numbers(d)
    chosen = {card.number for card in picked(d)}
    seen: set[int] = set()
    first = True
    last: Moment | None = None
    for event in d.timeline:
        rank, what, about = _RANKS.get(event.kind, -1), "", event.pictures
        if event.kind in facts.FILE_KINDS:
            about = (known[own],) if (own := dict(event.said).get("sha256", "")) in known else ()
        if event.kind in facts.FILE_KINDS and event.kind != facts.FileImported.KIND:
            new = [number for number in about if number not in seen]
            made = dict(event.said).get("parsed") == "read"
            if first and made:
                rank, what, first = 0, "timeline.first", False
            elif not chosen.isdisjoint(new):
                rank, what = 1, "timeline.chosen"
            elif any(roles.get(number) == "input" for number in new) and not made:
                rank, what = 2, "timeline.input"
            seen.update(about)
        elif event.kind == facts.DecisionMade.KIND and dict(event.said).get("decision") not in _CHOICES:
            rank = 5
        if rank < 0:
            continue
        moment = Moment(rank, event, (event.seq,), about, what, event.at, (event,))
        if last is not None and _alike(last, moment):
            pictures = tuple(dict.fromkeys((*last.pictures, *about)))
            said = (*last.said, event) if event.kind == facts.DecisionMade.KIND else last.said
            last = replace(last, seqs=(*last.seqs, event.seq), pictures=pictures, until=event.at, said=said)
            continue
        if last is not None:
            yield last
        last = moment
    if last is not None:
        yield last


def _alike(one: Moment, other: Moment) -> bool:
    """Whether a moment is told with the one before it: decisions (their reasons stand in the chapter on choice), gaps, and what has no
    words of its own."""
    kind = one.event.kind
    if kind != other.event.kind or one.what != other.what:
        return False
    if kind in (facts.DecisionMade.KIND, facts.GapNoticed.KIND):
        return True
    silent = not any(line.items or line.commitment for line in (*one.event.quotes, *other.event.quotes))
    many = kind in (*facts.DECISION_KINDS, facts.FileImported.KIND)
    seen = [dict(m.event.said).get("observed") for m in (one, other)]
    return silent and seen[0] == seen[1] and (many or bool(one.what))


def _sittings(d: Dossier, s: Speaker) -> tuple[Block, ...]:
    sat = d.course.sittings
    if not sat:
        return (tell.none(s),)
    tries: dict[str, int] = {}
    for one in d.course.tries:
        tries[one.sitting] = tries.get(one.sitting, 0) + 1
    head = tuple(tell.say(s, f"timeline.head.{name}") for name in ("sitting", "begin", "end", "files", "made", "runs", "said"))
    stated = [event.at for event in d.timeline if event.klass == facts.STATED]
    rows = tuple(_sitting(one, tries.get(one.name, 0), stated, s) for one in sat[:MOST_SITTINGS])
    return (sh.note(s, "timeline.cut"), Table(head, rows, (6, 27, 27, 8, 12, 8, 12)), *sh.rest(s, len(sat) - len(rows)))


def _sitting(one: Sitting, runs: int, stated: Sequence[str], s: Speaker) -> Row:
    said = "–" if one.imported else str(sum(one.since <= at <= one.until for at in stated))
    lines = (one.name, s.when(one.since), s.when(one.until), str(one.files), str(one.made), str(runs), said)
    klass = facts.IMPORTED if one.imported else facts.OBSERVED
    return Row(sh.cells(*lines), tell.source(klass, (one.first, one.last)), head=True)


def _moments(found: Sequence[Moment], one: sh.Shown, s: Speaker) -> tuple[Block, ...]:
    """A table; without a trusted time in the bundle there is no column of them, and that is said once."""
    trusted = bool(one.d.meta.times)
    names = ("local", *(("attested",) if trusted else ()), "what", "picture")
    head = tuple(tell.say(s, f"timeline.head.{name}") for name in names)
    table = Table(head, tuple(_moment(moment, one, s) for moment in found), (22, 22, 36, 20) if trusted else (28, 52, 20))
    return (table,) if trusted else (Para(tell.late(s, "timeline.untimed")), table)


def _moment(moment: Moment, one: sh.Shown, s: Speaker) -> Row:
    event = moment.event
    until = s.when(moment.until)
    when = until if event.at == moment.until else tell.say(s, "candidates.between", since=s.when(event.at), until=until)
    times = sh.cells(when, *((sh.attested(one.d, s, event.seq),) if one.d.meta.times else ()))
    pictures = Cell((), one.images(moment.pictures, PICTURES) if moment.what or event.kind in _SEEN else ())
    return Row((*times, Cell(tuple(_said(moment, s))), pictures), tell.source(event.klass, moment.seqs))


def _said(moment: Moment, s: Speaker) -> Iterator[Text]:
    """What happened: its sentence, somebody's words, and which pictures."""
    event, many = moment.event, len(moment.seqs) > 1
    pictures = sh.pictures(s, moment.pictures)
    named = (Run(f" {pictures}"),) if pictures else ()
    if many and event.kind == facts.DecisionMade.KIND:
        told = [dict(one.said).get("decision", "") for one in moment.said]
        parts = [tell.say(s, "timeline.decided", what=s.word("decision", word), count=told.count(word)) for word in dict.fromkeys(told)]
        params = {"count": len(told), "parts": tell.say(s, "list").join(parts), "see": tell.see(s, "candidates")}
        yield (*tell.text(s, "timeline.decisions", **params), *named)
    elif many and event.kind == facts.GapNoticed.KIND:
        yield tell.text(s, "timeline.gaps", count=len(moment.seqs), see=tell.see(s, "running"))
    else:
        again = (Run(" " + tell.say(s, "timeline.times", count=len(moment.seqs))),) if many else ()
        yield (*(tell.text(s, moment.what) if moment.what else (Run(s.sentence(event)),)), *again, *named)
        lines = () if moment.what or event.kind == facts.StatementMade.KIND else (*event.places, *event.quotes)
        yield from (sh.quoted(s, line) for line in lines if line.items or line.commitment)
    if event.kind == facts.FileImported.KIND and event.file_time:
        yield tell.text(s, "timeline.claimed", at=s.when(event.file_time))
