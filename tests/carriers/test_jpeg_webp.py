from __future__ import annotations

import io
import struct

import pytest
from PIL import Image
from support.imagefiles import (
    chunk,
    comment_bytes,
    exif_block,
    exif_segment,
    jpeg,
    png,
    riff_chunk,
    segment,
    webp,
    xmp_segments,
)  # fmt: skip

from provenance.carriers import Container, open_container


def opened(data: bytes) -> Container:
    return open_container(data, size=len(data))


def texts(found: Container) -> dict[str, str | None]:
    return {c.name: c.text for c in found.carriers}


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg(progressive: bool) -> None:
    data = jpeg("猫, 1girl\nSteps: 20", size=(40, 30), seed=3, progressive=progressive, segments=segment(0xFE, "注 comment".encode()))
    found = opened(data)
    assert texts(found) == {"exif:Exif.UserComment": "猫, 1girl\nSteps: 20", "COM": "注 comment"}
    assert (found.media_type, found.container, found.complete, found.width, found.height) == ("image/jpeg", "jpeg", True, 40, 30)
    assert found.warnings == ()
    assert Image.open(io.BytesIO(data)).size == (40, 30)


def test_jpeg_exif_that_goes_on_in_the_next_segment() -> None:
    words = "w" * 150_000
    block = exif_block({"Make": words})
    pieces = [block[at : at + 65_000] for at in range(0, len(block), 65_000)]
    data = jpeg(segments=b"".join(exif_segment(piece) for piece in pieces))
    assert texts(opened(data)) == {"exif:IFD0.Make": words}


def test_jpeg_two_exif_blocks_are_two() -> None:
    data = jpeg(segments=exif_segment(exif_block({"Make": "first"})) + exif_segment(exif_block({"Model": "second"}, order="II")))
    assert texts(opened(data)) == {"exif:IFD0.Make": "first", "exif:IFD0.Model": "second"}


def test_jpeg_texts_come_in_the_order_of_the_file() -> None:
    data = jpeg("first", segments=segment(0xFE, b"second") + exif_segment(exif_block({"Make": "third"})) + xmp_segments("<fourth/>"))
    assert [c.text for c in opened(data).carriers] == ["first", "second", "third", "<fourth/>"]


def test_jpeg_extended_xmp_is_put_together() -> None:
    long = "<more>" + "".join(f"{n} " for n in range(40_000)) + "</more>"
    found = opened(jpeg(segments=xmp_segments("<x:xmpmeta/>", long)))
    assert texts(found) == {"xmp": "<x:xmpmeta/>", "xmp:extended": long} and found.warnings == ()


def test_jpeg_extended_xmp_with_a_hole_is_told() -> None:
    whole = xmp_segments("<x:xmpmeta/>", "x" * 150_000)
    first_piece = whole[whole.index(b"\xff\xe1", 4) :]
    holed = first_piece[: 2 + struct.unpack(">H", first_piece[2:4])[0]]
    assert opened(jpeg(segments=holed)).warnings == ("jpeg.xmp-extended",)


def test_jpeg_blobs() -> None:
    store = struct.pack(">I", 90_000) + b"jumb\x00\x00\x00\x28jumdc2pa" + bytes(range(200)) * 449
    pieces = [store[:50_000], store[:8] + store[50_000:]]
    boxes = b"".join(segment(0xEB, b"JP\x00\x01" + struct.pack(">I", n + 1) + piece) for n, piece in enumerate(pieces))
    photoshop = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x00"
    found = opened(jpeg(segments=boxes + segment(0xED, photoshop)))
    assert {c.name: (c.raw, c.text) for c in found.carriers} == {"c2pa": (store, None), "APP13:8BIM": (photoshop, None)}
    assert opened(jpeg(segments=segment(0xEB, b"JP\x00\x01\x00\x00\x00\x01" + b"c2pa, they said" * 4))).carriers == ()


def test_jpeg_bytes_behind_the_end_are_allowed() -> None:
    assert opened(jpeg("x", after_eoi=b"trailer" * 50)).complete is True


def test_jpeg_a_thumbnails_end_is_not_the_pictures() -> None:
    thumb = jpeg(size=(8, 8))
    data = jpeg(exif=exif_block({"Make": "m"}) + thumb, size=(64, 64), seed=9)
    assert opened(data).complete is True
    assert opened(data[:-2]).complete is False


