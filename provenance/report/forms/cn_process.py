"""创作说明: what the record holds of the making, and a skeleton of the author's own account, which only the author can give."""

from __future__ import annotations

from provenance import facts
from provenance.paper.blocks import LATE, Block, Paper, Para, Point, Points, Quote, Run, Source
from provenance.report.dossier import Dossier
from provenance.report.forms import kept, said
from provenance.report.forms.desk import Desk, Said

NAME = "cn_process"
FORUM = "cn"
SKELETON = ("made-by", "routine", "deleted", "aware")


def paper(d: Dossier, desk: Desk) -> Paper:
    """Facts with their entries beside blanks; the person's typed statement whole, where there is one."""
    who = [
        desk.row("ask.persons", said.persons(d, desk), "name", "id"),
        desk.row("ask.acting", said.acting(d, desk)),
        desk.row("ask.others", Said(), "others"),
    ]
    work = [desk.row("ask.work", said.name(d, desk)), desk.row("ask.finals", said.finals(d, desk)),
            desk.row("ask.published", said.published(d, desk), "published")]  # fmt: skip
    tools = said.tools(d, desk, "purpose")
    course = [
        desk.row("ask.ideas", said.ideas(d, desk), "idea"), desk.row("ask.inputs", said.inputs(d, desk), "inputs"),
        desk.row("ask.taken", said.taken(d, desk)), desk.row("ask.prompts", said.prompts(d, desk)),
        desk.row("ask.rounds", said.rounds(d, desk)),
        desk.row("ask.choices", said.choices(d, desk), "choices"),
        desk.row("ask.edits", said.edits(d, desk), "edits"), desk.row("ask.arranged", said.arranged(d, desk), "human"),
    ]  # fmt: skip
    lacks = [desk.row("ask.late", said.late(d, desk)), desk.row("ask.gaps", kept.running(d, desk, "gaps", "overflow")),
             desk.row("ask.dropped", kept.running(d, desk, "dropped")), desk.row("ask.withheld", kept.withheld(d, desk))]  # fmt: skip
    blocks: list[Block] = []
    for key, rows in (("author", who), ("work", work), ("tools", tools), ("course", course), ("lacks", lacks)):
        blocks += [desk.heading(key), desk.table(rows)]
    blocks += [desk.heading("own-words"), *own_words(d, desk), desk.heading("skeleton"), Para(desk.text("skeleton.intro"), kind="note"),
               *(desk.skeleton(key) for key in SKELETON), signature(desk), desk.heading("law"),
               *desk.law("process", "author", "draft", "alone", "truth", "perjury", "pledge", "label", "translation")]  # fmt: skip
    return desk.paper(d, NAME, blocks)


def own_words(d: Dossier, desk: Desk) -> tuple[Block, ...]:
    """The statements that persons typed, whole; that there is none, and that nothing was written in its place."""
    found: list[Block] = []
    for one, text in said.statements(d, desk):
        signed, later = said.signers(d, one.seq), said.replaced(d, one.seq)
        by = desk.text("statement.signed" if signed else "statement.unsigned", when=desk.s.when(one.at))
        by += (Run(desk.say("statement.replaced", seq=later[-1]), LATE),) if later else ()
        found.append(Quote(text, by, Source(facts.STATED, (one.seq, *signed))))
    return tuple(found) or (Para(desk.text("statement.none")),)


def signature(desk: Desk) -> Points:
    """Where the person signs."""
    return Points(tuple(Point((Run(desk.say(f"ask.{key}") + desk.say("colon")), desk.blank(key))) for key in ("signature", "date")))
