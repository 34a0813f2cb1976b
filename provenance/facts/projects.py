"""What lies inside layered project files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import Fact, Rows, sealed


@dataclass(frozen=True, kw_only=True)
class ProjectDescribed(Fact):
    """One version of a layered project file, taken apart after the capture. `of`: the file's SHA-256.

    format: psd, psb, kra, ora, xcf, clip, procreate, tiff, or one that is named and not read. width, height: of the canvas. preview: blob
    of the picture that the file carries of itself. layer_count: layers, groups and masks of the file. decoded: of how many the pixels were
    decoded. unread: short codes of what could not be read. layers: rows from the topmost on, each with what is known of it: name, kind,
    depth, visible, opacity, blend, rect (x, y, width, height), area and area_of (pixels, rectangle), pixels, content (digests as in
    file.described), unread, ident, changed (pixels that
    differ from the same layer of the version `against`, by its SHA-256: the one that it replaced under its name).
    candidates: pictures that krita-ai-diffusion keeps, each with job, number, in_use, width, height, pixels. Digests of layers are sealed:
    whoever holds a picture could else tell that it lies in here. The others: what the file says of its making, numbers as it writes them.
    """

    KIND: ClassVar[str] = "project.described/1"
    of: str
    format: str
    reader: str
    layer_count: int
    decoded: int
    width: int | None = None
    height: int | None = None
    preview: str | None = None
    unread: tuple[str, ...] | None = None
    against: str | None = None
    layers: Rows | None = sealed()
    editor: str | None = sealed(claimed=True)
    editor_version: str | None = sealed(claimed=True)
    created: str | None = sealed(claimed=True)
    modified: str | None = sealed(claimed=True)
    editing_seconds: str | None = sealed(claimed=True)
    editing_cycles: str | None = sealed(claimed=True)
    strokes: str | None = sealed(claimed=True)
    candidates: Rows | None = sealed(claimed=True)


@dataclass(frozen=True, kw_only=True)
class DrawingMeasured(Fact):
    """What a person drew in ComfyUI's mask editor, as its files hold it. `of`: the file's SHA-256.

    part: "strokes" (a file named clipspace-paint-...: covered are the pixels that are not wholly transparent) or "mask"
    (clipspace-mask-...: those that are not wholly opaque, which is how the editor keeps a mask). total: pixels of the picture.
    """

    KIND: ClassVar[str] = "drawing.measured/1"
    of: str
    part: str
    covered: int
    total: int
