"""ISO base media: MP4, MOV, M4A, AVIF and HEIF, in the variants that writers have left."""

from __future__ import annotations

import struct

import pytest
from support.filmfiles import (
    STORE_TYPE,
    XMP_UUID,
    data,
    film,
    freeform,
    full,
    keyed,
    listed,
    manifest,
    said,
    still,
    store,
    track,
)
from support.imagefiles import comment_bytes, exif_block
from support.otherfiles import box

from provenance.carriers import Container, open_container

GRAPH = '{"3": {"class_type": "KSampler", "inputs": {"text": "猫"}}}'
PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="a tool"/></rdf:RDF></x:xmpmeta>'
)


def opened(content: bytes) -> Container:
    return open_container(content, size=len(content))


def texts(content: bytes) -> dict[str, str | None]:
    found = opened(content)
    assert found.warnings == (), found.warnings
    return {carrier.name: carrier.text for carrier in found.carriers}


def test_keys_as_ffmpeg_and_comfyui_write_them() -> None:
    content = film(keyed({"prompt": GRAPH, "workflow": "{}", "AIGC": '{"Label":"1"}', "com.apple.quicktime.artwork": "{}"}))
    assert texts(content) == {
        "mp4:prompt": GRAPH,
        "mp4:workflow": "{}",
        "mp4:AIGC": '{"Label":"1"}',
        "mp4:com.apple.quicktime.artwork": "{}",
    }
    found = opened(content)
    assert (found.media_type, found.container, found.complete) == ("video/mp4", "mp4", True)
    assert (found.width, found.height) == (640, 480)


@pytest.mark.parametrize("place", ["moov", "file", "trak"])
def test_a_meta_box_may_stand_elsewhere(place: str) -> None:
    meta = keyed({"prompt": GRAPH}, quicktime=place == "moov")
    inside = box(b"trak", box(b"udta", meta)) if place == "trak" else meta
    content = film(after=meta) if place == "file" else film(moov=inside, brand=b"qt  ")
    assert texts(content) == {"mp4:prompt": GRAPH}


def test_names_of_itunes_and_free_forms() -> None:
    content = film(
        listed({
            b"\xa9cmt": data(GRAPH), b"\xa9nam": data("标题"), b"desc": data("d"), b"cpil": data(b"\x01", 21),
            b"tmpo": data(b"\x00\x78", 0),
            b"covr": data(b"\x89PNG", 14), b"----": freeform("com.apple.iTunes", "prompt", "a fox"),
            b"wide": data("宽".encode("utf-16-be"), 2),
            b"flag": data(b"\xff\xfe", 21), b"real": data(struct.pack(">f", 0.5), 23), b"gues": data("words of no kind", 0),
        }),
        brand=b"M4A ",
    )  # fmt: skip
    assert texts(content) == {
        "mp4:©cmt": GRAPH, "mp4:©nam": "标题", "mp4:desc": "d", "mp4:cpil": "1", "mp4:tmpo": None,
        "mp4:----:com.apple.iTunes:prompt": "a fox", "mp4:wide": "宽", "mp4:flag": "-2", "mp4:real": "0.5", "mp4:gues": "words of no kind",
    }  # fmt: skip
    assert opened(content).container == "m4a"


@pytest.mark.parametrize(("body", "expected"), [
    (said(GRAPH.encode()), [GRAPH]),
    (said(b"one", 0) + said(b"zwei", 2), ["one", "zwei"]),
    (said("caf\u00e9".encode("mac_roman"), 0), ["café"]),
    (said("\ufeff猫".encode("utf-16-be")), ["猫"]),
    (said(b"padded") + bytes(4), ["padded"]),
    (b"plain words, no size", ["plain words, no size"]),
    (said(("x" * 70_000).encode()), ["x" * 70_000]),
], ids=["utf8", "two", "roman", "utf16", "padded", "plain", "size cut to 16 bits"])  # fmt: skip
def test_user_data_of_quicktime(body: bytes, expected: list[str]) -> None:
    found = opened(film(box(b"\xa9cmt", body) + bytes(4), brand=b"qt  "))
    assert [(c.name, c.text) for c in found.carriers] == [("mp4:©cmt", text) for text in expected]
    assert found.container == "mov" and found.warnings == ()


def test_user_data_of_phones_and_of_nobody() -> None:
    content = film(
        full(b"titl", struct.pack(">H", 0x55C4) + "题\0".encode())
        + full(b"dscp", struct.pack(">H", 0x55C4) + "\ufeff猫".encode("utf-16-be"))
        + box(b"AIGC", b'{"Label":"1"}') + box(b"Xyzw", b"\x00\x01\x02binary") + box(b"name", ("名" * 30).encode())
    )  # fmt: skip
    assert texts(content) == {"mp4:titl": "题", "mp4:dscp": "猫", "mp4:AIGC": '{"Label":"1"}', "mp4:name": "名" * 30}


