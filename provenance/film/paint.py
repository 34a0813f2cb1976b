"""A canvas with text that never shows a box and pictures that fit: what cards and contact sheets are drawn with."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from provenance import words
from provenance.film import letters
from provenance.film.letters import Stretch
from provenance.film.scene import Line, Piece
from provenance.fonts.find import Fonts

if TYPE_CHECKING:
    from PIL.Image import Image

    Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

PAPER, INK, QUIET, CLASS, BAR, MAT = (250, 250, 247), (28, 28, 30), (104, 104, 110), (0, 84, 136), (0, 0, 0), (230, 230, 225)
WHITE, GAP_PAPER, ACCENT = (255, 255, 255), (243, 234, 222), (150, 60, 30)
TINY = 160  # a picture of at most so many pixels a side is enlarged in whole steps, so that its pixels are seen as they are
_STYLES = {"strong": INK, "quiet": QUIET, "class": CLASS, "code": QUIET}


class Brush:
    """Draws on one picture.

    Args:
        size: in pixels. lang: of the words on bars. paper: what it is filled with.
    """

    def __init__(self, size: tuple[int, int], fonts: Fonts, lang: str, paper: Colour = PAPER) -> None:
        from PIL import Image, ImageDraw

        self.picture = Image.new("RGB", size, paper)
        self._draw = ImageDraw.Draw(self.picture)
        self._fonts, self._lang = fonts, lang

    def box(self, box: Box, colour: Colour) -> None:
        """A filled rectangle."""
        x, y, width, height = box
        if width > 0 and height > 0:
            self._draw.rectangle((x, y, x + width - 1, y + height - 1), colour)

    def rows(self, lines: Sequence[Line], width: int, size: int) -> list[tuple[Stretch, ...]]:
        """Lines broken to a width."""
        measure, bar = functools.partial(self._measure, size=size), words.say("film.withheld", self._lang)
        return [row for one in lines for row in letters.rows(one, width, self._fonts.of, measure, bar)]

    def text(self, lines: Sequence[Line], box: Box, size: int, colour: Colour = INK) -> int:
        """Lines in a box from its top; what does not fit is told to be left out. Returns the height that was used."""
        x, y, width, height = box
        pitch = leading(size)
        rows, room = self.rows(lines, width, size), max(1, height // pitch)
        if len(rows) > room:
            more = (Piece(words.say("film.more-lines", self._lang), "quiet"),)
            rows = [*rows[: room - 1], *self.rows([more], width, size)[:1]]
        for number, row in enumerate(rows):
            self._row(row, x, y + number * pitch + size, size, colour)
        return len(rows) * pitch

    def one(self, line: Line, right: int, y: int, size: int) -> None:
        """One row that ends at `right`."""
        row = self.rows([line], 100_000, size)[0]
        self._row(row, right - sum(part.width for part in row), y + size, size, INK)

    def fit(self, picture: Image | None, box: Box, absent: str) -> Box:
        """A picture in the middle of a box, never cut; where there is none, a frame with the words `absent`. Returns what it covers."""
        from PIL.Image import Resampling

        x, y, width, height = box
        if picture is None:
            side = min(width, height)
            spot = (x + (width - side) // 2, y + (height - side) // 2, side, side)
            self.box(spot, MAT)
            self._draw.rectangle((spot[0], spot[1], spot[0] + side - 1, spot[1] + side - 1), outline=QUIET)
            small = max(11, min(18, side // 14))
            self.text([(Piece(absent, "quiet"),)], (spot[0] + side // 12, spot[1] + side // 2 - small, side * 5 // 6, side // 2), small)
            return spot
        new = fitted(picture.size, width, height)
        if new != picture.size:
            picture = picture.resize(new, Resampling.NEAREST if max(picture.size) <= TINY < max(new) else Resampling.LANCZOS)
        spot = (x + (width - new[0]) // 2, y + (height - new[1]) // 3, *new)
        self.box((spot[0] - 1, spot[1] - 1, spot[2] + 2, spot[3] + 2), MAT)  # an edge, for what is as white as the paper
        self.picture.paste(picture, spot[:2])
        return spot

    def _measure(self, text: str, face: int, size: int) -> int:
        return math.ceil(self._fonts.font(face, size).getlength(text))

    def _row(self, row: Sequence[Stretch], x: int, base: int, size: int, colour: Colour) -> None:
        for part in row:
            at, font = x + part.x, self._fonts.font(part.face, size)
            ink = _STYLES.get(part.style, colour) if part.style != "strong" else colour
            if part.withheld:
                self.box((at, base - size, part.width, size + size // 3), BAR)
                ink = WHITE
            elif part.style == "code":
                self._draw.rectangle((at, base - size + 1, at + part.width - 1, base + size // 5), outline=QUIET)
            self._draw.text((at, base), part.text, ink, font, anchor="ls")


def leading(size: int) -> int:
    """From one base line to the next."""
    return size * 3 // 2


def fitted(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The size of a picture in a box: smaller as needed, at most twice as large, and tiny ones in whole steps."""
    scale = min(width / size[0], height / size[1])
    if scale >= 1:
        times = min(int(scale), 4) if max(size) <= TINY else min(scale, 2.0)
        return int(size[0] * times), int(size[1] * times)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
