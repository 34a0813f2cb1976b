"""What the edges out of a picture show of its use: an input, a larger one of it; a likeness or a mask shows neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.pictured import Pictured
from support.projectfiles import blob

from provenance.clock import Clock
from provenance.views import family_edge
from provenance.views.family_edge import Edge
from provenance.views.used import enlarged, used


def flat(height: int, width: int, value: int) -> bytes:
    return blob(np.full((height, width, 3), value, np.uint8))


def test_an_upscale_is_told_with_its_sizes_and_a_likeness_is_not(tmp_path: Path, clock: Clock) -> None:
    pictured = Pictured(tmp_path / "home", clock)
    small, large, same = (pictured.record(f"{n}.png", flat(*size, n)) for n, size in enumerate(((40, 60), (80, 120), (40, 60))))
    pictured.write()

    def edge(child: str, grade: str = family_edge.NAMED, relation: str = "image") -> Edge:
        return Edge(small, child, grade, relation, (7,), "n.png")

    views: Any = pictured.house.views
    told = list(used(views, [edge(large), edge(same), edge(large, family_edge.METADATA, "processed"), edge(same, family_edge.METADATA)]))
    assert [(one.child, one.before, one.after) for one in told] == [
        (large, (60, 40), (120, 80)), (same, None, None), (large, (60, 40), (120, 80)),
    ]  # fmt: skip
    assert not list(used(views, [edge(large, family_edge.ALIKE), edge(large, relation="mask")]))
    pictured.close()


@pytest.mark.parametrize(
    ("before", "after", "larger"),
    [((512, 768), (1024, 1536), True), ((512, 768), (640, 960), True), ((512, 768), (520, 768), False), ((512, 768), (1024, 1024), False),
     ((512, 768), (512, 1536), False), ((0, 0), (9, 9), False)],
)  # fmt: skip
def test_larger_means_both_sides_in_proportion(before: tuple[int, int], after: tuple[int, int], larger: bool) -> None:
    assert enlarged(before, after) is larger
