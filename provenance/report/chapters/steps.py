"""Chapter: from run to run what changed, with the reasons stated at the time; then the translations that a forum asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from provenance import facts
from provenance.paper.blocks import ADDED, LATE, REMOVED, VERBATIM, Block, Cell, Para, Row, Run, Table, Text
from provenance.prompts.worddiff import KEPT, Piece, worddiff
from provenance.report import shown as sh
from provenance.report import tell, translations
from provenance.report.course.values import Try
from provenance.report.dossier import Dossier, Event, Line
from provenance.report.forum import Forum
from provenance.report.speak import Speaker
from provenance.report.steps import delta, say
from provenance.report.steps.story import Against
from provenance.report.steps.words import Rewritten

MOST = 9
AROUND = 40  # characters of an unchanged stretch that stand on either side of a change
LINES = 5
SHORT = 160  # characters of a text that stands where the run before had none
SAID = 30  # rows of what a person said, in all
_TEXTS = frozenset({delta.PROMPT, delta.NEGATIVE})
_SAID = frozenset({
    facts.NoteAdded.KIND, facts.IdeaStated.KIND, facts.DecisionMade.KIND, facts.ConversationStated.KIND, facts.ConversationImported.KIND,
    facts.LinkStated.KIND,
})  # fmt: skip
_STYLES = {KEPT: VERBATIM, "added": ADDED, "removed": REMOVED}


@dataclass(frozen=True)
class Told:
    """A run, and what was said since the run before it."""

    one: Try
    said: tuple[Event, ...]

    @property
    def rank(self) -> int:
        """What is printed first where not all can be: with a reason, then with other words, then with other settings, then the rest."""
        against = _against(self.one)
        if self.said or against is None:
            return 0
        if any(text.by == delta.PERSON and text.before and text.after for text in against.texts):
            return 1
        return 4 if against.reroll else 2 if against.changes else 3


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    one = sh.shown(d)
    told = list(_told(d))
    return tell.chapter(s, "steps", (
        *((Para(tell.text(s, "steps.intro"), kind="note"), *_steps(told, one, s)) if told else ()),
        *((Para((*tell.late(s, "steps.unspoken", entries=sh.entries(s, d.course.unspoken)),)),) if d.course.unspoken else ()),
        *((tell.none(s),) if not told and not d.course.unspoken else ()),
        *translations.blocks(one, s, forum),
    ))  # fmt: skip


def _told(d: Dossier) -> Iterator[Told]:
    """Each run with the entries in which a person spoke between the run before it and itself."""
    spoken = [event for event in d.timeline if event.kind in _SAID and any(line.items or line.commitment for line in _words(event))]
    place = last = 0
    for one in d.course.tries:
        said: list[Event] = []
        while not one.imported and place < len(spoken) and spoken[place].seq < one.entries[0]:
            if spoken[place].seq >= last:
                said.append(spoken[place])
            place += 1
        last = max(last, one.entries[-1])
        yield Told(one, tuple(said))


def _words(event: Event) -> tuple[Line, ...]:
    return tuple(line for line in event.quotes if line.field in ("text", "why", "turns"))


def _against(one: Try) -> Against | None:
    """The comparison that is told: with the run before, or with the last of the same wiring where that was of another."""
    return one.alike or one.before


def _steps(told: Sequence[Told], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """Rows of steps; what is not printed is counted where it stood."""
    best = sorted((place for place, step in enumerate(told) if step.rank < 4), key=lambda place: (told[place].rank, place))[:MOST]
    printed = frozenset(best)
    rows: list[Row] = []
    left = SAID
    for shown, group in groupby(range(len(told)), key=lambda place: place in printed):
        mine = [told[place] for place in group]
        if not shown:
            rows.append(_left_out(mine, s))
            continue
        for step in mine:
            told_now = step.said[: min(LINES, left)]
            left -= len(told_now)
            rows += [*(_said(event, s) for event in told_now), *_unsaid(step.said[len(told_now) :], s)]
            rows.append(_step(step.one, one, s))
    head = tuple(tell.say(s, f"steps.head.{name}") for name in ("run", "pictures", "changed"))
    yield Table(head, tuple(rows), (18, 24, 58))
    if len(told) > len(printed):
        yield sh.note(s, "steps.printed", printed=len(printed), count=len(told), where=sh.WHOLE)


def _said(event: Event, s: Speaker) -> Row:
    lines: list[Text] = [(Run(s.kind(event.kind) + (s.say("comma") + sh.pictures(s, event.pictures) if event.pictures else "")),)]
    lines += [sh.quoted(s, line) for line in _words(event)]
    return Row((*sh.cells(s.when(event.at), ""), Cell(tuple(lines))), tell.source(event.klass, (event.seq,)))


def _unsaid(events: Sequence[Event], s: Speaker) -> tuple[Row, ...]:
    """What more was said there, counted."""
    if not events:
        return ()
    seqs = tuple(event.seq for event in events)
    said = tell.text(s, "steps.unsaid", count=len(seqs), entries=sh.entries(s, seqs, 3), where=sh.WHOLE)
    return (Row(sh.cells("", "", said), tell.source(facts.STATED, (seqs[0], seqs[-1]))),)


def _left_out(mine: Sequence[Told], s: Speaker) -> Row:
    """Runs that are not printed, in one line: how many were re-rolls, how many changed something else."""
    again = [step.one for step in mine if step.rank == 4]
    others = len(mine) - len(again)
    seqs = tuple(seq for step in mine for seq in step.one.entries)
    key = "steps.rerolls" if not others else "steps.left" if not again else "steps.both"
    params = {"again": len(again), "others": others, "entries": sh.entries(s, seqs, 3)}
    first, last = mine[0].one.number, mine[-1].one.number
    name = tell.say(s, "steps.run", number=first) if first == last else tell.say(s, "steps.range", first=first, last=last)
    return Row(sh.cells(name, "", tell.text(s, key, **params)), tell.source(facts.FILE_CLAIMED, (seqs[0], seqs[-1])))


def _step(one: Try, found: sh.Shown, s: Speaker) -> Row:
    against = _against(one)
    name: list[Text] = [(Run(tell.say(s, "steps.run", number=one.number)),), (Run(s.when(one.at), "small"),)]
    if one.imported:
        name.append(tell.late(s, "steps.imported"))
    lines = list(_first(one, found, s)) if against is None else list(_changed(one, against, found, s))
    before = _pictures(found.d, against)
    images = (*found.images(before[:1]), *found.images(one.pictures, 1))
    numbers = [tell.say(s, "steps.pair", before=before[0], after=one.pictures[0])] if before and one.pictures else []
    numbers += [sh.pictures(s, one.pictures[1:] if numbers else one.pictures)]
    seqs = (*(against.entries if against else ()), *one.entries)
    middle = Cell(tuple((Run(text),) for text in numbers if text), images)
    return sh.row(s, (Cell(tuple(name)), middle, Cell(tuple(lines))), facts.FILE_CLAIMED, seqs)


def _pictures(d: Dossier, against: Against | None) -> tuple[int, ...]:
    """Pictures of the run that a step starts from."""
    return d.course.tries[against.number - 1].pictures if against is not None and 0 < against.number <= len(d.course.tries) else ()


def _first(one: Try, found: sh.Shown, s: Speaker) -> Iterator[Text]:
    """What the first run's file says: there is nothing to compare it with."""
    yield tell.text(s, "steps.first")
    whole = next((entry for entry in found.d.annex if entry.seq == one.entries[0]), None)
    for line in whole.lines if whole else ():
        if line.field in ("prompts", "negative_prompts") and (line.commitment or any(item.text.strip() for item in line.items)):
            yield sh.quoted(s, line, sh.LONG)


