"""What a film shows: order, times, what is always kept, what is withheld. Nothing is drawn here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.evening import Evening
from support.imagefiles import png

from provenance import facts
from provenance.bundle import withhold
from provenance.daemon import filming
from provenance.errors import BadInput
from provenance.film import scene, sheet
from provenance.film.sampling import LONGEST, SHORTEST, Sampler, timed
from provenance.film.scene import Film, Scene, Shot, written
from provenance.views.sittings import sittings

SETTINGS = "Steps: {steps}, Sampler: Euler, CFG scale: 7, Seed: {seed}, Size: 8x8, Model: secretmodel"


@pytest.fixture
def evening(tmp_path: Path) -> Any:
    with Evening(tmp_path) as one:
        yield one


def a_work(one: Evening) -> str:
    """Idea, three runs, a stop in between, an edit, decisions with and without a reason; the work's id."""
    work = "00112233aabbccdd"
    one.at(0).say(facts.WorkNamed(work=work, name="Secret Harbour"), facts.IdeaStated(text="Hidden thought\nsecond line", work=work))
    one.at(10).webui("secret_a.png", "a fox, secretword", SETTINGS.format(steps=20, seed=1), salt=1)
    one.at(20).webui("secret_b.png", "a fox, secretword, snow", SETTINGS.format(steps=20, seed=1), salt=2)
    one.at(30).say(facts.RecorderStopped(reason="asked", captured=2))
    one.at(90).say(facts.RecorderStarted(software="p", python="3", system="L", sqlite="3", watcher="inotify", journal="wal/full"))
    last = one.at(100).webui("secret_c.png", "a fox, secretword, snow", SETTINGS.format(steps=30, seed=7), salt=3)
    shas = [row["sha256"] for row in one.house.views.ask("SELECT sha256 FROM versions ORDER BY seq")]
    one.at(110).say(facts.WorkFiled(work=work, pictures=tuple(shas)))
    one.at(120).say(
        facts.DecisionMade(decision="chosen", pictures=(shas[2],), why="Secret reason"),
        facts.DecisionMade(decision="rejected", pictures=tuple(shas[:1])),
    )
    assert last
    return work


def film_of(one: Evening, ref: str, withheld: tuple[str, ...] = (), lang: str = "en", seconds: int | None = None) -> Film:
    house = one.house
    return filming.planned(house, filming.subject(house, ref, lang), lang, withhold.fields(withheld), seconds, withheld)


def texts(film: Film) -> str:
    """Everything that a film says, pictures' captions too."""
    lines = [line for one in film.scenes for line in (*one.lines, *(shot.caption for shot in one.shots))]
    return "\n".join([*(one.head for one in film.scenes), *map(written, lines)])


def test_a_film_tells_its_entries_in_their_order_with_who_says_what(evening: Evening) -> None:
    film = film_of(evening, a_work(evening))
    body = film.scenes[1:-1]
    assert [one.kind for one in (film.scenes[0], film.scenes[-1])] == [scene.TITLE, scene.END]
    assert [one.seqs[0] for one in body] == sorted(one.seqs[0] for one in body)
    assert [one.kind for one in body] == [
        scene.WORDS, scene.WORDS, scene.RUN, scene.RUN, scene.GAP, scene.RUN, scene.WORDS, scene.DECISION, scene.DECISION
    ]  # fmt: skip
    assert all(one.at and one.klass in facts.CLASSES for one in body)
    assert {one.klass for one in body if one.kind in (scene.WORDS, scene.DECISION)} == {facts.STATED}
    said = texts(film)
    told = ("Secret Harbour", "Hidden thought", "second line", "added “snow”", "steps 20 → 30", "Secret reason", "No reason is recorded.")
    assert [wanted for wanted in told if wanted not in said] == []
    gap = next(one for one in body if one.kind == scene.GAP)
    assert "20:00:30" in written(gap.lines[0]) and "20:01:30" in written(gap.lines[0])
    assert film.scenes[0].head == "Secret Harbour" and evening.house.ledger.record(film.last).entry.leaf.hex() in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_withheld_is_nowhere_and_its_place_is_marked(evening: Evening, lang: str) -> None:
    film = film_of(evening, a_work(evening), ("prompt", "name", "path", "note", "model"), lang)
    said = texts(film).lower()
    for hidden in ("secret", "hidden thought", "second line", "fox", "snow"):
        assert hidden not in said, hidden
    bars = [line for one in film.scenes for line in one.lines if any(piece.withheld for piece in line)]
    assert len(bars) >= 8
    second = [one for one in film.scenes if one.kind == scene.RUN][1]
    assert any(piece.withheld for line in second.lines[2:] for piece in line), "that the prompt changed is told, not how"
    assert "30" in said, "what is not withheld is still told"


