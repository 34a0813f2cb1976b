"""A large record goes over several pages: pictures in their order, and with each the entries up to the next page's first. Pure."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from provenance import facts
from provenance.report.dossier import Card, Dossier

MOST = 200
"""Pictures on one page; and how many of other pages are shown beside them at most."""


@dataclass(frozen=True)
class Page:
    """One page of the record. number, of: from 1. dossier: what stands on it. shown: the pictures of which it holds previews.

    names: of every picture, its number by its hash. starts: the first entry of each page, ascending. leads: the pictures that the first
    page begins with.
    """

    number: int
    of: int
    dossier: Dossier
    shown: tuple[Card, ...]
    names: dict[str, int]
    starts: tuple[int, ...]
    leads: tuple[Card, ...]

    @property
    def file(self) -> str:
        """Its file name."""
        return _file(self.number)

    def entry(self, seq: int) -> str:
        """The file of the page on which an entry stands, "" for this one."""
        return self._other(bisect.bisect_right(self.starts, seq))

    def picture(self, number: int) -> str:
        """The file of the page on which a picture stands, "" for this one."""
        return self._other((number - 1) // MOST + 1 if number else self.number)

    def links(self) -> tuple[tuple[int, str], ...]:
        """The other pages."""
        return tuple((n, _file(n)) for n in range(1, self.of + 1) if n != self.number)

    def _other(self, number: int) -> str:
        number = min(max(number, 1), self.of)
        return "" if number == self.number else _file(number)


def _file(number: int) -> str:
    return "record.html" if number == 1 else f"record-{number}.html"


def split(dossier: Dossier, *, whole: bool = False) -> tuple[Page, ...]:
    """The pages of a dossier, one where it has MOST pictures at most, or where it is to stay `whole`."""
    names = {card.sha256: card.number for card in dossier.cards}
    most = len(dossier.cards) if whole else MOST
    groups = [dossier.cards[n : n + most] for n in range(0, len(dossier.cards), most or 1)] or [()]
    starts = tuple(_starts(dossier, groups))
    by_number = {card.number: card for card in dossier.cards}
    leads = tuple(by_number[number] for number in leading(dossier))
    pages = []
    for number, group in enumerate(groups, 1):
        first = 0 if number == 1 else starts[number - 1]
        after = starts[number] if number < len(groups) else 1 << 62
        mine = _part(dossier, group, first, after) if len(groups) > 1 else dossier
        shown = (*group, *_mentioned(dossier, mine, number)) if len(groups) > 1 else group
        pages.append(Page(number, len(groups), mine, tuple(shown), names, starts, leads))
    return tuple(pages)


def _starts(dossier: Dossier, groups: list[tuple[Card, ...]]) -> Iterator[int]:
    """The entry with which each page begins: that of its first picture's file."""
    files = {whole.seq for whole in dossier.annex if whole.kind in facts.FILE_KINDS}
    last = 0
    for group in groups:
        last = max(last, min((seq for card in group[:1] for seq in card.entries if seq in files), default=last))
        yield last if group is not groups[0] else 0


def _part(d: Dossier, group: tuple[Card, ...], first: int, after: int) -> Dossier:
    mine = {card.number for card in group}
    return dataclasses.replace(
        d,
        cards=group,
        timeline=tuple(one for one in d.timeline if first <= one.seq < after),
        steps=tuple(one for one in d.steps if one.after in mine),
        decisions=tuple(one for one in d.decisions if first <= one.seq < after),
        spoken=tuple(one for one in d.spoken if first <= one.seq < after),
        hidden=tuple(one for one in d.hidden if first <= one.seq < after),
        annex=tuple(one for one in d.annex if first <= one.seq < after),
        kin=tuple(one for one in d.kin if one.child in mine),
        edited=tuple(one for one in d.edited if one.child in mine),
        overlaid=tuple(one for one in d.overlaid if one.output in mine),
    )


def _mentioned(whole: Dossier, mine: Dossier, number: int) -> list[Card]:
    """Pictures of other pages that this one names, MOST at most; on the first page those that it begins with."""
    wanted = dict.fromkeys(leading(whole)) if number == 1 else {}
    wanted |= dict.fromkeys(n for one in mine.steps for n in (one.before, one.after))
    wanted |= dict.fromkeys(n for said in (mine.decisions, mine.spoken) for one in said for n in one.pictures)
    wanted |= dict.fromkeys(n for one in mine.edited for n in (one.parent,) if n)
    here = {card.number for card in mine.cards}
    cards = {card.number: card for card in whole.cards}
    return [cards[n] for n in wanted if n in cards and n not in here][:MOST]


def kept(dossier: Dossier) -> frozenset[int]:
    """Numbers of the pictures of which a person last said that they are kept: they come first on page one."""
    own = (one for one in dossier.decisions if one.klass == facts.STATED and one.withdrawn < 0 and one.decision != "withdrawn")
    last = {number: one.decision for one in own for number in one.pictures}
    return frozenset(number for number, decision in last.items() if decision in ("kept", "chosen", "published"))


def leading(dossier: Dossier) -> tuple[int, ...]:
    """The chosen pictures, those first that a person kept; all pictures where none is chosen."""
    chosen = [card.number for card in dossier.cards if card.role == "chosen"] or [card.number for card in dossier.cards]
    first = kept(dossier)
    return tuple(sorted(chosen, key=lambda number: number not in first))
