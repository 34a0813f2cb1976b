"""Texts hidden in the lowest bits of pixels: found in every form, and nothing but a warning where they are damaged."""

from __future__ import annotations

import io
import json
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.hiddenfiles import FORMS, hidden_png, hidden_webp, pixels, png_of, stream
from support.imagefiles import IEND, PNG_MAGIC, chunk, exif_block, jpeg, png, text_chunk

from provenance.carriers import open_container, stealth
from provenance.carriers.carrier import Container
from provenance.carriers.hiddenpng import open_picture

INFOTEXT = "a cat, 猫 é\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512"


def opened(data: bytes) -> Container:
    return open_container(data, size=len(data))


def texts(found: Container) -> list[tuple[str, str | None]]:
    return [(carrier.name, carrier.text) for carrier in found.carriers]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [(40, 160), (12, 700), (700, 9), (160, 40), (151, 101)])
def test_every_form_is_read_whatever_the_shape_and_the_filters(form: str, size: tuple[int, int]) -> None:
    found = opened(hidden_png(INFOTEXT, form, size))
    assert texts(found) == [("stealth:parameters", INFOTEXT)]
    assert found.warnings == ()


def test_colours_may_hide_a_text_in_a_picture_with_alpha() -> None:
    assert texts(opened(hidden_png(INFOTEXT, "rgb-gzip", alpha=True))) == [("stealth:parameters", INFOTEXT)]


@pytest.mark.parametrize("form", FORMS)
def test_a_lossless_webp_is_read_too(form: str) -> None:
    assert texts(opened(hidden_webp(INFOTEXT, form))) == [("stealth:parameters", INFOTEXT)]


def test_a_webp_that_tells_already_is_not_decoded() -> None:
    data = hidden_webp("other", exif=exif_block({"UserComment": b"ASCII\0\0\0" + INFOTEXT.encode()}))
    assert [name for name, _ in texts(opened(data))] == ["exif:IFD0.UserComment"]


def test_a_lossy_webp_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (1, 2, 3)).save(out, "WEBP", quality=60)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image, "open", forbidden)
    assert texts(opened(out.getvalue())) == []


def test_the_json_of_all_text_keys_gives_a_carrier_for_each() -> None:
    keys = {"Description": "1girl", "Software": "NovelAI", "Comment": json.dumps({"seed": 1, "uc": "x"})}
    found = opened(hidden_png(json.dumps(keys), size=(60, 160)))
    assert texts(found) == [(f"stealth:{key}", text) for key, text in keys.items()]


def test_values_that_are_no_texts_keep_their_spelling() -> None:
    found = opened(hidden_png('{"prompt": {"3": {"cfg": 7.50}}, "n": 1e3}'))
    assert texts(found) == [("stealth:prompt", '{"3": {"cfg": 7.50}}'), ("stealth:n", "1e3")]


@pytest.mark.parametrize("text", ["{a|b} cat\nSteps: 20", '{"a": 1', '{"a" 1}', "{}", '{"a": 1} trailing'])
def test_a_text_that_only_looks_like_json_stays_whole(text: str) -> None:
    assert texts(opened(hidden_png(text))) == [("stealth:parameters", text)]


def test_another_text_in_the_chunk_does_not_hide_the_hidden_one() -> None:
    data = hidden_png(INFOTEXT, before=text_chunk("tEXt", "parameters", "altered"))
    assert texts(opened(data)) == [("tEXt:parameters", "altered"), ("stealth:parameters", INFOTEXT)]


def test_beside_a_text_that_tells_enough_it_is_looked_for_only_when_that_is_asked() -> None:
    data = hidden_png(INFOTEXT, before=text_chunk("iTXt", "parameters", INFOTEXT + ", Version: v1.10.1"))
    assert len(texts(opened(data))) == 1
    assert ("stealth:parameters", INFOTEXT) in texts(open_container(data, size=len(data), deep=True))


