"""What changed between two versions of a project: told where it is known, and nothing guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import projectfiles as made
from support.projectfiles import Made, noise

from provenance.daemon import project_work
from provenance.daemon.project_work import row
from provenance.projects import repaint
from provenance.projects.compare import changes
from provenance.projects.formats import describe


def rows(data: bytes) -> list[dict[str, Any]]:
    found = describe(data)
    assert found is not None
    return [row(layer) for layer in found.layers]


def told(before: bytes, after: bytes) -> list[tuple[str, str]]:
    return [(change.what, change.name) for change in changes(rows(before), rows(after))]


def scene(**more: Any) -> list[Made]:
    return [Made("lines", noise(1, 12, 9, alpha=True), x=3, y=4, ident=1, **more), Made("generated", noise(2), ident=2)]


@pytest.mark.parametrize("pack", [made.psd, made.kra, made.xcf, made.ora], ids=["psd", "kra", "xcf", "ora"])
def test_what_a_person_does_to_layers_is_named(pack: Any) -> None:
    before = scene()
    assert told(pack(before), pack(before)) == []
    painted = scene()
    painted[1].samples = painted[1].samples.copy()
    painted[1].samples[5:9, 5:9] = 0
    assert told(pack(before), pack(painted)) == [("repainted", "generated")]
    moved = scene()
    moved[0].x = 8
    assert told(pack(before), pack(moved)) == [("moved", "lines")]
    assert told(pack(before), pack(scene(visible=False))) == [("hidden", "lines")]
    assert told(pack(before), pack([*scene(), Made("ground", noise(5, 4, 4), ident=9)])) == [("added", "ground")]
    assert told(pack([*scene(), Made("ground", noise(5, 4, 4), ident=9)]), pack(before)) == [("removed", "ground")]
    assert told(pack(before), pack(before[::-1])) == [("order", "")]


@pytest.mark.parametrize("pack", [made.psd, made.kra, made.xcf, made.ora], ids=["psd", "kra", "xcf", "ora"])
def test_a_renamed_layer_is_the_same_layer(pack: Any) -> None:
    after = scene()
    after[1].name = "base"
    found = changes(rows(pack(scene())), rows(pack(after)))
    assert [(change.what, change.before, change.after) for change in found] == [("renamed", "generated", "base")]


def test_the_first_strokes_on_an_empty_layer_are_a_repaint() -> None:
    empty, drawn = scene(), scene()
    empty[0].samples = np.zeros_like(empty[0].samples)
    assert told(made.psd(empty), made.psd(drawn)) == [("repainted", "lines")]
    assert told(made.psd(drawn), made.psd(empty)) == [("repainted", "lines")]


def test_two_layers_of_one_name_without_identifiers_are_not_told_apart() -> None:
    def twice(*seeds: int) -> bytes:
        return made.ora([Made("Layer", noise(seed, 6, 6)) for seed in seeds])

    assert sorted(told(twice(1, 2), twice(3, 4))) == [("added", "Layer")] * 2 + [("removed", "Layer")] * 2


LAYER = st.fixed_dictionaries(
    {"name": st.sampled_from("abc"), "kind": st.sampled_from(("paint", "group"))},
    optional={"ident": st.sampled_from("12"), "pixels": st.sampled_from("pq"), "rect": st.just((0, 0, 1, 1)), "visible": st.booleans(),
              "area": st.integers(0, 2)},
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(before=st.lists(LAYER, max_size=6), after=st.lists(LAYER, max_size=6))
def test_added_less_removed_is_the_difference_in_number(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    found = [change.what for change in changes(before, after)]
    assert found.count("added") - found.count("removed") == len(after) - len(before)


@pytest.mark.parametrize("pack", [made.psd, made.kra, made.xcf, made.ora], ids=["psd", "kra", "xcf", "ora"])
def test_pixels_that_differ_are_counted_exactly(pack: Any) -> None:
    before, after = scene(), scene()
    after[1].samples = after[1].samples.copy()
    after[1].samples[20:24, 5:10] ^= 255
    later = pack(after)
    told, _ = project_work.answer(later, "a", "0" * 64, pack(before))
    assert [layer.get("changed") for layer in told["told"]["layers"]] == [None, 20] and told["told"]["against"] == "0" * 64
    same, _ = project_work.answer(later, "a", "0" * 64, later)
    assert same["told"]["against"] is None


@settings(max_examples=40, deadline=None)
@given(ax=st.integers(-3, 9), bx=st.integers(-3, 9), ay=st.integers(-3, 9), by=st.integers(-3, 9), clear=st.booleans())
def test_the_count_is_that_of_two_whole_canvases(ax: int, ay: int, bx: int, by: int, clear: bool) -> None:
    a, b = noise(1, 6, 5, alpha=clear) // 85 * 85, noise(2, 4, 7, alpha=True) // 85 * 85
    whole = []
    for samples, x, y in ((a, ax, ay), (b, bx, by)):
        canvas = np.zeros((30, 30, 4), np.uint8)
        shown = samples if samples.shape[2] == 4 else np.dstack([samples, np.full(samples.shape[:2], 255, np.uint8)])
        canvas[y + 5 : y + 5 + shown.shape[0], x + 5 : x + 5 + shown.shape[1]] = np.where(shown[:, :, 3:] > 0, shown, 0)
        whole.append(canvas)
    wanted = int((whole[0] != whole[1]).any(axis=2).sum())
    assert repaint.differing(a, (ax, ay, 6, 5), b, (bx, by, 4, 7)) == wanted
