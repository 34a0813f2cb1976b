"""What a project file may cost, and reading bytes that may not be there."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Protocol

from provenance.carriers.stream import Stream

MOST_LAYERS = 10_000  # looked at; of a file that has more, the first ones
MOST_DEPTH = 1_000
MOST_TEXT = 12 * 1024 * 1024
MOST_PICTURE = 24_000_000  # pixels of one layer: about 100 MB as RGBA, and once more while it is cut
MOST_PIXELS = 96_000_000  # pixels of all layers
MOST_STEPS = 9_000_000  # of decoders that run in Python: about five seconds
MOST_SIDE = 300_000  # of a PSB canvas


class Data(Protocol):
    """The bytes of a file: `bytes`, or a file that is read piece by piece."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


class Cut(Exception):
    """The bytes end before what was announced."""


class Spent(Exception):
    """The file costs more than it may. why: a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Budget:
    """What may still be spent on one file, and what went wrong so far."""

    pixels: int = MOST_PIXELS
    steps: int = MOST_STEPS
    problems: dict[str, None] = field(default_factory=dict)

    def picture(self, width: int, height: int) -> None:
        """Take the pixels of one picture. Raises Spent."""
        if width < 0 or height < 0 or width * height > MOST_PICTURE:
            raise Spent("too large")
        if width * height > self.pixels:
            raise Spent("too many pixels")
        self.pixels -= width * height

    def step(self, count: int) -> None:
        """Take steps of a slow decoder. Raises Spent."""
        self.steps -= count
        if self.steps < 0:
            raise Spent("too many pixels")

    def tell(self, problem: str) -> None:
        """Keep a short code, each once, 50 at most."""
        if len(self.problems) < 50:
            self.problems.setdefault(problem)


def take(data: Data, at: int, length: int) -> bytes:
    """Exactly these bytes. Raises Cut."""
    if at < 0 or length < 0:
        raise Cut
    found = data[at : at + length]
    if len(found) != length:
        raise Cut
    return found


def number(data: Data, at: int, length: int, order: str = ">", *, signed: bool = False) -> int:
    """A whole number of `length` bytes; order: `>` or `<`. Raises Cut."""
    return int.from_bytes(take(data, at, length), "big" if order == ">" else "little", signed=signed)


def inflated(packed: bytes, length: int) -> bytes:
    """The first `length` bytes of a zlib stream. Raises Cut where it has fewer or is damaged."""
    try:
        found = zlib.decompressobj().decompress(packed, length)
    except zlib.error as error:
        raise Cut from error
    if len(found) != length:
        raise Cut
    return found


def stream(data: Data, most: int) -> Stream:
    """Data as a file object; a read beyond `most` bytes is refused."""
    return Stream(len(data), lambda at, length: data[at : at + length], most)