# --- damage ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "warning"),
    [
        (hidden_png(INFOTEXT, length=2**31), "stealth.length"),
        (hidden_png(INFOTEXT, length=0), "stealth.length"),
        (hidden_png(INFOTEXT, length=800), "stealth.payload"),
        (png_of(pixels((40, 160), b"stealth_pngcomp" + struct.pack(">I", 400) + bytes(50), "A")), "stealth.payload"),
        (hidden_png(bytes(stealth.MAX_TEXT + 1), size=(200, 800)), "stealth.too-long"),
    ],
    ids=["beyond the picture", "empty", "gzip cut short", "no gzip", "a bomb"],
)
def test_damage_is_a_warning(data: bytes, warning: str) -> None:
    found = opened(data)
    assert found.warnings == (warning,)
    assert texts(found) == []


def test_a_payload_beyond_the_bound_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stealth, "MAX_PAYLOAD", 50)
    assert opened(hidden_png(INFOTEXT)).warnings == ("stealth.too-long",)


def test_a_cut_file_says_so() -> None:
    whole = hidden_png(INFOTEXT, "alpha", size=(40, 400))
    found = opened(whole[: len(whole) * 3 // 4])
    assert "stealth.cut" in found.warnings
    assert texts(found) == []


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (2**31 - 1, 1), (1, 2**31 - 1), (0, 10), (10, 0)])
def test_a_header_that_lies_costs_nothing(width: int, height: int) -> None:
    real = hidden_png(INFOTEXT)
    data = PNG_MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)) + real[33:]
    assert not any(name.startswith("stealth:") for name, _ in texts(opened(data)))


@pytest.mark.parametrize(("bits", "colour", "interlaced"), [(16, 6, 0), (8, 3, 0), (8, 0, 0), (8, 6, 1)])
def test_other_forms_of_png_are_not_looked_into(bits: int, colour: int, interlaced: int) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, bits, colour, 0, 0, interlaced))
    assert open_picture(PNG_MAGIC + header + chunk(b"IDAT", b"x") + IEND) is None


def test_pictures_without_a_hidden_text_gain_nothing() -> None:
    for data in (png({"parameters": INFOTEXT}, seed=3), png(), jpeg(), png_of(pixels((9, 9), b"", "A"))):
        assert not any(name.startswith("stealth") for name, _ in texts(opened(data)))


def test_a_wrong_letter_late_in_the_name_is_no_find() -> None:
    hidden = bytearray(stream(INFOTEXT))
    hidden[14] ^= 1
    assert texts(opened(png_of(pixels((40, 160), bytes(hidden), "A")))) == []


@given(st.integers(0, 2**32), st.integers(1, 24), st.integers(1, 24), st.booleans())
@settings(deadline=None, max_examples=40)
def test_columns_are_unfiltered_as_pillow_does(seed: int, width: int, height: int, alpha: bool) -> None:
    noise = random.Random(seed)
    depth = 4 if alpha else 3
    rows = [bytearray(noise.randbytes(width * depth)) for _ in range(height)]
    data = png_of(rows, alpha=alpha, filters=[noise.randrange(5) for _ in range(height)], part=noise.randint(1, 300))
    picture = open_picture(data)
    assert picture is not None
    columns = noise.randint(1, width)
    with Image.open(io.BytesIO(data)) as decoded:
        part = decoded.crop((0, 0, columns, height)).transpose(Image.Transpose.TRANSPOSE)
        assert picture.samples("RGB", columns, height) == part.convert("RGB").tobytes()
        if alpha:
            assert picture.samples("A", columns, height) == part.getchannel("A").tobytes()


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=60)
def test_flipped_and_cut_files_never_fail(seed: int) -> None:
    noise = random.Random(seed)
    data = bytearray(noise.choice(_WHOLE))
    for _ in range(noise.randint(0, 4)):
        data[noise.randrange(8, len(data))] ^= 1 << noise.randrange(8)
    cut = bytes(data[: noise.randint(20, len(data))])
    assert not any("failed" in warning for warning in opened(cut).warnings)


_WHOLE = (hidden_png(INFOTEXT), hidden_png(INFOTEXT, "rgb", (50, 60)), hidden_webp(INFOTEXT))
