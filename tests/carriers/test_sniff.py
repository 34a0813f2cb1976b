from __future__ import annotations

import io
import struct
import zipfile

import pytest
from support.imagefiles import jpeg, png, webp
from support.otherfiles import box, gif, isobmff

from provenance.carriers import end_mark, open_container
from provenance.carriers.sniff import sniff


def krita(mimetype: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("maindoc.xml", b"<DOC/>" * 50)
    return out.getvalue()


BMP = b"BM" + struct.pack("<IHHI", 70, 0, 0, 54) + struct.pack("<IiiHH", 40, 3, -2, 1, 24) + bytes(24 + 16)
PSD = b"8BPS\x00\x01" + bytes(6) + struct.pack(">HIIHH", 3, 20, 30, 8, 3) + bytes(12)
MKV = b"\x1aE\xdf\xa3\x93B\x82\x88matroska" + bytes(8)
WEBM = b"\x1aE\xdf\xa3\x8fB\x82\x84webm" + bytes(8)
SAFETENSORS = struct.pack("<Q", 2) + b"{}"

KINDS = [
    (png(), "image/png", "png"), (jpeg(), "image/jpeg", "jpeg"), (webp(), "image/webp", "webp"), (gif(), "image/gif", "gif"),
    (isobmff(b"avif", [box(b"meta")]), "image/avif", "avif"), (isobmff(b"heic", [box(b"meta")]), "image/heic", "heif"),
    (box(b"ftyp", b"mif1\x00\x00\x00\x00mif1avif"), "image/avif", "avif"), (isobmff(b"mif1"), "image/heif", "heif"),
    (b"II*\x00\x08\x00\x00\x00", "image/tiff", "tiff"), (b"MM\x00*\x00\x00\x00\x08", "image/tiff", "tiff"),
    (PSD, "image/vnd.adobe.photoshop", "psd"), (b"\xff\x0a\xfa\x7f", "image/jxl", "jxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl", "jxl"), (BMP, "image/bmp", "bmp"),
    (isobmff(), "video/mp4", "mp4"), (isobmff(b"qt  "), "video/quicktime", "mov"), (isobmff(b"M4A "), "audio/mp4", "m4a"),
    (box(b"moov", bytes(8)), "video/quicktime", "mov"), (WEBM, "video/webm", "webm"), (MKV, "video/x-matroska", "mkv"),
    (b"fLaC\x00\x00\x00\x22", "audio/flac", "flac"), (b"ID3\x04\x00\x00", "audio/mpeg", "mp3"), (b"\xff\xfb\x90\x64", "audio/mpeg", "mp3"),
    (b"OggS\x00\x02", "audio/ogg", "ogg"), (b"RIFF\x04\x00\x00\x00WAVE", "audio/vnd.wave", "wav"),
    (b"RIFF\x04\x00\x00\x00AVI ", "video/vnd.avi", "avi"),
    (SAFETENSORS, "application/x-safetensors", "safetensors"), (krita(b"application/x-krita"), "application/x-krita", "kra"),
    (krita(b"image/openraster"), "image/openraster", "ora"), (krita(b"text/plain"), "application/zip", "zip"),
    (b"%PDF-1.7\n", "application/pdf", "pdf"), (b'<?xml version="1.0"?>\n<svg xmlns="x">', "image/svg+xml", "svg"),
    (b' {"nodes": []}', "application/json", "json"), (b"[1, 2]", "application/json", "json"),
    (b"{red|blue} cat, masterpiece", "text/plain", "text"), ("一只猫\nSteps: 20".encode(), "text/plain", "text"),
    (b"<html><svg ></svg></html>", "text/plain", "text"), ("\ufeffwords".encode("utf-16-le"), "text/plain", "text"),
    (b"\x00\x01\x02\x03 binary", "application/octet-stream", "unknown"),
    (b"\xff\xfe\xfd\xfc", "text/plain", "text"), (b"", "inode/x-empty", "empty"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "media_type", "container"), KINDS, ids=[f"{kind}-{n}" for n, (_, _, kind) in enumerate(KINDS)])
def test_media_type_by_content(data: bytes, media_type: str, container: str) -> None:
    found = open_container(data, size=len(data))
    assert (found.media_type, found.container) == (media_type, container)
    assert sniff(data[:4096]) == (media_type, container)
    assert not any(warning.startswith("failed") for warning in found.warnings)


def test_text_that_is_cut_inside_a_character_is_text() -> None:
    assert sniff(("猫" * 3000).encode()) == ("text/plain", "text")


def test_sizes_that_stand_in_the_header() -> None:
    for data, size in ((gif((7, 9)), (7, 9)), (BMP, (3, 2)), (PSD, (30, 20))):
        found = open_container(data, size=len(data))
        assert (found.width, found.height) == size


def mark(data: bytes) -> bool | None:
    return end_mark(data[:4096], data[-65_536:], len(data))


@pytest.mark.parametrize("data", [
    png(seed=1), png(size=(300, 300), seed=2, level=0), png({"parameters": "x" * 5000}), jpeg("猫" * 4000),
    jpeg(size=(600, 600), seed=3),
    webp(size=(64, 64), seed=4), gif(), gif((3, 3), "comment"), isobmff(),
    isobmff(b"avif", [box(b"meta", bytes(9)), box(b"mdat", bytes(9))]),
    krita(b"application/x-krita"), b"%PDF-1.7\n" + b"x" * 3000 + b"%%EOF\n", b"RIFF\x0c\x00\x00\x00WAVEdata\x00\x00\x00\x00",
], ids=["png", "png-large", "png-text", "jpeg", "jpeg-large", "webp",
        "gif", "gif-comment", "mp4", "avif", "kra", "pdf", "wav"])  # fmt: skip
def test_complete_files_have_their_end_mark_and_cut_ones_do_not(data: bytes) -> None:
    assert mark(data) is True
    for length in {*range(64, len(data), max(1, len(data) // 150)), len(data) - 1, len(data) - 2}:
        if 0 < length < len(data) and not (data.startswith(b"%PDF") and length >= len(data) - 1):
            assert mark(data[:length]) is not True, length


def test_text_behind_the_end_of_a_png_that_is_still_being_written() -> None:
    from support.imagefiles import text_chunk

    late = text_chunk("tEXt", "workflow", "{}" * 300)
    data = png(after_iend=late)
    assert mark(data) is True and mark(data[:-20]) is False
    assert mark(png(after_iend=b"other bytes")) is True


def test_a_thumbnails_end_is_no_end_mark() -> None:
    from support.imagefiles import exif_block

    data = jpeg(exif=exif_block({"Make": "m"}) + jpeg(size=(8, 8)), size=(400, 400), seed=5)
    assert mark(data) is True and mark(data[: len(data) // 2]) is False
    assert mark(data + b"trailer") is True


def test_formats_without_a_known_end_mark() -> None:
    for data in (WEBM, SAFETENSORS, b"plain words", b"", b"\x00\x01", b"fLaC\x00\x00\x00\x22"):
        assert mark(data) is None


def test_lengths_that_a_writer_fills_in_last_are_not_believed() -> None:
    assert mark(b"RIFF\x00\x00\x00\x00WAVE" + bytes(50)) is None
    assert mark(b"RIFF\xff\xff\xff\xffWAVE" + bytes(50)) is None
    assert mark(isobmff(b"isom", [b"\x00\x00\x00\x00mdat" + bytes(50)])) is None
    assert mark(isobmff(b"isom", [box(b"mdat", bytes(50))])) is False  # no moov yet


def test_boxes_whose_middle_is_not_at_hand() -> None:
    late_moov = isobmff(b"isom", [box(b"mdat", bytes(300_000)), box(b"moov", bytes(100))])
    assert mark(late_moov) is True and mark(late_moov[:-10]) is False
    large_moov = isobmff(b"isom", [box(b"mdat", bytes(300_000)), box(b"moov", bytes(100_000)), box(b"free", bytes(10))])
    assert mark(large_moov) is None


def test_json_words_of_every_warning_exist_in_both_languages() -> None:
    import re
    from pathlib import Path

    import provenance.carriers
    from provenance import words

    folder = Path(provenance.carriers.__file__).parent
    sources = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    codes = set(re.findall(r'warn\(f?"([a-z0-9.-]+)(?=[ "])', sources))
    codes |= {"png.inflate-capped", "png.inflate-broken", "partial", "failed", "too-many-texts", "too-many-warnings"}
    assert len(codes) > 30
    for code in sorted(codes):
        assert words.known(f"carriers.{code}"), code
        assert words.say(f"carriers.{code}", "zh", place="x") != words.say(f"carriers.{code}", "en", place="x")