def test_jpeg_garbage_and_fill_between_segments() -> None:
    data = jpeg(segments=b"\xff\xff\xff" + segment(0xFE, b"one") + b"\x00\x01\x02" + segment(0xFE, b"two"))
    found = opened(data)
    assert [c.text for c in found.carriers] == ["one", "two"] and found.warnings == ("jpeg.garbage",)


def test_jpeg_segment_longer_than_the_file() -> None:
    found = opened(b"\xff\xd8" + segment(0xFE, b"first") + segment(0xE1, b"Exif\x00\x00", length=60_000))
    assert texts(found) == {"COM": "first"} and found.warnings == ("jpeg.segment-length E1@11",) and found.complete is False


@pytest.mark.parametrize(("lossless", "extended"), [(False, True), (True, True), (False, False), (True, False)])
def test_webp(lossless: bool, extended: bool) -> None:
    block = exif_block({"Software": "tool"}, {"UserComment": comment_bytes("猫, 1girl")}, order="II")
    data = webp(block, xmp="<x:xmpmeta/>", size=(33, 17), lossless=lossless, extended=extended)
    found = opened(data)
    assert texts(found) == {"exif:IFD0.Software": "tool", "exif:Exif.UserComment": "猫, 1girl", "xmp": "<x:xmpmeta/>"}
    assert (found.media_type, found.complete, found.width, found.height, found.warnings) == ("image/webp", True, 33, 17, ())
    if extended:
        assert Image.open(io.BytesIO(data)).size == (33, 17)


def test_webp_odd_chunk_without_its_padding_byte() -> None:
    odd = riff_chunk(b"ABCD", b"odd", pad=False)
    found = opened(webp(chunks=odd + riff_chunk(b"XMP ", b"<x/>")))
    assert texts(found) == {"xmp": "<x/>"} and found.warnings[0].startswith("webp.padding @")


def test_webp_wrong_counts() -> None:
    block = exif_block({"Make": "maker"})
    longer = opened(webp(chunks=riff_chunk(b"EXIF", block, size=len(block) + 999)))
    assert texts(longer) == {"exif:IFD0.Make": "maker"} and longer.warnings[0].startswith("webp.chunk-length EXIF@")
    short_riff = opened(webp(block, riff=30))
    assert texts(short_riff) == {"exif:IFD0.Make": "maker"} and any(w.startswith("webp.after-riff EXIF@") for w in short_riff.warnings)
    long_riff = opened(webp(block, riff=1 << 20))
    assert long_riff.complete is False and "webp.riff-length" in long_riff.warnings


def test_webp_manifest_store() -> None:
    store = b"\x00\x00\x00\x30jumb\x00\x00\x00\x28jumdc2pa" + bytes(28)
    assert opened(webp(chunks=riff_chunk(b"C2PA", store))).carriers[0].name == "c2pa"
    assert opened(webp(chunks=riff_chunk(b"C2PA", b"words about c2pa"))).warnings[0].startswith("webp.not-c2pa C2PA@")


def test_webp_of_which_the_middle_is_not_at_hand() -> None:
    data = webp(exif_block({"Make": "maker"}), size=(300, 300), seed=4, lossless=True)
    found = open_container(data[:200], size=len(data), tail=data[-200:])
    assert texts(found) == {"exif:IFD0.Make": "maker"} and found.complete is True and found.warnings == ("partial",)
    blind = open_container(data[:200], size=len(data))
    assert blind.carriers == () and (blind.width, blind.height) == (300, 300) and "partial" in blind.warnings


def test_the_name_of_a_file_is_never_asked() -> None:
    for data, kind in ((png(), "png"), (jpeg(), "jpeg"), (webp(), "webp")):
        assert opened(data).container == kind


@pytest.mark.parametrize("data", [
    jpeg("猫 cat", segments=xmp_segments("<x/>", "more" * 9) + segment(0xFE, b"c")),
    webp(exif_block({"Make": "maker", "Model": "prompt:{\"a\": {}}"}, {"UserComment": comment_bytes("猫")}), xmp="<x/>"),
], ids=["jpeg", "webp"])  # fmt: skip
def test_cut_at_every_byte_it_is_incomplete_and_never_fails(data: bytes) -> None:
    for length in range(len(data)):
        found = opened(data[:length])
        assert not found.complete, length
        assert not any(w.startswith("failed") for w in found.warnings), (length, found.warnings)


def test_exif_of_a_png_is_read_as_that_of_a_jpeg() -> None:
    block = exif_block({"Make": "maker"})
    assert texts(opened(png(before=chunk(b"eXIf", block)))) == texts(opened(jpeg(exif=block)))
