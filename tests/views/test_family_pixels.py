"""What pixels show of a family: a picture saved again is found, one made again is no child, and what is written outranks a likeness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk
from test_family import A, B, C, D, E, F, X, known, named, text

from provenance import facts
from provenance.clock import Clock
from provenance.views import family, family_pixels
from provenance.views.family_edge import ALIKE, METADATA, NAMED, SAME_PIXELS

P = "0" * 63 + "7"
RUN: dict[str, Any] = {"generator": "ComfyUI", "prompts": ("a cat",), "seeds": ("7",)}


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.close()


def both(desk: Desk, more: dict[str, Any] | None = None, **described: Any) -> None:
    """A picture with its maker's data, and another file with the same pixels."""
    desk.picture(A, "a.png", **RUN, **text_of("prompt"))
    desk.picture(B, "b.png", **({"parsed": "plain"} if more is None else more))
    desk.described(A, P, **described)
    desk.described(B, P, **described)


def text_of(*names: str) -> dict[str, Any]:
    return {"carriers": tuple({"name": f"tEXt:{name}", "sha256": X, "size": 1} for name in names)}


def test_a_picture_saved_again_without_its_texts_is_found(desk: Desk) -> None:
    both(desk)
    assert known(desk, B) == {(A, SAME_PIXELS, "same pixels")} and known(desk, A) == set()


def test_of_two_found_later_the_one_that_tells_of_its_making_was_first(desk: Desk) -> None:
    desk.picture(B, "b.png", found="import", parsed="plain")
    desk.picture(A, "a.png", found="import", **RUN)
    desk.described(A, P)
    desk.described(B, P)
    assert known(desk, B) == {(A, SAME_PIXELS, "same pixels")} and known(desk, A) == set()


@pytest.mark.parametrize("described", [{"dhash": "0" * 16}, {"animated": True}], ids=["a plain surface", "a first frame"])
def test_equal_pixels_that_mean_nothing_make_no_family(desk: Desk, described: dict[str, Any]) -> None:
    both(desk, **described)
    assert known(desk, B) == set() and family_pixels.twins(desk.views, B) == ()


def test_the_same_job_run_twice_makes_twins_and_not_parent_and_child(desk: Desk) -> None:
    both(desk, RUN | text_of("prompt"))
    assert known(desk, B) == set() and family.children(desk.views, A).edges == ()
    assert [twin.sha256 for twin in family_pixels.twins(desk.views, B)] == [A]
    assert [twin.sha256 for twin in family_pixels.twins(desk.views, A)] == [B]


@pytest.mark.parametrize("more", [
    {"container": "webp"}, text_of("prompt", "thumbnail"),
    {"edits": ({"action": "saved", "instance": "xmp.iid:1234"},)} | text_of("prompt"),
], ids=["another container", "another text beside", "an editor's history"])  # fmt: skip
def test_what_an_editor_left_shows_which_was_made_from_which(desk: Desk, more: dict[str, Any]) -> None:
    both(desk, RUN | {"carriers": text_of("prompt")["carriers"]} | more)
    assert known(desk, B) == {(A, SAME_PIXELS, "same pixels")} and family_pixels.twins(desk.views, B) == ()


def test_inputs_that_came_along_with_copied_texts_are_not_the_copys_own(desk: Desk) -> None:
    desk.picture(X, "/ai/input/x.png")
    went_in = {"inputs": (named("x.png", X),)}
    desk.picture(A, "/ai/output/a.png", **RUN, **went_in, **text_of("prompt"))
    desk.picture(B, "/ai/output/b.png", **RUN, **went_in, **text_of("prompt", "thumbnail"))
    desk.picture(C, "/ai/output/c.png", **RUN | {"seeds": ("8",)}, **went_in)
    desk.alike(A, B)
    assert known(desk, A) == {(X, NAMED, "image")} == known(desk, C)
    assert known(desk, B) == {(A, ALIKE, "looks alike")}


def test_a_run_that_names_its_input_is_known_by_that_however_alike_they_are(desk: Desk) -> None:
    desk.picture(A, "/ai/input/a.png")
    desk.picture(B, "/ai/output/b.png", inputs=(named("a.png", A),))
    desk.described(A, P)
    desk.described(B, P)
    desk.alike(B, A)
    assert known(desk, B) == {(A, NAMED, "image")} and known(desk, A) == set()


def test_of_one_line_the_nearest_alone_is_a_parent_and_of_two_both(desk: Desk) -> None:
    for sha256, name in ((A, "first.png"), (B, "retouched.png"), (C, "cover.jpg"), (D, "other.png"), (E, "collage.png"), (F, "again.jpg")):
        desk.picture(sha256, name, parsed="plain")
    desk.alike(A, B, "0.900")
    desk.alike(A, C, "0.880")
    desk.alike(B, C, "0.970")
    for parent in (A, D):
        desk.alike(parent, E, "0.400")
    desk.alike(A, F, "0.990")
    desk.alike(B, F, "0.900")
    assert known(desk, C) == {(B, ALIKE, "looks alike")}
    assert known(desk, E) == {(A, ALIKE, "looks alike"), (D, ALIKE, "looks alike")}
    assert known(desk, F) == {(A, ALIKE, "looks alike")}, "exported from before the retouch"
    (edge,) = family.parents(desk.views, C)
    assert dict(edge.measured)["share"] == "0.970" and dict(edge.measured)["rate"] == "test"


