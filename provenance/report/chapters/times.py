"""Three times: what files claim, what this machine's clock said, what a third party attested."""

from __future__ import annotations

import json
from collections.abc import Iterator

from provenance import data, facts
from provenance.paper.blocks import CODE, LATE, STRONG, Block, Cell, Heading, Para, Row, Run, Table
from provenance.report import tell
from provenance.report.chapters.cover import shown, unattested
from provenance.report.contribution import asking
from provenance.report.dossier import Dossier
from provenance.report.forum import Forum
from provenance.report.held.values import Book, number, said
from provenance.report.speak import Speaker

MOST = 12


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The three times beside each other, the tokens, the witnesses, the clock."""
    book = asking(d)
    found: list[Block] = [Para((Run(tell.say(s, "times.intro")),)), *_pictures(d, book, s)]
    there = {name: list(told) for name, told in (("tokens", _tokens(d, book, s)), ("witnesses", _witnesses(d, s)))}
    found += [block for name, told in there.items() if told for block in (Heading(tell.say(s, f"times.{name}"), 2), *told)]
    bare = [tell.say(s, f"times.{name}") for name, told in there.items() if not told]
    if bare:
        found.append(Para((Run(tell.say(s, "nothing"), STRONG), Run(tell.say(s, "semicolon").join(bare) + tell.say(s, "stop")))))
    found.append(Para((Run(unattested(d, s)),), kind="limit"))
    found.append(Heading(tell.say(s, "times.clock"), 2))
    found += _clock(book, s)
    return tell.chapter(s, "times", found)


def _pictures(d: Dossier, book: Book, s: Speaker) -> Iterator[Block]:
    """The first pictures made and the chosen ones: claimed, local, attested."""
    by_seq = {event.seq: event for event in d.timeline}
    brackets = {one.number: one for one in d.brackets}
    firsts = [card for card in d.cards if card.role != "input" and card.number in book.firsts][:1]
    rows = []
    for card in dict.fromkeys((*firsts, *shown(d))):
        seq = book.firsts.get(card.number)
        event = by_seq.get(seq) if seq is not None else None
        if event is None:
            continue
        attested = s.bracket(brackets[card.number]) if card.number in brackets else tell.say(s, "none")
        cells = [s.say("picture", number=card.number), s.when(event.file_time), s.when(event.at), attested]
        rows.append(Row(tuple(Cell(((Run(text),),)) for text in cells), tell.source(event.klass, [event.seq])))
    head = tuple(tell.say(s, f"times.head.{name}") for name in ("picture", "claimed", "local", "attested"))
    if rows:
        yield Table(head, tuple(rows), (14, 28, 28, 30))


def _tokens(d: Dossier, book: Book, s: Speaker) -> Iterator[Block]:
    rows = []
    for one in sorted(d.meta.times, key=lambda one: one.time)[-MOST:]:
        cells = (s.short(one.authority), s.when(one.time), str(one.size), tell.say(s, f"times.qualified.{qualified(one.authority)}"))
        rows.append(Row(tuple(Cell(((Run(text),),)) for text in cells), tell.source(facts.ATTESTED, [one.seq])))
    head = tuple(tell.say(s, f"times.head.{name}") for name in ("authority", "time", "size", "qualified"))
    if rows:
        yield Table(head, tuple(rows), (30, 27, 19, 24))
    if len(d.meta.times) > MOST:
        yield Para((Run(tell.say(s, "times.more", count=len(d.meta.times) - MOST)),), kind="note")
    told = {one.seq for one in d.meta.times}
    unknown = [one.seq for one in book.of(facts.TimeAttested.KIND) if one.seq not in told]
    if unknown:
        yield Para((Run(tell.say(s, "times.unchecked", count=len(unknown)), LATE),), tell.source(facts.ATTESTED, unknown))
    for block in book.of(facts.TimeCommitted.KIND)[-MOST:]:
        height, root = number(block, "block"), Run(said(block, "merkle_root"), CODE)
        text = tell.text(s, "times.bitcoin", block=height if height is not None else "–", root=root, size=said(block, "size"))
        yield Para(text, tell.source(facts.ATTESTED, [block.seq]))
    promised = [one.seq for one in book.of(facts.TimePromised.KIND)]
    if promised:
        yield Para((Run(tell.say(s, "times.promised", count=len(promised))),), tell.source(facts.ATTESTED, promised))


def qualified(authority: str) -> str:
    """Whether the program's list of authorities says that one is qualified under eIDAS: yes, no, or unknown where it is not listed."""
    rows = json.loads(data.read("authorities.json"))["authorities"]
    return next((("yes" if row["qualified"] else "no") for row in rows if row["name"] == authority), "unknown")


def _witnesses(d: Dossier, s: Speaker) -> Iterator[Block]:
    for one in d.meta.witnesses[-MOST:]:
        text = tell.text(
            s, "times.witness", name=tell.verbatim(one.name, 60), size=one.size, at=s.when(one.time), fingerprint=Run(one.vkey, CODE)
        )
        yield Para(text, tell.source(facts.ATTESTED, [one.seq]))
    if d.meta.refused:
        yield Para(tell.late(s, "cover.third.refused"), tell.source(facts.OBSERVED, d.meta.refused))


def _clock(book: Book, s: Speaker) -> Iterator[Block]:
    started = book.of(facts.RecorderStarted.KIND)
    told = [one for one in started if said(one, "clock_synchronised")]
    synchronised = sum(said(one, "clock_synchronised") == "yes" for one in told)
    text = tell.say(s, "times.synchronised", starts=len(started), told=len(told), yes=synchronised)
    yield Para((Run(text),), tell.source(facts.OBSERVED, [one.seq for one in started]))
    jumps = book.of(facts.ClockJumped.KIND)
    for one in jumps[:MOST]:
        words = tell.say(
            s, "times.jump", before=s.when(said(one, "wall_before")), after=s.when(said(one, "wall_after")), ms=number(one, "by_ms") or 0
        )
        yield Para((Run(words),), tell.source(facts.OBSERVED, [one.seq]))
    if len(jumps) > MOST:
        yield Para(
            (Run(tell.say(s, "times.jumps.more", count=len(jumps) - MOST)),), tell.source(facts.OBSERVED, [one.seq for one in jumps])
        )
    if not jumps:
        yield Para((Run(tell.say(s, "times.jumps.none")),))
