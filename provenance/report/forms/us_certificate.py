"""What the three certificates of rule 902 have in common: nine points, each with facts and blanks, and Schedule A, the hashes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.paper.blocks import BLANK, CODE, Block, Cell, Heading, Paper, Para, Row, Run, Source, Table, run
from provenance.report import tell
from provenance.report.dossier import Card, Dossier
from provenance.report.exhibit import Exhibit
from provenance.report.forms import kept, said
from provenance.report.forms.desk import Desk, Said
from provenance.report.forms.listing import INDEX, groups


def certificate(d: Dossier, desk: Desk, name: str, law: Sequence[str], *, ordinary: bool) -> Paper:
    """A certificate's skeleton.

    Args:
        name: of the form. law: keys of the legal lines that it rests on. ordinary: whether rule 803(6) is claimed (rule 902(11)); else
            point 5 says that it is only needed where it is.
    """
    five = desk.row("ask.routine", kept.running(d, desk, "folders"), "routine")
    points: list[tuple[str, list[Row]]] = [
        ("1", [desk.ask(f"ask.{key}", key) for key in ("cert-name", "cert-role", "cert-knowledge")]),
        ("2", [desk.row("ask.software", kept.started(d, desk)), desk.row("ask.how", Said((desk.text("how"),)), "cert-confirm")]),
        ("3", [desk.row("ask.starts", kept.starts(d, desk)), desk.row("ask.gaps", kept.running(d, desk, "gaps", "overflow")),
               desk.row("ask.jumps", kept.running(d, desk, "clock")), desk.ask("ask.tests", "cert-tests")]),
        ("4", [desk.row("ask.errors", Said((desk.text("known-errors"),)), "cert-accurate"),
               desk.row("ask.unreadable", kept.running(d, desk, "lost"))]),
        ("5", [desk.row("ask.taken", said.taken(d, desk)), five, desk.row("ask.late", said.late(d, desk))]),
        ("6", [desk.row("ask.export", kept.exported(d, desk), "cert-command", "cert-operator"),
               desk.row("ask.withheld", kept.withheld(d, desk))]),
        ("7", [desk.ask("ask.hashing", "cert-tool", "cert-matched")]),
        ("8", [desk.ask("ask.notice", "cert-notice")]),
    ]  # fmt: skip
    blocks: list[Block] = [desk.heading("law"), *desk.law(*law), Para(desk.text("cert.intro"), kind="note")]
    for number, rows in points:
        key = f"cert.{number}" if number != "5" or ordinary else "cert.5.if"
        blocks += [Heading(f"{number}. {desk.say(key)}", 3), desk.table(rows)]
    blocks += [Heading(f"9. {desk.say('cert.9')}", 3), *declaration(desk), Heading(desk.say("cert.schedule"), 2), *schedule(d, desk)]
    return desk.paper(d, name, blocks)


def declaration(desk: Desk) -> tuple[Block, ...]:
    """The statutory form, outside and inside of the United States, with its blanks; the person strikes out one."""
    forms = [desk.skeleton(f"1746-{where}", date=desk.blank("date"), signature=desk.blank("signature")) for where in ("outside", "inside")]
    outside, inside = (desk.law(f"1746-{where}") for where in ("outside", "inside"))
    return (*desk.law("1746-effect"), *outside, forms[0], *inside, forms[1])


def schedule(d: Dossier, desk: Desk) -> tuple[Block, ...]:
    """Schedule A: for each file the hash as the record has it, the hash as the bundle lists it, and a blank for the one computed anew."""
    cards = {card.number: card for card in d.cards}
    rows = tuple(_hashes(group, cards, desk) for group in groups(d.meta.exhibits))
    if not rows:
        return (Para(desk.none()),)
    head = tuple(desk.say(f"schedule.{key}") for key in ("exhibit", "recorded", "listed", "computed"))
    return (Para(desk.text("schedule.note"), kind="note"), Table(head, rows, (14, 28, 28, 14)))


def _hashes(group: tuple[Exhibit, ...], cards: dict[int, Card], desk: Desk) -> Row:
    one = group[0]
    if len(group) > 1:
        numbers, listed = run(f"{one.number}–{group[-1].number}"), desk.text("schedule.index", file=Run(INDEX, CODE))
        return Row((Cell((numbers,)), Cell((desk.none(),)), Cell((listed,)), Cell(((Run(desk.say("blank.hash"), BLANK),),))))
    recorded = cards[one.picture].sha256 if one.kind in ("original", "candidate") and one.picture in cards else ""
    cells = (
        Cell((run(one.number), *([(Run(one.file, CODE),)] if one.file else []))),
        Cell(((Run(recorded, CODE),) if recorded else desk.none(),)),
        Cell(((Run(one.sha256, CODE),) if one.sha256 and one.file else run(desk.say("form.withheld")),)),
        Cell(((Run(desk.say("blank.hash"), BLANK),),)),
    )
    return Row(cells, Source(one.klass, tell.few(one.entries)), head=True)
