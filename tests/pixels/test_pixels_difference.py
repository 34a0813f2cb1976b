"""Difference maps: known edits are shown where they are, what is no edit shows nothing, and what cannot be compared gets no map."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import bench_maps as bench
import picture_kit as kit

from provenance.pixels import difference
from provenance.pixels.difference import CannotCompare, Map


@pytest.mark.parametrize("edit", bench.EDITS)
def test_on_aligned_pictures_the_map_is_the_edit(edit: str) -> None:
    assert all((bench.score(edit, "aligned", number).overlap or 0) >= 0.9 for number in (21, 22))


@pytest.mark.parametrize(("edit", "after", "least"), [
    ("hard brush", "JPEG 60", 0.7), ("texture swap", "JPEG 90", 0.8), ("clone stamp", "crop, scale, JPEG 80", 0.7),
    ("soft brush", "recoloured", 0.6), ("thin strokes", "scaled", 0.6), ("text", "cropped", 0.9),
])  # fmt: skip
def test_an_edit_is_found_through_what_came_after_it(edit: str, after: str, least: float) -> None:
    assert (bench.score(edit, after, 24).overlap or 0) >= least


@pytest.mark.parametrize("after", bench.AFTERS)
def test_what_is_no_edit_shows_next_to_nothing(after: str) -> None:
    found = bench.score("", after, 23)
    assert found.overlap is not None and found.extra <= 0.005


def test_what_was_not_made_from_one_another_gets_no_map() -> None:
    assert [bench.unlike(number).why for number in range(6)].count("") == 0


def test_place_and_areas_are_told_in_pixels() -> None:
    image = kit.picture(7, 1)
    height, width = image.shape[:2]
    after = np.full((height + 30, width - 20, 3), 255, np.uint8)
    after[10 : height + 10] = image[:, 20:]
    after[100:130, 50:90] = (255, 0, 0)
    found = difference.compare(image, after)
    assert isinstance(found, Map)
    assert (found.aligned.kind, found.crop) == ("shifted", (20, 0, width - 20, height))
    assert found.added == 30 * (width - 20) and found.repainted + found.added + found.unchanged == after.shape[0] * after.shape[1]
    (box,) = found.regions
    assert (box.left, box.top, box.width, box.height) == (50, 100, 40, 30) and found.count == 1 and 1180 <= found.repainted <= 1200


def test_a_mirrored_picture_is_compared_as_one() -> None:
    image = kit.picture(8, 1)
    for after in (image[:, ::-1].copy(), kit.jpeg(image[:, ::-1].copy(), 80)):
        found = difference.compare(image, after)
        assert isinstance(found, Map) and found.aligned.flipped and found.repainted == 0


@settings(deadline=None, max_examples=8)
@given(st.integers(-30, 30), st.integers(-30, 30), st.integers(1, 4))
def test_a_shift_by_parts_of_a_pixel_is_no_edit(tenths_across: int, tenths_down: int, number: int) -> None:
    """Tenths of a pixel. What moved by less is compared pixel by pixel, and what differs by it is told as different (decision 0019)."""
    dx, dy = tenths_across / 10, tenths_down / 10
    image = kit.picture(number, 1)
    by = np.array([[1, 0, dx], [0, 1, dy]])
    moved = cv2.warpAffine(image, by, image.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    found = difference.compare(image, np.asarray(moved, np.uint8))
    assert isinstance(found, CannotCompare) or found.mask[8:-8, 8:-8].mean() <= 0.004


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 70), st.integers(1, 70), st.sampled_from(("noise", "flat")))
def test_any_two_pictures_are_answered(h1: int, w1: int, h2: int, w2: int, kind: str) -> None:
    rng = np.random.default_rng([h1, w1, h2, w2])
    one, two = (np.full((h, w, 3), 90, np.uint8) for h, w in ((h1, w1), (h2, w2)))
    if kind == "noise":
        one, two = (rng.integers(0, 256, shape.shape, dtype=np.uint8) for shape in (one, two))
    found = difference.compare(one, two)
    if isinstance(found, Map):
        assert np.array_equal(one, two) and found.repainted == 0
    else:
        assert found.why in ("too small", "no common ground")
