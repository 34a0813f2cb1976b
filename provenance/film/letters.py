"""Lines broken to a width, each stretch of text with the face that has its characters. What no face has is written as its code. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provenance.film.scene import Line

Which = Callable[[str], int | None]
Measure = Callable[[str, int], int]
"""(text of one face, face) -> its width in pixels."""

MOST_CHARS = 4_000  # of one line: what goes on is in the entry
NOT_FIRST = frozenset("，。；：、！？）」』》】”’…,.;:!?)]}%")
_CODE = "code"


@dataclass(frozen=True)
class Stretch:
    """Text of one face and style at a place of its row. x, width: in pixels."""

    text: str
    face: int
    style: str
    x: int
    width: int
    withheld: bool = False


@dataclass(frozen=True)
class _Unit:
    """What is not broken: a word, a wide character with the mark behind it, blanks, or a bar."""

    text: str
    style: str
    withheld: bool = False

    @property
    def blank(self) -> bool:
        return self.text.isspace() and not self.withheld


def rows(line: Line, width: int, which: Which, measure: Measure, bar: str) -> list[tuple[Stretch, ...]]:
    """A line as rows of at most `width` pixels (one that not even a single character fits is wider).

    Args:
        which: the face that has a character, None where none has. measure: see Measure. bar: the word on the bar of what is withheld.
    """
    done: list[tuple[Stretch, ...]] = []
    row: list[Stretch] = []
    x = 0
    for unit in _fitting(_units(line, bar), width, which, measure):
        stretches = _faces(unit, which)
        need = sum(measure(text, face) for text, face, _ in stretches)
        if x + need > width and row and not unit.blank:
            done.append(tuple(row))
            row, x = [], 0
        if unit.blank and not row:
            continue
        for text, face, style in stretches:
            wide = measure(text, face)
            row.append(Stretch(text, face, style, x, wide, unit.withheld))
            x += wide
    done.append(tuple(row))
    return done


def _units(line: Line, bar: str) -> Iterator[_Unit]:
    left = MOST_CHARS
    for piece in line:
        if piece.withheld:
            yield _Unit(f" {bar} ", "bar", True)
            continue
        text, left = piece.text[:left], left - len(piece.text[:left])
        start = 0
        for at in range(1, len(text) + 1):
            if at == len(text) or _between(text[at - 1], text[at]):
                yield _Unit(text[start:at], piece.style)
                start = at
        if len(text) < len(piece.text):
            yield _Unit("…", "quiet")
            return


def _between(before: str, after: str) -> bool:
    """Whether a line may be broken here."""
    if after in NOT_FIRST or unicodedata.combining(after) or after in "\u200c\u200d\ufe0e\ufe0f" or before == "\u200d":
        return False
    return before.isspace() != after.isspace() or _wide(before) or _wide(after)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _fitting(units: Iterator[_Unit], width: int, which: Which, measure: Measure) -> Iterator[_Unit]:
    """Words that are wider than a row, cut into parts that are not."""
    for unit in units:
        if unit.withheld or sum(measure(text, face) for text, face, _ in _faces(unit, which)) <= width:
            yield unit
            continue
        part = ""
        for char in unit.text:
            longer = _Unit(part + char, unit.style)
            if part and sum(measure(text, face) for text, face, _ in _faces(longer, which)) > width:
                yield _Unit(part, unit.style)
                part = char
            else:
                part += char
        yield _Unit(part, unit.style)


def _faces(unit: _Unit, which: Which) -> list[tuple[str, int, str]]:
    """(text, face, style): neighbours of one face together; joiners and combining marks stay with what they join."""
    found: list[tuple[str, int, str]] = []
    for char in unit.text:
        face, style = which(char), unit.style
        joins = bool(found) and (unicodedata.combining(char) or char in "\u200c\u200d\ufe0e\ufe0f")
        if joins and (face is None or found[-1][1] == face or unicodedata.combining(char)) and found[-1][2] != _CODE:
            face, text = found[-1][1], char
            if which(char) is None:
                if char in "\u200c\u200d\ufe0e\ufe0f":
                    continue  # they have no shape of their own
                face, text, style = _first(which), f"U+{ord(char):04X}", _CODE
        elif face is None:
            face, text, style = _first(which), f"U+{ord(char):04X}", _CODE
        else:
            text = char
        if found and found[-1][1:] == (face, style) and style != _CODE:
            found[-1] = (found[-1][0] + text, face, style)
        else:
            found.append((text, face, style))
    return found


def _first(which: Which) -> int:
    """The face that codes are written in."""
    found = which("U")
    return -1 if found is None else found
