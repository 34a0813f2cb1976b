"""The exhibits as rows of a list: each on its own as long as that can be read, many of a kind in one row that points to the index. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from provenance import words
from provenance.paper.blocks import BLANK, CODE, LATE, VERBATIM, Cell, Row, Run, Text, run
from provenance.paper.places import runs
from provenance.report.dossier import Dossier
from provenance.report.exhibit import Exhibit
from provenance.report.forms.desk import Desk

DERIVED, MANY = 5, 50
"""Of one kind, above which they stand in one row: a court reads a list, not a directory of two thousand runs. What was made or read out of
pictures comes together early, the pictures and what a person handed in late."""
RUNS = 4
INDEX = "exhibits/index.csv"
OUT_OF_PICTURES = ("preview", "workflow", "infotext", "metadata", "label", "map")


def groups(exhibits: Sequence[Exhibit]) -> Iterator[tuple[Exhibit, ...]]:
    """Exhibits in their order, each alone, or those of a kind that has many together."""
    kinds = Counter(one.kind for one in exhibits)
    for (kind, _), those in itertools.groupby(exhibits, key=lambda one: (one.kind, bool(one.withheld))):
        found = tuple(those)
        if kinds[kind] > (DERIVED if kind in OUT_OF_PICTURES else MANY):
            yield found
        else:
            yield from ((one,) for one in found)


def rows(d: Dossier, desk: Desk, *, proof: bool) -> tuple[Row, ...]:
    """number, name, source, what it is to prove, form, page, entries. proof: with blanks for what it is to prove and its page."""
    return tuple(_row(group, desk, proof=proof) for group in groups(d.meta.exhibits))


def _row(group: tuple[Exhibit, ...], desk: Desk, *, proof: bool) -> Row:
    first, last = group[0], group[-1]
    number = first.number if first is last else f"{first.number}–{last.number}"
    entries = runs([seq for one in group for seq in one.entries])
    shows = f"report.exhibit.shows.{first.kind}"
    proves: list[Text] = [run(words.say(shows, desk.s.lang))] if words.known(shows) else []
    cells = (
        Cell((run(number),)),
        Cell(tuple(_name(group, desk))),
        Cell((run(desk.say(f"from.{first.klass}") if words.known(f"forms.from.{first.klass}") else first.klass),)),
        Cell((*proves, *([(Run(desk.say("blank.proves"), BLANK),)] if proof else []))),
        Cell((run(desk.say(f"form.{'withheld' if first.withheld else _form(first)}")),)),
        *((Cell(((Run(desk.say("blank.page"), BLANK),),)),) if proof else ()),
        Cell((run(_numbers(entries) or "–"),)),
    )
    return Row(cells, head=True)


def _numbers(entries: Sequence[tuple[int, int]]) -> str:
    said = [f"#{first}" if first == last else f"#{first}–{last}" for first, last in entries]
    return ", ".join(said if len(said) <= RUNS else [*said[:RUNS], "…"])


def _form(one: Exhibit) -> str:
    if one.kind in ("original", "candidate", "handed"):
        return "original"
    return "made" if one.kind in ("preview", "film", "annex", "map", "record", "translation") else "copy"


def _name(group: tuple[Exhibit, ...], desk: Desk) -> Iterator[Text]:
    one = group[0]
    kind = f"exhibit.{one.kind}"
    what = desk.say(kind) if words.known(f"forms.{kind}") else one.kind
    if len(group) > 1:
        yield run(desk.say("many", what=what, count=len(group)))
        yield (Run(INDEX, CODE),)
        return
    yield run(desk.say("of-picture", what=what, number=one.picture) if one.picture else what)
    if one.name:
        yield (Run(one.name, VERBATIM),)
    if one.withheld:
        yield (Run(desk.say("kept-back", why=one.withheld), LATE),)
    if one.file:
        yield (Run(one.file, CODE),)
    if one.sha256:
        yield (Run(f"SHA-256 {one.sha256}", CODE),)
