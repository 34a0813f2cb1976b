"""The authorities of a chapter, each with its number: `[3]` beside a question, its name, date and how it is known once at the end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance.law.authority import Authority
from provenance.paper.blocks import STRONG, Block, Para, Run, Text
from provenance.report import tell
from provenance.report.forum import Factor, Forum
from provenance.report.speak import Speaker

ELSEWHERE = 1


@dataclass(frozen=True)
class Cited:
    """own: of the forum; elsewhere: of other forums, for questions on which this one has none. An article of a law is one of its own."""

    own: tuple[Authority, ...]
    elsewhere: tuple[Authority, ...]

    def marks(self, of: Sequence[Authority]) -> str:
        """`[1][4]`."""
        every = (*self.own, *self.elsewhere)
        return "".join(f"[{every.index(one) + 1}]" for one in of)


def cited(forum: Forum) -> Cited:
    """Every authority that the forum's questions rest on, in the order in which they are asked; first the forum's own."""
    own = [one for factor in forum.factors for one in factor.of(forum.name)]
    other = [one for factor in forum.factors if not factor.of(forum.name) for one in rests(factor, forum)]
    return Cited(tuple(dict.fromkeys((*own, *forum.advice_by))), tuple(dict.fromkeys(one for one in other if one not in own)))


def rests(factor: Factor, forum: Forum) -> tuple[Authority, ...]:
    """What a question rests on in a forum; where the forum has nothing, the first of what it rests on elsewhere."""
    return factor.of(forum.name) or factor.authorities[:ELSEWHERE]


def blocks(s: Speaker, known: Cited) -> Iterator[Block]:
    """The list: the forum's own, then those of elsewhere, and what each is worth as a source."""
    start = 1
    for name, those in (("own", known.own), ("elsewhere", known.elsewhere)):
        if those:
            yield Para((Run(tell.say(s, f"authorities.{name}"), STRONG), *_listed(s, those, start)), kind="note")
        start += len(those)


def _listed(s: Speaker, those: Sequence[Authority], start: int) -> Text:
    found: list[Run] = []
    for number, one in enumerate(those, start):
        end = "semicolon" if number < start + len(those) - 1 else "stop"
        found += [Run(f"[{number}] ", STRONG), Run(one.said(s.lang) + tell.say(s, end))]
    return tuple(found)
