"""One decode: equal digests for equal samples, nothing dropped in silence, and no traceback from hostile bytes."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from provenance.errors import Unreadable
from provenance.pixels import digest, hashes
from provenance.pixels.describe import describe
from provenance.pixels.load import fitted, load, upright

RNG = np.random.default_rng(3)
COLOUR = RNG.integers(0, 256, (37, 53, 3), dtype=np.uint8)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pixels(data: bytes) -> str:
    return digest.pixels(load(data))


LOSSLESS = {
    "plain": ("PNG", {}), "packed": ("PNG", {"compress_level": 9, "optimize": True}), "webp": ("WEBP", {"lossless": True}),
    "tiff": ("TIFF", {}),
    "deflated tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}), "bmp": ("BMP", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSLESS)
def test_the_same_samples_have_the_same_digest_in_any_container(name: str) -> None:
    kind, options = LOSSLESS[name]
    image = Image.fromarray(COLOUR)
    info = Image.Exif()
    info[0x010E] = "a cat"
    told = saved(image, "PNG", exif=info)
    again = saved(image, kind, **options)
    assert pixels(again) == pixels(told)
    assert digest.visible(load(again)) is None


def test_one_sample_or_another_shape_is_another_digest() -> None:
    other = COLOUR.copy()
    other[5, 5, 1] ^= 1
    turned = COLOUR.reshape(53, 37, 3)
    found = {pixels(saved(Image.fromarray(a), "PNG")) for a in (COLOUR, other, turned)}
    assert len(found) == 3


def test_grey_and_palette_are_what_they_render_to_and_an_alpha_that_hides_nothing_is_none() -> None:
    grey = Image.fromarray(COLOUR[:, :, 0])
    assert pixels(saved(grey, "PNG")) == pixels(saved(grey.convert("RGB"), "PNG")) == pixels(saved(grey.convert("RGBA"), "PNG"))
    few = Image.fromarray(COLOUR).quantize(16)
    assert pixels(saved(few, "PNG")) == pixels(saved(few.convert("RGB"), "PNG")) == pixels(saved(few, "GIF"))


def test_what_transparency_hides_counts_in_one_digest_and_not_in_the_other() -> None:
    clear = np.dstack([COLOUR, np.full(COLOUR.shape[:2], 255, np.uint8)])
    clear[:10, :, 3] = 0
    hidden = clear.copy()
    hidden[:10, :, 0] ^= 255
    one, two = (load(saved(Image.fromarray(a), "PNG")) for a in (clear, hidden))
    assert digest.pixels(one) != digest.pixels(two)
    assert digest.visible(one) == digest.visible(two) != digest.pixels(one)
    webp = load(saved(Image.fromarray(clear), "WEBP", lossless=True))  # this encoder changes what is hidden
    assert digest.visible(webp) == digest.visible(one)


def test_sixteen_bits_are_not_taken_for_eight() -> None:
    def png16(low: int) -> bytes:
        row = b"\0" + b"".join(struct.pack(">HHH", 0x1200 + low, 0x3400, 0x5600) for _ in range(4))
        parts = [(b"IHDR", struct.pack(">IIBBBBB", 4, 2, 16, 2, 0, 0, 0)), (b"IDAT", zlib.compress(row * 2)), (b"IEND", b"")]
        chunks = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
        return b"\x89PNG\r\n\x1a\n" + chunks

    deep, other = load(png16(1)), load(png16(2))
    assert deep.form == "rgb16" and deep.samples[0, 0].tolist() == [0x12, 0x34, 0x56]
    eight = load(saved(Image.fromarray(deep.samples), "PNG"))
    assert len({digest.pixels(p) for p in (deep, other, eight)}) == 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_told_and_the_preview_is_upright(orientation: int) -> None:
    image = Image.fromarray(COLOUR)
    info = Image.Exif()
    info[0x0112] = orientation
    data = saved(image, "PNG", exif=info)
    found = load(data)
    assert found.orientation == orientation and digest.pixels(found) == pixels(saved(image, "PNG"))
    shown = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.array_equal(upright(found.samples, orientation), shown)
    preview = Image.open(io.BytesIO(describe(data).preview))
    assert np.array_equal(np.asarray(preview), shown), "a small picture is its own preview"


def test_a_small_picture_s_preview_is_another_file_than_the_picture() -> None:
    data = saved(Image.fromarray(COLOUR), "PNG")
    assert describe(data).preview != data and describe(describe(data).preview).pixels == describe(data).pixels


def test_only_the_first_frame_of_several_is_described_and_that_is_said() -> None:
    frames = [Image.fromarray(COLOUR), Image.fromarray(255 - COLOUR)]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    found = describe(data)
    assert found.animated and found.pixels == pixels(saved(frames[0], "PNG"))


def test_a_preview_is_small_and_the_hashes_stay_near() -> None:
    ramp = np.add.outer(np.arange(900) % 251, (np.arange(1400) // 3) % 256).astype(np.uint8)
    found = describe(saved(Image.fromarray(np.dstack([ramp] * 3)), "PNG"))
    assert max(Image.open(io.BytesIO(found.preview)).size) == 512 and (found.width, found.height) == (1400, 900)
    again = describe(saved(Image.fromarray(np.dstack([ramp] * 3)), "JPEG", quality=60))
    for name in ("dhash", "phash"):
        apart = bin(int(getattr(found, name), 16) ^ int(getattr(again, name), 16)).count("1")
        assert len(getattr(found, name)) == 16 and apart <= 8, name
    assert found.pixels != again.pixels


def test_too_many_pixels_are_refused_before_anything_is_decoded() -> None:
    data = saved(Image.fromarray(COLOUR), "PNG")
    with pytest.raises(Unreadable, match=r"pixels\.too-large"):
        load(data, most_pixels=100)
    head = data.index(b"IHDR") + 4
    large = bytearray(data)
    large[head : head + 8] = struct.pack(">II", 60_000, 60_000)
    large[head + 13 : head + 17] = struct.pack(">I", zlib.crc32(bytes(large[head - 4 : head + 13])))
    with pytest.raises(Unreadable, match=r"pixels\.too-large"):
        load(bytes(large))


BASES = [
    saved(Image.fromarray(COLOUR), kind, **options)
    for kind, options in (("PNG", {}), ("JPEG", {}), ("WEBP", {}), ("GIF", {}), ("TIFF", {}), ("PNG", {"exif": b"Exif\0\0II*\0\x08\0\0\0"}))
]


@given(st.sampled_from(BASES), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6), st.integers(0, 4000))
@settings(deadline=None, max_examples=120)
def test_damaged_bytes_are_a_picture_or_a_plain_refusal(base: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(base[: len(base) - cut % len(base)])
    for at, value in changes:
        if data:
            data[at % len(data)] = value
    try:
        found = describe(bytes(data))
    except Unreadable as error:
        assert error.key.startswith("pixels.")
    else:
        assert len(found.pixels) == 64 and found.width * found.height <= 80_000_000


def test_fitted_never_enlarges_and_keeps_proportions() -> None:
    assert fitted(COLOUR, 512) is COLOUR
    assert fitted(np.zeros((100, 4000, 3), np.uint8), 384).shape == (10, 384, 3)
    assert fitted(np.zeros((1, 4000, 3), np.uint8), 384).shape == (1, 384, 3)
    assert hashes.composition(np.zeros((1, 1), np.uint8)).shape == (hashes.GRID_BYTES,)
