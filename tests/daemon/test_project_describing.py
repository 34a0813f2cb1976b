"""Project files behind the capture: one entry for each version with its layers sealed, and the picture in a layer found by its pixels."""

from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import projectfiles as made
from support.pictured import Pictured
from support.projectfiles import Made, blob, noise

from provenance import facts
from provenance.clock import Clock
from provenance.daemon import describing, project_work
from provenance.daemon.describe import Describer
from provenance.daemon.known import Known
from provenance.daemon.pixel_helper import Helper
from provenance.ledger.blobs import Blobs
from provenance.views import family
from provenance.views.family_edge import METADATA, SAME_PIXELS

GENERATED = noise(21)


class Said:
    """Where a describer submits: written at once."""

    def __init__(self, pictured: Pictured) -> None:
        self._pictured = pictured
        self.facts: list[facts.Fact] = []

    def __call__(self, said: Any, blobs: Any = (), then: Any = None) -> None:
        self._pictured.house.keep(list(blobs))
        self._pictured.house.append(list(said))
        self.facts += said
        if then is not None:
            then()


def test_the_picture_in_a_layer_is_a_parent_of_the_project(tmp_path: Path, clock: Clock) -> None:
    pictured = Pictured(tmp_path / "home", clock)
    picture = pictured.record("a.png", blob(GENERATED))
    scene = [Made("my strokes", noise(22, 9, 9, alpha=True), ident=1), Made("base", GENERATED, ident=2)]
    files = {"a.psd": made.psd(scene), "a.kra": made.kra(scene, merged=noise(23)), "flat.tif": made.tiff_pages(scene[1:])}
    types = {"a.psd": "image/vnd.adobe.photoshop", "a.kra": "application/x-krita", "flat.tif": "image/tiff"}
    names = {}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        names[name] = pictured.record(name, data, describe_it=False)
    said = Said(pictured)
    pictured.write()
    house = pictured.house
    worker = Describer(house.home.path, said, Known(house.views, house.ledger), helper=Helper(house.home.path, nice=0))
    for name, sha in names.items():
        worker.offer(sha, str(tmp_path / name), types[name])
    worker.start()
    worker.close(60)
    projects = {fact.of: fact for fact in said.facts if isinstance(fact, facts.ProjectDescribed)}
    assert set(projects) == {names["a.psd"], names["a.kra"]}, "a TIFF of one page is no project"
    krita = projects[names["a.kra"]]
    assert (krita.editor, krita.editing_seconds, krita.layer_count, krita.decoded) == ("Krita", "125", 2, 2)
    assert krita.preview is not None and house.blobs.has(krita.preview)
    described = {fact.of: fact for fact in said.facts if isinstance(fact, facts.FileDescribed)}
    assert described[names["a.kra"]].decoder.endswith(" mergedimage.png")
    house.views.catch_up(house.ledger)
    for name in ("a.psd", "a.kra"):
        edges = {(edge.parent, edge.grade, edge.relation, edge.name) for edge in family.parents(house.views, names[name])}
        assert (picture, SAME_PIXELS, "layer", "base") in edges
    assert {names["a.psd"], names["a.kra"]} <= {edge.child for edge in family.children(house.views, picture).edges}
    again = Describer(house.home.path, said, Known(house.views, house.ledger))
    again.left_over(Known(house.views, house.ledger))
    assert again.waiting[0] == 0, "nothing is done twice, not even what was none"
    again.close(0)
    entry = next(r for r in house.ledger.records(0, house.ledger.size(), kinds=(facts.ProjectDescribed.KIND,)))
    assert "layers" in entry.entry.sealed and "my strokes" not in str(entry.entry.open)
    pictured.close()


def test_a_picture_marked_as_put_to_use_is_a_decision_said_once(tmp_path: Path, clock: Clock) -> None:
    pictured = Pictured(tmp_path / "home", clock)
    picture, other = pictured.record("a.png", blob(GENERATED)), pictured.record("b.png", blob(noise(25)))
    one, two = blob(noise(25)), blob(GENERATED)
    job = {"id": "j1", "slot": 4, "offsets": [0, len(one)], "in_use": {"1": True}, "params": {}}
    folder = "pic/annotations/ai_diffusion"
    more = {f"{folder}/ui.json": json.dumps({"history": [job]}).encode(), f"{folder}/result4.webp": one + two}
    said, house = Said(pictured), pictured.house
    for number in range(2):  # two saves, the second one with the same mark
        (tmp_path / "a.kra").write_bytes(data := made.kra([Made("base", noise(26 + number))], more=more))
        sha = pictured.record("a.kra", data, describe_it=False)
        pictured.write()
        worker = Describer(house.home.path, said, Known(house.views, house.ledger), helper=Helper(house.home.path, nice=0))
        worker.offer(sha, str(tmp_path / "a.kra"), "application/x-krita")
        worker.start()
        worker.close(60)
    (mark,) = [fact for fact in said.facts if isinstance(fact, facts.DecisionImported)]
    assert (mark.pictures, mark.observed, mark.meaning, mark.rule) == ((picture,), "marked as put to use", "chosen", "built-in")
    house.views.catch_up(house.ledger)
    rows = house.views.ask("SELECT sha256, decision FROM decisions")
    assert [(row["sha256"], row["decision"]) for row in rows] == [(picture, "chosen")] and other != picture
    pictured.close()


