"""`prov film`: files that open, an entry for each, the user's own files untouched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.evening import Evening
from support.prov import Near

from provenance import facts
from provenance.daemon.describing import describe

SETTINGS = "Steps: {}, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8"


@pytest.fixture
def prov(tmp_path: Path) -> Any:
    """A home with a work of two pictures, one of them described; its watched folder beside it."""
    with Evening(tmp_path) as one:
        one.at(0).webui("a.png", "a fox", SETTINGS.format(20), salt=1)
        one.at(9).webui("b.png", "a fox", SETTINGS.format(30), salt=2)
        shas = [row["sha256"] for row in one.house.views.ask("SELECT sha256 FROM versions ORDER BY seq")]
        found = describe((one.out / "a.png").read_bytes(), shas[0])
        assert found is not None
        one.house.keep([found[1]])
        one.say(found[0], facts.WorkNamed(work="00112233aabbccdd", name="海港"))
        one.say(facts.WorkFiled(work="00112233aabbccdd", pictures=tuple(shas)))
        one.say(facts.DecisionMade(decision="kept", pictures=shas[:1], why="光"))
    return Near(tmp_path / "home")


def test_a_film_and_a_sheet_are_made_twice_alike_and_written_down(prov: Near, tmp_path: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "out").iterdir()}
    for name in ("1", "2"):
        film, contact = str(tmp_path / f"{name}.webp"), str(tmp_path / f"{name}.png")
        made = prov.lines("film", "海港", "-o", film, "--contact", contact, "--json")
        assert [(one["form"], one["media_type"]) for one in made] == [("film", "image/webp"), ("contact sheet", "image/png")]
    assert (tmp_path / "1.webp").read_bytes() == (tmp_path / "2.webp").read_bytes(), "that a film was made is no part of the next one"
    with Image.open(tmp_path / "1.webp") as film:
        assert film.n_frames == made[0]["shown"] == 7 and film.size == (1280, 720)
    entry = prov.lines("log", "--json", "--kind", "film.made")[-1]
    newest = {one["seq"]: one for one in prov.lines("log", "--json")}[made[0]["seq"]]
    assert newest["open"]["sha256"] == hashlib.sha256((tmp_path / "2.webp").read_bytes()).hexdigest() and entry["kind"] == "film.made/1"
    assert newest["sealed"]["path"] == str(tmp_path / "2.webp")
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "out").iterdir()}
    said = prov.ok("film", "1", "--contact", str(tmp_path / "s.webp"), "--lang", "zh")
    assert "1 pictures have no preview" in said


def test_a_recorded_file_is_not_written_over(prov: Near, tmp_path: Path) -> None:
    whole = (tmp_path / "out" / "a.png").read_bytes()
    done = prov.run("film", "1", "--contact", str(tmp_path / "out" / "a.png"))
    assert done.returncode == 2 and "recorded file" in done.stderr
    assert (tmp_path / "out" / "a.png").read_bytes() == whole and len(list((tmp_path / "out").iterdir())) == 2


def test_a_place_that_cannot_be_written_leaves_nothing(prov: Near, tmp_path: Path) -> None:
    done = prov.run("film", "1", "-o", str(tmp_path / "no" / "x.webp"))
    assert done.returncode == 4 and "Cannot write" in done.stderr
