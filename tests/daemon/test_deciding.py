"""Decisions from folders and other programs: what was seen is recorded as seen, and what a rule makes of it beside it."""

from __future__ import annotations

import contextlib
import csv
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening
from support.imagefiles import png
from support.recording import Recording, of

from provenance import facts
from provenance.config import Rule
from provenance.daemon.deciding import apply_rules, import_marks, unused
from provenance.errors import BadInput
from provenance.views import ask, decided

RULES = (
    Rule("kept", folder="*/keepers/*"), Rule("rejected", folder="*/bin"), Rule("rejected", observed="vanished", folder="*/out/*.png"),
)  # fmt: skip


def seen(log: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [(row["open"]["class"], row["open"]["observed"], row["open"]["meaning"], row["open"]["rule"])
            for row in log if row["kind"].startswith("decision.")]  # fmt: skip


def test_folders_that_the_user_gave_a_meaning(tmp_path: Path) -> None:
    with Recording(tmp_path, rules=RULES) as recording:
        out = recording.out
        for folder in ("keepers", "bin", "other"):
            (out / folder).mkdir()
        for n, name in enumerate("abcde"):
            (out / f"{name}.png").write_bytes(png(seed=n))
            recording.hear("file.captured", out / f"{name}.png")
        (out / "a.png").rename(out / "keepers" / "a.png")
        moved = recording.until(lambda log: of(log, "decision.observed"))
        assert seen(moved) == [("OBSERVED", "moved to folder", "kept", "prov.toml 1")]
        assert moved[0]["sealed"]["place"] == str(out / "keepers") and moved[0]["sealed"]["pattern"] == "folder=*/keepers/*"
        (out / "keepers" / "a.png").rename(out / "keepers" / "renamed.png")  # decided already
        recording.hear("file.renamed", out / "keepers" / "renamed.png")
        shutil.copyfile(out / "b.png", out / "bin" / "b.png")
        recording.until(lambda log: len(of(log, "decision.observed")) == 2)
        (out / "c.png").rename(out / "other" / "c.png")  # no rule
        recording.hear("file.renamed", out / "other" / "c.png")
        (out / "keepers" / "new.png").write_bytes(png(seed=9))  # made there: nobody chose anything
        recording.hear("file.captured", out / "keepers" / "new.png")
        (out / "b.png").unlink()  # its copy is in the bin
        recording.hear("file.vanished", out / "b.png")
        (out / "d.png").unlink()
        recording.until(lambda log: len(of(log, "decision.observed")) == 3)
        assert seen(recording.log())[1:] == [
            ("OBSERVED", "copied to folder", "rejected", "prov.toml 2"), ("OBSERVED", "vanished", "rejected", "prov.toml 3"),
        ]  # fmt: skip
        log = recording.log()
        renames = of(log, "file.renamed")
        assert of(log, "decision.observed")[0]["seq"] == renames[0]["seq"] + 1, "in one commit with what was seen"
    with Recording(tmp_path, rules=RULES) as recording:
        assert len(of(recording.log(), "decision.observed")) == 3


def test_what_was_moved_while_nobody_watched_is_found_later(tmp_path: Path) -> None:
    with Recording(tmp_path, rules=RULES) as recording:
        (recording.out / "a.png").write_bytes(png())
        recording.hear("file.captured", recording.out / "a.png")
    (recording.out / "keepers").mkdir()
    (recording.out / "a.png").rename(recording.out / "keepers" / "a.png")
    with Recording(tmp_path, rules=RULES) as recording:
        recording.until(lambda log: of(log, "file.vanished"))
        (found,) = recording.until(lambda log: [row for row in seen(log) if row[2] == "kept"])
        assert found == ("IMPORTED", "put into folder", "kept", "prov.toml 1")
        assert not of(recording.log(), "decision.observed")


def test_swarmuis_star_is_known_by_its_layout(tmp_path: Path) -> None:
    with Recording(tmp_path) as recording:
        (recording.out / "raw").mkdir()
        (recording.out / "Starred" / "raw").mkdir(parents=True)
        for name in ("a", "b"):
            (recording.out / "raw" / f"{name}.png").write_bytes(png(seed=ord(name)))
            recording.hear("file.captured", recording.out / "raw" / f"{name}.png")
        shutil.copyfile(recording.out / "raw" / "b.png", recording.out / "Starred" / "b.png")  # not where the star button would lay it
        recording.hear("file.captured", recording.out / "Starred" / "b.png")
        shutil.copyfile(recording.out / "raw" / "a.png", recording.out / "Starred" / "raw" / "a.png")
        (row,) = recording.until(lambda log: of(log, "decision.observed"))
    assert (row["open"]["observed"], row["open"]["tool"], row["open"]["rule"]) == ("copied to folder", "SwarmUI", "built-in")


def home_with_log(tmp_path: Path, evening: Evening) -> Path:
    first = evening.at(0).webui("a.png", "a cat", "Steps: 20, Seed: 1", salt=1)
    evening.at(10).webui("b.png", "a dog", "Steps: 20, Seed: 2", salt=2)
    assert first
    log = tmp_path / "log" / "images"
    log.mkdir(parents=True)
    shutil.copyfile(evening.out / "a.png", log / "00001.png")
    (log / "00002.png").write_bytes(png(seed=77))
    with (log / "log.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["prompt", "filename"], ["a cat", "00001.png"], ["?", "00002.png"], ["gone", "00003.png"]])
    return tmp_path


def test_marks_are_brought_in_once_and_what_is_unknown_is_counted(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        path = home_with_log(tmp_path, evening)
        done = import_marks(evening.at(60).house, str(path))
        assert (done.pictures, done.known, done.unknown, [name for name, _ in done.places]) == (1, 0, 2, ["a1111"])
        (entry,) = done.entries
        assert (entry.kind, entry.open["class"], entry.open["observed"]) == (facts.DecisionImported.KIND, "IMPORTED", "saved by button")
        assert (entry.open["meaning"], entry.open["rule"]) == ("kept", "built-in")
        again = import_marks(evening.house, str(path))
        assert (again.pictures, again.known, again.entries) == (0, 1, ())
        with (tmp_path / "log" / "images" / "log.csv").open("a", newline="") as file:  # read further
            shutil.copyfile(evening.out / "b.png", tmp_path / "log" / "images" / "00004.png")
            csv.writer(file).writerow(["a dog", "00004.png"])
        assert import_marks(evening.house, str(path)).pictures == 1
        with pytest.raises(BadInput):
            import_marks(evening.house, str(tmp_path / "home"), "eagle")


def test_a_meaning_is_a_rules_and_a_persons_word_counts_before_it(tmp_path: Path) -> None:
    with Evening(tmp_path, rules=(Rule("chosen", observed="on board", value="灯塔*"),)) as evening:
        for n in range(4):
            (evening.out / "outputs" / "images").mkdir(parents=True, exist_ok=True)
            evening.at(n).webui(f"outputs/images/{n}.png", "a cat", f"Steps: 20, Seed: {n}", salt=n)
        with contextlib.closing(sqlite3.connect(evening.out / "invokeai.db")) as db, db:
            db.execute("CREATE TABLE images (image_name TEXT, starred INT)")
            db.execute("CREATE TABLE boards (board_id TEXT, board_name TEXT)")
            db.execute("CREATE TABLE board_images (board_id TEXT, image_name TEXT)")
            db.executemany("INSERT INTO images VALUES (?, ?)", [("0.png", 0), ("1.png", 1), ("2.png", 1), ("3.png", 0)])
            db.executemany("INSERT INTO boards VALUES (?, ?)", [("x", "灯塔 final"), ("y", "other")])
            db.executemany("INSERT INTO board_images VALUES (?, ?)", [("x", "0.png"), ("y", "3.png")])
        house = evening.at(100).house
        done = import_marks(house, str(evening.out))
        rows = {(e.open["observed"], e.open.get("meaning"), e.open.get("rule")): e.open["pictures"] for e in done.entries}
        shas = [ask.by_name(house.views, f"{n}.png")[0] for n in range(4)]
        assert rows == {
            ("starred", "kept", "built-in"): [shas[1], shas[2]], ("on board", "chosen", "prov.toml 1"): [shas[0]],
            ("on board", None, None): [shas[3]],
        }  # fmt: skip
        house.tell(facts.DecisionMade(decision="rejected", pictures=(shas[1],)))
        import_marks(house, str(evening.out))

        def now(sha: str) -> str | None:
            found: str | None = house.views.ask(f"SELECT {decided.current(':s')} AS d", s=sha)[0]["d"]
            return found

        assert [now(sha) for sha in shas] == ["chosen", "rejected", "kept", None]
        (entry,) = house.tell(facts.DecisionMade(decision="published", pictures=(shas[2],), where="https://example.org/1"))
        assert now(shas[2]) == "published"
        house.tell(facts.DecisionMade(decision="withdrawn", pictures=(shas[2],), withdraws=entry.seq))
        assert now(shas[2]) == "kept", "what was there before counts again"


def test_rules_that_can_never_fit_are_found(tmp_path: Path) -> None:
    rules = (Rule("kept", folder="*/keep/*"), Rule("kept", folder="/nowhere/*"), Rule("kept", folder=f"{tmp_path}/out/keep/*"))
    assert unused(rules, [str(tmp_path / "out")]) == [2]


def test_a_rule_that_comes_after_the_files_is_applied_on_request(tmp_path: Path) -> None:
    with Evening(tmp_path, rules=RULES[:2]) as evening:
        evening.at(0).webui("keepers/a.png", "a cat", "Steps: 20, Seed: 1", salt=1)
        evening.at(1).webui("b.png", "a cat", "Steps: 20, Seed: 2", salt=2)
        evening.at(2).save("keepers/a.txt", b"a cat\nSteps: 20, Seed: 1")
        done = apply_rules(evening.house)
        assert (done.pictures, done.known) == (1, 0)
        assert done.entries[0].open["class"] == "IMPORTED" and done.entries[0].open["rule"] == "prov.toml 1"
        again = apply_rules(evening.house)
        assert (again.pictures, again.known, again.entries) == (0, 1, ())


@pytest.mark.parametrize("text", ["\\ud800 lone", "\\u0000nul", "\\u202eback", "x" * 5000, "a/../../b", "."])
def test_hostile_names_and_tags_are_taken_as_they_are(tmp_path: Path, text: str) -> None:
    with Evening(tmp_path) as evening:
        evening.at(0).webui("a.png", "a cat", "Steps: 20, Seed: 1")
        for number, name in enumerate(("a", text)):
            folder = tmp_path / "My.library" / "images" / f"K{number}.info"
            folder.mkdir(parents=True)
            (folder / "metadata.json").write_text(f'{{"name": "{name}", "ext": "png", "star": 5, "tags": ["{text}", null, 3]}}')
        shutil.copyfile(evening.out / "a.png", tmp_path / "My.library" / "images" / "K0.info" / "a.png")
        done = import_marks(evening.house, str(tmp_path / "My.library"))
        assert done.pictures == 2 and import_marks(evening.house, str(tmp_path / "My.library")).known == 2
