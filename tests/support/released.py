"""Bundles of this version, to be kept for ever: a tiny work of made-up pictures, by a key that is thrown away."""

from __future__ import annotations

import json
from pathlib import Path

from support.evening import Evening, txt2img

from provenance import facts
from provenance.bundle import withhold
from provenance.daemon.exporting import hand_over
from provenance.views.selection import of_work

WORK = "0123456789abcdef"
KEPT: dict[str, dict[str, object]] = {
    "whole": {"withheld": ("path",), "languages": ("en",), "pdf": True, "film": False},
    "withheld": {"withheld": ("path", "prompt", "note"), "languages": ("zh", "en"), "pdf": False, "film": True},
}
"""What is left out of each bundle, and what is in it. The paths of the machine that makes it are in neither."""


def make(folder: Path) -> dict[str, bytes]:
    """The bundles by file name. folder: empty, for the home."""
    made = {}
    with Evening(folder) as one:
        one.say(facts.WorkNamed(work=WORK, name="晚港 Evening harbour"), facts.IdeaStated(text="a harbour that nobody leaves", work=WORK))
        one.at(60).comfy("a.png", txt2img(1, "a harbour at dusk, cranes"), {"nodes": []}, salt=1)
        one.at(120).comfy("b.png", txt2img(2, "a harbour at dusk, (fog:1.2), cranes"), {"nodes": []}, salt=2)
        one.at(180).webui("c.png", "夜里的港口, \U0001f6a2", "Steps: 20, Seed: 5", salt=3)
        shas = tuple(row["sha256"] for row in one.house.views.ask("SELECT sha256 FROM versions ORDER BY seq"))
        one.say(facts.WorkFiled(work=WORK, pictures=shas), facts.NoteAdded(text="the fog hides the far quay", work=WORK, about=shas[1:2]))
        one.say(facts.DecisionMade(decision="rejected", pictures=shas[2:], why="too dark"))
        one.say(facts.DecisionMade(decision="chosen", pictures=shas[1:2], why="the light falls as I meant it"))
        for name, how in KEPT.items():
            chosen, target = of_work(one.house.views, WORK), folder / f"{name}.zip"
            rest = {key: value for key, value in how.items() if key != "withheld"}
            hand_over(one.house, chosen, target, withheld=withhold.fields(how["withheld"]), why="private", **rest)  # type: ignore[arg-type]
            made[target.name] = target.read_bytes()
    return made


def expected(answers: dict[str, tuple[str, list[str]]], digests: dict[str, str]) -> str:
    """expected.json of a version: what every verifier says of each of its bundles."""
    rows = {name: {"sha256": digests[name], "verdict": word, "codes": codes} for name, (word, codes) in sorted(answers.items())}
    return json.dumps(rows, indent=1, sort_keys=True) + "\n"
