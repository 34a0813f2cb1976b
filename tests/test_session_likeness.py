"""The recorded ComfyUI session: every retouch, export, in-place edit and mask-editor file is linked to its source by pixels, and nothing
else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.pictured import Pictured

from provenance.clock import Clock

BY_NAMES = "clipspace-paint-"  # the strokes alone: even colours have no texture that could agree; names tell this edge


@pytest.fixture
def pictured(tmp_path: Path, clock: Clock) -> Iterator[Pictured]:
    found = Pictured(tmp_path / "home", clock)
    yield found
    found.close()


def test_what_lost_its_metadata_is_linked_to_its_source(session: Path, pictured: Pictured) -> None:
    truth = json.loads((session / "truth.json").read_text(encoding="utf-8"))
    standing: dict[str, str] = {}
    replaced: dict[str, str] = {}
    for step in json.loads((session / "timeline.json").read_text(encoding="utf-8"))["steps"]:
        if step["op"] == "rename":
            standing[step["path"]] = standing.get(step["from"], "")
        elif step["op"] in ("write", "overwrite", "copy") and step["path"].lower().endswith((".png", ".webp", ".tmp", ".jpg")):
            sha, was = step["sha256"], standing.get(step["path"])
            standing[step["path"]] = sha
            if sha not in pictured.known:
                pictured.record(step["path"], next(session.glob(f"versions/{sha}*")).read_bytes(), was)
                replaced |= {sha: was} if was else {}
    edges = [(e["relation"], e["parent"]["sha256"], e["child"]["sha256"], e["parent"]["path"]) for e in truth["edges"]]
    named = {child for relation, _, child, _ in edges if relation in ("input", "mask")}  # their own metadata names what they came from
    wanted = {
        (parent, child) for relation, parent, child, path in edges
        if relation in ("retouch_save_as", "export", "edit_in_place", "mask_editor") and BY_NAMES not in path
    }  # fmt: skip
    finder = pictured.finder()
    found = {
        (one["parent"], child): one["how"]
        for child in pictured.known if child not in named
        for one in finder.find(child, [replaced[child]] if child in replaced else [])
    }  # fmt: skip
    finder.close()
    assert set(found) == wanted
    assert set(found.values()) == {"looks alike"}
