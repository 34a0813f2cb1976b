"""Real files: every carrier that the corpus names is found, and nothing crashes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provenance.carriers import end_mark, open_container

SPELLED = {"COM:COM": "COM", "gifcomment:comment": "GIF:comment"}
STILLS = {kind: kind for kind in ("png", "jpeg", "webp", "gif", "tiff", "psd", "svg", "jxl")} | {"xmp sidecar": "xmp"}
MARKED = ("png", "jpeg", "webp", "gif")  # formats with an end mark that is known here
REMARKS = {
    "png.crc", "png.after-iend", "png.inflate-capped", "png.trailing", "png.not-c2pa", "webp.padding", "webp.riff-length", "exif.prefix",
    "exif.count", "exif.uncovered", "exif.overlap", "exif.offset", "exif.cut", "exif.header", "jxl.brotli", "tiff.too-many-directories",
}  # fmt: skip
"""What real writers are known to do wrong. Anything else on a real file is a misreading of ours, until it is looked at."""
OTHERS = ("c2pa.", "stealth.")  # what hides in pixels and what manifests hold have tests of their own


def named(carriers: list[str]) -> set[str]:
    return {SPELLED.get(name := carrier.removesuffix("(after IDAT)"), name) for carrier in carriers}


def stills(corpus: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))["files"]:
        if entry["container"] in STILLS:
            yield entry, (corpus / entry["path"]).read_bytes()


def test_every_listed_carrier_is_found(corpus: Path) -> None:
    missing, checked = {}, 0
    for entry, data in stills(corpus):
        found = open_container(data, size=len(data))
        checked += 1
        assert found.container == STILLS[entry["container"]], entry["path"]
        assert found.complete is True or entry["container"] not in MARKED, entry["path"]
        if entry.get("pixels"):
            assert [found.width, found.height] == entry["pixels"], entry["path"]
        if lost := named(entry["carriers"]) - {c.name for c in found.carriers}:
            missing[entry["path"]] = lost
    assert missing == {} and checked > 200


def test_no_file_of_any_kind_fails_and_stills_have_no_unknown_remark(corpus: Path) -> None:
    remarks: dict[str, tuple[str, ...]] = {}
    for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))["files"]:
        data = (corpus / entry["path"]).read_bytes()
        warnings = open_container(data, size=len(data)).warnings
        assert not any(w.startswith("failed") for w in warnings), (entry["path"], warnings)
        if entry["container"] in STILLS and (odd := tuple(w for w in warnings if w.split()[0] not in REMARKS and not w.startswith(OTHERS))):
            remarks[entry["path"]] = odd
    assert remarks == {}


def test_xmp_properties_stand_beside_every_packet_that_is_xml(corpus: Path) -> None:
    packets = 0
    for entry, data in stills(corpus):
        found = open_container(data, size=len(data))
        names = [c.name for c in found.carriers]
        if "xmp" in names and "xmp.broken" not in found.warnings:
            packets += 1
            assert any(c.derived and c.name.startswith("xmp:") for c in found.carriers), entry["path"]
    assert packets > 10


def test_cut_files_have_no_end_mark_and_keep_their_early_texts(corpus: Path) -> None:
    for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))["files"]:
        if entry["container"] not in ("png", "jpeg", "webp"):
            continue
        data = (corpus / entry["path"]).read_bytes()
        if entry["container"] == "jpeg" and not data.endswith(b"\xff\xd9"):
            continue  # bytes follow the end of the picture: a cut among them leaves it complete
        for part in (0.3, 0.66, 0.97):
            cut = data[: int(len(data) * part)]
            assert end_mark(cut[:4096], cut[-65_536:], len(cut)) is not True, (entry["path"], part)
            open_container(cut, size=len(cut))
