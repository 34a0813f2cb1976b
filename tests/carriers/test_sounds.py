"""FLAC, Ogg, ID3 and RIFF sound (and AVI, which is RIFF)."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.filmfiles import store
from support.soundfiles import (
    FORMAT,
    SOUND,
    flac,
    frame,
    info_list,
    ogg,
    riff,
    synchsafe,
    tag,
    txxx,
)

from provenance.carriers import Container, open_container

GRAPH = '{"3": {"class_type": "KSampler", "text": "猫"}}'
LONG = "w" * 200_000
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def opened(content: bytes) -> Container:
    return open_container(content, size=len(content))


def texts(content: bytes) -> dict[str, str | None]:
    found = opened(content)
    assert found.warnings == (), found.warnings
    return {carrier.name: carrier.text for carrier in found.carriers}


def test_flac_comments_keep_their_case() -> None:
    found = texts(
        flac([("prompt", GRAPH), ("WORKFLOW", LONG), ("METADATA_BLOCK_PICTURE", "AAAA"), ("empty", "")], (6, bytes(900)), (1, bytes(50)))
    )
    assert found == {"vorbis:vendor": "test", "vorbis:prompt": GRAPH, "vorbis:WORKFLOW": LONG, "vorbis:empty": ""}


def test_flac_with_credentials_and_other_applications() -> None:
    found = opened(flac([], (2, b"c2pa" + store()), (2, b"riff\x00\x01"), (2, b"JSON" + b'{"a": 1}')))
    assert [(c.name, c.text) for c in found.carriers if c.name != "c2pa:claim"][:2] == [("c2pa", None), ("FLAC:JSON", '{"a": 1}')]


def test_flac_behind_an_id3_tag() -> None:
    found = opened(tag(txxx("prompt", "p")) + flac([("workflow", "w")]))
    assert (found.media_type, found.container) == ("audio/flac", "flac")
    assert {c.name: c.text for c in found.carriers} == {"TXXX:prompt": "p", "vorbis:vendor": "test", "vorbis:workflow": "w"}


@pytest.mark.parametrize("kind", ["vorbis", "opus", "flac", "speex", "theora"])
@pytest.mark.parametrize("most", [255, 3], ids=["full pages", "many pages"])
def test_ogg_comments_over_pages(kind: str, most: int) -> None:
    content = ogg(kind, [("prompt", GRAPH), ("workflow", LONG if most == 255 else "w" * 5_000)], most=most)
    found = texts(content)
    assert found["vorbis:prompt"] == GRAPH and len(found["vorbis:workflow"] or "") >= 5_000
    assert opened(content).media_type == ("video/ogg" if kind == "theora" else "audio/ogg")


@given(st.integers(0, 1_200), st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_ogg_packets_of_every_length_come_back(length: int, most: int) -> None:
    assert texts(ogg("opus", [("k", "v" * length), ("last", "x")], most=most)) == {
        "vorbis:vendor": "test",
        "vorbis:k": "v" * length,
        "vorbis:last": "x",
    }


def test_streams_side_by_side() -> None:
    from support.soundfiles import comments, pages

    one = pages([b"OpusHead" + bytes(11), b"OpusTags" + comments([("a", "1" * 900)])], 1, most=2)
    two = pages([b"\x80theora" + bytes(35), b"\x81theora" + comments([("b", "2" * 900)])], 2, most=2)
    mixed = one[:1] + two[:1] + [page for pair in zip(one[1:], two[1:], strict=True) for page in pair]
    found = texts(b"".join(mixed))
    assert found["vorbis:a"] == "1" * 900 and found["vorbis:b"] == "2" * 900


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
def test_user_texts_of_every_version_and_encoding(version: int, encoding: int) -> None:
    words = "caf\xe9 fox" if encoding == 0 else GRAPH
    assert texts(tag(txxx("prompt", words, encoding, version), version=version) + SOUND) == {"TXXX:prompt": words}


@pytest.mark.parametrize(("version", "flags"), [
    (3, 0x80), (3, 0x20), (3, 0xA0), (4, 0x40), (4, 0x01), (4, 0x02), (4, 0x03), (4, 0x09), (4, 0x0B), (4, 0x4B),
])  # fmt: skip
def test_frames_that_are_compressed_grouped_or_unsynchronised(version: int, flags: int) -> None:
    words = "ÿà ÿ\u0000 猫"
    found = texts(tag(txxx("prompt", words, 1, version, flags), txxx("k", "v", 3, version), version=version) + SOUND)
    assert found == {"TXXX:prompt": words, "TXXX:k": "v"}


@pytest.mark.parametrize("version", [2, 3])
def test_a_tag_that_is_unsynchronised_as_a_whole(version: int) -> None:
    assert texts(tag(txxx("prompt", "猫ÿþ", 1, version), version=version, flags=0x80)) == {"TXXX:prompt": "猫ÿþ"}


def test_extended_headers_footers_and_plain_sizes_in_2_4() -> None:
    older = tag(txxx("a", "1"), flags=0x40, extended=struct.pack(">IHI", 6, 0, 10))
    newer = tag(txxx("b", "2", 3, 4), version=4, flags=0x40, extended=synchsafe(6) + b"\x01\x00")
    ended = tag(txxx("c", "3", 3, 4), version=4, flags=0x10, padding=0)
    body = b"\x03d\x00" + b"long " * 60
    plain = tag(frame("TXXX", body, 4, plain=True), txxx("e", "5", 3, 4), version=4)
    assert texts(older + newer + ended + plain + SOUND) == {
        "TXXX:a": "1",
        "TXXX:b": "2",
        "TXXX:c": "3",
        "TXXX:d": "long " * 60,
        "TXXX:e": "5",
    }


def test_an_extended_header_that_is_announced_and_not_there() -> None:
    assert texts(tag(txxx("prompt", "p", 3, 4), version=4, flags=0x40) + SOUND) == {"TXXX:prompt": "p"}


def test_other_frames() -> None:
    content = tag(
        frame("TIT2", b"\x01" + "题".encode("utf-16")), frame("COMM", b"\x03eng\x00a comment"),
        frame("COMM", b"\x01eng" + "说".encode("utf-16") + b"\0\0" + "话".encode("utf-16")),
        frame("COMM", b"\x03XXXkey\x00value"), frame("USLT", b"\x00eng\x00la la"), frame("APIC", b"\x00image/png\x00\x03\x00\x89PNG"),
        frame("PRIV", b"XMP\x00" + XMP), frame("PRIV", b"WM/Other\x00\x01\x02"), frame("TPE1", b"\x03one\x00two"),
        frame("GEOB", b"\x00application/x-c2pa-manifest-store\x00c2pa\x00\x00" + store()),
        frame("GEOB", b"\x01application/json\x00" + "a.json".encode("utf-16") + b"\0\0\0\0" + b'{"b": 1}'), frame("TCON", b"\x00\xb5"),
    )  # fmt: skip
    found = {c.name: c.text for c in opened(content + SOUND).carriers if c.name != "c2pa:claim"}
    assert found["ID3:TIT2"] == "题" and found["COMM:comment"] == "a comment" and found["COMM:key"] == "value" and found["COMM:说"] == "话"
    assert found["USLT:lyrics"] == "la la" and found["xmp"] == XMP.decode() and found["ID3:TPE1"] == "one / two"
    assert found["GEOB:a.json"] == '{"b": 1}' and found["c2pa"] is None and found["ID3:TCON"] == "µ"
    assert not any("APIC" in name or "WM" in name for name in found)


def test_an_encrypted_frame_and_an_old_tag() -> None:
    found = opened(tag(frame("TXXX", b"\x01secret", flags=0x40)) + SOUND)
    assert found.carriers == () and found.warnings == ("id3.encrypted TXXX",)
    old = SOUND + b"TAG" + b"title".ljust(30, b"\0") + b"artist".ljust(30, b" ") + bytes(34) + b"seed 42".ljust(30, b"\0") + b"\x0c"
    assert texts(old) == {"ID3v1:title": "title", "ID3v1:artist": "artist", "ID3v1:comment": "seed 42"}
    assert texts(tag(txxx("prompt", "p")) + old) == {"TXXX:prompt": "p"}


@pytest.mark.parametrize("form", [b"RIFF", b"RF64"])
def test_wav_lists_tags_and_descriptions(form: bytes) -> None:
    sound = (b"data", bytes(101))
    large = [(b"ds64", struct.pack("<QQQI", 0, 101, 0, 0))] if form == b"RF64" else []
    bext = b"a description".ljust(256, b"\0") + b"prov".ljust(32, b"\0") + bytes(602 - 288) + b"A=PCM\r\n"
    chunks = [*large, FORMAT, (b"bext", bext), sound, info_list({"ICMT": GRAPH, "ISFT": "tool"}), (b"id3 ", tag(txxx("prompt", "p"))),
              (b"iXML", b"<BWFXML/>"), (b"_PMX", XMP), (b"C2PA", store())]  # fmt: skip
    content = riff(b"WAVE", chunks, form=form)
    if form == b"RF64":
        content = content.replace(b"data" + struct.pack("<I", 101), b"data\xff\xff\xff\xff")
    found = opened(content)
    assert found.warnings == ("c2pa.no-manifest",) and found.container == "wav"  # the store is empty, which is not the walker's affair
    named = {c.name: c.text for c in found.carriers if not c.name.startswith("c2pa:")}
    assert named == {
        "bext:Description": "a description", "bext:Originator": "prov", "bext:CodingHistory": "A=PCM",
        "INFO:ICMT": GRAPH, "INFO:ISFT": "tool",
        "TXXX:prompt": "p", "iXML": "<BWFXML/>", "xmp": XMP.decode(), "c2pa": None,
    }  # fmt: skip


def test_info_in_latin_1_and_a_forgotten_padding_byte() -> None:
    content = riff(b"WAVE", [FORMAT, (b"data", bytes(7)), info_list({"ICMT": "café"}, "latin-1")], padded=False)
    assert texts(content) == {"INFO:ICMT": "café"}


def test_avi() -> None:
    header = b"hdrl" + b"avih" + struct.pack("<I", 56) + bytes(32) + struct.pack("<II", 640, 480) + bytes(16)
    more = b"AVIX" + b"LIST" + struct.pack("<I", 8) + b"movi" + bytes(4)
    content = riff(
        b"AVI ",
        [
            (b"LIST", header),
            (b"LIST", b"movi" + bytes(300)),
            info_list({"ICMT": GRAPH, "AIGC": "{}"}),
            (b"RIFF", more),
            (b"idx1", bytes(16)),
        ],
    )
    assert texts(content) == {"INFO:ICMT": GRAPH, "INFO:AIGC": "{}"}
    found = opened(content)
    assert (found.container, found.media_type, found.width, found.height) == ("avi", "video/vnd.avi", 640, 480)


def test_bytes_that_are_no_manifest_are_told() -> None:
    found = opened(riff(b"WAVE", [FORMAT, (b"C2PA", b"c2pa c2pa jumb")]))
    assert found.carriers == () and found.warnings == ("not-c2pa C2PA",)