def test_what_looks_like_a_brother_is_no_child_of_it(desk: Desk) -> None:
    desk.picture(A, "/ai/input/a.png")
    desk.picture(B, "/ai/output/b.png", inputs=(named("a.png", A),))
    desk.picture(C, "/ai/output/c.png", inputs=(named("a.png", A),))
    desk.alike(B, C)
    assert known(desk, C) == {(A, NAMED, "image")}


def test_an_edit_in_place_says_both(desk: Desk) -> None:
    desk.picture(A, "a.png")
    seq = desk.picture(B, "a.png", was=A, parsed="plain")
    found = desk.alike(A, B)
    assert known(desk, B) == {(A, ALIKE, "edited in place")}
    assert family.parents(desk.views, B)[0].seqs == (seq, found)


def test_two_drawings_that_were_brought_in_are_alike_and_nobody_saw_which_was_first(desk: Desk) -> None:
    desk.picture(A, "/ai/input/a.png", parsed="plain")
    desk.picture(B, "/ai/input/a.png", was=A, parsed="plain")
    desk.picture(C, "/ai/output/c.png", generator="ComfyUI", prompts=("c",), seeds=("1",))
    desk.picture(D, "/ai/input/d.png", parsed="plain")
    desk.picture(E, "/out/e.png", parsed="plain")
    for parent, child in ((A, B), (C, D), (A, E)):
        desk.alike(parent, child)
    assert known(desk, B) == set() and known(desk, D) == {(C, ALIKE, "looks alike")} and known(desk, E) == {(A, ALIKE, "looks alike")}
    assert [(twin.sha256, twin.why) for twin in family_pixels.twins(desk.views, A)] == [(B, family_pixels.BROUGHT_IN)]


def clipspace(desk: Desk, *parts: str, stamp: str = "1700000000123", **more: Any) -> dict[str, str]:
    """A set of the mask editor; every part's hash."""
    made = {part: f"{number:x}" * 64 for number, part in enumerate(parts, 1)}
    for part, sha256 in made.items():
        desk.picture(sha256, f"/ai/input/clipspace/clipspace-{part}-{stamp}.png", **(more if part == "mask" else {"parsed": "plain"}))
    return made


PARTS = ("mask", "paint", "painted", "painted-masked")


def test_the_mask_editors_files_are_joined_by_their_names(desk: Desk) -> None:
    made = clipspace(desk, *PARTS)
    clipspace_of_another_minute = f"{9:x}" * 64
    desk.picture(clipspace_of_another_minute, "/ai/input/clipspace/clipspace-painted-1700000000999.png")
    word = "mask editor"
    assert known(desk, made["painted"]) == {(made["paint"], METADATA, word)}
    assert known(desk, made["painted-masked"]) == {(made["painted"], METADATA, word), (made["mask"], METADATA, word)}
    assert known(desk, made["mask"]) == known(desk, made["paint"]) == known(desk, clipspace_of_another_minute) == set()


def test_the_picture_that_was_painted_on_is_told_by_the_text_in_the_masks_file(desk: Desk) -> None:
    desk.picture(E, "/ai/input/e.png")
    went_in = {"inputs": (named("e.png", E),), **text(X)}
    desk.picture(A, "/ai/output/a.png", **went_in)
    made = clipspace(desk, *PARTS, **went_in)
    desk.alike(A, made["painted-masked"])
    assert known(desk, made["mask"]) == {(A, METADATA, "mask editor")}, "the server copied the names of A's inputs"
    assert (A, METADATA, "mask editor") in known(desk, made["painted"])
    assert {edge[0] for edge in known(desk, made["painted-masked"])} == {made["mask"], made["painted"]}


def test_where_several_pictures_have_that_text_the_pixels_are_asked(desk: Desk) -> None:
    for sha256 in (A, B):
        desk.picture(sha256, f"/ai/output/{sha256[0]}.png", **text(X))
    made = clipspace(desk, *PARTS, **text(X))
    assert known(desk, made["mask"]) == set()
    desk.alike(A, made["painted-masked"], "0.5")
    desk.alike(B, made["painted"], "0.6")
    assert known(desk, made["mask"]) == {(B, ALIKE, "mask editor")}
    assert known(desk, made["painted"]) == {(B, ALIKE, "mask editor"), (made["paint"], METADATA, "mask editor")}


def test_the_older_mask_editor_writes_one_file(desk: Desk) -> None:
    desk.picture(A, "/ai/output/a.png", **text(X))
    made = clipspace(desk, "mask", stamp="31249.900000095367", **text(X))
    assert known(desk, made["mask"]) == {(A, METADATA, "mask editor")}


def test_a_likeness_with_a_picture_that_was_never_recorded_is_told_and_nothing_breaks(desk: Desk) -> None:
    desk.picture(B, "b.png", parsed="plain")
    desk.say(facts.LikenessFound(child=B, parent=A, how="looks alike", method="m", share="not a number"))
    assert known(desk, B) == {(A, ALIKE, "looks alike")}
