"""Sittings are cut at pauses alone; runs hold what was made together and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.evening import Evening, txt2img
from support.imagefiles import exif_block, webp

from provenance import facts
from provenance.daemon.telling import Teller
from provenance.errors import BadInput
from provenance.views import runs, sittings
from provenance.views.runs import COUNTED, EQUAL, Run

INFO = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: {}, Size: 512x512, Model: dream"
MIDNIGHT = 4 * 3600


def saved(evening: Evening, *seconds: float) -> list[int]:
    return [evening.at(s).webui(f"{s}.png", "a fox", INFO.format(1000 + 7 * n), salt=int(s * 10)) for n, s in enumerate(seconds)]


def together(evening: Evening) -> list[Run]:
    kinds = (facts.FileCaptured.KIND, facts.FileChanged.KIND)
    return list(runs.runs(evening.house.ledger.records(kinds=kinds), lambda _: ""))


def test_a_pause_cuts_and_midnight_and_a_stop_do_not(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        seqs = saved(evening, MIDNIGHT - 600)
        seqs += saved(evening, MIDNIGHT + 600, MIDNIGHT + 600 + 1800)
        seqs += saved(evening, MIDNIGHT + 2400 + 1801)
        found = Teller(evening.house).sittings()
        assert [(s.name, s.first, s.last, s.files) for s in found] == [("1", seqs[0], seqs[2], 3), ("2", seqs[3], seqs[3], 1)]
        assert sittings.around(evening.house.views, seqs[1]) == sittings.Sitting(
            "", found[0].since, found[0].until, seqs[0], seqs[2], 3
        )
        last = sittings.last(evening.house.views)
        assert last is not None and (last.first, last.last) == (seqs[3], seqs[3])
        assert [s.name for s in sittings.of_day(evening.house.views, "2026-11-22")] == ["1"]
        assert [s.name for s in sittings.of_day(evening.house.views, "2026-11-23")] == ["1", "2"]


def test_the_pause_is_the_users(tmp_path: Path) -> None:
    with Evening(tmp_path, sitting_minutes=1) as evening:
        saved(evening, 0, 61, 122)
        assert len(Teller(evening.house).sittings()) == 3


def test_a_clock_set_back_ends_no_sitting(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        saved(evening, 9000, 100, 200)
        (only,) = Teller(evening.house).sittings()
        assert only.files == 3 and only.since < only.until


def test_imported_files_have_sittings_of_their_own(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        live = saved(evening, 0, 60)
        old = []
        for n, s in enumerate((-90_000, 30, -80_000)):
            evening.at(s)
            data = (evening.out / "0.png").read_bytes() + bytes([n])
            old.append(evening.save(f"old{n}.png", data, found="import"))
        teller = Teller(evening.house)
        assert [(s.name, s.first, s.last) for s in teller.sittings()] == [("1", live[0], live[1])]
        found = teller.sittings(later=True)
        assert [(s.name, s.files, s.imported) for s in found] == [("i1", 1, True), ("i2", 1, True), ("i3", 1, True)]
        assert [step.run.seqs for s in found for step in teller.steps(s)] == [(old[0],), (old[2],), (old[1],)]
        assert all(seq not in old for step in teller.steps(teller.sittings()[0]) for seq in step.run.seqs)
        assert sittings.around(evening.house.views, old[0]) is None


def test_unknown_names_and_days_are_refused(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        saved(evening, 0)
        for name in ("2", "0", "i1", "x", ""):
            with pytest.raises(BadInput):
                sittings.named(evening.house.views, name)
        for day in ("2026-13-01", "yesterday", "2026-11-2", "2026-11-22T00:00:00Z"):
            with pytest.raises(BadInput):
                sittings.of_day(evening.house.views, day)
        assert sittings.named(evening.house.views, "1").files == 1


def test_every_entry_between_sittings_is_told_once(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        notes = [evening.at(-500).say(facts.NoteAdded(text="idea"))]
        saved(evening, 0, 60)
        notes.append(evening.at(600).say(facts.NoteAdded(text="soon after")))
        notes.append(evening.at(8000).say(facts.NoteAdded(text="long after")))
        saved(evening, 9000)
        notes.append(evening.at(99_000).say(facts.NoteAdded(text="days later")))
        teller = Teller(evening.house)
        told = [[one.seq for one in teller.story(s) if one.record is not None] for s in teller.sittings()]
        assert told == [notes[:2], notes[2:]]


def test_a_webui_batch_with_its_grid_is_one_run_and_the_next_click_another(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        batch = [evening.at(n * 20).webui(f"{n}.png", "a fox", INFO.format(50 + n), salt=n) for n in range(4)]
        grid = evening.at(61).webui("grid.png", "a fox", INFO.format(50), salt=9)
        again = evening.at(90).webui("5.png", "a fox", INFO.format(900), salt=10)
        found = together(evening)
        assert [run.seqs for run in found] == [(*batch, grid), (again,)]
        assert found[0].together == COUNTED and found[0].values["seeds"] == ("50", "51", "52", "53")


def test_equal_texts_are_one_run_only_while_they_come_together(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        first = [evening.at(n).webui(f"{n}.png", "a fox", INFO.format(5), salt=n) for n in range(3)]
        later = evening.at(200).webui("later.png", "a fox", INFO.format(5), salt=8)
        found = together(evening)
        assert [run.seqs for run in found] == [tuple(first), (later,)]
        assert found[0].together == EQUAL and found[1].together == ""


def test_a_copy_is_no_run(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        seq = evening.webui("a.png", "a fox", INFO.format(5))
        copy = evening.at(5).save("b.png", (evening.out / "a.png").read_bytes())
        (run,) = together(evening)
        assert run.seqs == (seq,) and run.repeats == (copy,)
        teller = Teller(evening.house)
        assert [one.seq for one in teller.story(teller.sittings()[0]) if one.record is not None] == [copy]


def test_one_graph_that_ran_is_one_run_whatever_it_saved_as(tmp_path: Path) -> None:
    graph = txt2img(seed=3)
    text = json.dumps(graph)
    with Evening(tmp_path) as evening:
        seqs = (
            evening.at(0).comfy("temp/preview.png", graph, salt=1),
            evening.at(200).save("film.webp", webp(exif_block({"Make": 'workflow:{"id": "c", "nodes": []}', "Model": f"prompt:{text}"}))),
            evening.at(201).comfy("saved.png", graph, salt=2),
        )
        other = evening.at(205).comfy("next.png", txt2img(seed=4), salt=3)
        teller = Teller(evening.house)
        (only,) = teller.sittings()
        assert [step.run.seqs for step in teller.steps(only)] == [seqs, (other,)]
