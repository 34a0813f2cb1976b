"""What the chapters on the process share: pictures by number, withheld fields, long texts, trusted times around an entry. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provenance import facts
from provenance.paper.blocks import LATE, SMALL, VERBATIM, Cell, Para, Row, Run, Text
from provenance.paper.places import runs
from provenance.report import tell
from provenance.report.dossier import Card, Dossier, Line, around
from provenance.report.speak import Speaker
from provenance.report.steps.say import Told

LONG = 600
"""Characters of somebody else's text that a chapter prints; the exhibit has it whole."""
NAMED = 6
WHOLE = "exhibits/record.html"


@dataclass(frozen=True)
class Shown:
    """A dossier with what is looked up in it again and again. commitments: (entry, field) -> commitment of what is withheld. first: picture
    -> the first entry about its file, one seen live before one found later; a card's other entries may be about its work or its parents."""

    d: Dossier
    cards: Mapping[int, Card]
    commitments: Mapping[tuple[int, str], str]
    first: Mapping[int, int]

    def own(self, number: int) -> tuple[int, ...]:
        """The first entry about a picture's file; () for a picture without one."""
        return (self.first[number],) if number in self.first else ()

    def image(self, number: int) -> str:
        """The key of a picture's preview, "" where it has none."""
        card = self.cards.get(number)
        return card.sha256 if card is not None and card.previews else ""

    def images(self, numbers: Iterable[int], most: int = 3) -> tuple[str, ...]:
        """The keys of the first few previews."""
        return tuple(found for number in list(numbers)[:most] if (found := self.image(number)))


def shown(d: Dossier) -> Shown:
    """See Shown; one pass over the dossier."""
    commitments = {(one.seq, one.field): one.commitment for one in d.hidden}
    return Shown(d, {card.number: card for card in d.cards}, commitments, dict(_first(d)))


def numbers(d: Dossier) -> dict[str, int]:
    """The numbers of the pictures by hash."""
    return {card.sha256: card.number for card in d.cards}


def _first(d: Dossier) -> Iterator[tuple[int, int]]:
    known, found = numbers(d), dict[int, int]()
    for later in (False, True):
        for event in d.timeline:
            if event.kind in facts.FILE_KINDS and (event.kind == facts.FileImported.KIND) == later:
                number = known.get(dict(event.said).get("sha256", ""), 0)
                if number and number not in found:
                    found[number] = event.seq
    yield from found.items()


def pictures(s: Speaker, numbers: Sequence[int], most: int = NAMED) -> str:
    """`Pictures 3, 4, 7–9 and 5 more`; "" for none."""
    return tell.pictures(s, numbers, most)


def entries(s: Speaker, seqs: Sequence[int], most: int = NAMED) -> str:
    """`#3–#9, #12 and 4 more`: runs of entries; "" for none."""
    found = runs(seqs)
    told = [f"#{first}" if first == last else f"#{first}–#{last}" for first, last in found[:most]]
    return _few(told, len(found), s)


def _few(told: Sequence[str], count: int, s: Speaker) -> str:
    more = tell.say(s, "more", count=count - len(told)) if count > len(told) else ""
    return s.say("comma").join(told) + (" " + more if more else "")


def long(s: Speaker, text: str, seq: int, most: int = LONG) -> Text:
    """Somebody else's text; where it is cut, that is said with where the rest stands."""
    if len(text) <= most:
        return (Run(text, VERBATIM),)
    return (Run(text[:most], VERBATIM), Run(tell.say(s, "cut", count=len(text) - most, seq=seq), LATE))


def quoted(s: Speaker, line: Line, most: int = 300) -> Text:
    """A field with its label: verbatim, or a bar where it is withheld."""
    label = Run(s.label(line) + s.say("label"), SMALL)
    if line.commitment:
        return (label, tell.bar(line.commitment))
    return (label, *long(s, "; ".join(item.text for item in line.items), line.entries[0] if line.entries else 0, most))


def told(line: Told) -> Text:
    """A difference in words, what is not ours kept apart."""
    return tuple(Run(piece.text, VERBATIM if piece.theirs else "") for piece in line)


def attested(one: Dossier, s: Speaker, seq: int) -> str:
    """Between which trusted times an entry stands, as far as tokens in the bundle tell; the message `paper.none` where none does."""
    after, before = around(one.meta.times, seq)
    if not (after or before):
        return tell.say(s, "none")
    key = "both" if after and before else "after" if after else "before"
    return tell.say(s, f"attested.{key}", after=s.when(after.time) if after else "", before=s.when(before.time) if before else "")


def hidden(s: Speaker, one: Shown, seq: int, fields: Sequence[str]) -> Iterator[Text]:
    """Withheld fields of an entry, each as its label and a bar."""
    for field in fields:
        if (seq, field) in one.commitments:
            yield (Run(s.field(field) + s.say("label"), SMALL), tell.bar(one.commitments[seq, field]))


def cells(*lines: str | Text) -> tuple[Cell, ...]:
    """Cells of one line each; a bare text is ours."""
    return tuple(Cell((line if isinstance(line, tuple) else (Run(line),),)) for line in lines)


def counted(s: Speaker, seqs: Sequence[int]) -> tuple[Text, ...]:
    """How many entries a line rests on, where not all of them are named beside it."""
    count = len(set(seqs))
    return ((Run(tell.say(s, "entries.count", count=count).strip(), SMALL),),) if count > tell.CITED else ()


def row(s: Speaker, told: Sequence[Cell], klass: str, seqs: Sequence[int], *, head: bool = False) -> Row:
    """A row that rests on entries; where they are too many to be named, its first cell says how many."""
    first, *others = told
    return Row((replace(first, lines=(*first.lines, *counted(s, seqs))), *others), tell.source(klass, seqs), head)


def note(s: Speaker, key: str, **params: object) -> Para:
    """A quiet paragraph."""
    return Para(tell.text(s, key, **params), kind="note")


def rest(s: Speaker, count: int) -> tuple[Para, ...]:
    """How many more there are and where they stand; nothing for none."""
    return (note(s, "rest", count=count, where=WHOLE),) if count > 0 else ()