def _changed(one: Try, against: Against, found: sh.Shown, s: Speaker) -> Iterator[Text]:
    if against is one.alike:
        yield tell.text(s, "steps.alike", number=against.number)
    for text in against.texts[:4]:
        yield _rewritten(text, s)
    others = [change for change in against.changes if change.topic not in _TEXTS or change.what == "unknowable"]
    others = [change for change in others if change.topic not in delta.BESIDE] or others
    if against.reroll or not (against.changes or against.withheld):
        yield from (sh.told(line) for line in say.told(against.changes, s.lang))
    elif others:
        told = [*say.some([one for one in others if one.topic != delta.GRAPH], s.lang), *_nodes(others, s)]
        yield from (sh.told(_cut(line)) for line in told[:LINES])
        if len(told) > LINES:
            yield (Run(tell.say(s, "more", count=len(told) - LINES), LATE),)
    if against.withheld:
        yield tell.text(s, "steps.withheld")
        yield from list(sh.hidden(s, found, one.entries[0], against.withheld))[:LINES]


def _cut(line: say.Told, most: int = 160) -> say.Told:
    """The beginning of a line that lists many changes; the record has it whole."""
    found: list[say.Piece] = []
    for piece in line:
        if most <= 0:
            return (*found, say.Piece("…"))
        found.append(piece if len(piece.text) <= most else replace(piece, text=piece.text[:most]))
        most -= len(piece.text)
    return tuple(found) if most >= 0 else (*found, say.Piece("…"))


def _nodes(changes: Sequence[delta.Delta], s: Speaker) -> tuple[say.Told, ...]:
    """How many nodes of a graph changed; which, an expert finds in the record."""
    count = sum(one.topic == delta.GRAPH for one in changes)
    return ((say.Piece(tell.say(s, "steps.nodes", count=count)),),) if count else ()


def _rewritten(text: Rewritten, s: Speaker) -> Text:
    """A text word by word: what came, what went, and a little around it."""
    if text.before and not text.after:
        return (Run(say.titled(text.topic, text.of, text.by, s.lang) + s.say("label") + tell.say(s, "steps.gone")),)
    label = Run(say.titled(text.topic, text.of, text.by, s.lang) + s.say("label"))
    if not text.before:
        return (label, Run(text.after[:SHORT], ADDED), *((Run("…", LATE),) if len(text.after) > SHORT else ()))
    pieces = worddiff(text.before, text.after)
    runs: list[Run] = [label]
    left = sh.LONG
    for place, piece in enumerate(pieces):
        if left <= 0:
            runs.append(Run(tell.say(s, "steps.more"), LATE))
            break
        shown = _around(piece, place, len(pieces))
        runs.append(Run(shown[:left], _STYLES[piece.what]))
        if len(shown) > left:
            runs.append(Run("…", LATE))
        left -= len(shown)
    return tuple(runs)


def _around(piece: Piece, place: int, count: int) -> str:
    """An unchanged stretch without its middle; whole where little would be left out."""
    text = piece.text
    if piece.what != KEPT or len(text) <= 3 * AROUND:
        return text
    head, end = ("" if place == 0 else text[:AROUND]), ("" if place == count - 1 else text[-AROUND:])
    return f"{head} […] {end}"
