"""A contact sheet: every picture of the film once, in the order of the entries, with its entry, its time and what was decided of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance import words
from provenance.film import paint, scene
from provenance.film.draw import Look
from provenance.film.paint import Brush
from provenance.film.scene import Film, Line, Piece, Shot
from provenance.fonts.find import Fonts

if TYPE_CHECKING:
    from PIL.Image import Image

MOST = 480  # cells; more would be too high for WebP (16,383 pixels)
FEW, WIDE = 96, 6  # up to so many pictures stand in rows of so many
SIDE, GAP, EDGE, SMALL, HEAD = 224, 16, 36, 14, 30
ROOM = 3 * 21  # below a picture: entry and time, then what was decided


@dataclass(frozen=True)
class Cell:
    """A picture of the sheet. decided: whether a mark stands below it."""

    shot: Shot
    lines: tuple[Line, ...]
    decided: bool


def cells(film: Film, lang: str) -> tuple[list[Cell], int]:
    """The pictures of a film, each once, and how many are left out: those without a decision go first. Pure."""
    marks: dict[str, list[Line]] = {}
    first: dict[str, tuple[Shot, Line]] = {}
    for one in film.scenes:
        for sha256 in one.pictures if one.mark else ():
            key = f"cli.show.{one.mark}"
            word = words.say(key, lang) if words.known(key) else words.visible(one.mark)
            klass = words.say(f"report.class.{one.klass}", lang)
            marks.setdefault(sha256, []).append((Piece(word, "strong"), Piece(f" #{one.seqs[0]} "), Piece(klass, "class")))
        for place, shot in enumerate(one.shots):
            if one.kind in (scene.RUN, scene.FILE) and shot.sha256 and not (one.kind == scene.FILE and place + 1 < len(one.shots)):
                seq = one.seqs[place] if one.kind == scene.RUN and place < len(one.seqs) else one.seqs[0]
                first.setdefault(shot.sha256, (shot, (Piece(f"#{seq} "), Piece(one.at[5:16].replace("T", " "), "quiet"))))
    for one in film.scenes:  # pictures that are shown nowhere but where something was said or decided of them
        for shot in one.shots:
            if shot.sha256 and shot.sha256 not in first and one.kind != scene.MAP:
                first[shot.sha256] = (shot, (Piece(f"#{one.seqs[0]} "), Piece(one.at[5:16].replace("T", " "), "quiet")))
    found = [Cell(shot, (line, *marks.get(sha256, ())[-2:]), sha256 in marks) for sha256, (shot, line) in first.items()]
    spare = len(found) - MOST
    kept = [cell for n, cell in enumerate(found) if cell.decided or sum(not c.decided for c in found[n:]) > spare] if spare > 0 else found
    return kept[:MOST], len(found) - len(kept[:MOST])


def draw(film: Film, fonts: Fonts, lang: str, look: Look) -> Image:
    """The sheet."""
    listed, left = cells(film, lang)
    title = film.scenes[0]
    across = WIDE if len(listed) <= FEW else 10
    width = 2 * EDGE + across * (SIDE + GAP) - GAP
    down = -(-len(listed) // across)
    above = _head_lines(title)
    probe = Brush((8, 8), fonts, lang)
    top = EDGE + paint.leading(HEAD) + len(probe.rows(above, width - 2 * EDGE, 17)) * paint.leading(17) + 24
    foot = _foot_lines(len(listed), left, lang)
    height = top + down * (SIDE + ROOM + GAP) + len(probe.rows(foot, width - 2 * EDGE, 16)) * paint.leading(16) + EDGE
    brush = Brush((width, height), fonts, lang)
    brush.text([(Piece(title.head, "strong"),)], (EDGE, EDGE, width - 2 * EDGE, paint.leading(HEAD)), HEAD)
    brush.text(above, (EDGE, EDGE + paint.leading(HEAD) + 4, width - 2 * EDGE, top), 17)
    for number, cell in enumerate(listed):
        x, y = EDGE + number % across * (SIDE + GAP), top + number // across * (SIDE + ROOM + GAP)
        picture = look(cell.shot.blob) if cell.shot.blob else None
        brush.fit(picture, (x, y, SIDE, SIDE), words.say("film.damaged" if cell.shot.blob else "film.no-picture", lang))
        brush.text(cell.lines, (x, y + SIDE + 4, SIDE, ROOM), SMALL)
    brush.text(foot, (EDGE, top + down * (SIDE + ROOM + GAP), width - 2 * EDGE, height), 16)
    return brush.picture


def _head_lines(title: scene.Scene) -> Sequence[Line]:
    return title.lines[1:] if len(title.lines) > 1 and not any(piece.withheld for piece in title.lines[0]) else title.lines


def _foot_lines(count: int, left: int, lang: str) -> list[Line]:
    lines: list[Line] = [(Piece(words.say("film.sheet.foot", lang, count=count), "quiet"),)]
    return lines + ([(Piece(words.say("film.sheet.left", lang, count=left), "quiet"),)] if left else [])
