"""Chapter: what went in that the generator did not make here: whose it is said to be, what used it and how that is known, what is found
again. Pictures that a generator made and that went in again stand apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance import facts, words
from provenance.paper.blocks import (
    LATE,
    MEDIUM_PICTURE,
    SMALL_PICTURE,
    STRONG,
    Block,
    Cell,
    Figure,
    Figures,
    Heading,
    Para,
    Row,
    Run,
    Table,
    Text,
)
from provenance.report import overlaid as laid
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.dossier import Dossier, Spoken
from provenance.report.forum import Forum
from provenance.report.kin import Kin
from provenance.report.overlaid import Overlaid
from provenance.report.speak import Speaker
from provenance.views import family_rates
from provenance.views.family_edge import ALIKE, METADATA, NAMED, STATED

MOST = 16
MOST_LAID = 8
_USES = (STATED, NAMED, METADATA)
_FIELDS = ("rights", "licence", "note", "file")


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    one = sh.shown(d)
    unspoken = set(d.course.unspoken)  # what made them is withheld: nothing is said of it here
    made = {number for run in d.course.tries for number in run.pictures}
    made |= {card.number for card in d.cards if not unspoken.isdisjoint(card.entries)}
    used = {edge.parent for edge in d.kin if edge.grade in _USES and edge.parent}
    declared = [spoken for spoken in d.spoken if spoken.kind == facts.InputDeclared.KIND]
    named = {number for spoken in declared for number in spoken.pictures}
    brought = sorted({card.number for card in d.cards if card.role == "input" or card.number in used | named} - (made - named))
    absent = [spoken for spoken in declared if not spoken.pictures]
    again = sorted(used & (made - named))
    if not (brought or absent or again or d.overlaid):
        return tell.chapter(s, "inputs", ())
    return tell.chapter(s, "inputs", (
        Para(tell.text(s, "inputs.intro"), kind="note"),
        *_brought(brought, absent, declared, one, s),
        *((Heading(tell.say(s, "inputs.again"), 2), *_again(again, one, s)) if again else ()),
        *_visible(one, s),
    ))  # fmt: skip


def _brought(brought: Sequence[int], absent: Sequence[Spoken], declared: Sequence[Spoken], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    rows = [row for number in brought[:MOST] for row in _input(number, declared, one, s)]
    rows += [Row((*sh.cells("–"), Cell(tuple(_rights(spoken, s))), *sh.cells("")), tell.source(facts.STATED, (spoken.seq,)))
             for spoken in absent[:MOST]]  # fmt: skip
    if rows:
        head = tuple(tell.say(s, f"inputs.head.{name}") for name in ("input", "known", "used"))
        yield from _strip(brought[:MOST], one, s)
        yield Table(head, tuple(rows), (24, 54, 22))
        yield from _grades(brought[:MOST], one, s)
    else:
        yield tell.none(s)
    yield from sh.rest(s, max(0, len(brought) - MOST) + max(0, len(absent) - MOST))


def _strip(brought: Sequence[int], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """The inputs side by side, as far as there are pictures of them."""
    shown = [Figure(image, (Run(s.say("picture", number=number)),)) for number in brought if (image := one.image(number))]
    if shown:
        yield Figures(tuple(shown), SMALL_PICTURE)


def _grades(brought: Sequence[int], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """What each way of knowing means, once."""
    grades = dict.fromkeys(edge.grade for edge in one.d.kin if edge.parent in brought and edge.grade in _USES)
    told = [(Run(s.family(f"grade.{one}"), STRONG), Run(s.say("label") + s.family(f"means.{one}"))) for one in grades]
    if told:
        yield Para(tell.join(s, told, "space"), kind="note")


def _input(number: int, declared: Sequence[Spoken], one: sh.Shown, s: Speaker) -> Iterator[Row]:
    """One row for when it was recorded, one for each thing that is known of it: each rests on its own class."""
    card = one.cards[number]
    name = Cell(((Run(s.say("picture", number=number)),), *(((tell.verbatim(card.name, 60),),) if card.name else ())))
    uses = [edge for edge in one.d.kin if edge.parent == number and edge.grade in _USES]
    nobody = () if any(number in spoken.pictures for spoken in declared) else (Run(" "), *tell.late(s, "inputs.undeclared"))
    if own := one.own(number):
        first = min((one.first[edge.child] for edge in uses if edge.child in one.first), default=None)
        order = "" if first is None else "inputs.before" if own[0] < first else "inputs.after"
        told = tell.text(s, "inputs.later" if card.imported_only else "inputs.seen", seq=own[0])
        told += (Run(" "), *tell.text(s, order, seq=first)) if order else ()
        klass = facts.IMPORTED if card.imported_only else facts.OBSERVED
        yield Row((name, Cell(((*told, *nobody),)), *sh.cells("")), tell.source(klass, own))
    else:
        yield Row((name, Cell(((*tell.late(s, "inputs.unrecorded"), *nobody),)), *sh.cells("")))
    for spoken in declared:
        if number in spoken.pictures:
            yield Row((*sh.cells(""), Cell(tuple(_rights(spoken, s))), *sh.cells("")), tell.source(facts.STATED, (spoken.seq,)))
    for key in dict.fromkeys((edge.grade, edge.klass, edge.relation) for edge in uses):
        yield _use([edge for edge in uses if (edge.grade, edge.klass, edge.relation) == key], one, s)


def _rights(spoken: Spoken, s: Speaker) -> Iterator[Text]:
    """Whose it is, as a person stated, and when that was written down."""
    lines = {line.field: line for line in spoken.lines}
    for field in _FIELDS:
        line = lines.get(field)
        if line is None or not (line.items or line.commitment):
            continue
        if field == "rights":
            yield (Run(s.field(field) + s.say("label"), "small"), Run(s.word("rights", line.items[0].text), "strong"))
        else:
            yield sh.quoted(s, line)
    before = lines.get("used_before")
    yield tell.text(s, "inputs.declared.after" if before and before.items else "inputs.declared.before",
                    at=s.when(spoken.at), seq=before.items[0].text if before and before.items else "")  # fmt: skip


def _use(edges: Sequence[Kin], one: sh.Shown, s: Speaker) -> Row:
    first = edges[0]
    children = tuple(dict.fromkeys(edge.child for edge in edges))
    relation = Run(s.relation(first), "" if first.klass != facts.STATED else "verbatim")
    named = (Run(" "), tell.verbatim(first.name, 60)) if first.name else ()
    told: list[Text] = [(Run(s.family(f"grade.{first.grade}"), "strong"), Run(s.say("comma")), relation, *named)]
    told += [(Run(s.family(f"note.{code}", of=detail[:12]), LATE),) for code, detail in first.notes if words.known(f"family.note.{code}")]
    used = sh.cells(sh.pictures(s, children, 4))
    return sh.row(s, (*sh.cells(""), Cell(tuple(told)), *used), first.klass, tuple(seq for edge in edges for seq in edge.entries))


def _again(numbers: Sequence[int], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """Pictures of this process that went in again."""
    yield sh.note(s, "inputs.again.intro")
    rows = []
    for number in numbers[:MOST]:
        edges = [edge for edge in one.d.kin if edge.parent == number and edge.grade in _USES]
        children = tuple(dict.fromkeys(edge.child for edge in edges))
        known = s.say("comma").join(dict.fromkeys(f"{s.family('grade.' + e.grade)} ({s.relation(e)})" for e in edges[:4]))
        told = sh.cells(s.say("picture", number=number), known, sh.pictures(s, children, 4))
        rows.append(sh.row(s, told, edges[0].klass, tuple(seq for e in edges for seq in e.entries)))
    yield Table(tuple(tell.say(s, f"inputs.head.{name}") for name in ("picture", "how", "used")), tuple(rows), (24, 54, 22))
    yield from sh.rest(s, len(numbers) - MOST)


def _visible(one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """Where an input is found again in a picture made with it, as far as that was measured."""
    found = one.d.overlaid
    if not found:
        yield Para((Run(tell.say(s, "inputs.visible"), STRONG), Run(s.say("label")), *tell.text(s, "inputs.visible.none")))
    else:
        yield Heading(tell.say(s, "inputs.visible"), 2)
    for each in found[:MOST_LAID]:
        yield Para(_laid(each, one, s), tell.source(facts.OBSERVED, (each.seq,)))
        if each.overlay:
            caption = (Run(tell.say(s, "inputs.overlay")),)
            yield Figures((Figure(each.overlay, caption, tell.source(facts.OBSERVED, (each.seq,))),), MEDIUM_PICTURE)
    if any(each.row.get("rate") for each in found) and (rate := family_rates.outlines_sentence(found[0].row.get("rate"), s.lang)):
        yield Para((Run(rate),), kind="note")
    yield from sh.rest(s, len(found) - MOST_LAID)
    if any(edge.grade == ALIKE for edge in one.d.kin):
        yield sh.note(s, "inputs.alike")


def _laid(each: Overlaid, one: sh.Shown, s: Speaker) -> Text:
    own = s.say("picture", number=each.own) if each.own else each.sha256[:12]
    return tell.text(s, "inputs.laid", output=s.say("picture", number=each.output), said=laid.line(each.row, own, s.lang))
