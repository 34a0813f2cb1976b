"""The work: its name, who made it as stated, first publication, registration; and the disclosure of what was made with AI."""

from __future__ import annotations

from collections.abc import Sequence

from provenance import facts
from provenance.paper.blocks import STRONG, Block, Cell, Para, Row, Run, Source, Table, Text
from provenance.report import said_held, tell
from provenance.report.contribution import asking, contribution
from provenance.report.dossier import Dossier
from provenance.report.forum import Forum
from provenance.report.held import about
from provenance.report.held.values import Book, Held, line, said
from provenance.report.speak import Speaker

MOST_NAMES = 12
PERSONAL = tuple(f"A{number:02}" for number in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11))
"""Questions whose facts are a person's ideas, inputs, texts, choices and edits, as far as the record tells."""


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """Who and what, as stated; then the disclosure of the use of AI."""
    book = asking(d)
    rows: list[Row] = []
    rows += _rows(s, "name", [(tell.value(one), tell.source(one.klass, one.entries)) for one in d.names])
    rows += _rows(s, "people", _held(s, list(about.people(book))))
    rows += _rows(s, "published", _held(s, list(about.published(book))))
    rows += _rows(s, "registered", _held(s, list(about.registered(book))))
    head = (tell.say(s, "work.point"), tell.say(s, "work.record"))
    rows += _disclosure(d, book, s, forum)
    return tell.chapter(s, "work", [Table(head, tuple(rows), (26, 74)), Para((Run(tell.say(s, "work.parts")),), kind="note")])


def _held(s: Speaker, found: Sequence[Held]) -> list[tuple[Text, Source]]:
    return [(said_held.sentence(s, one), tell.source(one.klass, one.entries)) for one in found]


def _rows(s: Speaker, name: str, lines: Sequence[tuple[Text, Source]]) -> list[Row]:
    title = (Run(tell.say(s, f"work.{name}"), STRONG),)
    if not lines:
        return [Row((Cell((title,)), Cell(((Run(tell.say(s, f"work.{name}.none")),),))), head=True)]
    return [Row((Cell((title,)) if not place else Cell(), Cell((text,))), source, head=True) for place, (text, source) in enumerate(lines)]


def _disclosure(d: Dossier, book: Book, s: Speaker, forum: Forum) -> list[Row]:
    """Tools and versions as the files name them; what a program made and what a person did, each only as recorded. What a person did
    stands in full beside the questions of the forum; here are their names."""
    rows = _rows(s, "tools", _tools(book, s))
    machine = [one for one in book.of(*facts.FILE_KINDS) if said(one, "parsed") == "read"]
    told: list[tuple[Text, Source]] = []
    if machine:
        text = tell.say(s, "work.machine.text", count=len(machine))
        told = [((Run(text),), tell.source(facts.FILE_CLAIMED, [one.seq for one in machine]))]
    rows += _rows(s, "machine", told)
    held = contribution(d)
    side = 0 if s.lang == "zh" else 1
    there = [f"{one.id} {one.name[side]}" for one in forum.factors if one.id in PERSONAL and held.get(one.id)]
    listed = tell.say(s, "work.human.see", names=tell.say(s, "comma").join(there), see=tell.see(s, "contribution"))
    rows += _rows(s, "human", [((Run(listed),), Source())] if there else [])
    return [*rows, *_rows(s, "labels", _held(s, list(about.labels(book))))]


def _tools(book: Book, s: Speaker) -> list[tuple[Text, Source]]:
    """(tool, version) pairs with the files that name them; a withheld one is a bar."""
    found: dict[tuple[Text, Text, str], list[int]] = {}
    for one in book.of(*facts.FILE_KINDS):
        named = line(one, "generator")
        if named is not None:
            key = (tell.value(named), tell.value(line(one, "tool_version")), named.klass)
            found.setdefault(key if not named.commitment else ((), (), named.klass), []).append(one.seq)
    told = []
    for (tool, version, klass), entries in list(found.items())[:MOST_NAMES]:
        name = "work.tool.withheld" if not tool else "work.tool.version" if version else "work.tool"
        text = tell.text(s, name, tool=tool or (Run(""),), version=version or (Run(""),), count=len(entries))
        told.append((text, tell.source(klass, entries)))
    return told
