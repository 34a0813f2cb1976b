"""Real files: every carrier that the corpus names is found, and nothing crashes."""

from __future__ import annotations

import json
from pathlib import Path

from provenance.carriers import end_mark, open_container

SPELLED = {"COM:COM": "COM"}


def named(carriers: list[str]) -> set[str]:
    return {SPELLED.get(name := carrier.removesuffix("(after IDAT)"), name) for carrier in carriers}


def test_every_listed_carrier_is_found(corpus: Path) -> None:
    missing, checked = {}, 0
    for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))["files"]:
        data = (corpus / entry["path"]).read_bytes()
        found = open_container(data, size=len(data))
        assert not any(w.startswith("failed") for w in found.warnings), (entry["path"], found.warnings)
        if entry["container"] not in ("png", "jpeg", "webp"):
            continue
        checked += 1
        assert found.container == entry["container"] and found.complete is True, entry["path"]
        if entry.get("pixels"):
            assert [found.width, found.height] == entry["pixels"], entry["path"]
        if lost := named(entry["carriers"]) - {c.name for c in found.carriers}:
            missing[entry["path"]] = lost
    assert missing == {} and checked > 200


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
