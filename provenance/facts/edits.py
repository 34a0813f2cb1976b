"""What was measured between pictures: where an edited one differs from its source, and where a person's own input can still be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import Fact, Rows, sealed


@dataclass(frozen=True, kw_only=True)
class EditMapped(Fact):
    """Two pictures were laid over each other and compared. parent, child: SHA-256; the parent lies earlier in the family.

    outcome: "mapped", or "cannot compare", and then `why`: "too small", "no common ground", "too few matches", "scale beyond bounds",
    "agreement too low", "not decoded", "gone". material: "files", or "previews" where one of the files is gone. width, height: of the
    child as compared; areas are pixels of it: repainted, added (canvas that the parent does not reach), unchanged. regions: connected
    repainted places. matrix: six numbers (a b c d e f) as text; a pixel's centre (x, y) of the parent lies at (ax + by + c, dx + ey + f)
    of the child. placed: "same frame", "shifted", "stretched", "similar" or "affine". crop: left, top, width, height in the parent's
    pixels that the child takes in. tone: "none", "linear", "curve": a change of colour all over, with its numbers in tone_terms. saved:
    the lossy saving that explains most of the rest. noise: levels of 255 by which unchanged places still differ. map: a blob, PNG of one
    bit a pixel, white where repainted. mask: SHA-256 of the mask that the child's file names, where that could be read; inside, outside:
    repainted pixels in what it covers, and not. boxes: the largest regions, each left, top, width, height, area.
    """

    KIND: ClassVar[str] = "edit.mapped/1"
    parent: str
    child: str
    method: str
    outcome: str
    material: str
    why: str | None = None
    width: int | None = None
    height: int | None = None
    placed: str | None = None
    flipped: bool | None = None
    matrix: tuple[str, ...] | None = None
    crop: tuple[int, ...] | None = None
    tone: str | None = None
    tone_terms: tuple[tuple[str, ...], ...] | None = None
    saved: str | None = None
    noise: str | None = None
    repainted: int | None = None
    added: int | None = None
    unchanged: int | None = None
    regions: int | None = None
    map: str | None = None
    mask: str | None = None
    inside: int | None = None
    outside: int | None = None
    boxes: Rows | None = sealed()


@dataclass(frozen=True, kw_only=True)
class InputCompared(Fact):
    """A person's input was laid over a picture made with it, to see where its outlines are found again. own, output: SHA-256.

    outcome: "recurs" (more than chance gives), "not told from chance", or "cannot compare" with `why`: "too small", "no outlines", "not
    decoded", "gone". laid: "whole frame", "stretched", "centre crop" or "fitted", how the input was laid over the output. outline: pixels
    of its outlines there; again: those with an outline of the output beside them in the same direction; by_chance: the most that were
    found at `displaced` displaced places. cells: places with enough outline to tell; recurring: those where more was found than at any
    displaced place. overlay: a blob, JPEG: the input, the output, and the output in grey with the outlines found again. rate: the table of
    measured error rates. None of these numbers is a share of anybody's making.
    """

    KIND: ClassVar[str] = "input.compared/1"
    own: str
    output: str
    method: str
    outcome: str
    material: str
    why: str | None = None
    laid: str | None = None
    outline: int | None = None
    again: int | None = None
    by_chance: int | None = None
    displaced: int | None = None
    cells: int | None = None
    recurring: int | None = None
    overlay: str | None = None
    rate: str | None = None
