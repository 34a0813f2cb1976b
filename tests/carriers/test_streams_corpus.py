"""Real films, sound and boxes: every carrier that the corpus names is found, and nothing is told of sound files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provenance.carriers import open_container

CONTAINERS = ("mp4", "mov", "m4a", "avif", "heif", "webm", "mkv", "flac", "ogg", "mp3", "wav", "avi", "safetensors", "kra", "ora")
PLACES = {"ilst": "mp4", "udta": "mp4", "Info": "mkv"}
PICTURES = {"mp4:covr"}  # a cover is a picture, and no words
TOLD = {  # damaged on purpose, or cut by whoever made the sample
    "id3v23_compression_underflow.mp3": ("inflate-broken TIT2", "id3.garbage @13"),
    "Matroska.mkv": ("mkv.cut",),
}


def ours(name: str) -> str:
    """The index's name of a carrier as this project spells it."""
    place, _, key = name.partition(":")
    if place == "Info":
        return f"mkv:Info.{key}"
    return f"{PLACES[place]}:{key}" if place in PLACES else name


def same(found: set[str], wanted: str) -> bool:
    return wanted in found or (wanted == "mp4:----" and any(name.startswith("mp4:----:") for name in found))


def test_every_listed_carrier_is_found(corpus: Path) -> None:
    checked = 0
    for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))["files"]:
        data = (corpus / entry["path"]).read_bytes()
        found = open_container(data, size=len(data))
        if found.container not in CONTAINERS:
            continue
        checked += 1
        names = {carrier.name for carrier in found.carriers}
        missing = [name for name in map(ours, entry["carriers"]) if name not in PICTURES and not same(names, name)]
        assert missing == [], (entry["path"], missing)
        assert found.warnings == TOLD.get(Path(entry["path"]).name, ()), entry["path"]
    assert checked >= 12


@pytest.mark.parametrize(("name", "carrier"), [
    ("synthetic/vhs_double_string.mp4", "mp4:prompt"), ("synthetic/vhs_old_comment.mp4", "mp4:©cmt"), ("synthetic/vhs.webm", "mkv:PROMPT"),
    ("synthetic/tc260_simpletag.webm", "mkv:AIGC"),
])  # fmt: skip
def test_texts_of_generators_in_films(corpus: Path, name: str, carrier: str) -> None:
    data = (corpus / name).read_bytes()
    found = {item.name: item.text or "" for item in open_container(data, size=len(data)).carriers}
    assert found[carrier].startswith(("{", '"'))
