"""`prov terms`: recorded, asked for, told of a picture, and handed over with it and with no other."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening
from support.prov import Near

from provenance import canon, facts

PAGE = b"<!doctype html><html><head><title>Terms of Service</title></head><body>Effective date: May 27, 2026. <script>x()</script></body>"


def drawn(evening: Evening, name: str, generator: str, salt: str) -> None:
    """A file of a service; its pixels play no part."""
    evening.say(facts.FileCaptured(
        sha256=salt * 64, size=1, media_type="image/png", container="png", parsed="read", mtime="2026-11-22T20:00:00.000000Z",
        seen_at="2026-11-22T20:00:00.000000Z", path=canon.path(f"/out/{name}"), generator=generator,
    ))  # fmt: skip


@pytest.fixture
def near(tmp_path: Path) -> Near:
    with Evening(tmp_path) as evening:
        evening.at(0).webui("a.png", "a lighthouse", "Steps: 20, Seed: 1, Model: sdxl", salt=1)
        drawn(evening.at(60), "mj.png", "Midjourney", "b")
        (first,) = [v["sha256"] for v in evening.house.views.ask("SELECT sha256 FROM versions WHERE name = 'a.png'")]
        evening.say(facts.ModelSeen(
            sha256="c" * 64, size=1, autov2="c" * 10, mtime="2026-01-01T00:00:00.000000Z", model_kind="checkpoint", name="sdxl",
            header={"modelspec.license": "CreativeML Open RAIL++-M License"},
        ))  # fmt: skip
        bindings = [{"name": "sdxl", "kind": "checkpoint", "how": "by name", "sha256": "c" * 64, "seen": 3},
                    {"name": "mine", "kind": "lora", "how": "not found", "sha256": None}]  # fmt: skip
        evening.say(facts.ModelsBound(of=1, sha256=first, found=1, missing=1, bindings=tuple(bindings)))
    (tmp_path / "saved.html").write_bytes(PAGE)
    return Near(tmp_path / "home")


def of(near: Near, ref: str) -> list[dict[str, Any]]:
    return near.lines("terms", "of", ref, "--json")


def test_a_local_picture_with_a_named_licence_and_one_without(near: Near) -> None:
    program, licensed, bare = of(near, "#1")
    assert program["marks"] == ["local"] and program["documents"] == []
    assert licensed["named"] == "CreativeML Open RAIL++-M License" and licensed["profile"] == "openrail-pp-m"
    assert licensed["entries"] == [3, 4]
    assert licensed["documents"][0]["version"]["source"].startswith("https://") and licensed["on"] == "2026-11-22"
    assert bare["model"] == "mine" and bare["named"] is None and bare["documents"] == []
    said = near.ok("terms", "of", "#1")
    assert "the file names no service" in said and "no licence is named" in said and "Use restrictions" in said
    assert "CreativeML" in near.ok("show", "#1")
    assert json.loads(near.ok("show", "#1", "--json"))["terms"][1] | {"sha256": licensed["sha256"]} == licensed


def test_terms_are_recorded_kept_and_stand_before_the_profile(near: Near, tmp_path: Path) -> None:
    (only,) = of(near, "#2")
    assert only["recorded"] is None and only["documents"][0]["version"]["dated"] == "2026-05-27"
    assert only["documents"][0]["marks"] == ["not-looked-since"]
    done = json.loads(near.ok("terms", "record", "Midjourney", "--file", str(tmp_path / "saved.html"), "--plan", "pro", "--accepted",
                              "2026-06-01", "--json"))  # fmt: skip
    assert [one["kind"] for one in done["entries"]] == ["terms.recorded/1", "terms.accepted/1"]
    assert done["title"] == "Terms of Service" and done["dates"][0]["date"] == "2026-05-27"
    rows = {row["kind"]: row for row in near.lines("log", "--json")}
    text, said = rows["terms.recorded/1"], rows["terms.accepted/1"]
    assert text["class"] == "IMPORTED" and said["class"] == "STATED" and said["open"]["sha256"] == text["open"]["kept"] == done["sha256"]
    assert said["sealed"] == {"platform": "midjourney", "plan": "pro", "accepted": "2026-06-01"}
    (only,) = of(near, "#2")
    assert only["recorded"]["plan"] == "pro" and only["recorded"]["title"] == "Terms of Service" and only["marks"] == []
    mine = [row for row in near.lines("terms", "list", "--json") if row["kind"] == "recorded"]
    assert len(mine) == 1 and mine[0]["stated"] == said["seq"]
    assert near.ok("terms", "list").count("Midjourney") == 1 and "plan pro" in near.ok("terms", "of", "#2")


def test_unfavourable_terms_are_printed_like_the_others(near: Near) -> None:
    said = near.ok("terms", "show", "豆包", "--on", "2026-08-01")
    assert "not for commercial use" in said and "None was found in the text." in said and "[uncertain]" in said
    assert "unknown" in near.ok("terms", "show", "doubao", "--on", "2020-01-01").lower()
    changes = {row["field"]: row for row in near.lines("terms", "diff", "midjourney", "2023-08-01", "2026-06-01", "--json")[0]["changes"]}
    assert "CC BY-NC" in changes["output"]["before"][0]["en"]
    (unknown,) = near.lines("terms", "diff", "midjourney", "2020-01-01", "2026-06-01", "--json")
    assert unknown["known"] is False and unknown["changes"] is None


def test_a_bundle_holds_the_terms_of_its_own_services_alone(near: Near, tmp_path: Path) -> None:
    text = str(tmp_path / "saved.html")
    sha = json.loads(near.ok("terms", "record", "midjourney", "--file", text, "--plan", "pro", "--json"))["sha256"]
    (tmp_path / "other.html").write_bytes(PAGE.replace(b"May", b"June"))
    near.ok("terms", "record", "openai", "--file", str(tmp_path / "other.html"), "--plan", "plus-of-mine")
    near.ok("export", "--no-pdf", "--no-film", "#2", "-o", str(tmp_path / "mj.zip"))
    with zipfile.ZipFile(tmp_path / "mj.zip") as bundle:
        files = {name.partition("/")[2]: bundle.read(name) for name in bundle.namelist()}
    assert PAGE in files.values() and not any(b"plus-of-mine" in data for data in files.values())
    page = files["exhibits/record.html"].decode()
    assert "Terms and licences on the pictures’ days" in page and "图片当日适用的条款与许可" in page
    assert "looked at 2026-08-22" in page and sha in page and "Midjourney/Terms%20of%20Service.md" in page
    near.ok("export", "--no-pdf", "--no-film", "#2", "-o", str(tmp_path / "held.zip"), "--withhold", "terms", "--withhold", "generator")
    with zipfile.ZipFile(tmp_path / "held.zip") as bundle:
        held = [bundle.read(name) for name in bundle.namelist()]
    assert PAGE not in held and not any(b"idjourney" in data for data in held)
    with zipfile.ZipFile(tmp_path / "held.zip") as bundle:
        page = next(bundle.read(name) for name in bundle.namelist() if name.endswith("exhibits/record.html")).decode()
    assert "what follows from them is not here" in page
    assert near.ok("verify", str(tmp_path / "mj.zip"))


def test_the_day_of_a_picture_that_was_found_later_is_what_its_file_says(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        evening.say(facts.FileImported(
            sha256="d" * 64, size=1, media_type="image/png", container="png", parsed="read", mtime="2023-08-01T10:00:00.000000Z",
            seen_at="2026-11-22T20:00:00.000000Z", path=canon.path("/out/old.png"), generator="Midjourney", found="import",
        ))  # fmt: skip
    near = Near(tmp_path / "home")
    (row,) = of(near, "#1")
    assert row["on"] == "2023-08-01" and row["basis"] == "file"
    assert "CC BY-NC 4.0" in row["documents"][0]["says"]["output"][0]["en"] and row["documents"][0]["says"]["opt_out"] == []
    assert "which anyone can set" in near.ok("terms", "of", "#1")
    near.ok("terms", "record", "midjourney", "--plan", "standard")
    (row,) = of(near, "#1")
    assert row["recorded"]["plan"] == "standard" and row["marks"] == ["saved-later"]
    near.ok("export", "--no-pdf", "--no-film", "#1", "-o", str(tmp_path / "old.zip"))
    with zipfile.ZipFile(tmp_path / "old.zip") as bundle:
        page = next(bundle.read(name) for name in bundle.namelist() if name.endswith("exhibits/record.html")).decode()
    assert "The person’s record begins after this day." in page and "file times from 2023-08-01" in page
