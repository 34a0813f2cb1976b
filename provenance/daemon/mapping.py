"""Comparing two files' bytes: what the recorder's helper process and `prov diff` both do. Light to import: no database library."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance import canon
from provenance.errors import ProvError
from provenance.views import family, family_edge
from provenance.views.family_rows import Asking

if TYPE_CHECKING:
    from provenance.pixels.difference import Map
    from provenance.pixels.load import Samples

MOST_BOXES = 64  # of the largest regions, as an entry keeps them
MOST_PARENTS = 4
_HAND = (family_edge.ALIKE, family_edge.METADATA, family_edge.STATED)
_MASK = "mask"


@dataclass(frozen=True)
class Pair:
    """Two pictures to be compared. mask: SHA-256 of the mask that the child's file names, "" where it is no region edit."""

    parent: str
    child: str
    mask: str = ""


def pairs(views: Asking, child: str) -> Iterator[Pair]:
    """What a picture is to be compared with: its sources by likeness, history or a person's word, and the picture of which it regenerated a
    region. A copy with the same pixels needs no map, and a picture generated from another one is no edit of it."""
    edges = family.parents(views, child)
    masks = [edge.parent for edge in edges if edge.grade == family_edge.NAMED and edge.relation == _MASK]
    seen: set[str] = set()
    for edge in edges:
        region = bool(masks) and edge.grade == family_edge.NAMED and edge.relation == "image"
        if edge.parent in seen or not (edge.grade in _HAND or region) or len(seen) >= MOST_PARENTS:
            continue
        seen.add(edge.parent)
        yield Pair(edge.parent, child, masks[0] if region else "")


def picture(content: bytes, seen: bool = True) -> Samples:
    """Upright samples of a file, (height, width, 3).

    Args:
        content: the whole file; of a Krita or OpenRaster file its merged picture is taken. seen: over white, as a viewer shows it; else the
            stored colours, which is what ComfyUI's LoadImage hands on beside its mask.
    Raises:
        Unreadable: as `pixels.load.load`.
    """
    import numpy as np

    from provenance.pixels.load import load, opaque, upright
    from provenance.projects.formats import merged

    whole = merged(content) if content.startswith(b"PK") else None
    loaded = load(content if whole is None else whole)
    samples = upright(loaded.samples, loaded.orientation)
    return opaque(samples) if seen else np.ascontiguousarray(samples[:, :, :3])


def mapped(before: bytes, after: bytes, mask: bytes | None = None, *, region: bool = False) -> tuple[dict[str, Any], bytes]:
    """Compare two files.

    Args:
        before, after: whole files. mask: a file whose covered pixels bounded a regeneration. region: the pair is one.
    Returns:
        Fields of `EditMapped` without parent, child, material and the mask's hash; the map as PNG, b"" where they cannot be compared.
    """
    from provenance.pixels import difference

    try:
        one, two = picture(before, not region), picture(after)
    except (ProvError, MemoryError):
        return {"method": difference.METHOD, "outcome": "cannot compare", "why": "not decoded"}, b""
    found = difference.compare(one, two)
    if isinstance(found, difference.CannotCompare):
        return {"method": difference.METHOD, "outcome": "cannot compare", "why": found.why}, b""
    shown = png(found.mask)
    return told(found) | {"map": canon.sha256(shown)} | (_by_mask(found, one, mask) if mask is not None else {}), shown


def told(found: Map) -> dict[str, Any]:
    """A map as fields of `EditMapped`."""
    from provenance.pixels import difference

    terms = found.tone.told()
    return {
        "method": difference.METHOD, "outcome": "mapped", "width": int(found.mask.shape[1]), "height": int(found.mask.shape[0]),
        "placed": found.aligned.kind, "flipped": True if found.aligned.flipped else None,
        "matrix": tuple(f"{float(value) + 0.0:.6f}" for value in found.aligned.matrix.ravel()), "crop": found.crop,
        "tone": found.tone.kind, "tone_terms": tuple(map(tuple, terms)) if terms else None, "saved": found.saved or None,
        "noise": f"{found.noise:.2f}", "repainted": found.repainted, "added": found.added, "unchanged": found.unchanged,
        "regions": found.count,
        "boxes": tuple(
            {"left": r.left, "top": r.top, "width": r.width, "height": r.height, "area": r.area} for r in found.regions[:MOST_BOXES]
        ) or None,
    }  # fmt: skip


def png(mask: Any) -> bytes:
    """A mask as PNG of one bit a pixel, white where it is set."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(mask).convert("1").save(out, "PNG", optimize=False)
    return out.getvalue()


def _by_mask(found: Map, before: Samples, mask: bytes) -> dict[str, int]:
    """How much of what was repainted lies in what a mask covers; nothing where the mask cannot be read or is of another shape."""
    import cv2
    import numpy as np

    from provenance.pixels.load import load, upright

    try:
        loaded = load(mask)
    except (ProvError, MemoryError):
        return {}
    samples = upright(loaded.samples, loaded.orientation)
    covered = (255 - samples[:, :, 3]) if samples.shape[2] == 4 else samples.max(axis=2)  # ComfyUI keeps a mask where it is not opaque
    (high, wide), (rows, columns) = before.shape[:2], covered.shape[:2]
    if not 0.98 <= (wide * rows) / (high * columns) <= 1.02:
        return {}
    sized = cv2.resize(np.ascontiguousarray(covered), (wide, high), interpolation=cv2.INTER_LINEAR)
    height, width = found.mask.shape
    inside = cv2.warpAffine(sized, found.aligned.matrix, (width, height), flags=cv2.INTER_LINEAR) > 0
    within = int((found.mask & inside).sum())
    return {"inside": within, "outside": found.repainted - within}


def beside(before: bytes, after: bytes, mask: bytes, side: int = 1024) -> bytes:
    """Three pictures side by side as PNG: before, after, and the later one in grey with what was repainted in red.

    Args:
        before, after: whole files. mask: the map, as `png` made it. side: longer side of each at most.
    """
    import numpy as np
    from PIL import Image

    from provenance.pixels.load import fitted, load

    pictures = [fitted(one, side) for one in (picture(before), picture(after))]
    shown = pictures[1].astype(np.float32).mean(axis=2, keepdims=True).repeat(3, axis=2) * 0.6 + 90
    marked = np.asarray(Image.fromarray(load(mask).samples[:, :, 0]).resize((shown.shape[1], shown.shape[0]), Image.Resampling.BOX)) / 255
    red = shown * (1 - marked[..., None]) + np.array([215, 25, 28], np.float32) * marked[..., None]
    pictures.append(np.clip(red, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    Image.fromarray(in_a_row(pictures)).save(out, "PNG")
    return out.getvalue()


def in_a_row(pictures: Sequence[Samples], gap: int = 12) -> Samples:
    """Pictures side by side on white, their tops aligned; `gap` pixels between them."""
    import numpy as np

    height = max(one.shape[0] for one in pictures)
    sheet = np.full((height, sum(one.shape[1] for one in pictures) + gap * (len(pictures) - 1), 3), 255, np.uint8)
    left = 0
    for one in pictures:
        sheet[: one.shape[0], left : left + one.shape[1]] = one
        left += one.shape[1] + gap
    return sheet
