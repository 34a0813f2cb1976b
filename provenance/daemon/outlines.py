"""Laying a person's input over a picture made with it: what the recorder's helper process and `prov diff --outlines` both do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from provenance import canon
from provenance.daemon.mapping import in_a_row, picture
from provenance.errors import ProvError
from provenance.views import family, family_edge, family_names, family_rates
from provenance.views.family_rows import Asking

if TYPE_CHECKING:
    from provenance.pixels.load import Samples
    from provenance.pixels.visible import Compared

METHOD = "outlines/1"  # as pixels.visible.METHOD, which is not loaded here
MOST_OUTPUTS = 24  # of one input, besides those that were decided on: 2,000 tries from one sketch need not be laid over it one by one
MOST_LOOKED_AT = 2_000
PANEL = 480  # pixels of the longer side of each of the three pictures
QUALITY = 80
_DECLARED = "SELECT DISTINCT sha256 FROM declared"
_IS_DECLARED = "SELECT 1 FROM declared WHERE sha256 = :s LIMIT 1"
_DONE = "SELECT output, method, why FROM input_overlays WHERE own = :o"
_CHOSEN = "SELECT 1 FROM decisions WHERE sha256 = :s AND decision IN ('kept', 'chosen', 'published') LIMIT 1"


def own_inputs(views: Asking, output: str) -> Iterator[str]:
    """The declared inputs that this picture names and that are to be laid over it: no masks, not what was compared, not beyond the most."""
    for edge in family.parents(views, output):
        own = edge.grade == family_edge.NAMED and edge.relation != "mask" and views.ask(_IS_DECLARED, s=edge.parent)
        if own and _waits(views, output, _done(views, edge.parent)):
            yield edge.parent


def _done(views: Asking, own: str) -> frozenset[str]:
    """The pictures over which an input was laid."""
    return frozenset(row["output"] for row in views.ask(_DONE, o=own) if row["method"] == METHOD or row["why"] == "gone")


def _waits(views: Asking, output: str, done: frozenset[str]) -> bool:
    return output not in done and (len(done) < MOST_OUTPUTS or bool(views.ask(_CHOSEN, s=output)))


def left_over(views: Asking) -> Iterator[str]:
    """Pictures that were made with a declared input and not yet compared with it: the input was declared later, or the recorder stopped."""
    for row in views.ask(_DECLARED):
        done = _done(views, row["sha256"])
        for output in family_names.children(views, row["sha256"], MOST_LOOKED_AT):
            if _waits(views, output, done) and any(True for _ in own_inputs(views, output)):
                yield output


def compared(own: bytes, output: bytes) -> tuple[dict[str, Any], bytes]:
    """Lay an input over a picture.

    Args:
        own, output: whole files.
    Returns:
        Fields of `InputCompared` without own, output, material; the comparison as JPEG, b"" where they cannot be compared.
    """
    from provenance.pixels.visible import METHOD as method
    from provenance.pixels.visible import visible

    try:
        one, two = picture(own), picture(output)
    except (ProvError, MemoryError):
        return {"method": method, "outcome": "cannot compare", "why": "not decoded"}, b""
    found = visible(one, two)
    if isinstance(found, str):
        return {"method": method, "outcome": "cannot compare", "why": found}, b""
    shown = overlay(one, two, found)
    told = {name: getattr(found, name) for name in ("laid", "outline", "again", "by_chance", "displaced", "cells", "recurring")}
    outcome = "recurs" if found.recurs else "not told from chance"
    return {"method": method, "outcome": outcome, **told, "overlay": canon.sha256(shown), "rate": family_rates.outlines().get("id")}, shown


def overlay(own: Samples, output: Samples, found: Compared) -> bytes:
    """Three pictures side by side as JPEG: the input, the output, and the output in grey with the input's outlines: those found again in
    the recurring places in blue, the others thin and light.

    Args:
        own, output: (height, width, 3), as they were compared.
    """
    import cv2
    import numpy as np
    from PIL import Image

    from provenance.pixels.load import fitted
    from provenance.pixels.visible import framed

    seen = framed(output)
    height, width = found.edges.shape
    ground = (seen.astype(np.float32).mean(axis=2, keepdims=True).repeat(3, axis=2) * 0.5 + 115).astype(np.uint8)
    where = cv2.resize(found.where.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    ground[found.edges] = (228, 222, 214)
    again = cv2.dilate((found.hits & where).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ground[again] = (12, 74, 190)
    sheet = in_a_row([fitted(one, PANEL) for one in (own, output, ground)], gap=8)
    out = io.BytesIO()
    Image.fromarray(sheet).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
