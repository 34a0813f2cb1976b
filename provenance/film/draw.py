"""A scene as a picture of 1280 x 720: what it is, who says it, when, by which entries; its pictures at the left, its words at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from provenance import words
from provenance.film import paint, scene
from provenance.film.paint import Box, Brush
from provenance.film.plan import entries
from provenance.film.scene import Piece, Scene, Shot
from provenance.fonts.find import Fonts

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 1280, 720
EDGE, TOP, FOOT = 36, 84, 34
TEXT, HEAD, SMALL = 20, 26, 15
PICTURES = 780  # pixels of the width that pictures take
CAPTION = 26

Look = Callable[[str], "Image | None"]
"""A blob's SHA-256 -> an RGB picture; None where it cannot be decoded."""


def frame(one: Scene, number: int, of: int, fonts: Fonts, lang: str, look: Look) -> Image:
    """A scene, drawn.

    Args:
        number, of: which card of how many, from 1. lang: of the words on it. look: see Look.
    """
    brush = Brush((WIDTH, HEIGHT), fonts, lang, paint.GAP_PAPER if one.kind == scene.GAP else paint.PAPER)
    if one.kind in (scene.TITLE, scene.END):
        _plain(brush, one)
    else:
        _head(brush, one, lang)
        _body(brush, one, lang, look)
    _foot(brush, number, of)
    return brush.picture


def _plain(brush: Brush, one: Scene) -> None:
    """The first and the last card: words alone."""
    size = 40 if one.kind == scene.TITLE else 32
    used = brush.text([(Piece(one.head, "strong"),)], (EDGE * 3, 120, WIDTH - 6 * EDGE, 3 * paint.leading(size)), size)
    top = 120 + used + 24
    brush.text(_spaced(one), (EDGE * 3, top, WIDTH - 6 * EDGE, HEIGHT - top - FOOT - 20), TEXT)


def _spaced(one: Scene) -> list[tuple[Piece, ...]]:
    return [part for line in one.lines for part in (line, (Piece(" "),))][:-1]


def _head(brush: Brush, one: Scene, lang: str) -> None:
    """Left what it is, right who says it, by which entries and when."""
    if one.kind == scene.DECISION:
        brush.box((0, 0, 10, HEIGHT - FOOT), paint.ACCENT)
    brush.box((0, TOP - 14, WIDTH, 1), paint.MAT)
    klass = words.say(f"report.class.{one.klass}", lang) if words.known(f"report.class.{one.klass}") else one.klass
    when = one.at[:19].replace("T", " ") + " UTC" if one.at else ""
    brush.one((Piece(klass, "class"), Piece(f"   {entries(one.seqs)}   "), Piece(when, "quiet")), WIDTH - EDGE, 26, 18)
    brush.text([(Piece(one.head, "strong"),)], (EDGE, 18, 560, paint.leading(HEAD)), HEAD)


def _body(brush: Brush, one: Scene, lang: str, look: Look) -> None:
    height = HEIGHT - TOP - FOOT - 16
    if not one.shots:
        rows = len(brush.rows(one.lines, WIDTH - 8 * EDGE, 26)) * paint.leading(26)
        top = TOP + max(8, (height - rows) // 3)
        brush.text(one.lines, (EDGE * 4, top, WIDTH - 8 * EDGE, HEIGHT - FOOT - 16 - top), 26)
        return
    for shot, box in zip(one.shots, _cells(len(one.shots), (EDGE, TOP, PICTURES, height)), strict=True):
        _shot(brush, shot, box, lang, look)
    left = EDGE + PICTURES + 28
    brush.text(one.lines, (left, TOP + 4, WIDTH - left - EDGE, height), TEXT)


def _cells(count: int, box: Box) -> list[Box]:
    """Where the pictures stand: one, two beside each other, else two rows."""
    x, y, width, height = box
    across, down = (count, 1) if count < 3 else (2, 2)
    wide, high = (width - 12 * (across - 1)) // across, (height - 8 * (down - 1)) // down
    return [(x + n % across * (wide + 12), y + n // across * (high + 8), wide, high) for n in range(count)]


def _shot(brush: Brush, shot: Shot, box: Box, lang: str, look: Look) -> None:
    x, y, width, height = box
    picture = look(shot.blob) if shot.blob else None
    absent = words.say("film.damaged" if shot.blob else "film.no-picture", lang)
    spot = brush.fit(picture, (x, y, width, height - CAPTION), absent)
    brush.text([tuple(Piece(piece.text, "quiet", piece.withheld) for piece in shot.caption)],
               (spot[0], spot[1] + spot[3] + 4, max(spot[2], min(width, 200)), CAPTION), SMALL)  # fmt: skip


def _foot(brush: Brush, number: int, of: int) -> None:
    """How far the film is."""
    brush.box((0, HEIGHT - 6, WIDTH, 6), paint.MAT)
    brush.box((0, HEIGHT - 6, WIDTH * number // of, 6), paint.QUIET)
    brush.one((Piece(f"{number} / {of}", "quiet"),), WIDTH - EDGE, HEIGHT - FOOT, SMALL)
