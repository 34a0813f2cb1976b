"""A person's input is found again where its layout was kept, and nowhere else; what cannot be told is not told."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from provenance.pixels.visible import ASIDE, placings, visible

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import bench_outlines as bench
import picture_kit as kit


def test_own_inputs_recur_and_others_do_not() -> None:
    told = [bench.trial(number) for number in range(6)]
    own = [one[name] for one in told for name in ("own sketch", "own photograph")]
    other = [one[name] for one in told for name in ("other sketch", "other photograph")]
    assert own.count("recurs") >= 10 and set(other) == {"chance"}


def test_the_places_are_where_the_input_was_kept() -> None:
    own, other = kit.picture(5, 1, jitter=0), kit.picture(77, 3)
    height, width = own.shape[:2]
    half = np.asarray(kit.picture(5, 2, jitter=0)).copy()
    half[:, width // 2 :] = np.resize(other, (height, width - width // 2, 3))
    found = visible(own, half)
    assert not isinstance(found, str)
    columns = found.where.shape[1]
    left, right = found.where[:, : columns // 2].sum(), found.where[:, columns // 2 + 1 :].sum()
    assert left > 5 * right and found.recurring == found.where.sum() <= found.cells


def test_an_input_of_another_shape_is_laid_as_generators_do() -> None:
    own = kit.picture(3, 1, jitter=0)
    height, width = own.shape[:2]
    side = min(height, width)
    square = own[(height - side) // 2 :, (width - side) // 2 :][:side, :side]
    wide = np.concatenate([own[:, : width // 2][:, ::-1], own, own[:, width // 2 :][:, ::-1]], axis=1)
    assert [name for name, _ in placings(np.zeros((10, 20), np.uint8), (30, 30))] == ["stretched", "centre crop", "fitted"]
    found = visible(wide, own)
    assert not isinstance(found, str) and found.laid == "centre crop" and found.recurs
    assert not isinstance(visible(square, square), str)


@pytest.mark.parametrize(("shape", "why"), [((40, 400, 3), "too small"), ((300, 300, 3), "no outlines")])
def test_what_cannot_be_told_is_said(shape: tuple[int, ...], why: str) -> None:
    assert visible(np.full(shape, 128, np.uint8), kit.picture(1, 1)) == why


def test_chance_is_measured_well_away_from_the_place_itself() -> None:
    assert len(ASIDE) == 55 and all(max(min(y, 1 - y), min(x, 1 - x)) >= 0.25 for y, x in ASIDE)
