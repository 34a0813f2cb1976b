"""Chapter: from what pictures a choice was made, what was decided of them, and by whom that is said. Counts are neutral."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provenance import facts
from provenance.paper.blocks import LATE, SMALL_PICTURE, Block, Cell, Figure, Figures, Heading, Para, Row, Run, Table, Text
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.dossier import Card, Decided, Dossier
from provenance.report.forum import Forum
from provenance.report.speak import Speaker

SHEETS = 3
EACH = 24
MOST = 16
_WEIGHT = {"published": 0, "chosen": 0, "kept": 1, "withdrawn": 2, "rejected": 3}


@dataclass(frozen=True)
class Mark:
    """What counts now of a picture: a person's last word that was not withdrawn, else what a rule takes something seen to mean."""

    decision: str
    klass: str
    seq: int


@dataclass(frozen=True)
class Choice:
    """The pictures of a sitting in which something was chosen or decided."""

    sitting: str
    cards: tuple[Card, ...]


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    one, marks = sh.shown(d), _marks(d)
    choices = list(_choices(one, marks))
    if not (choices or d.decisions):
        return tell.chapter(s, "candidates", ())
    return tell.chapter(s, "candidates", (
        Para(tell.text(s, "candidates.intro"), kind="note"),
        Para(_counted(d, marks, s)),
        *(block for choice in choices[:SHEETS] for block in _sheet(choice, marks, one, s)),
        *sh.rest(s, len(choices) - SHEETS),
        Heading(tell.say(s, "candidates.decisions"), 2),
        *(_decisions(d, s) if d.decisions else (tell.none(s),)),
    ))  # fmt: skip


def _marks(d: Dossier) -> dict[int, Mark]:
    found: dict[int, Mark] = {}
    for own in (False, True):  # a person's word counts before a rule's
        for one in d.decisions:
            if (one.klass == facts.STATED) == own and one.withdrawn < 0 and one.decision and one.decision != "withdrawn":
                found |= dict.fromkeys(one.pictures, Mark(one.decision, one.klass, one.seq))
    return found


def _candidates(d: Dossier) -> list[Card]:
    return [card for card in d.cards if card.role != "input"]


def _choices(one: sh.Shown, marks: Mapping[int, Mark]) -> Iterator[Choice]:
    """Sittings of live files with a picture that was chosen or of which something was decided, in order."""
    sittings = [sitting for sitting in one.d.course.sittings if not sitting.imported]
    there: dict[str, list[Card]] = {}
    place = 0
    live = [card for card in _candidates(one.d) if card.number in one.first and not card.imported_only]
    for card in sorted(live, key=lambda card: one.first[card.number]):
        while place < len(sittings) - 1 and one.first[card.number] > sittings[place].last:
            place += 1
        if sittings:
            there.setdefault(sittings[place].name, []).append(card)
    for name, cards in there.items():
        if any(card.number in marks or card.role == "chosen" for card in cards):
            yield Choice(name, tuple(cards))


def _counted(d: Dossier, marks: Mapping[int, Mark], s: Speaker) -> Text:
    mine = _candidates(d)
    told = [marks[card.number].decision for card in mine if card.number in marks]
    names = [word for word in ("published", "chosen", "kept", "rejected") if word in told]
    parts = [tell.say(s, "candidates.number", what=s.word("decision", word), count=told.count(word)) for word in names]
    parts.append(tell.say(s, "candidates.undecided", count=len(mine) - len(told)))
    return tell.text(s, "candidates.counts", count=len(mine), parts=s.say("comma").join(parts))


