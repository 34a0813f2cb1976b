"""`prov tree` and `prov link` as a person uses them, and what a bundle takes along of a family."""

from __future__ import annotations

from pathlib import Path

from support.imagefiles import png
from support.prov import Near


def test_a_stated_link_is_shown_as_such_from_both_ends_and_for_a_work(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for number, name in enumerate(("sketch.png", "final.png", "other.png")):
        (out / name).write_bytes(png(seed=number))
    prov = Near(tmp_path / "home")
    prov.ok("init", str(out))
    prov.ok("import", str(out))
    prov.ok("work", "new", "harbour", str(out / "final.png"))
    prov.ok("work", "new", "empty")
    assert "1" in prov.ok("link", str(out / "final.png"), "--from", str(out / "sketch.png"), "--how", "traced", "--why", "on paper first")
    assert "traced" in prov.ok("show", "final.png") and "STATED" in prov.ok("tree", "final.png")
    (found,) = prov.lines("tree", "harbour", "--json")
    (edge,) = found["edges"]
    assert edge["grade"] == "STATED" and edge["relation"] == "traced" and edge["entries"]
    (down,) = prov.lines("tree", "sketch.png", "--down", "--json")
    assert down["edges"] == found["edges"] and {row["name"] for row in down["pictures"]} == {"sketch.png", "final.png"}
    (up,) = prov.lines("tree", "sketch.png", "--up", "--json")
    assert up["edges"] == []
    assert "no picture" in prov.ok("tree", "empty")
    said = prov.run("link", str(out / "final.png"), "--from", str(out / "final.png"))
    assert said.returncode == 2 and "itself" in said.stderr
