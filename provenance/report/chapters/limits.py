"""What is not proved: always printed, in general and for this record."""

from __future__ import annotations

from provenance.paper.blocks import STRONG, Block, Cell, Heading, Para, Point, Points, Row, Run, Source, Table
from provenance.report import tell
from provenance.report.dossier import Dossier
from provenance.report.forum import Forum
from provenance.report.speak import Speaker

ALSO = ("limit.08", "limit.09", "limit.11", "limit.12", "limit.13", "limit.14")
"""What the framed text above and the answers to objections do not say."""
ATTACKS = ("rebuilt", "clock", "forged", "someone", "left-out", "software", "interested", "ideas", "model", "terms", "key")
"""What may be said against such a record, in the order of data/messages/paper.json."""


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The fixed page, what holds for this record, and what each objection leaves open."""
    here = [Point((Run(tell.say(s, "limits.here.first")),))]
    here.append(
        Point((Run(tell.say(s, "limits.here.key", protection=s.word("key_protection", d.meta.key_protection))),), Source("OBSERVED", (0,)))
    )
    absent = [card for card in d.cards if card.why_absent]
    if absent:
        here.append(Point((Run(tell.say(s, "limits.here.absent", count=len(absent))),)))
    also = tuple(Row((Cell(), Cell(((Run(s.say(one)),),)))) for one in ALSO)
    title = Cell(((Run(tell.say(s, "limits.also"), STRONG),),))
    rows = (*(_objection(s, name) for name in ATTACKS), Row((title, also[0].cells[1])), *also[1:])
    head = (tell.say(s, "limits.head.said"), tell.say(s, "limits.head.remains"))
    return tell.chapter(s, "limits", [
        Para((Run(tell.say(s, "limits.page")),), kind="limit"),
        Heading(tell.say(s, "limits.here"), 2), Points(tuple(here)),
        Heading(tell.say(s, "limits.attacks"), 2), Table(head, rows, (22, 78), sourced=False),
    ])  # fmt: skip


def _objection(s: Speaker, name: str) -> Row:
    said, true, remains = (tell.say(s, f"limits.{name}.{part}") for part in ("said", "true", "remains"))
    answer = tell.text(s, "limits.objection", true=Run(true, STRONG), remains=Run(remains))
    return Row((Cell(((Run(said, STRONG),),)), Cell((answer,))), head=True)
