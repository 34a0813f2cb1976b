"""The list of exhibits: number, name, source, what it is to show, hash; their form is one for all and stands above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from provenance import words
from provenance.paper.blocks import BAR, CODE, SMALL, Block, Cell, Para, Row, Run, Table, Text
from provenance.paper.places import runs
from provenance.report import tell
from provenance.report.dossier import Dossier
from provenance.report.exhibit import Exhibit
from provenance.report.forum import Forum
from provenance.report.picked import picked
from provenance.report.speak import Speaker

EACH = 3
"""Of a kind, up to which each has its own row; more stand in one, and the index has them all."""
LISTED = 20
"""Rows for single exhibits: those of the chosen pictures and what a person handed in come before what was drawn out of files."""
SINGLE = ("handed", "film", "conversation", "terms", "licence", "translation", "record")
INDEX = "exhibits/index.csv"


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The list; many of a kind in one row."""
    found = d.meta.exhibits
    if not found:
        return tell.chapter(s, "exhibits", ())
    head = tuple(tell.say(s, f"exhibits.head.{name}") for name in ("number", "name", "source", "shows"))
    rows = tuple(_row(s, group[0]) if len(group) == 1 else _folded(s, group) for group in _groups(d, found))
    return tell.chapter(s, "exhibits", [
        Para((Run(tell.say(s, "exhibits.intro", count=len(found))),), kind="note"),
        Table(head, rows, (16, 42, 16, 26), sourced=False),
    ])  # fmt: skip


def _groups(d: Dossier, found: Sequence[Exhibit]) -> list[tuple[Exhibit, ...]]:
    """Each alone that a reader looks for by itself; the others of a kind and class together. In the order of their numbers."""
    mine = {card.sha256 for card in picked(d)}
    kinds = Counter(one.kind for one in found)
    alone = [one for one in found if one.withheld or one.sha256 in mine or one.kind in SINGLE or kinds[one.kind] <= EACH]
    alone = sorted(alone, key=lambda one: not one.withheld and one.sha256 not in mine and one.kind not in SINGLE)[:LISTED]
    single = set(map(id, alone))
    folded: dict[tuple[str, str, str], list[Exhibit]] = {}
    for one in found:
        if id(one) not in single:
            folded.setdefault((one.kind, one.role, one.klass), []).append(one)
    groups = [(one,) for one in alone] + [tuple(those) for those in folded.values()]
    return sorted(groups, key=lambda group: group[0].number)


def _folded(s: Speaker, group: tuple[Exhibit, ...]) -> Row:
    first = group[0]
    numbers = _ranges([one.number for one in group])
    name: list[Text] = [(Run(tell.say(s, "list").join([_kind(s, first.kind), *_role(s, first)])),)]
    name.append((Run(tell.say(s, "exhibits.folded", count=len(group)), SMALL), Run(INDEX, CODE)))
    shows = (Run(s.either(f"exhibit.shows.{first.kind}", first.kind)),)
    held = sum(bool(one.withheld) for one in group)
    name += [(Run("", BAR), Run(tell.say(s, "exhibits.held", count=held)))] if held else []
    return Row((Cell(((Run(numbers),),)), Cell(tuple(name)), Cell(((Run(_source(s, first.klass)),),)), Cell((shows,))))


def _ranges(numbers: Sequence[str]) -> str:
    """`E003–E009, E012`; numbers of another form as they are, the first of many."""
    plain = [int(one[1:]) for one in numbers if re.fullmatch(r"E[0-9]{1,9}", one)]
    if len(plain) != len(numbers):
        return ", ".join(numbers[:4]) + (", …" if len(numbers) > 4 else "")
    parts = [f"E{first:03}" if first == last else f"E{first:03}–E{last:03}" for first, last in runs(plain)]
    return ", ".join(parts[:6]) + (", …" if len(parts) > 6 else "")


def _row(s: Speaker, one: Exhibit) -> Row:
    name: list[Text] = [(Run(tell.say(s, "list").join(_titles(s, one))),)]
    name += [(tell.verbatim(one.name, 80),)] if one.name else []
    if one.file and (one.kind == "record" or one.sha256[:16] not in one.file):
        name.append((Run(one.file, CODE),))
    if one.withheld:
        name.append((Run("", BAR), *tell.text(s, "exhibits.withheld", why=tell.verbatim(one.withheld))))
    if one.sha256:
        name.append((Run("SHA-256 ", SMALL), Run(one.sha256, CODE)))
    entries = tell.entries(s, one.entries[:4])
    source = ((Run(_source(s, one.klass)),), *(((Run(entries, SMALL),),) if entries else ()))
    shows = (Run(s.either(f"exhibit.shows.{one.kind}", one.kind)),)
    return Row((Cell(((Run(one.number),),)), Cell(tuple(name)), Cell(source), Cell((shows,))))


def _role(s: Speaker, one: Exhibit) -> list[str]:
    return [s.either(f"role.{one.role}", one.role)] if one.role else []


def _titles(s: Speaker, one: Exhibit) -> list[str]:
    return [_kind(s, one.kind), *_role(s, one), *([s.say("picture", number=one.picture)] if one.picture else [])]


def _kind(s: Speaker, kind: str) -> str:
    key = f"exhibits.kind.{kind}"
    return tell.say(s, key) if words.known(f"paper.{key}") else words.visible(kind)


def _source(s: Speaker, klass: str) -> str:
    return s.either(f"class.{klass}", klass) if klass else tell.say(s, "exhibits.source.record")
