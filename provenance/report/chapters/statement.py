"""The person's own statement, as typed. Nothing stands here that a program wrote; notes and ideas are no statements."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.paper.blocks import CODE, LATE, Block, Para, Quote, Run, Text
from provenance.report import tell
from provenance.report.contribution import asking
from provenance.report.dossier import Dossier, Whole
from provenance.report.forum import Forum
from provenance.report.held.evidence import SIGNED, STATEMENT
from provenance.report.held.values import Book, line, said
from provenance.report.speak import Speaker

WHOLE = 60_000
"""Characters of a statement: it is printed whole; an entry holds no more."""


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """Each statement, the last one first; who signed it; that there is none."""
    book = asking(d)
    made = [one for one in book.of(STATEMENT) if said(one, "work") in ("", d.meta.work) or not d.meta.work]
    if not made:
        return tell.chapter(s, "statement", [Para((Run(tell.say(s, "statement.none")),))])
    found: list[Block] = [Para((Run(tell.say(s, "statement.intro")),), kind="note")]
    for one in reversed(made):
        found += _statement(book, one, made, s)
    return tell.chapter(s, "statement", found)


def _statement(book: Book, one: Whole, made: list[Whole], s: Speaker) -> Iterator[Block]:
    later = next((other.seq for other in made if said(other, "replaces") == str(one.seq)), None)
    if later is not None:
        yield Para((Run(tell.say(s, "statement.replaced", seq=later), LATE),), tell.source(facts.STATED, [one.seq, later]))
    text = tell.value(line(one, "text"), WHOLE)
    if not text:
        kept = said(one, "kept")
        text = tell.text(s, "statement.kept", sha256=Run(kept or "–", CODE))
    yield Quote(text, (Run(tell.say(s, "statement.by", seq=one.seq, at=s.when(one.at))),), tell.source(facts.STATED, [one.seq]))
    signed = [other for other in book.of(SIGNED) if said(other, "of") == str(one.seq)]
    for other in signed:
        told: Text = tell.text(
            s, "statement.signed", at=s.when(other.at), algorithm=Run(said(other, "algorithm") or "–", CODE),
            fingerprint=Run(said(other, "public_key") or "–", CODE),
        )  # fmt: skip
        yield Para(told, tell.source(facts.STATED, [other.seq]))
    if not signed:
        yield Para((Run(tell.say(s, "statement.unsigned"), LATE),))
