"""A real ComfyUI sitting, played into watched folders: every version, every reading, every model, each once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.prov import Prov
from support.truth import told
from support.truth import wanted as wanted_edges

from provenance.views import family
from provenance.views.store import Views

BEHIND = (
    "file.described/2", "file.undescribed/1", "likeness.found/1", "project.described/1", "drawing.measured/1", "edit.mapped/1",
)
FILES = ("file.captured/1", "file.changed/1", "file.imported/1")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, session: Path) -> tuple[Path, list[dict[str, Any]], Prov]:
    """The sitting played four times as fast while `prov start` records; the log afterwards."""
    folder = tmp_path_factory.mktemp("sitting")
    base = folder / "base"
    for name in ("output", "input", "temp"):
        (base / name).mkdir(parents=True)
    prov = Prov(folder / "home")
    prov.ok("init", str(base / "output"), str(base / "input"), str(base / "temp"))
    prov.ok("start")
    try:
        done = subprocess.run(
            [sys.executable, str(session / "replay.py"), str(base), "--speed", "4"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:]
    finally:
        prov.ok("stop")
    return base, prov.lines("log", "--json"), prov


@pytest.fixture(scope="module")
def truth(session: Path) -> dict[str, Any]:
    return json.loads((session / "truth.json").read_text(encoding="utf-8"))


def relative(base: Path, path: str) -> str:
    return Path(path).relative_to(base).as_posix()


def steps(session: Path) -> list[dict[str, Any]]:
    return json.loads((session / "timeline.json").read_text(encoding="utf-8"))["steps"]


@pytest.mark.slow
def test_every_version_of_every_file_is_recorded_once(played: Any, session: Path) -> None:
    base, log, _ = played
    seen = Counter((relative(base, e["sealed"]["path"]), e["open"]["sha256"]) for e in log if e["kind"] in FILES)
    renamed = {(relative(base, e["sealed"]["path"]), e["open"]["sha256"]) for e in log if e["kind"] == "file.renamed/1"}
    wanted = {
        (s["path"], s["sha256"])
        for s in steps(session)
        if s["op"] in ("write", "overwrite", "copy", "rename") and "sha256" in s and not s["path"].endswith(".tmp")
    }
    assert wanted - set(seen) - renamed == set()
    assert {sha for _, sha in seen} == {sha for _, sha in wanted}
    assert max(seen.values()) == 1 and not set(seen) & renamed


@pytest.mark.slow
def test_file_work_is_told_as_what_it_was(played: Any) -> None:
    base, log, _ = played
    where = {
        kind: [relative(base, e["sealed"]["path"]) for e in log if e["kind"] == kind]
        for kind in (*FILES, "file.renamed/1", "file.vanished/1")
    }
    assert "output/keepers/lighthouse_v5.png" in where["file.changed/1"], "the edit in place"
    assert "input/my sketch.png" in where["file.changed/1"], "the upload that overwrote"
    assert where["file.renamed/1"] == ["output/keepers/lighthouse_v5.png"], "the move"
    assert "output/ComfyUI_00020_.png" in where["file.vanished/1"], "the delete"
    copies = [e for e in log if e["kind"] == "file.captured/1" and "same_bytes_as" in e["open"]]
    assert len(copies) == 1, "the copy"
    twice = [e["open"]["sha256"] for e in log if e["kind"] in FILES and e["sealed"]["path"].endswith("ComfyUI_00020_.png")]
    assert len(set(twice)) == 2, "one name, two pictures"


@pytest.mark.slow
def test_readings_and_models_are_the_truth(played: Any, truth: dict[str, Any]) -> None:
    _, log, _ = played
    files = {e["open"]["sha256"]: e["sealed"] for e in log if e["kind"] in FILES}
    bound = {e["open"]["sha256"]: {b.get("sha256") for b in e["sealed"]["bindings"]} for e in log if e["kind"] == "models.bound/1"}
    checked = 0
    for prompt in truth["prompts"]:
        facts = prompt.get("facts") or {}
        for output in prompt.get("outputs", []):
            said = files[output["sha256"]]
            if facts.get("positive"):
                assert facts["positive"] in said["prompts"]
            if facts.get("seed") is not None:
                assert str(facts["seed"]) in said["seeds"]
            if facts.get("loras"):
                assert [(i["name"], float(i["weight"]), float(i["weight_te"])) for i in said["loras"]] == [
                    (i["name"], i["strength_model"], i["strength_clip"]) for i in facts["loras"]
                ]
            for model in prompt.get("models", []):
                assert model["sha256"] in bound[output["sha256"]], (prompt["n"], model["name"])
                checked += 1
    assert checked > 60


@pytest.mark.slow
def test_the_secret_is_nowhere_and_the_ledger_is_whole(played: Any) -> None:
    _, _, prov = played
    assert prov.run("verify").returncode == 0
    for path in prov.home.rglob("*"):
        if path.is_file():
            assert b"SECRET-MUST-NEVER-BE-RECORDED" not in path.read_bytes(), path


@pytest.mark.slow
def test_show_gives_reading_models_and_entries(played: Any, truth: dict[str, Any]) -> None:
    _, _, prov = played
    eleven = next(p for p in truth["prompts"] if p["n"] == 11)
    (shown,) = prov.lines("show", eleven["outputs"][0]["sha256"], "--json")
    assert shown["reading"]["prompts"] == [eleven["facts"]["positive"]]

    assert {m["sha256"] for m in shown["models"]} == {m["sha256"] for m in eleven["models"]}
    assert all(isinstance(n, int) for n in shown["entries"]) and len(shown["entries"]) >= 3


@pytest.mark.slow
def test_a_work_of_the_sitting_is_exported_and_verified(played: Any, truth: dict[str, Any], tmp_path: Path) -> None:
    _, _, prov = played
    last = next(p for p in truth["prompts"] if p["n"] == 36)["outputs"][0]["sha256"]
    first = tmp_path / "a.zip"
    prov.ok("export", last, "-o", str(first))
    assert prov.run("verify", str(first)).returncode == 0
    prov.ok("export", last, "-o", str(tmp_path / "b.zip"))
    assert first.read_bytes() == (tmp_path / "b.zip").read_bytes(), "same ledger, same arguments: same bytes"
    assert first.stat().st_size > 10_000


def _looked_for(prov: Prov) -> None:
    """Every picture described and searched for: a stop waits some seconds for it, and what is left is done after the next start."""
    count = -1
    while count != (count := len([e for e in prov.lines("log", "--json") if e["kind"] in BEHIND])):
        prov.ok("start")
        prov.ok("stop")
    prov.ok("show", "keeper_cover.jpg")  # which brings the views up to date


@pytest.mark.slow
def test_every_edge_of_the_truth_is_found_with_its_grade_and_none_is_false(played: Any, truth: dict[str, Any]) -> None:
    base, _, prov = played
    _looked_for(prov)
    views = Views(prov.home / "views.db")
    try:
        found, wanted = told(views, base), wanted_edges(truth)
        assert {edge: found.get(edge) for edge in wanted if not found.get(edge, set()) <= wanted[edge] or edge not in found} == {}
        assert set(found) - set(wanted) == set()
        for child in {edge[1] for edge in found}:  # and the same from the other end
            for edge in family.parents(views, child):
                assert edge in family.children(views, edge.parent).edges
    finally:
        views.close()


@pytest.mark.slow
def test_the_story_tells_each_prompt_that_wrote_and_its_file_work(played: Any, truth: dict[str, Any]) -> None:
    """What each changed is checked run by run in tests/report/test_steps_session.py."""
    _, log, prov = played
    told = [row for sitting in prov.lines("sittings", "--json") for row in prov.lines("log", "--sitting", sitting["sitting"], "--json")]
    imported = {e["open"]["sha256"] for e in log if e["kind"] == "file.imported/1"}
    wrote = [{o["sha256"] for o in p["outputs"] if o["written"]} for p in truth["prompts"] if any(o["written"] for o in p["outputs"])]
    runs = [frozenset(f["sha256"] for f in row["files"]) for row in told if row["type"] == "run"]
    assert sorted(map(sorted, runs)) == sorted(sorted(one) for one in wrote if not one & imported), "each once, with all its files"
    firsts = [min(e["seq"] for e in log if e["open"].get("sha256") in one) for one in runs]
    assert firsts == sorted(firsts), "in the order in which they were recorded: on a busy machine two of one second may change places"
    said = {(row["kind"], Path(row["sealed"]["path"]).name) for row in told if row["type"] == "entry" and "path" in row["sealed"]}
    assert {("file.renamed/1", "lighthouse_v5.png"), ("file.vanished/1", "ComfyUI_00020_.png")} <= said
    assert ("file.captured/1", "my sketch.png") in said