def _sheet(choice: Choice, marks: Mapping[int, Mark], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """The pictures of a sitting side by side, those that something was decided of first where not all can be shown."""
    weight = {card.number: _WEIGHT.get(marks[card.number].decision, 4) if card.number in marks else 4 for card in choice.cards}
    kept = sorted(sorted(choice.cards, key=lambda card: (weight[card.number], card.role != "chosen"))[:EACH], key=lambda card: card.number)
    runs = {number: run.number for run in one.d.course.tries for number in run.pictures}
    yield Heading(tell.say(s, "candidates.sitting", sitting=choice.sitting, count=len(choice.cards)), 2)
    yield Figures(tuple(_figure(card, marks.get(card.number), runs.get(card.number, 0), one, s) for card in kept), SMALL_PICTURE)
    yield from sh.rest(s, len(choice.cards) - len(kept))


def _figure(card: Card, mark: Mark | None, run: int, one: sh.Shown, s: Speaker) -> Figure:
    caption = [Run(s.say("picture", number=card.number))]
    if run:
        caption.append(Run(s.say("comma") + tell.say(s, "steps.run", number=run)))
    if mark is None:
        return Figure(one.image(card.number), tuple(caption), tell.source(facts.OBSERVED, one.own(card.number)))
    key = "candidates.stated" if mark.klass == facts.STATED else "candidates.taken"
    caption.append(Run(s.say("comma") + tell.say(s, key, what=s.word("decision", mark.decision))))
    return Figure(one.image(card.number), tuple(caption), tell.source(mark.klass, (mark.seq,)))


def _decisions(d: Dossier, s: Speaker) -> tuple[Block, ...]:
    groups = _grouped(d.decisions)
    kept = sorted(sorted(groups, key=_rank)[:MOST], key=lambda group: group[0].seq)
    head = tuple(tell.say(s, f"candidates.head.{name}") for name in ("when", "what", "pictures", "why"))
    rows = tuple(_decided(group, s) for group in kept)
    return (Table(head, rows, (27, 13, 26, 34)), *sh.rest(s, sum(map(len, groups)) - sum(map(len, kept))))


def _grouped(decisions: Sequence[Decided]) -> list[list[Decided]]:
    """The same decision without a reason, made again and again in a row, is one line."""
    found: list[list[Decided]] = []
    for one in decisions:
        last = found[-1][-1] if found else None
        silent = not (one.reason or one.commitment or one.withdrawn >= 0)
        same = last is not None and (one.klass, one.decision, one.observed, one.value, one.tool, one.rule) == (
            last.klass, last.decision, last.observed, last.value, last.tool, last.rule,
        ) and not (last.reason or last.commitment or last.withdrawn >= 0)  # fmt: skip
        if silent and same:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _rank(group: Sequence[Decided]) -> tuple[bool, int, int]:
    one = group[0]
    return not (one.reason or one.commitment), _WEIGHT.get(one.decision, 4), one.seq


def _decided(group: Sequence[Decided], s: Speaker) -> Row:
    first = group[0]
    numbers = tuple(dict.fromkeys(number for each in group for number in each.pictures))
    others = sum(len(each.others) for each in group)
    said: list[Text] = [(Run(sh.pictures(s, numbers)),)] if numbers else []
    if others:
        said.append(tell.text(s, "candidates.others", count=others))
    when = s.when(first.at) if len(group) == 1 else tell.say(s, "candidates.between", since=s.when(first.at), until=s.when(group[-1].at))
    cells = (*sh.cells(when), Cell(tuple(_what(first, s))), Cell(tuple(said)), Cell(tuple(_why(first, s))))
    return sh.row(s, cells, first.klass, tuple(each.seq for each in group))


def _what(one: Decided, s: Speaker) -> Iterator[Text]:
    """What was decided; or what was seen, and apart from it what a rule takes it to mean."""
    if one.klass == facts.STATED:
        yield (Run(s.word("decision", one.decision), "strong"),)
    else:
        seen = [Run(s.word("observed", one.observed))]
        seen += [run for text in (one.value, one.tool) if text for run in (Run(s.say("comma")), tell.verbatim(text))]
        yield tuple(seen)
        meaning = s.word("meaning", one.decision) if one.decision else s.say("decisions.seen.nothing")
        by_rule = s.say("comma") + s.say("decisions.seen.rule") + " "
        rule = (Run(by_rule), Run(s.word("rule", one.rule))) if one.decision and one.rule else ()
        yield (Run(s.say("decisions.seen.meaning") + s.say("label"), "small"), Run(meaning), *rule)
    if one.withdrawn >= 0:
        yield (Run(f"{s.say('decisions.withdrawn')} #{one.withdrawn}", LATE),)


def _why(one: Decided, s: Speaker) -> Iterator[Text]:
    if one.commitment:
        yield (tell.bar(one.commitment),)
    elif one.reason:
        yield sh.long(s, one.reason, one.seq)
    elif one.klass == facts.STATED:
        yield (Run(s.say("decisions.noreason")),)
