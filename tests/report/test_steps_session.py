"""The recorded ComfyUI sitting: every change between neighbouring runs that wrote a file is named, and nothing else is."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening

from provenance.daemon.telling import Teller
from provenance.report.steps.delta import Delta
from provenance.report.steps.story import Step

FIELDS = {"seed": "seed", "steps": "steps", "cfg": "cfg", "sampler": "sampler", "scheduler": "scheduler", "denoise": "denoise"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, session: Path) -> Iterator[list[Step]]:
    """The steps of the sitting, from its files as they were written, in order and at their times."""
    files = {path.name[:64]: path for path in (session / "versions").iterdir()}
    timeline = json.loads((session / "timeline.json").read_text(encoding="utf-8"))["steps"]
    with Evening(tmp_path_factory.mktemp("evening")) as evening:
        for step in timeline:
            if step["op"] in ("write", "overwrite") and "sha256" in step and not step["path"].endswith(".tmp"):
                evening.at(step["t"]).save(step["path"], files[step["sha256"]].read_bytes())
        teller = Teller(evening.house)
        (sitting,) = teller.sittings()
        yield list(teller.steps(sitting))


@pytest.fixture(scope="module")
def wrote(session: Path) -> list[dict[str, Any]]:
    """The prompts that wrote files, in order."""
    prompts = json.loads((session / "truth.json").read_text(encoding="utf-8"))["prompts"]
    return [prompt for prompt in prompts if any(output["written"] for output in prompt.get("outputs", ()))]


def changed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs between the facts of two prompts, as the truth's own `changed_since_previous` says it."""
    one, other = old["facts"], new["facts"]
    found = {name: (one.get(name), other.get(name)) for name in {**one, **other} if one.get(name) != other.get(name)}
    if old["n"] == new["n"] - 1 and one and other:
        assert {name: list(sides) for name, sides in found.items()} == new["changed_since_previous"]
    return found


def of(changes: tuple[Delta, ...], topic: str, name: str = "") -> list[Delta]:
    return [change for change in changes if change.topic == topic and (not name or change.name == name)]


def test_each_prompt_that_wrote_is_one_run(told: list[Step], wrote: list[dict[str, Any]]) -> None:
    assert [{file.sha256 for file in step.run.files} for step in told] == [
        {output["sha256"] for output in prompt["outputs"] if output["written"]} for prompt in wrote
    ]
    assert told[0].before is None and all(step.before is not None for step in told[1:])


def test_every_change_of_the_truth_is_named_and_none_else(told: list[Step], wrote: list[dict[str, Any]]) -> None:
    checked = 0
    for (old, new), step in zip(itertools.pairwise(wrote), told[1:], strict=True):
        if not old["facts"] or not new["facts"]:
            continue
        assert step.before is not None
        truth, said = changed(old, new), step.before.changes
        assert bool(of(said, "prompt")) == ("positive" in truth), new["n"]
        assert bool(of(said, "negative")) == ("negative" in truth), new["n"]
        for name, sides in ((name, truth.get(name)) for name in FIELDS):
            topic = "seed" if name == "seed" else "parameter"
            found = [change for change in of(said, topic, "" if name == "seed" else name) if not change.of]
            assert [(c.before, c.after) for c in found] == ([] if sides is None else [(str(sides[0]), str(sides[1]))]), (new["n"], name)
        sizes = [f"{prompt['facts']['width']}x{prompt['facts']['height']}" for prompt in (old, new)]
        assert [(c.before, c.after) for c in of(said, "parameter", "size")] == ([] if sizes[0] == sizes[1] else [tuple(sizes)])
        assert bool(of(said, "parameter", "batch_size")) == ("batch" in truth)
        assert {c.what for c in of(said, "input")} == inputs(truth, old, new), new["n"]
        assert bool(of(said, "mask")) == ("mask" in truth), new["n"]
        assert bool(of(said, "pass")) == ("second_pass" in truth), new["n"]
        assert step.before.reroll == (truth.keys() == {"seed"}), new["n"]
        checked += len(truth)
    assert checked > 50


def inputs(truth: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    if "init_image" in truth:
        before, after = truth["init_image"]
        return {"in" if before is None else "out" if after is None else "replaced"}
    bytes_ = [{entry["sha256"] for entry in prompt["inputs"] if entry["class_type"] == "LoadImage"} for prompt in (old, new)]
    return set() if bytes_[0] == bytes_[1] else {"other_bytes"}


def test_loras_come_go_and_weigh_as_the_truth_says(told: list[Step], wrote: list[dict[str, Any]]) -> None:
    for (old, new), step in zip(itertools.pairwise(wrote), told[1:], strict=True):
        assert step.before is not None
        before, after = ({lora["name"]: lora for lora in prompt["facts"].get("loras", ())} for prompt in (old, new))
        truth = {("out", name) for name in before.keys() - after.keys()} | {("in", name) for name in after.keys() - before.keys()}
        for what, key in (("weight", "strength_model"), ("weight_te", "strength_clip")):
            truth |= {(what, name) for name in before.keys() & after.keys() if before[name][key] != after[name][key]}
        assert {(change.what, change.name) for change in of(step.before.changes, "lora")} == truth, new["n"]


def test_graphs_without_a_model_differ_by_their_nodes(told: list[Step], wrote: list[dict[str, Any]]) -> None:
    for (old, new), step in zip(itertools.pairwise(wrote), told[1:], strict=True):
        before, after = (sorted(node["class_type"] for node in prompt["graph"].values()) for prompt in (old, new))
        assert step.before is not None
        nodes = of(step.before.changes, "graph")
        moved = [(change.what, change.name.partition(" ")[0]) for change in nodes if change.what in ("in", "out")]
        gone, come = list(before), list(after)
        for name in before:
            if name in come:
                come.remove(name)
                gone.remove(name)
        assert sorted(moved) == sorted([("in", name) for name in come] + [("out", name) for name in gone]), new["n"]
        # what is left after known fields are told is a value that no field tells; on this canvas there is none
        assert not [change for change in of(step.before.changes, "graph") if change.what == "value"], new["n"]


def test_a_mask_is_told_with_the_area_of_its_file(told: list[Step], wrote: list[dict[str, Any]]) -> None:
    masks = [change for step in told if step.before for change in of(step.before.changes, "mask") if change.what != "out"]
    assert masks and all(change.area is not None and change.area.of > 0 and change.hashes[1] for change in masks)
