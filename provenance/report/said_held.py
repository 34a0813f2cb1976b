"""Facts beside legal factors as runs of one language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from provenance import words
from provenance.paper.blocks import CODE, SMALL, Run, Source, Text
from provenance.report import overlaid, tell
from provenance.report.dossier import Bracketed
from provenance.report.edits import Edited
from provenance.report.held.values import Held, Names, Param, Pictures, Quote, Stamp, Word
from provenance.report.overlaid import Overlaid
from provenance.report.speak import Speaker

MOST_PICTURES = 8


def sentence(s: Speaker, held: Held) -> Text:
    """What a fact says, somebody else's words as runs of their own."""
    text = tell.text(s, f"held.{held.key}", **{name: _param(s, value) for name, value in held.params.items()})
    count = len(set(held.entries))
    return text if count <= tell.CITED else (*text, Run(tell.say(s, "entries.count", count=count), SMALL))


def line(s: Speaker, held: Held) -> Text:
    """A fact with its own entries behind it, where several stand in one row."""
    entries = tell.entries(s, held.entries)
    return (*sentence(s, held), Run(f" {entries}", SMALL)) if entries else sentence(s, held)


def rows(s: Speaker, facts: Sequence[Held]) -> list[tuple[tuple[Text, ...], Source]]:
    """Facts of one class that follow one another as one row: (lines, who says so)."""
    grouped = [(klass, tuple(those)) for klass, those in groupby(facts, key=lambda one: one.klass)]
    return [(tuple(line(s, one) for one in those), Source(klass)) for klass, those in grouped]


def pictures(s: Speaker, numbers: Sequence[int]) -> str:
    """Pictures by their numbers, the first of many."""
    return tell.pictures(s, numbers, MOST_PICTURES) or tell.say(s, "pictures.elsewhere")


def quoted(value: Quote) -> Text:
    """Somebody else's words, or a bar."""
    return (tell.bar(value.commitment),) if value.commitment else (tell.verbatim(value.text),)


def _param(s: Speaker, value: Param) -> object:
    found: object = value
    match value:
        case Quote():
            found = quoted(value)
        case Stamp():
            found = s.when(value.at)
        case Pictures():
            found = pictures(s, value.numbers)
        case Word():
            found = s.family(f"grade.{value.value}") if value.field == "grade" else s.word(value.field, value.value)
        case Names():
            found = tell.join(s, [_counted(s, name, count) for name, count in value.counted], "list")
        case Edited():
            found = s.edited(value)
        case Overlaid():
            own = s.say("picture", number=value.own) if value.own else value.sha256[:12]
            found = overlaid.line(value.row, own, s.lang)
        case Bracketed():
            found = s.bracket(value)
        case str():
            found = Run(value, CODE)
    return found


def _counted(s: Speaker, name: str, count: int) -> Text:
    known = f"steps.name.{name}"
    label = Run(words.say(known, s.lang)) if words.known(known) else tell.verbatim(name)
    return (label, Run(tell.say(s, "times", count=count)))
