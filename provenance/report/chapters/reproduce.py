"""Chapter: what somebody would need to run the chosen pictures again, and what is missing for it. Corroboration only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import groupby

from provenance import facts
from provenance.paper.blocks import CODE, LATE, SMALL, STRONG, Block, Cell, Heading, Para, Row, Run, Source, Table, Text
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.dossier import Card, Dossier, Line
from provenance.report.forum import Forum
from provenance.report.picked import filed, picked
from provenance.report.speak import Speaker
from provenance.views.family_edge import ALIKE

MOST = 2
MOST_ANCESTORS = 200
_SETTINGS = ("generator", "tool_version", "seeds", "steps", "cfgs", "samplers", "schedulers", "denoises", "sizes")
_FIELDS = ("models", "loras", "inputs")
_NEEDED = ("generator", "tool_version", "seeds", "steps", "samplers", "models")
_TEXTS = frozenset({"workflow", "infotext"})


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    chosen = picked(d) or filed(d)
    if not chosen:
        return tell.chapter(s, "reproduce", ())
    one = sh.shown(d)
    return tell.chapter(s, "reproduce", (
        Para(tell.text(s, "reproduce.intro")),
        *(block for card in chosen[:MOST] for block in _again(card, one, s)),
        *sh.rest(s, len(chosen) - MOST),
    ))  # fmt: skip


def _again(card: Card, one: sh.Shown, s: Speaker) -> Iterator[Block]:
    yield Heading(tell.say(s, "reproduce.of", picture=s.say("picture", number=card.number)), 2)
    of = _telling(card, one)
    if of is None:
        yield Para(tell.late(s, "reproduce.mute"))
        return
    if of.number != card.number:
        yield Para(tell.text(s, "reproduce.above", picture=s.say("picture", number=of.number)))
    lines = _claimed(of)
    rows = [*_settings([lines[field] for field in _SETTINGS if field in lines], s), *(_row(lines[f], s) for f in _FIELDS if f in lines)]
    rows += [*_models(of, one, s), _exhibit(of, one, s)]
    head = (tell.say(s, "reproduce.head.what"), tell.say(s, "reproduce.head.value"))
    yield Table(head, tuple(rows), (24, 60))
    missing = list(_missing(of, lines, one, s))
    yield Para((Run(tell.say(s, "reproduce.missing"), STRONG), *(tell.join(s, missing) or (Run(tell.say(s, "none")),))))


def _telling(card: Card, one: sh.Shown) -> Card | None:
    """The picture itself, or the nearest above it, whose file tells of a generator."""
    parents: dict[int, list[int]] = {}
    for edge in one.d.kin:
        if edge.grade != ALIKE and edge.parent:
            parents.setdefault(edge.child, []).append(edge.parent)
    level, seen = deque([card.number]), {card.number}
    while level and len(seen) <= MOST_ANCESTORS:
        number = level.popleft()
        if number in one.cards and "generator" in _claimed(one.cards[number]):
            return one.cards[number]
        for parent in parents.get(number, ()):
            if parent not in seen:
                seen.add(parent)
                level.append(parent)
    return None


def _claimed(card: Card) -> dict[str, Line]:
    """What the picture's file says, by field; a file seen live before one that was found later."""
    found: dict[str, Line] = {}
    for table in sorted(card.tables, key=lambda table: table.imported):
        if table.klass == facts.FILE_CLAIMED:
            for line in table.lines:
                found.setdefault(line.field, line)
    return found


def _settings(lines: list[Line], s: Speaker) -> Iterator[Row]:
    """Settings that rest on the same entries share a row."""
    for (klass, entries), group in groupby(lines, key=lambda line: (line.klass, line.entries)):
        told = [(Run(s.label(line) + s.say("label"), SMALL), *tell.value(line, 200)) for line in group]
        yield sh.row(s, (*sh.cells(tell.say(s, "reproduce.settings")), Cell((tell.join(s, told),))), klass, entries, head=True)


def _row(line: Line, s: Speaker) -> Row:
    told: list[Text] = []
    if line.commitment:
        told.append((tell.bar(line.commitment),))
    for item in line.items[:12]:
        details = [(Run(s.detail(name) + " ", SMALL), tell.verbatim(value, 80)) for name, value in item.details[:6]]
        own = (tell.verbatim(item.text),) if item.text else ()
        told.append((*own, *(run for detail in details for run in (Run(" "), *detail))))
    if len(line.items) > 12:
        told.append((Run(tell.say(s, "more", count=len(line.items) - 12), LATE),))
    return sh.row(s, (*sh.cells(s.label(line)), Cell(tuple(told))), line.klass, line.entries, head=True)


def _models(card: Card, one: sh.Shown, s: Speaker) -> Iterator[Row]:
    """Which files were found is told in the chapter on models."""
    mine = [bound for bound in one.d.bound if card.number in bound.pictures and bound.sha256]
    if mine:
        names = tell.join(s, [(tell.verbatim(bound.name, 60), Run(f" {bound.sha256[:12]}…", CODE)) for bound in mine[:12]], "list")
        told = (*names, Run(" " + tell.say(s, "reproduce.files", see=tell.see(s, "models"))))
        seqs = tuple(seq for bound in mine for seq in bound.entries)
        yield sh.row(s, sh.cells(tell.say(s, "reproduce.model"), told), facts.OBSERVED, seqs, head=True)


def _exhibit(card: Card, one: sh.Shown, s: Speaker) -> Row:
    mine = [each for each in one.d.meta.exhibits if each.kind in _TEXTS and each.picture == card.number and each.file]
    name = sh.cells(tell.say(s, "reproduce.workflow"))
    if not mine:
        return Row((*name, Cell((tell.late(s, "reproduce.workflow.none"),))), head=True)
    cells = Cell(tuple((Run(f"{each.number} "), Run(each.file, CODE)) for each in mine[:4]))
    return Row((*name, cells), Source(facts.FILE_CLAIMED, mine[0].entries, tuple(each.number for each in mine[:4])), head=True)


def _missing(card: Card, lines: dict[str, Line], one: sh.Shown, s: Speaker) -> Iterator[Text]:
    for field in _NEEDED:
        if field not in lines:
            yield tell.text(s, "reproduce.missing.field", field=s.field(field))
        elif lines[field].commitment:
            yield tell.text(s, "reproduce.missing.withheld", field=s.field(field))
    bound = [each for each in one.d.bound if card.number in each.pictures]
    if not bound:
        yield tell.text(s, "reproduce.missing.unbound")
    for each in [each for each in bound if not each.sha256][:12]:
        yield tell.text(s, "reproduce.missing.model", name=tell.verbatim(each.name), how=s.word("how", each.how))
    for parent in dict.fromkeys(edge.parent for edge in one.d.kin if edge.child == card.number and edge.grade != ALIKE):
        if parent and one.cards[parent].why_absent:
            yield tell.text(s, "reproduce.missing.input", picture=s.say("picture", number=parent))
    if any(edge.child == card.number and not edge.parent for edge in one.d.kin):
        yield tell.text(s, "reproduce.missing.outside")
    yield tell.text(s, "reproduce.missing.machine")