def test_xmp_in_a_uuid_box_and_in_user_data() -> None:
    for content in (film(after=box(b"uuid", XMP_UUID + PACKET)), film(box(b"XMP_", PACKET))):
        found = texts(content)
        assert found["xmp"] == PACKET.decode() and found["xmp:xmp:CreatorTool"] == "a tool"


def test_content_credentials_of_a_film() -> None:
    found = opened(film(after=manifest(store()) + manifest(b"\xa1", b"merkle") + manifest(store(), b"update")))
    assert [c.raw for c in found.carriers if c.name == "c2pa"] == [store(), store()]
    for bad in (b"c2pa everywhere, but no box", store(b"other", b"\x00" * 16), store()[4:]):
        found = opened(film(after=manifest(bad)))
        assert not any(c.name == "c2pa" for c in found.carriers) and found.warnings[0].startswith("not-c2pa uuid@")
    assert STORE_TYPE in store() and opened(film(after=box(b"uuid", bytes(16) + store()))).carriers == ()


def test_sizes_of_64_bits_and_to_the_end_of_the_file() -> None:
    moov = film(keyed({"prompt": "p"}), mdat=b"")[20:]
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + bytes(50)
    open_ended = b"\x00\x00\x00\x00" + moov[4:]
    for content in (film(keyed({"prompt": "p"}), mdat=large), film()[:20] + open_ended):
        found = opened(content)
        assert [(c.name, c.text) for c in found.carriers] == [("mp4:prompt", "p")] and found.warnings == ()


def large(content: bytes) -> bytes:
    """A box with its size in 64 bits."""
    return struct.pack(">I4sQ", 1, content[4:8], len(content) + 8) + content[8:]


def test_metadata_with_sizes_of_64_bits() -> None:
    item = large(box(b"\xa9cmt", large(data("words"))))
    meta = large(full(b"meta", large(full(b"hdlr", bytes(4) + b"mdir" + bytes(13))) + large(box(b"ilst", item))))
    assert texts(box(b"ftyp", b"isom" + bytes(4)) + large(box(b"moov", large(box(b"udta", meta))))) == {"mp4:©cmt": "words"}


def test_a_film_in_fragments() -> None:
    fragment = box(b"moof", full(b"mfhd", bytes(4)) + box(b"traf", full(b"tfhd", bytes(4)))) + box(b"mdat", bytes(30))
    content = film(keyed({"prompt": "p"}), mdat=b"", after=fragment * 500)
    assert texts(content) == {"mp4:prompt": "p"}


def test_track_headers_of_version_1_and_a_film_without_pictures() -> None:
    found = opened(box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", track(0, 0) + track(1920, 1080, 1)))
    assert (found.width, found.height) == (1920, 1080)
    found = opened(box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", track(0, 0)))
    assert (found.width, found.height) == (None, None)


EXIF = exif_block({"Make": "m"}, {"UserComment": comment_bytes("猫 Steps: 20")})


@pytest.mark.parametrize("brand", [b"avif", b"heic"])
@pytest.mark.parametrize(("version", "method"), [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)])
@pytest.mark.parametrize("item_version", [2, 3])
def test_words_of_avif_and_heif(brand: bytes, version: int, method: int, item_version: int) -> None:
    items = [(b"Exif", b"", bytes(4) + EXIF), (b"mime", b"application/rdf+xml", PACKET), (b"mime", b"image/jpeg", b"\xff\xd8")]
    content = still(items, version=version, method=method, brand=brand, item_version=item_version)
    found = texts(content)
    assert found["exif:IFD0.Make"] == "m" and found["exif:Exif.UserComment"] == "猫 Steps: 20"
    assert found["xmp"] == PACKET.decode() and found["xmp:xmp:CreatorTool"] == "a tool"
    where = opened(content)
    assert (where.width, where.height, where.complete) == (320, 200, True)


def test_a_sequence_whose_tracks_stand_before_its_items() -> None:
    picture = still([(b"Exif", b"", bytes(4) + EXIF)], version=1, method=1, brand=b"avis")
    found = opened(picture[:24] + box(b"moov", track(10, 10)) + picture[24:])
    assert [c.text for c in found.carriers if c.name == "exif:IFD0.Make"] == ["m"] and (found.width, found.height) == (320, 200)


@pytest.mark.parametrize("prefix", [bytes(4), b"\x00\x00\x00\x06Exif\x00\x00", b"\x00\x00\x00\x00Exif\x00\x00", b"", b"\x00\x00\x00\x09"])
def test_the_offset_before_exif_is_not_always_right(prefix: bytes) -> None:
    assert texts(still([(b"Exif", b"", prefix + EXIF)]))["exif:IFD0.Make"] == "m"


def test_an_item_that_is_not_there_is_told() -> None:
    content = still([(b"Exif", b"", bytes(4) + EXIF)])
    found = opened(content[: -len(EXIF) // 2])
    assert any(w.startswith("heif.item Exif@2") for w in found.warnings)
    assert (found.width, found.height) == (320, 200)


def test_content_credentials_of_an_avif() -> None:
    found = opened(still([]) + manifest(store()))
    assert [c.raw for c in found.carriers if c.name == "c2pa"] == [store()]
