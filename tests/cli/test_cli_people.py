"""What people read: who says it, which file it is about, one line each; and a terminal's width is kept to."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.prov import Near

from provenance import facts, words
from provenance.cli import doctor, log, out, show
from provenance.views import family_edge
from provenance.views.family_edge import Edge
from provenance.views.family_places import Replaced


def found(**more: Any) -> dict[str, Any]:
    """A picture as `prov show` gathers it, with nothing but its first version and what is given."""
    version = {"seq": 4, "kind": facts.FileChanged.KIND, "at": "2026-11-22T03:30:57.000000Z", "size": 1, "media_type": "image/png",
               "path": "/out/b.png", "name": "b.png"}
    return {"sha256": "b" * 64, "versions": [version], "moves": [], "losses": [], "models": [], "decisions": [], "notes": [], "works": [],
            "conversations": [], "declared": [], "children": [], "project": None, "drawings": [], "edits": [], "overlays": [], "terms": [],
            "parents": [], "replaced": [], "used": [], "step": None, "reading": {"loras": []}} | more


def test_what_a_picture_came_from_stands_under_the_class_of_the_one_who_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROV_LANG", "zh")
    pair = ("a" * 64, "b" * 64)
    show.show(found(replaced=[Replaced(*pair, 4)], parents=[
        Edge(*pair, family_edge.ALIKE, "looks alike", (9,)), Edge(*pair, family_edge.NAMED, "image", (4,), "a.png"),
        Edge(*pair, family_edge.STATED, "by my own hand", (5,)),
    ]))
    said = capsys.readouterr().out
    observed, claimed, stated = said.index(facts.OBSERVED), said.index(facts.FILE_CLAIMED), said.index(facts.STATED)
    assert observed < said.index("外观相似") < said.index("以同名替换了") < claimed < said.index("文件载明的输入") < stated
    assert stated < said.index("by my own hand")


def test_a_line_is_cut_to_the_terminals_width_and_wide_characters_count_twice() -> None:
    assert out.cut("灯塔灯塔", 5) == "灯塔…" and out.width(out.cut("灯塔灯塔", 6)) <= 6
    assert out.cut("lighthouse", 10) == "lighthouse" and out.cut("lighthouse", 4) == "lig…"


def test_a_list_that_goes_through_a_pipe_is_whole(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    out.table([("a", "x" * 90)])
    assert "x" * 90 in capsys.readouterr().out


def test_a_folder_its_tool_has_not_made_yet_is_awaited_and_a_lost_disk_is_bad(tmp_path: Path) -> None:
    (tmp_path / "ComfyUI" / "comfy").mkdir(parents=True)
    (tmp_path / "ComfyUI" / "main.py").touch()
    (waits,) = doctor._root(str(tmp_path / "ComfyUI" / "temp"))
    (lost,) = doctor._root(str(tmp_path / "disk"))
    assert (waits.level, waits.key) == (doctor.WARN, "doctor.root-waits") and lost.level == doctor.BAD


def record(kind: str, opened: dict[str, Any], **values: Any) -> Any:
    return SimpleNamespace(entry=SimpleNamespace(kind=kind, open=opened), values=values)


def test_log_names_the_folder_or_the_file_each_line_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROV_LANG", "zh")
    assert log.gist(record(facts.GapNoticed.KIND, {"reason": "folder away"}, path="/a/temp")) == "/a/temp  文件夹不可用"
    assert log.gist(record(facts.FileDescribed.KIND, {"of": "ab" * 32})) == "ab" * 6
    assert log.gist(record(facts.ModelsBound.KIND, {"of": 3, "found": 1, "missing": 1}), "cat.png") == "cat.png  1/2"
    decided = record(facts.DecisionMade.KIND, {"decision": "kept", "pictures": ["ab" * 32]}, why="light")
    assert log.gist(decided) == "保留  abababababab  light"


def test_verify_without_a_home_says_how_to_make_one(tmp_path: Path) -> None:
    done = Near(tmp_path / "none").run("verify")
    assert words.say("home.missing.hint", "en") in done.stderr and done.returncode == 4
