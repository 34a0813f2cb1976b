"""Pictures in a terminal: by its own protocol where the environment names one, else half blocks in colour, else not at all."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

KITTY, ITERM, SIXEL, HALF, NONE = "kitty", "iterm", "sixel", "half", "none"
WAYS = (KITTY, ITERM, SIXEL, HALF, NONE)
SIDE = 256  # pixels of one picture in a strip, for the protocols that draw pixels
ACROSS, MOST = 4, 16  # pictures of a batch in one row, and in all
GAP = 8
CHUNK = 4096
COLOURS = 64
_SIXEL_TERMS = ("foot", "mlterm", "contour", "yaft")


def way(environ: Mapping[str, str], terminal: bool) -> str:
    """How pictures are shown. `PROV_PREVIEW` decides where it is one of WAYS.

    Args:
        environ: of the process. terminal: whether standard output is one.
    """
    if environ.get("PROV_PREVIEW") in WAYS:
        return environ["PROV_PREVIEW"]
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if not terminal or term == "dumb" or "NO_COLOR" in environ:
        return NONE
    if "TMUX" in environ or term.startswith("screen"):  # they swallow what they do not know
        return HALF
    if term == "xterm-kitty" or "KITTY_WINDOW_ID" in environ or term == "xterm-ghostty":
        return KITTY
    if program in ("iTerm.app", "WezTerm") or environ.get("LC_TERMINAL") == "iTerm2":
        return ITERM
    if "sixel" in term or term.startswith(_SIXEL_TERMS):
        return SIXEL
    return HALF


def shown(pictures: Sequence[bytes], how: str, columns: int, environ: Mapping[str, str] | None = None) -> str:
    """Pictures side by side, as text that draws them; "" where none can be decoded or `how` is NONE.

    Args:
        pictures: encoded files, MOST at most are drawn. columns: of the terminal.
    """
    if how == NONE:
        return ""
    small = [image for data in pictures[:MOST] if (image := _thumbnail(data)) is not None]
    if not small:
        return ""
    sheet = _sheet(small)
    if how == HALF:
        environ = os.environ if environ is None else environ
        full = environ.get("COLORTERM", "") in ("truecolor", "24bit") or "WT_SESSION" in environ
        share = min(len(small), ACROSS)
        return _half_blocks(sheet, min(columns - 1, 30 * share), full)
    return {KITTY: _kitty, ITERM: _iterm, SIXEL: _sixel}[how](sheet) + "\n"


def _thumbnail(data: bytes) -> Image | None:
    from PIL import Image

    from provenance.errors import ProvError
    from provenance.pixels.load import load

    try:
        picture = Image.fromarray(load(data).samples).convert("RGB")
    except ProvError:
        return None
    picture.thumbnail((SIDE, SIDE))
    return picture


def _sheet(pictures: Sequence[Image]) -> Image:
    """In rows of ACROSS, each in a square of its own."""
    from PIL import Image

    across = min(len(pictures), ACROSS)
    rows = -(-len(pictures) // across)
    widest, highest = max(p.width for p in pictures), max(p.height for p in pictures)
    sheet = Image.new("RGB", (across * (widest + GAP) - GAP, rows * (highest + GAP) - GAP))
    for number, picture in enumerate(pictures):
        sheet.paste(picture, (number % across * (widest + GAP), number // across * (highest + GAP)))
    return sheet


def _png(sheet: Image) -> bytes:
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return base64.b64encode(file.getvalue())


def _kitty(sheet: Image) -> str:
    """The kitty graphics protocol: PNG (f=100), transmitted and shown (a=T), in chunks of 4096."""
    data = _png(sheet).decode()
    parts = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    said = []
    for number, part in enumerate(parts):
        head = "a=T,f=100,q=2," if number == 0 else ""
        said.append(f"\x1b_G{head}m={int(number < len(parts) - 1)};{part}\x1b\\")
    return "".join(said)


def _iterm(sheet: Image) -> str:
    """iTerm2's inline images protocol (OSC 1337)."""
    data = _png(sheet)
    return f"\x1b]1337;File=inline=1;size={len(base64.b64decode(data))};preserveAspectRatio=1:{data.decode()}\x07"


def _sixel(sheet: Image) -> str:
    """DEC sixel (VT330/VT340 programmer reference, chapter 14): bands of six rows, one pass for each colour of a band."""
    import numpy as np

    reduced = sheet.quantize(COLOURS)
    palette: list[int] = list(reduced.getpalette() or [])
    index = np.asarray(reduced)
    said = [f'\x1bP0;1q"1;1;{sheet.width};{sheet.height}']
    said += [f"#{n};2;" + ";".join(str(round(c * 100 / 255)) for c in palette[3 * n : 3 * n + 3]) for n in range(len(palette) // 3)]
    for top in range(0, sheet.height, 6):
        band = index[top : top + 6]
        bits = (1 << np.arange(band.shape[0]))[:, None]
        for colour in np.unique(band):
            columns = ((band == colour) * bits).sum(axis=0)
            said.append(f"#{colour}" + _runs(columns.tolist()) + "$")
        said.append("-")
    return "".join(said) + "\x1b\\"


def _runs(columns: Iterable[int]) -> str:
    """Sixel characters, equal ones counted: `!12?`."""
    said: list[str] = []
    last, count = -1, 0
    for value in (*columns, -1):
        if value == last:
            count += 1
            continue
        if count:
            char = chr(63 + last)
            said.append(f"!{count}{char}" if count > 3 else char * count)
        last, count = value, 1
    return "".join(said)


def _half_blocks(sheet: Image, columns: int, full: bool) -> str:
    """Two pixels in each character: the upper one the colour of `▀`, the lower one what is behind it."""
    rows = max(1, round(sheet.height * columns / sheet.width / 2))
    small: Any = sheet.resize((columns, rows * 2))
    pixels = small.load()
    lines = []
    for y in range(0, rows * 2, 2):
        cells = (f"\x1b[38;{_colour(pixels[x, y], full)};48;{_colour(pixels[x, y + 1], full)}m▀" for x in range(columns))
        lines.append("".join(cells) + "\x1b[0m\n")
    return "".join(lines)


def _colour(rgb: tuple[int, int, int], full: bool) -> str:
    """As 24 bits, or as the nearest of xterm's cube of 6 x 6 x 6."""
    if full:
        return f"2;{rgb[0]};{rgb[1]};{rgb[2]}"
    red, green, blue = (round(c * 5 / 255) for c in rgb)
    return f"5;{16 + 36 * red + 6 * green + blue}"
