"""`prov log --story`, `prov sittings`, `prov work show`, `prov show`: the evening as people read it and as programs do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening, node, txt2img

from provenance import facts
from provenance.cli.app import run

INFO = "Steps: 20, Sampler: Euler a, CFG scale: {}, Seed: {}, Size: 512x512, Model: dream"
Prov = Callable[..., str]


def canvas(name: str) -> dict[str, Any]:
    return {"id": name, "nodes": []}


@pytest.fixture
def prov(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Prov:
    """`prov` in this process over the home of the evening; what it printed."""

    def call(*arguments: str, lang: str = "en", code: int = 0) -> str:
        monkeypatch.setenv("PROV_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("PROV_LANG", lang)
        capsys.readouterr()
        found = run(arguments)
        out, err = capsys.readouterr()
        assert found == code, err
        return out if code == 0 else err

    return call


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    with Evening(tmp_path) as made:
        yield made


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_story_says_what_changed_and_what_was_said_in_between(evening: Evening, prov: Prov) -> None:
    evening.at(-60).say(facts.NoteAdded(text="idea: a fox in snow"))
    first = evening.at(0).webui("a.png", "a fox", INFO.format(7, 1), salt=1)
    evening.at(30).say(facts.GapNoticed(reason="suspended", since="2026-11-22T20:00:10.000000Z", until="2026-11-22T20:00:20.000000Z"))
    second = evening.at(60).webui("b.png", "a fox, snow", INFO.format(7, 1), salt=2)
    third = evening.at(90).webui("c.png", "a fox, snow", INFO.format(7, 9), salt=3)
    shown = prov("log", "--story")
    told = [line.strip() for line in shown.splitlines()]
    assert told[0].startswith(f"Sitting 1  2026-11-22 20:00 – 20:01 UTC  #{first}–#{third}")
    order = [
        "idea: a fox in snow", "first run of this sitting", "OBSERVED  gap", "added “snow” at place 2", f"since #{second}",
        "re-roll: of the settings only the seed changed; seed 1 → 9",
    ]  # fmt: skip
    places = [next((n for n, line in enumerate(told) if text in line), -1) for text in order]
    assert -1 not in places and places == sorted(places), shown
    assert "STATED" in shown and "FILE_CLAIMED" in shown and "OBSERVED" in shown
    chinese = prov("log", "--story", "--sitting", "1", lang="zh")
    assert "第 2 处增加“snow”" in chinese and "重抽" in chinese and "since" not in chinese
    found = lines(prov("log", "--story", "--json"))
    assert [row["type"] for row in found] == ["sitting", "entry", "run", "entry", "run", "run"]
    assert found[-1]["since_previous"]["reroll"] is True and found[-1]["since_previous"]["entries"] == [second]
    assert found[4]["since_previous"]["changes"] == [
        {"topic": "prompt", "what": "added", "class": "FILE_CLAIMED", "name": "snow", "place": 2}
    ]


def test_two_canvases_in_turns_are_each_compared_with_their_own(evening: Evening, prov: Prov) -> None:
    portrait, scene = txt2img(prompt="a fox"), txt2img(prompt="a harbour at dawn", loras=[("ink", 0.5)])
    evening.at(0).comfy("a1.png", portrait, canvas("p"), salt=1)
    evening.at(60).comfy("b1.png", scene, canvas("s"), salt=2)
    evening.at(120).comfy("a2.png", txt2img(prompt="a fox", steps=30), canvas("p"), salt=3)
    evening.at(180).comfy("b2.png", txt2img(prompt="a harbour at dawn", loras=[("ink", 0.8)]), canvas("s"), salt=4)
    runs = [row for row in lines(prov("log", "--story", "--json")) if row["type"] == "run"]
    assert [row["since_previous"] and row["since_previous"]["like"] for row in runs] == [None, False, False, False]
    assert [row["since_alike"] and row["since_alike"]["run"] for row in runs] == [None, None, 1, 2]
    assert [(c["topic"], c["name"], c["after"]) for c in runs[2]["since_alike"]["changes"]] == [("parameter", "steps", "30")]
    assert [(c["what"], c["before"], c["after"]) for c in runs[3]["since_alike"]["changes"]] == [
        ("weight", "0.5", "0.8"), ("weight_te", "0.5", "0.8"),
    ]  # fmt: skip
    shown = prov("log", "--story")
    assert "the last of this canvas or kind" in shown and "just before, of another canvas or kind" in shown
    assert "LoRA “ink” weight 0.5 → 0.8 (model and text encoder)" in shown


def test_a_canvas_that_grows_stays_the_same_canvas(evening: Evening, prov: Prov) -> None:
    evening.at(0).comfy("a.png", txt2img(), canvas("p"), salt=1)
    evening.at(60).comfy("b.png", txt2img(loras=[("ink", 0.5)]), canvas("p"), salt=2)
    evening.at(120).comfy("c.png", txt2img(seed=2), canvas("p"), salt=3)
    runs = [row for row in lines(prov("log", "--story", "--json")) if row["type"] == "run"]
    assert [row["since_alike"] for row in runs] == [None, None, None]
    assert {c["topic"] for c in runs[2]["since_previous"]["changes"]} == {"seed", "lora", "graph"}


def test_masks_are_measured_from_what_still_stands_there(evening: Evening, prov: Prov, tmp_path: Path) -> None:
    from PIL import Image

    mask = Image.new("RGB", (10, 10))
    mask.paste((255, 0, 0), (0, 0, 5, 10))
    mask.save(tmp_path / "m.png")
    data = (tmp_path / "m.png").read_bytes()
    evening.at(0).comfy("a.png", txt2img(), canvas("p"), salt=1)
    evening.at(30).save("m.png", data)
    sha = facts_hash(evening)
    graph = txt2img() | {
        "8": node("LoadImageMask", image="m.png", channel="red") | {"is_changed": [sha]},
        "9": node("SetLatentNoiseMask", samples=("4", 0), mask=("8", 0)),
    }
    graph["5"]["inputs"]["latent_image"] = ["9", 0]
    evening.at(60).comfy("b.png", graph, canvas("p"), salt=2)
    (found,) = [row for row in lines(prov("log", "--story", "--json")) if row["type"] == "run" and row["since_previous"]]
    (mask_said,) = [c for c in found["since_previous"]["changes"] if c["topic"] == "mask"]
    assert mask_said["area"] == {"pixels": 50, "of": 100, "percent": 50} and mask_said["sha256"] == {"before": "", "after": sha}
    (evening.out / "m.png").write_bytes(b"other")
    assert "area unknown" in prov("log", "--story")


def facts_hash(evening: Evening) -> str:
    rows = evening.house.views.ask("SELECT sha256 FROM versions WHERE name = 'm.png'")
    return str(rows[0]["sha256"])


def test_sittings_are_listed_and_imported_ones_apart(evening: Evening, prov: Prov) -> None:
    assert "no sitting yet" in prov("sittings") and prov("sittings", "--json") == ""
    evening.at(0).webui("a.png", "a fox", INFO.format(7, 1), salt=1)
    evening.at(9000).webui("b.png", "a fox", INFO.format(7, 2), salt=2)
    evening.at(-99_000).save("old.png", (evening.out / "a.png").read_bytes() + b"x", found="import")
    assert [row["sitting"] for row in lines(prov("sittings", "--json"))] == ["1", "2"]
    (late,) = lines(prov("sittings", "--imported", "--json"))
    assert late["sitting"] == "i1" and late["imported"] is True
    assert "Imported i1" in prov("log", "--story", "--sitting", "i1")
    assert prov("log", "--story", "--day", "2026-11-22").count("Sitting ") == 2
    assert "no sitting 7" in prov("log", "--sitting", "7", code=2)
    assert "takes no --limit" in prov("log", "--story", "--limit", "3", code=2)


def test_a_work_shows_its_steps_with_notes_decisions_and_what_lies_between(evening: Evening, prov: Prov) -> None:
    evening.at(0).webui("a.png", "a fox", INFO.format(7, 1), salt=1)
    evening.at(60).webui("other.png", "a boat", INFO.format(7, 2), salt=2)
    evening.at(120).webui("b.png", "a fox", INFO.format(5, 1), salt=3)
    names = {row["name"]: row["sha256"] for row in evening.house.views.ask("SELECT name, sha256 FROM versions")}
    mine = (names["a.png"], names["b.png"])
    evening.at(130).say(facts.WorkNamed(work="ab" * 8, name="fox"), facts.WorkFiled(work="ab" * 8, pictures=mine))
    evening.say(facts.WorkNamed(work="cd" * 8, name="sea"), facts.WorkFiled(work="cd" * 8, pictures=(names["other.png"],)))
    evening.at(140).say(facts.NoteAdded(text="less glow", work="ab" * 8))
    evening.at(150).say(facts.DecisionMade(decision="kept", pictures=mine[1:], why="calm"))
    shown = prov("work", "show", "fox")
    assert "CFG 7 → 5" in shown and "a boat" not in shown and "not filed in this work: 1" in shown
    assert shown.index("CFG 7 → 5") < shown.index("less glow") < shown.index("calm")
    (found,) = lines(prov("work", "show", "fox", "--json"))
    assert [step["others_between"] for step in found["steps"]] == [0, 1]
    (story,) = [row for row in lines(prov("log", "--story", "--json")) if row.get("run") == 3]
    assert story["since_previous"]["run"] == 2 and story["since_alike"]["run"] == 1, "the same work, and the boat between"


def test_the_next_sitting_of_a_work_begins_from_its_last_run(evening: Evening, prov: Prov) -> None:
    first = evening.at(0).webui("a.png", "a fox", INFO.format(7, 1), salt=1)
    evening.at(9000).webui("b.png", "a fox", INFO.format(5, 1), salt=2)
    alone = [row for row in lines(prov("log", "--story", "--json")) if row["type"] == "run"]
    assert alone[0]["since_previous"] is None
    mine = tuple(row["sha256"] for row in evening.house.views.ask("SELECT sha256 FROM versions ORDER BY seq"))
    evening.at(9100).say(facts.WorkNamed(work="ab" * 8, name="fox"), facts.WorkFiled(work="ab" * 8, pictures=mine))
    (row,) = [row for row in lines(prov("log", "--story", "--json")) if row["type"] == "run"]
    assert row["since_previous"]["entries"] == [first] and row["since_previous"]["at"].startswith("2026-11-22T20:00:00")
    assert "compared with the last run of this work before this sitting, 2026-11-22 20:00 UTC" in " ".join(prov("log", "--story").split())


def test_show_says_what_changed_from_the_run_before(evening: Evening, prov: Prov) -> None:
    evening.at(0).webui("a.png", "a fox", INFO.format(7, 1), salt=1)
    evening.at(60).webui("b.png", "a fox, snow", INFO.format(7, 1), salt=2)
    assert "prompt: added “snow” at place 2" in prov("show", "b.png")
    assert "first run of this sitting" in prov("show", "a.png")
    (found,) = lines(prov("show", "b.png", "--json"))
    assert found["step"]["since_previous"]["changes"][0]["name"] == "snow" and "run" not in found["step"]