def test_a_withheld_prompt_makes_no_reroll(evening: Evening) -> None:
    evening.at(0).webui("a.png", "a fox", SETTINGS.format(steps=20, seed=1), salt=1)
    evening.at(60).webui("b.png", "a wolf", SETTINGS.format(steps=20, seed=9), salt=2)
    evening.at(120).webui("c.png", "a wolf", SETTINGS.format(steps=20, seed=11), salt=3)
    runs = [one for one in film_of(evening, "1", ("prompt",)).scenes if one.kind == scene.RUN]
    told = ["\n".join(written(line) for line in one.lines) for one in runs]
    assert "re-roll" not in told[1] and "seed 1 → 9" in told[1]
    assert "re-roll" in told[2]


def test_an_edit_in_place_shows_before_and_after(evening: Evening) -> None:
    evening.at(0).webui("a.png", "a fox", SETTINGS.format(steps=20, seed=1), salt=1)
    before = evening.house.views.ask("SELECT sha256, size FROM versions")[0]
    evening.at(50).say(facts.FileChanged(
        sha256="ab" * 32, was=before["sha256"], size=9, media_type="image/png", container="png", parsed="plain",
        mtime="2026-11-22T20:00:50.000000Z", seen_at="2026-11-22T20:00:50.000000Z", path=str(evening.out / "a.png"),
    ))  # fmt: skip
    film = film_of(evening, "1")
    edit = next(one for one in film.scenes if one.kind == scene.FILE)
    assert [shot.sha256 for shot in edit.shots] == [before["sha256"], "ab" * 32] and edit.kept
    assert [written(shot.caption) for shot in edit.shots] == ["before #1", "after #2"]


def test_a_map_of_an_edit_is_shown_as_measured_and_a_failure_as_one(evening: Evening) -> None:
    for n in (1, 2):
        evening.at(n * 60).webui(f"{n}.png", "a fox", SETTINGS.format(steps=20, seed=n), salt=n)
    one, other = (row["sha256"] for row in evening.house.views.ask("SELECT sha256 FROM versions ORDER BY seq"))
    common: dict[str, Any] = {"parent": one, "child": other, "method": "m/1", "material": "previews"}
    evening.say(
        facts.EditMapped(outcome="mapped", width=8, height=8, repainted=12, map="ee" * 32, **common),
        facts.EditMapped(outcome="cannot compare", why="too small", **common),
    )
    work = "00112233aabbccdd"
    evening.say(facts.WorkNamed(work=work, name="w"), facts.WorkFiled(work=work, pictures=(one, other)))
    assert [card.kind for card in film_of(evening, work).scenes].count(scene.MAP) == 2, "each once"
    mapped, failed = (one for one in film_of(evening, "1").scenes if one.kind == scene.MAP)
    assert [shot.blob for shot in mapped.shots] == ["", "", "ee" * 32] and len(failed.shots) == 2
    said, refused = ("\n".join(map(written, card.lines)) for card in (mapped, failed))
    assert "12 of 64 pixels" in said and "Who changed them is not said" in said and "cannot be compared: too small" in refused


