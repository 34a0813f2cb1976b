"""An edited picture is found again, another picture of the same prompt is not; the recorded session; pieces of the index."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import bench_likeness as bench
import picture_kit as kit

from provenance.pixels import alike, geometry, index
from provenance.pixels.load import grey
from provenance.pixels.look import Look, look


@pytest.fixture(scope="module")
def collection() -> bench.Collection:
    return bench.Collection([bench.one(n) for n in range(12)])


@pytest.mark.parametrize("kind", bench.KINDS)
def test_each_kind_of_edit_is_found_and_nothing_else(collection: bench.Collection, kind: str) -> None:
    found = bench.task(collection, kind, 1)
    assert set(found.found) == found.parents


def test_pictures_without_a_parent_are_linked_to_nothing(collection: bench.Collection) -> None:
    for number in range(4):
        assert bench.task(collection, "", number).found == ()


def test_where_the_parent_lies_is_told_in_its_pixels() -> None:
    image = kit.picture(7, 1)
    height, width = image.shape[:2]
    window = np.ascontiguousarray(image[40 : height - 20, 100 : width - 30])
    parent, child = (look(bench.stored(a).preview, (a.shape[1], a.shape[0])) for a in (image, window))
    found = alike.closest(child, parent)
    assert found is not None and not found.flipped
    told = dict(part.split("=") for part in geometry.told(found, child, parent).split())
    assert told["mirrored"] == "no" and abs(float(told["scale"]) - 1) < 0.02 and abs(float(told["rotation"])) <= 0.2
    assert np.allclose([int(n) for n in told["parent-area"].split(",")], [100, 40, width - 130, height - 60], atol=4)
    flipped = look(bench.stored(np.ascontiguousarray(image[:, ::-1])).preview, (width, height))
    found = alike.closest(flipped, parent)
    assert found is not None and found.flipped
    assert geometry.told(found, flipped, parent) == f"scale=1.000 rotation=0.0 mirrored=yes parent-area=0,0,{width},{height}"


@pytest.mark.parametrize("values", [np.zeros((40, 60), np.uint8), np.full((3, 3), 255, np.uint8), np.zeros((1, 400), np.uint8)])
def test_a_plain_surface_looks_like_nothing(values: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    flat = Look(values, values.shape[1], values.shape[0])
    assert alike.closest(flat, flat) is None
    assert alike.search(flat, [index.piece(0, [index.signature(flat)])], lambda n: flat, allowed=lambda n: True) == []


def test_pieces_joined_answer_as_one(collection: bench.Collection) -> None:
    signed = [index.signature(collection.fetch(n)) for n in range(12)]
    whole = index.piece(0, signed)
    parts = [index.piece(0, signed[:7]), index.piece(7, signed[7:8]), index.piece(8, signed[8:])]
    joined = index.merged(parts)
    assert np.array_equal(joined.postings, whole.postings) and np.array_equal(joined.compositions, whole.compositions)
    for wanted in signed[:5]:
        assert index.by_words(parts, wanted.words, 1, lambda n: True) == index.by_words([whole], wanted.words, 1, lambda n: True)
        assert index.by_composition(parts, wanted.composition, 3, lambda n: n != 4) == index.by_composition(
            [whole], wanted.composition, 3, lambda n: n != 4
        )


def test_the_error_rates_that_ship_are_those_of_this_method() -> None:
    from provenance.views.family_rates import likeness

    table = likeness()
    assert table["method"] == alike.METHOD and table["pictures"] >= 5000 and table["descendants"] >= 500
    assert set(table["kinds"]) == set(bench.KINDS) and table["id"].startswith(alike.METHOD)
    json.dumps(table)
    assert grey(kit.picture(1, 1)).ndim == 2
