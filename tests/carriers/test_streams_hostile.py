"""Films, sound and archives that are damaged, or made to exhaust a reader."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.filmfiles import (
    C2PA_UUID,
    cluster,
    element,
    film,
    full,
    info,
    keyed,
    listed,
    manifest,
    matroska,
    said,
    simple,
    still,
    store,
    tags,
    tracks,
)
from support.filmfiles import data as value
from support.imagefiles import exif_block
from support.otherfiles import box
from support.soundfiles import FORMAT, SOUND, document, flac, frame, info_list, latent, ogg, riff, safetensors, synchsafe, tag, txxx

from provenance.carriers import Container, end_mark, open_container

SEEDS = {
    "mp4": film(keyed({"prompt": "猫", "workflow": "{}"}) + box(b"\xa9cmt", said(b"c")), after=manifest(store())),
    "m4a": film(listed({b"\xa9cmt": value("c"), b"tmpo": value(b"\x01", 21)}), brand=b"M4A "),
    "avif": still([(b"Exif", b"", bytes(4) + exif_block({"Make": "m"})), (b"mime", b"application/rdf+xml", b"<x/>")], version=2),
    "mkv": matroska(info(), tracks(), tags(simple("A", "b", simple("C", "d"))), cluster()),
    "flac": flac([("prompt", "猫"), ("k", "v")]),
    "ogg": ogg("opus", [("prompt", "猫"), ("k", "v" * 700)], most=2),
    "mp3": tag(txxx("prompt", "猫", 1), txxx("k", "v", 3, 3, 0xA0)) + tag(txxx("z", "y", 3, 4, 0x0B), version=4) + SOUND,
    "wav": riff(b"WAVE", [FORMAT, info_list({"ICMT": "猫"}), (b"bext", bytes(700)), (b"id3 ", tag(txxx("a", "b"))), (b"data", bytes(9))]),
    "avi": riff(b"AVI ", [(b"LIST", b"hdrlavih" + struct.pack("<I", 56) + bytes(56)), info_list({"ICMT": "c"})]),
    "latent": latent(prompt="{}", workflow='"'),
    "kra": document({"maindoc.xml": "<DOC><IMAGE width='1'/></DOC>", "a/annotations/x.json": "{}"}),
}  # fmt: skip


def checked(
    content: bytes, *, size: int | None = None, tail: bytes | None = None, fetch: Callable[[int, int], bytes] | None = None
) -> Container:
    found = open_container(content, size=len(content) if size is None else size, tail=tail, fetch=fetch)
    assert not any(w.startswith("failed") for w in found.warnings), found.warnings
    assert all(isinstance(c.raw, bytes) and (c.text is None or isinstance(c.text, str)) for c in found.carriers)
    assert len(found.warnings) <= 70
    end_mark(content[:4096], content[-65_536:], len(content) if size is None else size)
    return found


@pytest.mark.parametrize("name", SEEDS)
def test_cut_at_every_place(name: str) -> None:
    seed = SEEDS[name]
    for length in range(len(seed)):
        checked(seed[:length])


@pytest.mark.parametrize("name", SEEDS)
def test_every_byte_turned(name: str) -> None:
    seed = SEEDS[name]
    for at in range(len(seed)):
        for turned in (seed[at] ^ 0xFF, 0x00, 0xFF):
            checked(seed[:at] + bytes((turned,)) + seed[at + 1 :])


@given(st.sampled_from(sorted(SEEDS)), st.data())
@settings(deadline=None, max_examples=400)
def test_flipped_cut_and_spliced(name: str, data: st.DataObject) -> None:
    damaged = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at:at] = data.draw(st.binary(max_size=20))
    checked(bytes(damaged))


@given(st.sampled_from(sorted(SEEDS)), st.data())
@settings(deadline=None, max_examples=300)
def test_parts_of_files_that_claim_to_be_larger(name: str, data: st.DataObject) -> None:
    seed = SEEDS[name]
    cut, start = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))
    given_ = data.draw(st.binary(max_size=64))
    checked(seed[:cut], size=data.draw(st.integers(0, 1 << 40)), tail=data.draw(st.sampled_from([None, seed[start:]])),
            fetch=data.draw(st.sampled_from([None, lambda _, length: (given_ * 64)[:length]])))  # fmt: skip


def nested(kind: bytes, deep: int, core: bytes = b"") -> bytes:
    for _ in range(deep):
        core = box(kind, core)
    return core


def nested_tags(deep: int) -> bytes:
    inner = simple("X", "core")
    for _ in range(deep):
        inner = simple("X", None, inner)
    return tags(inner)


def many_extents() -> bytes:
    iloc = full(b"iloc", struct.pack(">HH", 0x4400, 400) + struct.pack(">HHH", 2, 0, 65_535) * 400)
    infe = full(b"infe", struct.pack(">HH", 2, 0) + b"Exif\x00", 2)
    return box(b"ftyp", b"avif" + bytes(4)) + full(b"meta", full(b"iinf", struct.pack(">H", 1) + infe) + iloc)


FLOODS = {
    "nested moov": lambda: box(b"ftyp", b"isom" + bytes(4)) + nested(b"moov", 1_000),
    "nested udta": lambda: box(b"ftyp", b"isom" + bytes(4)) + nested(b"udta", 20_000),
    "empty boxes": lambda: box(b"ftyp", b"isom" + bytes(4)) + box(b"free") * 1_000_000,
    "empty tracks": lambda: film(moov=box(b"trak") * 500_000),
    "items": lambda: film(listed({struct.pack(">I", n): value("x") for n in range(60_000)})),
    "data of one item": lambda: film(listed({b"\xa9cmt": value("x") * 300_000})),
    "keys": lambda: film(box(b"meta", full(b"hdlr", bytes(21)) + full(b"keys", bytes(4) + struct.pack(">I4s", 8, b"mdta") * 1_000_000))),
    "user texts": lambda: film(box(b"\xa9cmt", struct.pack(">HH", 0, 0) * 1_000_000)),
    "uuid": lambda: film(after=box(b"uuid", C2PA_UUID + bytes(60)) * 100_000),
    "manifests": lambda: film(after=manifest(store() + bytes(100_000)) * 300),
    "metas": lambda: box(b"ftyp", b"avif" + bytes(4))
    + full(b"meta", box(b"iinf", bytes(4) + b"\xff\xff" + box(b"infe", bytes(9)) * 400)) * 3_000,
    "extents": many_extents,
    "elements": lambda: matroska(info(), element(0xEC) * 700_000, tags(simple("A", "b"))),
    "live clusters": lambda: matroska(*[element(0x1F43B675, b"\xa3\x81\x00" * 10, unknown=True)] * 100_000, unknown=True),
    "unknown in unknown": lambda: element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, unknown=True) * 300_000,
    "clusters in clusters": lambda: matroska(element(0xA0, unknown=True) * 300_000, unknown=True),
    "nested tags": lambda: matroska(nested_tags(3_000)),
    "seeks": lambda: matroska(
        element(0x114D9B74, element(0x4DBB, element(0x53AB, b"\x12\x54\xc3\x67") + element(0x53AC, b"\x00")) * 100_000)
    ),
    "many tags": lambda: matroska(tags(*[simple("A", "b")] * 100_000)),
    "comments": lambda: flac([("a", "b")] * 500_000)[: 16 << 20],
    "flac blocks": lambda: b"fLaC" + b"\x01\x00\x00\x00" * 1_000_000,
    "pages": lambda: ogg("opus", [("a", "v" * 2_000_000)], most=1),
    "streams": lambda: b"".join(struct.pack("<4sBBqIIIB", b"OggS", 0, 2, 0, n, 0, 0, 0) for n in range(300_000)),
    "endless packet": lambda: struct.pack("<4sBBqIIIB", b"OggS", 0, 2, 0, 1, 0, 0, 0)
    + (struct.pack("<4sBBqIIIB", b"OggS", 0, 0, 0, 1, 0, 0, 255) + b"\xff" * 255 + bytes(65_025)) * 600,
    "frames": lambda: tag(txxx("a", "b") * 400_000),
    "tags of sound": lambda: tag(padding=0) * 1_000_000 + SOUND,
    "size lies": lambda: tag(frame("TXXX", b"\x03a\x00b", size=1 << 30), size=(1 << 28) - 1) + SOUND,
    "frame bombs": lambda: tag(*[txxx("a", "\x00" * 9_000_000, 3, 3, 0x80)] * 60),
    "chunks": lambda: riff(b"WAVE", [(b"JUNK", b"")] * 500_000),
    "lists": lambda: riff(b"AVI ", [(b"RIFF", b"AVIX")] * 500_000),
    "info": lambda: riff(b"WAVE", [info_list({"ICMT": "x"})] * 200_000),
    "tensors": lambda: safetensors(b"{" + b",".join(b'"t%d":{"shape":[]}' % n for n in range(800_000)) + b"}"),
    "metadata keys": lambda: safetensors(b'{"__metadata__":{' + b",".join(b'"%d":""' % n for n in range(900_000)) + b"}}"),
    "open string": lambda: safetensors(b'{"__metadata__":{"' + b"\\\\" * 10_000_000),
    "open braces": lambda: safetensors(b'{"t":' + b"{" * 20_000_000),
    "blanks": lambda: safetensors(b'{"t":{}' + b" " * 20_000_000),
    "entries": lambda: document({f"a/annotations/{n}": "x" for n in range(8_000)}),
    "image attributes": lambda: document({"maindoc.xml": "<IMAGE " * 1_000_000}),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOODS)
def test_floods_are_bounded(name: str) -> None:
    found = checked(FLOODS[name]())
    assert len(found.carriers) <= 2_100 and sum(len(c.raw) for c in found.carriers) <= 24 << 20


@pytest.mark.parametrize("name", ["manifests", "endless packet", "frame bombs", "size lies", "open string", "entries"])
def test_memory_is_bounded(name: str) -> None:
    content = FLOODS[name]()
    tracemalloc.start()
    try:
        checked(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 << 20


def test_a_thousand_boxes_deep_are_told_and_what_stands_beside_them_is_read() -> None:
    found = checked(film(keyed({"prompt": "p"})) + nested(b"moov", 1_000))
    assert [(c.name, c.text) for c in found.carriers] == [("mp4:prompt", "p")] and found.warnings == ("mp4.too-deep",)


def test_lies_about_sizes_are_told() -> None:
    long = film(keyed({"prompt": "p"})) + struct.pack(">I4s", 1 << 30, b"free")
    assert any(w.startswith("mp4.box-size free@") for w in checked(long).warnings)
    assert any(w.startswith("id3.cut") for w in checked(tag(txxx("a", "b"), size=99_999)).warnings)
    assert any(w.startswith("id3.frame-length TXXX") for w in checked(tag(frame("TXXX", b"\x03a\x00b", size=9_999))).warnings)
    assert any(w.startswith("riff.chunk-length") for w in checked(riff(b"WAVE", [FORMAT])[:-4]).warnings)
    assert any(
        w.startswith("vorbis.cut") for w in checked(flac([("a", "b")]).replace(b"\x03\x00\x00\x00a=b", b"\xff\xff\xff\x7fa=b")).warnings
    )
    assert checked(b"ID3" + bytes((3, 0, 0)) + synchsafe(0)).warnings == ()


def test_a_text_beyond_the_allowance_is_told_and_not_kept() -> None:
    found = checked(film(keyed({"workflow": "x" * (17 << 20), "prompt": "p"})))
    assert [c.name for c in found.carriers] == ["mp4:prompt"] and found.warnings == ("text-long mp4:workflow",)


def test_a_film_of_gigabytes_costs_a_few_reads(tmp_path: Path) -> None:
    from provenance.capture.collect import _fetch

    moov = film(keyed({"prompt": "猫", "workflow": "w" * 900_000}), moov=box(b"trak", box(b"mdia", bytes(6 << 20))), mdat=b"")[20:]
    path, media = tmp_path / "large.mp4", 3 << 30
    with path.open("wb") as file:
        file.write(box(b"ftyp", b"isom\x00\x00\x02\x00isom") + struct.pack(">I4sQ", 1, b"mdat", 16 + media))
        file.seek(media, 1)
        file.write(moov)
    asked: list[int] = []
    with path.open("rb") as file:
        size = path.stat().st_size
        head = file.read(4 << 20)
        file.seek(size - (4 << 20))
        tail = file.read()

        def fetch(offset: int, length: int) -> bytes:
            asked.append(length)
            return _fetch(file.fileno(), offset, length)

        found = open_container(head, size=size, tail=tail, fetch=fetch)
    assert {c.name: c.text for c in found.carriers} == {"mp4:prompt": "猫", "mp4:workflow": "w" * 900_000}
    assert (found.width, found.height) == (640, 480)
    assert len(asked) < 40 and sum(asked) < 2 << 20


def test_a_film_of_gigabytes_through_collect(tmp_path: Path) -> None:
    from provenance.capture.collect import collect

    path = tmp_path / "large.mkv"
    parts = [info(), tracks(), tags(simple("PROMPT", "猫")), cluster(3 << 20), cluster(3 << 20), cluster(3 << 20)]
    path.write_bytes(matroska(*parts, kind=b"matroska"))
    specimen, whole = collect(str(path), memory_cap=1 << 20)
    assert whole is None and ("mkv:PROMPT", "猫") in [(c.name, c.text) for c in specimen.container.carriers]
    late = tmp_path / "late.mkv"
    late.write_bytes(matroska(info(), *[cluster(3 << 20)] * 3, tags(simple("PROMPT", "p" * 100)), cluster(5 << 20)))
    specimen, _ = collect(str(late), memory_cap=1 << 20)
    assert ("mkv:PROMPT", "p" * 100) in [(c.name, c.text) for c in specimen.container.carriers]
