"""`prov show` of a project file, and its versions in a story: layers, what changed in them, and what the file says of its making."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import projectfiles as made
from support.pictured import Pictured
from support.projectfiles import Made, blob, noise
from support.prov import Near

from provenance import facts
from provenance.clock import Clock
from provenance.daemon import layers, project_work

GENERATED = noise(31)


def scene(*more: Made, name: str = "lines") -> list[Made]:
    return [*more, Made(name, noise(32, 9, 9, alpha=True), ident=1), Made("base", GENERATED, ident=2)]


def opened(pictured: Pictured, name: str, data: bytes, was: str | None = None) -> str:
    """A version of a project, recorded and taken apart."""
    sha = pictured.record(name, data, was, describe_it=False)
    pictured.write()
    told, _ = project_work.answer(data, name)
    pictured.house.append([facts.ProjectDescribed(of=sha, **told["told"])])
    return sha


@pytest.fixture
def home(tmp_path: Path, clock: Clock) -> tuple[Near, list[str]]:
    pictured = Pictured(tmp_path / "home", clock)
    picture = pictured.record("a.png", blob(GENERATED))
    first = opened(pictured, "a.kra", made.kra(scene()))
    one, two = blob(noise(34)), blob(GENERATED)
    kept, job = one + two, {"id": "j1", "slot": 4, "offsets": [0, len(one)], "in_use": {"1": True}, "params": {}}
    between = pictured.record("a.kra", b"a save that was not taken apart", first, describe_it=False)
    folder = "pic/annotations/ai_diffusion"
    more = {f"{folder}/ui.json": json.dumps({"history": [job]}).encode(), f"{folder}/result4.webp": kept}
    document = made.kra(scene(Made("new\u202e", noise(33, 5, 5), ident=3), name="ink"), more=more)
    last = opened(pictured, "a.kra", document, between)
    pictured.house.views.catch_up(pictured.house.ledger)
    chosen = [(row["picture"], row["job"], row["number"]) for row in layers.chosen(pictured.house.views, last)]
    assert chosen == [(picture, "j1", 1)]
    pictured.close()
    return Near(tmp_path / "home", PROV_LANG="en"), [picture, first, last]


def test_show_tells_the_layers_and_what_changed(home: tuple[Near, list[str]]) -> None:
    prov, (picture, first, last) = home
    said = prov.ok("show", last)
    assert "kra, layers, groups and masks: 3; pixels decoded of 3" in said
    assert "base  paint layer  40x30 @ 0,0  1200 pixels not wholly transparent" in said
    assert "paint layer renamed: lines -> ink" in said and "paint layer added: new\\u{202E}" in said
    assert "Krita 5.2.2  editing time 125 s  saves counted: 3" in said
    assert f"{picture[:12]}  SAME PIXELS  stands in one of its layers  base" in said
    assert "krita-ai-diffusion keeps pictures: 2; marked as put to use: 1" in said
    observed, claimed = said.split("FILE_CLAIMED")
    assert "Krita 5.2.2" not in observed and "renamed" not in claimed
    assert "since the version" not in prov.ok("show", first)


def test_show_json_has_the_layers(home: tuple[Near, list[str]]) -> None:
    prov, (picture, _, last) = home
    found = prov.lines("show", last, "--json")[0]["project"]
    assert [layer["name"] for layer in found["layers"]] == ["new\u202e", "ink", "base"]
    assert [change["what"] for change in found["changes"]] == ["added", "renamed"] and found["since"] is not None
    assert [row["in_use"] for row in found["candidates"]] == [0, 1]
    assert prov.lines("show", picture, "--json")[0]["project"] is None


def test_the_story_tells_what_changed(home: tuple[Near, list[str]]) -> None:
    prov, _ = home
    said = prov.ok("log", "--story")
    assert "layers described" in said and "paint layer renamed: lines -> ink" in said
    told = [line["project"] for line in prov.lines("log", "--story", "--json") if "project" in line]
    assert [len(project["changes"]) for project in told] == [0, 2]
    assert "kra, layers, groups and masks: 3" in prov.ok("log")