def test_a_mark_is_read_when_the_project_is_durable_and_not_before(tmp_path: Path, clock: Clock) -> None:
    pictured = Pictured(tmp_path / "home", clock)
    picture, candidate = pictured.record("a.png", blob(GENERATED)), blob(GENERATED)
    job = {"id": "j1", "slot": 4, "offsets": [0], "in_use": {"0": True}, "params": {}}
    folder = "pic/annotations/ai_diffusion"
    more = {f"{folder}/ui.json": json.dumps({"history": [job]}).encode(), f"{folder}/result4.webp": candidate}
    (tmp_path / "a.kra").write_bytes(data := made.kra([Made("base", noise(26))], more=more))
    sha = pictured.record("a.kra", data, describe_it=False)
    pictured.write()
    said, house, late = Said(pictured), pictured.house, queue.Queue[Any]()
    worker = Describer(
        house.home.path, lambda *job: late.put(job), Known(house.views, house.ledger), helper=Helper(house.home.path, nice=0)
    )
    worker.offer(sha, str(tmp_path / "a.kra"), "application/x-krita")
    worker.start()
    jobs = [late.get(timeout=60), late.get(timeout=60)]  # the picture in the project's file, and the project
    assert worker.waiting == (0, 0), "nothing is looked for in what is not yet written"
    for one in jobs:
        said(*one)
    while not any(isinstance(fact, facts.DecisionImported) for fact in said.facts):
        said(*late.get(timeout=60))
    worker.close(60)
    (mark,) = [fact for fact in said.facts if isinstance(fact, facts.DecisionImported)]
    assert mark.pictures == (picture,)
    pictured.close()


def test_a_picture_taken_from_a_layer_comes_after_its_project(tmp_path: Path, clock: Clock) -> None:
    pictured = Pictured(tmp_path / "home", clock)
    data = made.psd([Made("base", GENERATED, ident=2), Made("ground", noise(24), ident=3)])
    project = pictured.record("a.psd", data, describe_it=False)
    told, _ = project_work.answer(data, "a.psd")
    pictured.write()
    pictured.house.append([facts.ProjectDescribed(of=project, **told["told"])])
    picture = pictured.record("a.png", blob(GENERATED))
    pictured.write()
    edges = family.parents(pictured.house.views, picture)
    assert [(edge.parent, edge.grade, edge.relation) for edge in edges] == [(project, SAME_PIXELS, "from a layer")]
    assert family.parents(pictured.house.views, project) == ()
    pictured.close()


def test_a_file_that_changed_meanwhile_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "a.psd"
    file.write_bytes(made.psd([Made("base", GENERATED)]))
    assert project_work.taken_apart(Blobs(tmp_path / "blobs"), "0" * 64, str(file)) == ({"gone": True}, b"")
    assert project_work.taken_apart(Blobs(tmp_path / "blobs"), "0" * 64, str(tmp_path / "none")) == ({"gone": True}, b"")


@pytest.mark.parametrize("count", [1, 2_050])
def test_an_entry_lists_a_bounded_number_of_layers(count: int) -> None:
    told, _ = project_work.answer(made.psd([Made(str(number)) for number in range(count)]), "a.psd")
    fact = facts.ProjectDescribed(of="0" * 64, **told["told"])
    assert fact.layer_count == count and len(fact.layers or ()) == min(count, project_work.MOST_ROWS)
    assert fact.unread == (("rows cut",) if count > project_work.MOST_ROWS else None)


def test_what_is_drawn_in_the_mask_editor_is_counted() -> None:
    strokes = np.zeros((20, 30, 4), np.uint8)
    strokes[2:6, 3:13] = (255, 0, 0, 128)
    masked = np.full((20, 30, 4), 255, np.uint8)
    masked[:5, :8, 3] = 0
    drawn = describing.drawn
    assert drawn(blob(strokes), "/in/clipspace/clipspace-paint-1700.5.png") == {"part": "strokes", "covered": 40, "total": 600}
    assert drawn(blob(masked), "C:\\in\\clipspace-mask-1700.png") == {"part": "mask", "covered": 40, "total": 600}
    assert drawn(blob(masked), "/in/clipspace-painted-masked-1700.png") is None
    assert drawn(blob(masked), "/in/picture.png") is None


def test_a_save_is_the_child_of_the_save_before_it_by_identifiers_of_layers(tmp_path: Path, clock: Clock) -> None:
    pictured = Pictured(tmp_path / "home", clock)
    ident = 10**35  # as long as the identifier that Krita makes for each layer
    names = []
    for number in range(3):
        data = made.kra([Made("base", noise(40 + number), ident=ident), Made("more", noise(50), ident=7)])
        names.append(pictured.record("a.kra", data, names[-1] if names else None, describe_it=False))
        told, _ = project_work.answer(data, "a.kra")
        pictured.write()
        pictured.house.append([facts.ProjectDescribed(of=names[-1], **told["told"])])
    other = made.kra([Made("base", noise(60), ident=ident + 1), Made("more", noise(61), ident=7)])
    names.append(pictured.record("b.kra", other, describe_it=False))
    told, _ = project_work.answer(other, "b.kra")
    pictured.write()
    pictured.house.append([facts.ProjectDescribed(of=names[-1], **told["told"])])
    pictured.write()
    found = [[(edge.parent, edge.grade, edge.relation) for edge in family.parents(pictured.house.views, name)] for name in names]
    linked = [[(names[n], METADATA, "layers of one document")] for n in (0, 1)]
    assert found == [[], *linked, []]
    assert [edge.child for edge in family.children(pictured.house.views, names[0]).edges] == [names[1]]
    pictured.close()