def test_nothing_to_show_and_nobody_known(evening: Evening) -> None:
    with pytest.raises(BadInput, match=r"film\.unknown"):
        film_of(evening, "no such thing")
    assert sittings(evening.house.views) == []


def test_imported_files_are_told_as_found_later(evening: Evening) -> None:
    evening.at(0).save("old.png", png({"parameters": "a cat\nSteps: 20, Seed: 1"}), found="import")
    film = film_of(evening, "i1")
    run = next(one for one in film.scenes if one.kind == scene.RUN)
    assert run.klass == facts.IMPORTED and "Found later" in texts(film)


def run_scene(n: int, kept: bool) -> Scene:
    return Scene(scene.DECISION if kept else scene.RUN, (n,), f"{n:027}", facts.OBSERVED, str(n), kept=kept)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.booleans(), max_size=300), st.integers(1, 12))
def test_a_long_film_keeps_every_decision_and_counts_the_rest(kept: list[bool], most: int) -> None:
    sampler = Sampler(most)
    for n, one in enumerate(kept):
        sampler.offer(run_scene(n, one))
    found, left = sampler.scenes()
    others = [one for one in found if not one.kept]
    assert [one.seqs for one in found] == sorted(one.seqs for one in found)
    assert [one.seqs[0] for one in found if one.kept] == [n for n, one in enumerate(kept) if one]
    assert len(others) <= most and len(others) + left == kept.count(False)
    assert sum(one.skipped for one in others) <= left
    assert kept.count(False) > most or left == 0


def test_two_thousand_runs_stay_bounded() -> None:
    sampler = Sampler(100)
    for n in range(20_000):
        sampler.offer(run_scene(n, n % 500 == 0))
        assert len(sampler._scenes) <= 241
    found, left = sampler.scenes()
    assert len(found) == 140 and left == 20_000 - 140 and sum(one.skipped for one in found) <= left


@pytest.mark.parametrize("seconds", [1, 10, 3_000])
def test_a_film_is_as_long_as_asked_but_no_card_flashes(seconds: int) -> None:
    scenes = [Scene(scene.RUN, (n,), "t", "OBSERVED", "", ms=1_000 + 100 * n) for n in range(20)]
    found = timed(scenes, seconds)
    assert min(one.ms for one in found) >= SHORTEST
    whole = sum(one.ms for one in found)
    assert timed(scenes, None) == scenes and sum(one.ms for one in timed(scenes * 20, None)) <= LONGEST * 1000
    assert whole == 20 * SHORTEST if seconds == 1 else abs(whole - seconds * 1000) < 20 * 10 + 1


def test_a_sheet_shows_each_picture_once_with_its_decisions(evening: Evening) -> None:
    film = film_of(evening, a_work(evening))
    cells, left = sheet.cells(film, "en")
    said = ["\n".join(map(written, cell.lines)) for cell in cells]
    assert len(cells) == 3 and left == 0
    assert "rejected #" in said[0] and "STATED" in said[0] and "\n" not in said[1] and "chosen #" in said[2]


def test_a_sheet_that_is_too_large_leaves_out_what_was_not_decided() -> None:
    shas = [f"{n:064x}" for n in range(700)]
    at = "2026-11-22T20:00:00.000000Z"
    runs = tuple(Scene(scene.RUN, (n,), at, "OBSERVED", "", shots=(Shot(sha, ""),)) for n, sha in enumerate(shas))
    decisions = tuple(Scene(scene.DECISION, (900 + n,), "", "STATED", "", pictures=(sha,), mark="kept") for n, sha in enumerate(shas[::7]))
    cells, left = sheet.cells(Film((*runs, *decisions), 0, 0, 999), "en")
    assert len(cells) == sheet.MOST and left == 220
    assert {cell.shot.sha256 for cell in cells} >= set(shas[::7])
