"""Whatever the bytes: never an exception, never more than a few texts' worth of work."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.imagefiles import (
    IEND,
    PNG_MAGIC,
    apng,
    chunk,
    comfy_webp_exif,
    comment_bytes,
    exif_block,
    exif_segment,
    jpeg,
    png,
    segment,
    text_chunk,
    webp,
    xmp_segments,
)
from support.otherfiles import gif, isobmff

from provenance.carriers import Container, end_mark, open_container

SEEDS = (
    png({"prompt": "猫"}, before=text_chunk("zTXt", "z", "zz" * 50) + chunk(b"eXIf", exif_block({}, {"UserComment": comment_bytes("猫")}))),
    apng({"prompt": "{}"}),
    jpeg("猫 cat", segments=xmp_segments("<x/>", "more" * 9) + segment(0xFE, b"c") + exif_segment(exif_block({"Model": "prompt:{}"}))),
    webp(comfy_webp_exif('{"a": {"b": "}"}}', '{"nodes": []}', lose=4), xmp="<x/>"),
    gif((2, 2), "comment"),
    isobmff(),
)  # fmt: skip


def checked(data: bytes, *, size: int | None = None, tail: bytes | None = None) -> Container:
    found = open_container(data, size=len(data) if size is None else size, tail=tail)
    assert not any(w.startswith("failed") for w in found.warnings), found.warnings
    assert all(isinstance(c.raw, bytes) and (c.text is None or isinstance(c.text, str)) for c in found.carriers)
    assert len(found.warnings) <= 70
    end_mark(data[:4096], data[-65_536:], len(data) if size is None else size)
    return found


@given(st.sampled_from(SEEDS), st.data())
@settings(deadline=None, max_examples=600)
def test_flipped_cut_and_spliced_files(seed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at:at] = data.draw(st.binary(max_size=20))
    checked(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@given(st.sampled_from(SEEDS), st.data())
@settings(deadline=None, max_examples=300)
def test_parts_of_files_that_claim_to_be_larger(seed: bytes, data: st.DataObject) -> None:
    cut, start = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))
    checked(seed[:cut], size=data.draw(st.integers(0, 3 * len(seed))), tail=data.draw(st.sampled_from([None, seed[start:]])))


STARTS = (b"", PNG_MAGIC, b"\xff\xd8\xff\xe1", b"RIFF\x00\x01\x00\x00WEBP", b"II*\x00", b"\x00\x00\x00\x18ftyp")


@given(st.binary(max_size=400), st.sampled_from(STARTS))
@settings(deadline=None, max_examples=400)
def test_any_bytes(data: bytes, start: bytes) -> None:
    checked(start + data)


@pytest.mark.parametrize("fill", [b"prompt:{", b'prompt:{"', b'prompt:{"\\"', b"{", b' \x00prompt:{"":""}', b"workflow ", b'":{'])
def test_exif_that_would_be_searched_again_and_again(fill: bytes) -> None:
    tags = dict.fromkeys(range(256, 320), (2, 1 << 30, b""))
    found = checked(webp(exif_block(tags, order="II") + b"\x00prompt:" + fill * (2_000_000 // len(fill))))
    assert sum(len(c.raw) for c in found.carriers) <= 16_000_000


@pytest.mark.parametrize("data", [
    PNG_MAGIC + chunk(b"tEXt") * 300_000 + IEND,
    PNG_MAGIC + text_chunk("zTXt", "k", "\x00" * 300_000) * 4000 + IEND,
    b"\xff\xd8" + segment(0xFE, b"") * 300_000,
    b"\xff\xd8" + b"\xff" * 3_000_000,
    b"\xff\xd8\xff" + b"\x00\xff" * 1_000_000,
    b"\xff\xd8" + segment(0xE1, b"http://ns.adobe.com/xmp/extension/\x00" + b"g" * 32 + bytes(8) + b"x" * 60_000) * 50,
    b"\xff\xd8" + exif_segment(exif_block({"Make": "x"}) + b'\x00prompt:{"' * 6000) * 100,
    b"RIFF" + struct.pack("<I", 1 << 30) + b"WEBP" + b"ABCD\x00\x00\x00\x00" * 300_000,
    b"\x00\x00\x00\x08ftyp" * 300_000,
    webp(b"Exif\x00\x00" * 500_000),
    b"GIF89a" + bytes(3_000_000),
], ids=["png-chunks", "png-bombs", "jpeg-segments", "jpeg-fill", "jpeg-garbage",
        "jpeg-xmp", "jpeg-exif", "webp-chunks", "boxes", "webp-prefixes", "gif"])  # fmt: skip
def test_floods_are_bounded(data: bytes) -> None:
    found = checked(data)
    assert len(found.carriers) <= 2000
    assert sum(len(c.raw) for c in found.carriers) <= 80 << 20


def test_a_defect_in_a_walker_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    import provenance.carriers as room

    def broken(window: object) -> Container:
        raise RecursionError

    monkeypatch.setattr(room, "WALKERS", {"png": broken})
    data = png()
    assert open_container(data, size=len(data)).warnings == ("failed png RecursionError",)


def test_two_readings_of_one_file_are_equal() -> None:
    for data in SEEDS:
        assert open_container(data, size=len(data)) == open_container(data, size=len(data))
