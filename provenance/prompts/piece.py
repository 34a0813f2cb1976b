"""A piece of a prompt, and how pieces are laid over the text so that none of it is lost."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

MAX_CHARACTERS = 20_000  # of one prompt that are looked into; the rest is text
MAX_TOGETHER = 60_000  # of all prompts of one file
MAX_PIECES = 5_000
MAX_NESTING = 32  # brackets nested deeper than anybody writes them are text

TEXT, NETWORK, BREAK, AND = "text", "network", "break", "and"
ALTERNATION, SCHEDULE, WILDCARD, CHOICE = "alternation", "schedule", "wildcard", "choice"
EMBEDDING, FLAG, BLEND, SWAP = "embedding", "flag", "blend", "swap"

_EXACT = Context(prec=40)
_SHORT = Context(prec=6)


@dataclass(frozen=True)
class Piece:
    """A stretch of a prompt that one rule applies to.

    kind: text, network (`<lora:a:0.8>`), break, and, alternation (`[a|b]`), schedule (`[a:b:0.5]`), wildcard (`__a__`), choice
    (`{a|b}`), embedding, flag (`--ar 3:2`), blend, swap. text: the words, without brackets and weights; for other kinds as written.
    start, end: offsets (code points) of all that belongs to it, brackets included: the pieces follow each other without a gap. weight:
    as the tool computes it, a decimal number as text; None where none was written. brackets: as written, `((…:1.2))`, "" without.
    values: what stands inside: name and weights of a network, the options of a choice, (from, to, when) of a schedule.
    """

    kind: str
    text: str
    start: int
    end: int
    weight: str | None = None
    brackets: str = ""
    values: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """How many brackets are around it."""
        return len(self.brackets.partition("…")[0])


@dataclass(frozen=True)
class Atom:
    """A stretch inside which no bracket counts: a network's tag, a choice."""

    start: int
    end: int
    kind: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """A pair of brackets: what they multiply the weight by, and how they are written. sets: the factor replaces those outside it."""

    factor: str
    opening: str = ""
    closing: str = ""
    sets: bool = False


def product(around: Sequence[Around]) -> str | None:
    """The weight inside brackets, outermost first: None without any, a single written weight as it was written, else six digits.

    A factor `/1.1` divides.
    """
    inner = next((at for at in range(len(around) - 1, -1, -1) if around[at].sets), 0)
    factors = [pair.factor for pair in around[inner:] if pair.factor]
    if not factors:
        return None
    if len(factors) == 1 and factors[0][0] != "/":
        return factors[0]
    total = Decimal(1)
    try:
        for factor in factors:
            total = _EXACT.divide(total, Decimal(factor[1:])) if factor[0] == "/" else _EXACT.multiply(total, Decimal(factor))
    except InvalidOperation:
        return None
    short = _SHORT.plus(total).normalize(_SHORT)
    return f"{short:f}" if -12 < short.adjusted() < 21 else str(short)


class Draft:
    """Pieces in the making for one prompt. What is opened belongs to the piece that follows, what is closed to the one before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._pieces: list[Piece] = []
        self._waiting: int | None = None

    @property
    def full(self) -> bool:
        return len(self._pieces) >= MAX_PIECES

    def __len__(self) -> int:
        return len(self._pieces)

    def words(self, start: int, end: int, around: Sequence[Around] = ()) -> None:
        """Text as it stands, if there is any."""
        if end > start:
            self.add(TEXT, start, end, around)

    def add(self, kind: str, start: int, end: int, around: Sequence[Around] = (), values: tuple[str, ...] = ()) -> None:
        first = start if self._waiting is None else self._waiting
        self._waiting = None
        marks = "".join(pair.opening for pair in around) + "…" + "".join(pair.closing for pair in reversed(around))
        self._pieces.append(Piece(kind, self.text[start:end], first, end, product(around), "" if marks == "…" else marks, values))

    def opened(self, start: int) -> None:
        if self._waiting is None:
            self._waiting = start

    def closed(self, end: int) -> None:
        if self._waiting is None and self._pieces:
            self._stretch(end)
        elif self._waiting is None:
            self._waiting = 0

    def _stretch(self, end: int) -> None:
        last = self._pieces[-1]
        self._pieces[-1] = Piece(last.kind, last.text, last.start, end, last.weight, last.brackets, last.values)

    def finished(self) -> tuple[Piece, ...]:
        """All pieces. What was not looked at any more (too many pieces, too long a text) is text."""
        end = len(self.text)
        at = self._waiting if self._waiting is not None else self._pieces[-1].end if self._pieces else 0
        if self._waiting is not None and self._pieces and not self.full:
            self._stretch(end)
        elif at < end:
            self._waiting = None
            self._pieces.append(Piece(TEXT, self.text[at:end] if self._pieces or at else "", at, end))
        return tuple(self._pieces)


def between(found: Sequence[Atom], start: int, end: int) -> Sequence[Atom]:
    """The atoms that lie between two places."""
    first = bisect_left(found, start, key=lambda atom: atom.start)
    last = bisect_right(found, end, key=lambda atom: atom.end)
    return found[first : max(first, last)]


def filled(draft: Draft, start: int, end: int, found: Sequence[Atom], around: Sequence[Around] = ()) -> None:
    """Words from start to end, with the atoms among them as pieces of their own."""
    for atom in between(found, start, end):
        if draft.full:
            return
        draft.words(start, atom.start, around)
        draft.add(atom.kind, atom.start, atom.end, around, atom.values)
        start = atom.end
    draft.words(start, end, around)
