"""How many pixels of a layer differ between two versions of a project: counted on the canvas, nothing judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from provenance.projects import compare
from provenance.projects.bounds import Data
from provenance.projects.formats import describe
from provenance.projects.project import Project, Rect

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from provenance.pixels.load import Picture

    Samples = npt.NDArray[np.uint8]

MOST_KEPT = 24_000_000  # pixels of earlier layers that are held at a time


def counted(before: Data, after: Data, now: Project, name: str = "") -> dict[int, int]:
    """Count what differs in the layers that have other pixels than before.

    Args:
        before, after: the two files. now: what `describe` gave of the later. name: of both, as `formats.kind_of`.
    Returns:
        Place of a layer in `now` -> pixels of the canvas that differ; two wholly transparent ones do not. Only of layers that were found
        again (`compare.pairs`) and decoded in both, as many as may be held; empty where the earlier file is no project.
    """
    was = describe(before, name)
    if was is None or was.format != now.format:
        return {}
    rows = [[dataclasses.asdict(layer) for layer in one.layers] for one in (was, now)]
    wanted: dict[int, int] = {}
    left = MOST_KEPT
    for place, earlier in compare.pairs(rows[0], rows[1]).items():
        old, new = was.layers[earlier], now.layers[place]
        if old.pixels is None or new.pixels is None or old.pixels == new.pixels or old.rect is None or new.kind == "mask":
            continue
        left -= old.rect[2] * old.rect[3]
        if left < 0:
            break
        wanted[place] = earlier
    return _differing(before, after, was, now, wanted, name) if wanted else {}


def _differing(before: Data, after: Data, was: Project, now: Project, wanted: Mapping[int, int], name: str) -> dict[int, int]:
    kept: dict[int, Picture] = {}
    found: dict[int, int] = {}
    earlier = set(wanted.values())

    def keep(place: int, picture: Picture) -> None:
        if place in earlier:
            kept[place] = picture

    def count(place: int, picture: Picture) -> None:
        if place in wanted and (old := kept.pop(wanted[place], None)) is not None:
            one, other = was.layers[wanted[place]].rect, now.layers[place].rect
            assert one is not None and other is not None
            found[place] = differing(old.samples, one, picture.samples, other)

    describe(before, name, keep)
    describe(after, name, count)
    return found


def differing(one: Samples, at: Rect, other: Samples, there: Rect) -> int:
    """Pixels of the canvas in which two pictures differ, each laid at its place with nothing around it.

    Args:
        one, other: (height, width, 3 or 4) of uint8. at, there: x, y, width, height of each.
    """
    left, top = max(at[0], there[0]), max(at[1], there[1])
    right, bottom = min(at[0] + at[2], there[0] + there[2]), min(at[1] + at[3], there[1] + there[3])
    total = _shown(one) + _shown(other)
    if right <= left or bottom <= top:
        return total
    a, b = (s[top - r[1] : bottom - r[1], left - r[0] : right - r[0]] for s, r in ((one, at), (other, there)))
    total -= _shown(a) + _shown(b)
    return total + sum(_unlike(a[row : row + 256], b[row : row + 256]) for row in range(0, bottom - top, 256))


def _shown(samples: Samples) -> int:
    import numpy as np

    return int(np.count_nonzero(samples[:, :, 3])) if samples.shape[2] == 4 else int(samples.shape[0] * samples.shape[1])


def _unlike(a: Samples, b: Samples) -> int:
    import numpy as np

    alpha_a, alpha_b = (s[:, :, 3] if s.shape[2] == 4 else np.full(s.shape[:2], 255, np.uint8) for s in (a, b))
    colours = (a[:, :, :3] != b[:, :, :3]).any(axis=2) & ((alpha_a > 0) | (alpha_b > 0))
    return int(np.count_nonzero(colours | (alpha_a != alpha_b)))
