"""Text cut into pieces that typst can set: each of one face that has all its characters, codes for the rest, places to cut a line.

Pure. What typst 0.15 does, found out by trying: for PDF/A one missing glyph ends the whole document; a word without a place to break runs
out of the page; an empty box is such a place and leaves nothing in the copied text; bidi isolates work and need no glyph.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from provenance import words
from provenance.paper.blocks import VERBATIM, Run, Text

MOST_MARKS = 2  # on one letter: more grow out of their line and over other text
LONGEST_PIECE = 2000  # characters; a PDF/A string holds 32,767 bytes (ISO 19005-3, 6.1.13)
ISOLATE, RELEASE = "\u2068", "\u2069"
"""First-strong isolate and its end (UAX 9): what runs the other way stays within. Only ours: those of a text are codes."""
TEXT, CODE, CUT, NEWLINE = "t", "c", "b", "n"
Piece = tuple[str, int, str]
"""(what it is, number of the face, text or code)"""

_UNSEEN = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200c\u200d\u3164\uffa0\ufffc\ufffd")
_PLAIN_SPACES = " \u00a0\u3000"
_WORD = re.compile(r"[^ \n]+")
_PART = re.compile(r"[^-_/\\.,:;&?=+|]*[-_/\\.,:;&?=+|]+|[^-_/\\.,:;&?=+|]+")


class Holds(Protocol):
    """Whether a face has a character."""

    def __contains__(self, char: str, /) -> bool: ...


@dataclass(frozen=True)
class Cutter:
    """How texts of one paper are cut.

    faces: by number, what each has. order: the numbers to try for a style, the first that has a character is taken; the first of all has
    the basic Latin letters. refused: characters that typst could not show although a face says that it has them. dots: the faces to try
    first for a middle dot, which in a Han font is as wide as a letter. advances: ems of basic Latin characters in the widest face in use.
    """

    faces: Sequence[Holds]
    refused: frozenset[str] = frozenset()
    dots: tuple[int, ...] = ()
    advances: Mapping[str, float] = field(default_factory=dict)

    def pieces(self, text: Text, order: Mapping[str, tuple[int, ...]], room: float) -> list[list[Piece]]:
        """The pieces of each run.

        Args:
            order: by style, with "" for those that are not named. room: ems of a line; a word that may be wider gets places to be cut.
        """
        shown = [Run(run.text.replace("\r\n", "\n"), run.style, run.link) for run in text]
        cuts = _cuts("".join(run.text for run in shown), room, self._ems)
        found, at = [], 0
        for run in shown:
            found.append(list(self._run(run, order.get(run.style, order[""]), _within(cuts, at, len(run.text)))))
            at += len(run.text)
        return found

    def _ems(self, char: str) -> float:
        return self.advances.get(char) or ems(char)

    def _run(self, run: Run, order: tuple[int, ...], cuts: list[int]) -> Iterator[Piece]:
        turned = not run.text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in run.text)
        at = 0
        for number, line in enumerate(run.text.split("\n")):
            if number:
                yield NEWLINE, 0, ""
            if turned:
                yield TEXT, order[0], ISOLATE
            yield from self._line(line, order, _within(cuts, at, len(line)), run.style == VERBATIM)
            if turned:
                yield TEXT, order[0], RELEASE
            at += len(line) + 1

    def _line(self, line: str, order: tuple[int, ...], cuts: list[int], verbatim: bool) -> Iterator[Piece]:
        start = 0
        for cut in [*sorted({*cuts, *range(LONGEST_PIECE, len(line), LONGEST_PIECE)}), len(line)]:
            if start:
                yield CUT, 0, ""
            yield from self._stretches(line[start:cut], order, verbatim)
            start = cut

    def _stretches(self, text: str, order: tuple[int, ...], verbatim: bool) -> Iterator[Piece]:
        """Neighbours of one face together. A letter and its marks are one: no face has them, then the marks are codes."""
        if text.isascii() and text.isprintable() and not self.refused and order:
            if text:
                yield TEXT, order[0], text
            return
        face, held = -1, ""
        for cluster in _clusters(text):
            for part, own in self._faced(cluster, order):
                if own < 0 or own != face:
                    if held:
                        yield TEXT, face, held
                    face, held = own, ""
                if own < 0:
                    yield CODE, order[0], part
                else:
                    held += part
        if held:
            yield TEXT, face, held

    def _faced(self, cluster: str, order: tuple[int, ...]) -> Iterator[tuple[str, int]]:
        """(text, number of its face), -1 for a code."""
        whole = self._face(cluster, order) if len(cluster) <= 1 + MOST_MARKS else -1
        if whole >= 0:
            yield cluster, whole
            return
        for number, char in enumerate(cluster):
            own = self._face(char, order) if number == 0 and unicodedata.category(char) not in ("Mn", "Me") else -1
            yield (char, own) if own >= 0 else (code(char), -1)

    def _face(self, cluster: str, order: tuple[int, ...]) -> int:
        if not all(drawable(char) and char not in self.refused for char in cluster):
            return -1
        if cluster == "·":
            order = (*self.dots, *order)
        return next((number for number in order if all(char in self.faces[number] for char in cluster)), -1)


def drawable(char: str) -> bool:
    """Whether a character is to be seen as it is: no control, nothing that turns or hides text, no unusual space."""
    if char in _UNSEEN or words.visible(char) != char or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0000 <= ord(char) <= 0xE0FFF:
        return False
    return not char.isspace() or char in _PLAIN_SPACES


def code(char: str) -> str:
    """A character as its code: as `words.visible` writes those that it codes, else `U+1F600`."""
    seen = words.visible(char)
    return seen if seen != char else f"U+{ord(char):04X}"


def _clusters(text: str) -> Iterator[str]:
    """Letters with the marks that stand on them."""
    held = ""
    for char in text:
        if held and unicodedata.category(char) in ("Mn", "Mc", "Me") and drawable(held[0]) and not held[0].isspace():
            held += char
            continue
        if held:
            yield held
        held = char
    if held:
        yield held


def _cuts(text: str, room: float, ems: Callable[[str], float]) -> list[int]:
    """Places within words that may be wider than a line: behind the signs that join their parts, every few characters in what is left."""
    if len(text) <= room / 4:
        return []
    found: list[int] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) > room / 4:
            for start, end in _tight(word):
                if sum(map(ems, word[start:end])) > room:
                    found += (match.start() + start + place for place in _parted(word[start:end], room, ems))
    return [place for place in found if unicodedata.combining(text[place]) == 0]


def _within(cuts: Sequence[int], start: int, length: int) -> list[int]:
    """The places that lie in a part of a text, counted from its start. cuts: ascending."""
    return [place - start for place in cuts[bisect.bisect_left(cuts, start) : bisect.bisect_left(cuts, start + length)]]


def _parted(word: str, room: float, ems: Callable[[str], float]) -> Iterator[int]:
    step = max(1, min(4, int(room / 6)))
    for part in _PART.finditer(word):
        if part.start():
            yield part.start()
        if sum(map(ems, part.group())) > room:
            yield from range(part.start() + step, part.end(), step)


def _tight(word: str) -> Iterator[tuple[int, int]]:
    """Parts of a word that typst does not break by itself: it does between wide characters."""
    if word.isascii():
        yield 0, len(word)
        return
    start = 0
    for at, char in enumerate(word):
        if unicodedata.east_asian_width(char) in "WF" and unicodedata.category(char) in ("Lo", "So"):
            if at > start:
                yield start, at
            start = at + 1
    if start < len(word):
        yield start, len(word)


def ems(char: str) -> float:
    """At most how wide a character is, in ems, where it was not measured; of its code where it is one."""
    if char.isascii() and char.isprintable():
        return 0.98 if char in "mwMWOQGD@%" else 0.8 if char.isupper() or char in "&#+=<>~^_" else 0.65
    if not drawable(char):
        return 6.0
    return 1.05 if ord(char) < 0x10000 else 5.0
