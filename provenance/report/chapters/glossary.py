"""Words for a judge: what each shows, and what it does not."""

from __future__ import annotations

from provenance.paper.blocks import STRONG, Block, Cell, Row, Run, Table
from provenance.report import tell
from provenance.report.dossier import Dossier
from provenance.report.forum import Forum
from provenance.report.speak import Speaker


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """Every term of the words `report.term`, in their order."""
    rows = [Row((Cell(((Run(s.say(term), STRONG),),)), Cell(((Run(s.say(f"{term}.means")),),))), head=True) for term in s.numbered("term")]
    head = (tell.say(s, "glossary.term"), tell.say(s, "glossary.means"))
    return tell.chapter(s, "glossary", [Table(head, tuple(rows), (20, 80), sourced=False)])
