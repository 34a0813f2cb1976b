"""What each layered format tells of its layers, on files made here; and that a picture put into a layer is found by the same pixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from support import projectfiles as made
from support.projectfiles import Made, blob, noise

from provenance.pixels import digest
from provenance.pixels.load import load
from provenance.projects.bounds import MOST_LAYERS
from provenance.projects.formats import describe, kind_of
from provenance.projects.project import Layer, Project

GENERATED = noise(11)
STROKES = noise(12, 20, 10, alpha=True)
STROKES[:, :4, 3] = 0
STROKES[:, 4:, 3] = np.maximum(STROKES[:, 4:, 3], 1)


def layers() -> list[Made]:
    return [
        Made("my strokes 眼", STROKES, x=5, y=7, ident=3, opacity=128),
        Made("group", inside=[Made("inside", noise(13, 6, 5, alpha=True), visible=False, ident=5)], ident=4),
        Made("generated", GENERATED, ident=2),
    ]


def of(picture: Any) -> str:
    """As `file.described` has it, of the file that a generator saved."""
    return digest.pixels(load(blob(picture)))


def read(data: bytes, name: str = "") -> Project:
    found = describe(data, name)
    assert found is not None
    return found


def by_name(project: Project) -> dict[str, Layer]:
    return {layer.name: layer for layer in project.layers}


VERSIONS = ((0, 1), (3, 1), (4, 0), (11, 1), (11, 2), (14, 2))
DECODED: dict[str, Callable[[], bytes]] = {
    **{f"psd {packing}": partial(made.psd, layers(), packing=packing) for packing in range(4)},
    "psb": lambda: made.psd(layers(), big=True),
    "ora": lambda: made.ora(layers()),
    **{f"xcf v{version} {packing}": partial(made.xcf, layers(), version=version, packing=packing) for version, packing in VERSIONS},
    "kra": lambda: made.kra(layers()),
    "kra raw": lambda: made.kra(layers(), packed=False),
    "tiff photoshop": lambda: made.tiff_photoshop(layers()),
}


@pytest.mark.parametrize("name", DECODED)
def test_the_layer_that_holds_the_generated_picture_has_its_pixels(name: str) -> None:
    project = read(DECODED[name]())
    assert (project.width, project.height, project.problems) == (40, 30, ())
    assert [(layer.name, layer.kind, layer.depth) for layer in project.layers] == [
        ("my strokes 眼", "paint", 0), ("group", "group", 0), ("inside", "paint", 1), ("generated", "paint", 0),
    ]  # fmt: skip
    found = by_name(project)
    whole = found["generated"]
    assert (whole.pixels, whole.rect, whole.area, whole.area_of, whole.content) == (of(GENERATED), (0, 0, 40, 30), 1200, "pixels", None)
    strokes, cut = found["my strokes 眼"], of(STROKES[:, 4:])
    assert strokes.area == 160
    if name.startswith("kra"):  # its tiles are a grid's, the strokes are what is in them
        assert (strokes.rect, strokes.pixels) == ((9, 7, 16, 10), cut)
    else:
        assert (strokes.rect, strokes.pixels, strokes.content) == ((5, 7, 20, 10), of(STROKES), cut)
    assert (strokes.visible, found["inside"].visible) == (True, False)
    assert strokes.opacity == ("0.5" if name == "ora" else "128/255")


@pytest.mark.parametrize("pack", [made.psd, made.xcf], ids=["psd", "xcf"])
def test_a_mask_is_a_row_beneath_its_layer(pack: Any) -> None:
    mask = np.zeros((30, 40), np.uint8)
    mask[3:9, 4:8] = 255
    project = read(pack([Made("generated", GENERATED, ident=2, mask=mask)]))
    assert [(layer.kind, layer.depth) for layer in project.layers] == [("paint", 0), ("mask", 1)]
    assert project.layers[1].pixels == of(np.repeat(mask[:, :, None], 3, axis=2))
    assert project.layers[1].area_of == "rectangle"


def test_photoshop_kinds_and_claims() -> None:
    kinds = [(b"TySh", "text"), (b"SoLd", "file"), (b"SoCo", "fill"), (b"levl", "adjustment"), (b"PtFl", "fill")]
    rows = [Made(want, blocks=[(key, b"\0\0\0\1")]) for key, want in kinds]
    rows.append(Made("vector", blocks=[(b"SoCo", b"\0\0\0\1"), (b"vmsk", b"\0\0")]))
    project = read(made.psd(rows, tool="Adobe Photoshop 26.0"))
    assert [layer.kind for layer in project.layers] == [layer.name for layer in project.layers]
    assert project.claimed == {"tool": "Adobe Photoshop 26.0", "created": "2026-01-02T03:04:05"}


def test_a_krita_document_tells_how_long_it_was_worked_on() -> None:
    project = read(made.kra(layers()))
    claimed = {"tool": "Krita", "version": "5.2.2", "editing_seconds": "125", "editing_cycles": "3", "created": "2026-01-02T03:04:05"}
    assert project.claimed == claimed
    assert project.preview is not None and project.preview.startswith(b"\x89PNG")


def test_clip_and_procreate_name_their_layers_and_say_that_pixels_are_not_decoded() -> None:
    clip = read(made.clip([("paper", 1584), ("generated", 1), ("folder", 0), ("lines", 1)]))
    kinds = [("lines", "paint"), ("folder", "group"), ("generated", "paint"), ("paper", "fill")]
    assert [(layer.name, layer.kind) for layer in clip.layers] == kinds
    assert (clip.width, clip.height, clip.claimed["version"]) == (40, 30, "1.1.0")
    assert clip.layers[0].unread == "not decoded" and clip.preview is not None
    procreate = read(made.procreate(layers()), "a.procreate")
    assert [(layer.name, layer.kind, layer.depth) for layer in procreate.layers] == [
        ("my strokes 眼", "paint", 0), ("group", "group", 0), ("inside", "paint", 1), ("generated", "paint", 0),
    ]  # fmt: skip
    assert procreate.claimed["strokes"] == "321" and procreate.layers[2].visible is False
    assert {layer.unread for layer in procreate.layers} == {None, "not decoded"}
    assert procreate.layers[0].area_of == "rectangle"


def test_tiff_pages_are_layers_and_one_page_is_none() -> None:
    rows = [Made("top", STROKES, x=5, y=7), Made("generated", GENERATED)]
    project = read(made.tiff_pages(rows))
    assert [(layer.name, layer.kind) for layer in project.layers] == [("top", "page"), ("generated", "page")]
    assert project.layers[1].pixels == of(GENERATED)
    assert project.layers[0].rect == (5, 7, 20, 10)
    assert describe(made.tiff_pages(rows[:1])) is None


def test_a_layer_of_one_colour_mode_that_is_not_read_says_so() -> None:
    data = bytearray(made.psd(layers()))
    data[24:26] = b"\0\4"
    project = read(bytes(data))
    assert {layer.unread for layer in project.layers if layer.kind == "paint"} == {"colours cmyk"}
    assert by_name(project)["generated"].area_of == "rectangle"


@pytest.mark.parametrize("big", [False, True], ids=["psd", "psb"])
def test_a_document_of_16_bits_lists_its_layers_without_pixels(big: bool) -> None:
    project = read(made.psd(layers(), big=big, deep=True))
    assert [(layer.name, layer.unread) for layer in project.layers] == [
        ("my strokes 眼", "depth"), ("group", None), ("inside", "depth"), ("generated", "depth"),
    ]  # fmt: skip


def test_an_empty_layer_has_no_digest() -> None:
    empty = np.zeros((30, 40, 4), np.uint8)
    for data in (made.psd([Made("e", empty)]), made.ora([Made("e", empty)]), made.kra([Made("e", empty)]), made.xcf([Made("e", empty)])):
        layer = read(data).layers[0]
        assert (layer.area, layer.pixels, layer.content) == (0, None, None)


def test_decoded_pictures_are_handed_over_as_they_are_decoded() -> None:
    seen: dict[int, tuple[int, int]] = {}
    describe(made.psd(layers()), seen=lambda place, picture: seen.update({place: (picture.width, picture.height)}))
    assert seen == {0: (20, 10), 2: (6, 5), 3: (40, 30)}


def test_what_is_no_project_and_what_is_not_read() -> None:
    assert describe(blob(GENERATED)) is None
    assert kind_of(made.procreate(layers())) is None  # a zip like any other
    assert read(b"\x00\xffKA" + b"\0" * 100).problems == ("not read",)


def test_ten_thousand_layers_and_a_thousand_groups() -> None:
    many = read(made.psd([Made(str(number)) for number in range(MOST_LAYERS + 5)]))
    assert len(many.layers) == MOST_LAYERS and "too many layers" in many.problems
    nested = [Made("in", noise(1, 3, 3))]
    for number in range(200):
        nested = [Made(f"g{number}", inside=nested)]
    for data in (made.psd(nested), made.ora(nested), made.kra(nested)):
        assert read(data).layers[-1].depth == 200
