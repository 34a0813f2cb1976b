"""An export from end to end: exhibits, papers and schemas are in it, listed, sealed and numbered; twice the same; small and large."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support import bigwork, verifiers
from support.evening import Evening

from provenance import config, data, facts
from provenance.bundle import withhold
from provenance.daemon import exporting
from provenance.daemon.exporting import hand_over
from provenance.errors import BadInput
from provenance.exhibits.finds import KINDS
from provenance.report import parts
from provenance.views.selection import of_work

RUNS = 6
QUICK: dict[str, Any] = {"why": "", "languages": ("en",), "pdf": False, "film": False}


@dataclass(frozen=True)
class Made:
    evening: Evening
    files: dict[str, bytes]
    steps: list[tuple[int, int]]

    @property
    def listed(self) -> list[dict[str, Any]]:
        return json.loads(self.files["exhibits/index.json"])["exhibits"]  # type: ignore[no-any-return]


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("whole")
    with Evening(folder) as one:
        bigwork.fill(one, RUNS)
        steps: list[tuple[int, int]] = []
        chosen = of_work(one.house.views, bigwork.WORK)
        rest = {"withheld": frozenset(), "why": "", "languages": ("zh", "en"), "pdf": False}  # with PDFs: test_export_hostile.py
        done, _ = hand_over(one.house, chosen, folder / "b.zip", step=lambda at, of: steps.append((at, of)), forum="cn", **rest)  # type: ignore[arg-type]
        assert done.exhibits == len(json.loads(unzipped(folder / "b.zip")["exhibits/index.json"])["exhibits"])
        yield Made(one, unzipped(folder / "b.zip"), steps)


def test_every_exhibit_is_a_file_of_the_bundle_with_its_hash_and_every_exhibit_file_is_listed(made: Made) -> None:
    for row in made.listed:
        assert sha256(made.files[row["file"]]).hexdigest() == row["sha256"] and len(made.files[row["file"]]) == row["size"], row
    files = {name for name in made.files if name.startswith(("exhibits/", "data/originals/", "annex/"))}
    assert files - {"exhibits/index.csv", "exhibits/index.json"} <= {row["file"] for row in made.listed}
    kinds = [row["kind"] for row in made.listed]
    assert {"original", "candidate", "film", "workflow", "translation", "record", "annex", "preview"} <= set(kinds)
    assert kinds == sorted(kinds, key=KINDS.index)


def test_all_of_it_is_sealed_and_bundle_json_names_the_list(made: Made) -> None:
    listed = {line.split("  ", 1)[1] for line in made.files["tagmanifest-sha256.txt"].decode().splitlines()}
    outside = {name for name in made.files if not name.startswith("data/")}
    assert outside - listed == {"tagmanifest-sha256.txt", "seal.sig"}
    about = json.loads(made.files["data/bundle.json"])
    assert about["exhibits"]["sha256"] == sha256(made.files["exhibits/index.json"]).hexdigest()
    assert about["forum"] == "cn" and about["languages"] == ["zh", "en"]
    assert {name.removeprefix("schemas/") for name in made.files if name.startswith("schemas/")} == {
        name.rpartition("/")[2] for name in data.names("schemas")
    }


def test_the_forum_has_its_papers_and_copies_keep_the_tools_own_bytes(made: Made) -> None:
    assert [name for name in made.files if name.startswith("papers/cn_") and name.endswith(".docx")]
    for row in made.listed:
        if row["kind"] in ("workflow", "preview"):
            assert made.files[row["file"]] == made.files[f"data/blobs/{row['sha256']}"]


def test_the_progress_goes_forward_to_the_end(made: Made) -> None:
    assert made.steps == sorted(made.steps) and made.steps[-1] == (1000, 1000) and len({at for at, _ in made.steps}) > 10


def test_the_same_again_is_the_same_bytes(made: Made, tmp_path: Path) -> None:
    house = made.evening.house
    for name in ("a.zip", "b.zip"):
        hand_over(house, of_work(house.views, bigwork.WORK), tmp_path / name, withheld=frozenset(), forum="us", **QUICK)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_is_kept_back_is_listed_with_its_reason_and_has_no_file(made: Made, tmp_path: Path) -> None:
    house = made.evening.house
    held = withhold.fields(["prompt"])
    hand_over(house, of_work(house.views, bigwork.WORK), tmp_path / "b.zip", withheld=held, **QUICK)
    rows = json.loads(unzipped(tmp_path / "b.zip")["exhibits/index.json"])["exhibits"]
    kept_back = [row for row in rows if row["file"] is None]
    assert {row["kind"] for row in kept_back} == {"original", "candidate", "metadata"} and all(row["withheld"] for row in kept_back)
    assert all("sha256" not in row for row in kept_back if row["kind"] == "metadata"), "the hash of a withheld text would tell who has it"
    assert [row["number"] for row in rows] == [f"E{n:03}" for n in range(1, len(rows) + 1)]
    assert verifiers.both(tmp_path / "b.zip") == ("INTEGRITY ONLY", {"T001"})


def test_a_large_work_is_cut_into_pages_that_lead_to_each_other_and_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST", 5)  # else 200
    monkeypatch.setattr(exporting, "MOST_PICTURES", 10)  # else 500
    count = 12
    with Evening(tmp_path) as one:
        _slim(one, count)
        done, entry = hand_over(one.house, of_work(one.house.views, bigwork.WORK), tmp_path / "b.zip", withheld=frozenset(), **QUICK)
        assert entry is not None and len(entry.open["pictures"]) == 10 and entry.open["unlisted"] == 2
        assert len(done.pictures) == count
    files = unzipped(tmp_path / "b.zip")
    pages = [files[f"exhibits/record{n}.html"].decode() for n in ("", "-2", "-3")]
    assert "exhibits/record-4.html" not in files
    for number, page in enumerate(pages, 1):
        first, last = (number - 1) * 5 + 1, min(number * 5, count)
        shown = [n for n in range(1, count + 1) if f'id="en-p{n}"' in page]
        assert shown == list(range(first, last + 1))
        assert f"Page {number} of 3" in page
    every = {n for page in pages for n in range(100) if f'id="e{n}"' in page}
    assert every == set(json.loads(files["data/bundle.json"])["entries"]), "every entry stands on some page"
    assert 'href="record.html#e' in pages[2] and 'href="record-3.html#' in pages[0]


def _slim(one: Evening, count: int) -> None:
    """A work of pictures that say nothing, in a few commits."""
    shas = [sha256(b"%d" % n).hexdigest() for n in range(count)]
    stamp = "2026-11-22T20:00:00.000000Z"
    one.house.ledger.append([facts.WorkNamed(work=bigwork.WORK, name="Many"), *(
        facts.FileCaptured(
            sha256=sha, size=1, media_type="image/png", container="png", parsed="plain", mtime=stamp, seen_at=stamp, path=f"/x/{n}.png"
        )
        for n, sha in enumerate(shas)
    )])  # fmt: skip
    one.house.ledger.append(facts.WorkFiled.batches(bigwork.WORK, shas))
    one.house.ledger.append([facts.DecisionMade(decision="chosen", pictures=(shas[-1],), why="the last")])


def test_more_pictures_than_an_entry_holds_are_filed_in_several() -> None:
    shas = [sha256(b"%d" % n).hexdigest() for n in range(1001)]
    found = facts.WorkFiled.batches("ab", shas)
    assert [len(one.pictures) for one in found] == [500, 500, 1] and [sha for one in found for sha in one.pictures] == shas


@pytest.mark.parametrize("wrong", [{"forum": "mars"}, {"forum": 1}, {"more": "x"}, "cn", []])
def test_prov_toml_names_a_forum_that_there_is(wrong: object) -> None:
    assert config.parse({"export": {"forum": "cn"}}, "prov.toml").export.forum == "cn"
    assert config.parse({}, "prov.toml").export.forum == "general"
    with pytest.raises(BadInput) as caught:
        config.parse({"export": wrong}, "prov.toml")
    assert caught.value.key == "config.bad"
