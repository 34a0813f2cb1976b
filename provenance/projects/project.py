"""What a project file is made of, whatever program wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.pixels.load import Picture
    from provenance.projects.kra_candidates import Candidate

KINDS = ("paint", "group", "text", "adjustment", "fill", "mask", "vector", "filter", "clone", "reference", "file", "page", "unknown")
Rect = tuple[int, int, int, int]


@dataclass(frozen=True)
class Layer:
    """One layer, in the order in which the program lists them: the topmost first.

    name: as the file has it. kind: one of KINDS. depth: groups around it; a mask lies one deeper than what it masks. visible,
    opacity, blend: as the file tells, opacity with its scale (`128/255`); None where it does not. rect: x, y, width, height on the
    canvas; x and y may be negative. area: pixels that are not wholly transparent (area_of `pixels`), or those of the rectangle
    (`rectangle`). pixels: digest (`pixels.digest`) of the layer's own picture; content: of that picture cut to what is not wholly
    transparent, where this is smaller.
    unread: why there is no digest where there are pixels. ident: what the program calls it in the file, to find it in the next version.
    """

    name: str
    kind: str
    depth: int = 0
    visible: bool | None = None
    opacity: str | None = None
    blend: str | None = None
    rect: Rect | None = None
    area: int | None = None
    area_of: str | None = None
    pixels: str | None = None
    content: str | None = None
    unread: str | None = None
    ident: str | None = None


@dataclass(frozen=True)
class Project:
    """A project file. format: `psd`, `psb`, `kra`, `ora`, `xcf`, `clip`, `procreate`, `tiff`, or the name of one that is not read.

    width, height: of the canvas, in pixels. layers: MOST_LAYERS at most of `count`. preview: bytes of the embedded picture, as they are.
    claimed: what the file says of its making: `tool`, `version`, `created`, `modified`, `editing_seconds`, `editing_cycles`, `strokes`.
    problems: short codes of what could not be read. candidates: pictures that a generator offered inside the editor, with those put to use.
    """

    format: str
    width: int | None = None
    height: int | None = None
    layers: tuple[Layer, ...] = ()
    count: int = 0
    preview: bytes | None = field(default=None, repr=False)
    claimed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


Seen = Callable[[int, "Picture"], None]
"""Told of each decoded picture: the place of its layer, and the picture. Whoever listens must not keep them all."""
