"""Hostile and damaged files through every walker and every reader: an answer, never a traceback, within memory."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import ROOT, shared
from support.hostilefiles import CASES, boxes, deep, jumbf, keys, read_apart, riff, segment
from support.imagefiles import IEND, PNG_MAGIC, chunk, exif_block, text_chunk

from provenance.capture.intake import claims, file_fields, texts_of  # noqa: F401 - the ledger's side must bear it too
from provenance.carriers import open_container
from provenance.cli.read_shown import printed, sections
from provenance.readers import attempt
from provenance.readers.show import as_record

sys.path.insert(0, str(ROOT / "scripts"))

from fuzz_readers import damaged

GROWTH = 190.0  # MB above a bare process, which takes about 60: under 256 in all
KEYS = st.sampled_from([*keys(), "Software", "Comment", "XML:com.adobe.xmp", "Raw profile type exif", ""])
MARKS = st.sampled_from([
    '{"', '":',
    '{"nodes":[', '"class_type":"KSampler"', '"inputs":{', "[", "]", "{", "}", ",", '"', "\\", "\\u0000", "null", "NaN", "1e999",
    "Steps: 20, ", "Negative prompt: ", "\n", "Seed: ", "<lora:a:", ":", ">", "(", ")", "--ar ", "::", "sui_image_params", "v4_prompt",
    '"caption"',
    "invokeai", "Fooocus", "urn:air:", "TC260", '"Label":"1"', "AIGC", "Civitai resources: [", "Hashes: {", "<x:xmpmeta", "<rdf:",
    "/>", "&#", ";", "\0", "\ufeff", "\U0001f680", "猫", "9" * 400, "-", ".", "=", "a" * 70,
])
WRITTEN = st.lists(MARKS, max_size=40).map("".join)
BODIES = st.one_of(WRITTEN.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=200))
PNGS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["tEXt", "zTXt", "iTXt", "comf"]), KEYS, BODIES).map(lambda row: text_chunk(row[0], row[1], row[2])),
        st.tuples(st.sampled_from([b"eXIf", b"caBX", b"AIGC", b"IDAT", b"IHDR", b"iCCP", b"fdAT"]), BODIES).map(lambda row: chunk(*row)),
        st.tuples(BODIES, st.sampled_from(["MM", "II"])).map(
            lambda row: chunk(b"eXIf", exif_block({"Make": row[0], "Model": row[0]}, {"UserComment": row[0]}, order=row[1]))
        ),
    ),
    max_size=6,
).map(lambda parts: PNG_MAGIC + b"".join(parts) + IEND)
JPEGS = st.lists(
    st.tuples(
        st.sampled_from([0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xFE]),
        st.sampled_from([
            b"", b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0", b"JP\0\1", b"Photoshop 3.0\0",
        ]),
        BODIES,
    ).map(lambda row: segment(row[0], row[1] + row[2])),
    max_size=6,
).map(lambda parts: b"\xff\xd8" + b"".join(parts) + b"\xff\xda\0\2\xff\xd9")
_LEAVES = [b"ilst", b"keys", b"data", b"\xa9cmt", b"----", b"uuid", b"iloc", b"iinf", b"idat", b"hdlr", b"tkhd"]
BOXES = st.recursive(
    st.tuples(st.sampled_from(_LEAVES), BODIES),
    lambda inner: st.tuples(st.sampled_from([b"moov", b"udta", b"meta", b"ilst", b"trak"]), st.lists(inner, max_size=3)),
    max_leaves=8,
)
HEADS = st.sampled_from([
    b"", b"\0\0\0\x14ftypisom\0\0\0\0isom", b"\0\0\0\x14ftypavif\0\0\0\0avif", b"\x1a\x45\xdf\xa3\x84\x42\x82\x81w", b"fLaC", b"OggS\0\2",
    b"ID3\x04\0\0\0\0\7\x7f", b"GIF89a\1\0\1\0\0\0\0", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"8BPS\0\1", b"PK\3\4", b"<svg><metadata>",
    b"RIFF\xff\0\0\0WEBP", b"RIFF\xff\0\0\0WAVELIST", b"\0\0\0\x0cJXL \r\n\x87\n",
])


def boxed(item: tuple[bytes, object]) -> bytes:
    kind, inside = item
    body = inside if isinstance(inside, bytes) else b"".join(boxed(part) for part in inside)  # type: ignore[attr-defined]
    return (len(body) + 8).to_bytes(4, "big") + kind + body


FILES = st.one_of(PNGS, JPEGS, BOXES.map(lambda item: boxes(0) + boxed(item)), st.tuples(HEADS, BODIES, BODIES).map(b"".join),
                  st.lists(st.tuples(st.sampled_from([b"XMP ", b"EXIF", b"C2PA", b"VP8X", b"ALPH"]), BODIES), max_size=4)
                  .map(lambda parts: riff(b"WEBP", *parts)))  # fmt: skip


def through(data: bytes, name: str = "x.png") -> list[str]:
    """Everything that `prov read` does to bytes; the failures that were caught on the way."""
    container = open_container(data, size=len(data))
    reading, failed = attempt(texts_of(container), name)
    found = as_record(reading, container.container, name)
    json.dumps(found)
    for _, rows in sections(found, "en", everything=True):
        list(printed(rows, "en", True))
    if reading is not None:
        claims(reading)
    return [code for code in (*container.warnings, *failed) if code.startswith("failed ")]


@given(data=FILES)
@settings(deadline=None, max_examples=400)
def test_made_up_files_of_every_kind(data: bytes) -> None:
    assert through(data) == []


@given(data=FILES, cut=st.integers(0, 2_000), at=st.integers(0, 2_000), byte=st.integers(0, 255))
@settings(deadline=None, max_examples=200)
def test_made_up_files_cut_and_flipped(data: bytes, cut: int, at: int, byte: int) -> None:
    hurt = bytearray(data[: len(data) - cut] if cut < len(data) else data)
    if at < len(hurt):
        hurt[at] = byte
    assert through(bytes(hurt)) == []


@pytest.mark.parametrize("key", list(keys()))
def test_json_five_hundred_deep_under_every_key(key: str) -> None:
    assert through(deep(key)) == []


@pytest.mark.parametrize("kind", [b"moov", b"udta", b"meta", b"ilst", b"uuid", b"trak"])
def test_a_thousand_boxes_in_each_other(kind: bytes) -> None:
    for file_type in (b"isom", b"avif", b"qt  ", b"heic"):
        assert through(boxes(1_000, kind, file_type=file_type)) == []
    assert through(jumbf(1_000)) == []


@pytest.mark.slow
def test_damaged_copies_of_real_files() -> None:
    """A thousand copies with flipped bytes, cut ends, moved pieces and lying lengths; the same ones every time."""
    where = shared("PROV_CORPUS", "corpus")
    small = sorted(path for path in where.rglob("*") if path.is_file() and path.stat().st_size < 150_000 and path.suffix != ".json")
    chance = random.Random(20261122)
    broken = {}
    for _ in range(1_000):
        path = chance.choice(small)
        data = damaged(path.read_bytes(), chance)
        for code in through(data, path.name):
            broken[code] = path.name
    assert len(small) > 100 and broken == {}


SOME = [
    *(name for name in CASES if not name.startswith(("45 MB", "XMP of a million"))),
    *(f"45 MB of {name} as XMP" for name in ("commas", "markup", "attributes")),
    *(f"45 MB of {name} under parameters" for name in ("commas", "backslashes", "keys")),
    *(f"45 MB of {name} after an infotext under parameters" for name in ("commas", "brackets", "networks", "steps", "hashes")),
    *(f"45 MB of {name} in a JSON list under workflow" for name in ("commas", "brackets", "backslashes", "keys")),
    *(f"45 MB of {name} in a graph under prompt" for name in ("commas", "brackets", "backslashes")),
]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="LOUD: no fork here, hostile files were NOT read apart")
@pytest.mark.parametrize("name", SOME)
def test_hostile_files_are_read_within_bounds(name: str, tmp_path: Path) -> None:
    """In a process of its own, ended if it hangs. All cases, and what they cost: scripts/fuzz_readers.py."""
    assert name in CASES, "a case was renamed"
    cost = read_apart(CASES[name], "--json", cpu_limit=40)
    assert cost.exit_code == 0, cost
    assert "Traceback" not in cost.said and cost.answered > 100
    assert cost.peak_mb < GROWTH, cost
