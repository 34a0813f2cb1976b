"""What the record holds for each question that the forum asks, in its order; nothing is weighed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provenance.paper.blocks import SMALL, STRONG, Block, Cell, Heading, Para, Row, Run, Source, Table
from provenance.report import authorities, said_held, tell
from provenance.report.authorities import Cited
from provenance.report.contribution import contribution
from provenance.report.dossier import Dossier
from provenance.report.forum import Factor, Forum
from provenance.report.held.values import Held
from provenance.report.speak import Speaker

PARTS = ("A", "B", "C")
WIDTHS = (30, 70)


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """Authorship (A), title and publication (B), evidence (C); questions without a fact in one line; then the authorities."""
    held, known = contribution(d), authorities.cited(forum)
    intro = tell.say(s, "contribution.intro", times=tell.see(s, "times"), forum=_side(s, forum.title), as_of=forum.as_of)
    found: list[Block] = [Para((Run(intro),), kind="note")]
    if forum.advice[0]:
        found.append(Para((Run(_side(s, forum.advice)), Run(known.marks(forum.advice_by), SMALL)), kind="note"))
    for part in PARTS:
        asked = [one for one in forum.factors if one.id.startswith(part)]
        rows = [row for factor in asked for row in _factor(s, factor, forum, known, held.get(factor.id, ()))]
        found.append(Heading(tell.say(s, f"contribution.{part}"), 2))
        if rows:
            found.append(Table((tell.say(s, "contribution.asked"), tell.say(s, "contribution.held")), tuple(rows), WIDTHS))
        found += _without(s, asked, forum, known, held)
    found.append(Heading(tell.say(s, "contribution.authorities"), 2))
    return tell.chapter(s, "contribution", [*found, *authorities.blocks(s, known)])


def _factor(s: Speaker, factor: Factor, forum: Forum, known: Cited, held: Sequence[Held]) -> Iterator[Row]:
    """One row for the facts of one class that follow one another; the question stands in the first."""
    marks = known.marks(authorities.rests(factor, forum))
    asked = Cell(((Run(f"{factor.id} · {_side(s, factor.name)} ", STRONG), Run(marks, SMALL)),))
    for place, (lines, source) in enumerate(said_held.rows(s, held)):
        yield Row((asked if not place else Cell(), Cell(lines)), source)


def _without(s: Speaker, asked: Sequence[Factor], forum: Forum, known: Cited, held: Mapping[str, Sequence[Held]]) -> Iterator[Block]:
    """The questions for which nothing is on record, by name."""
    bare = [one for one in asked if not held.get(one.id)]
    if bare:
        names = [(Run(f"{one.id} · {_side(s, one.name)} "), Run(known.marks(authorities.rests(one, forum)), SMALL)) for one in bare]
        yield Para((Run(tell.say(s, "contribution.none"), STRONG), *tell.join(s, names), Run(tell.say(s, "stop"))), Source())


def _side(s: Speaker, both: tuple[str, str]) -> str:
    return both[0 if s.lang == "zh" else 1]
