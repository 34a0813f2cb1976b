"""Shown later: the same snapshot and entries, more values; both bundles verify, an altered one does not, and the ledger tells of it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import bundles, canaries, leaks
from support.canaries import WORK, Canaries

from provenance import canon
from provenance.bundle import withhold
from provenance.bundle.examine import examine
from provenance.bundle.withhold import Also
from provenance.daemon import disclosing
from provenance.daemon.exporting import hand_over
from provenance.errors import BadInput
from provenance.views.selection import of_work

PROOF = ("proof/checkpoint.txt", "proof/signer.vkey", "proof/signer.pem")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Canaries, list[str], Path]]:
    folder = tmp_path_factory.mktemp("disclosed")
    one, shas = canaries.make(folder)
    with one.evening:
        also = Also(pictures=frozenset({shas[1]}), previews="blur")
        options: dict[str, Any] = {"film": False, "pdf": False, "why": "secret", "languages": ("en",), "also": also}
        hand_over(one.house, of_work(one.house.views, WORK), folder / "old.zip", withheld=withhold.fields(["prompt", "path"]), **options)
        yield one, shas, folder / "old.zip"


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


def words(one: Canaries, field: str, path: Path) -> dict[int, str]:
    inside = set(json.loads(files(path)["data/bundle.json"])["entries"])
    return {seq: found[0] for (seq, name), found in one.words.items() if name == field and seq in inside}


def test_one_field_of_one_entry_then_all_then_the_picture(made: tuple[Canaries, list[str], Path], tmp_path: Path) -> None:
    one, shas, old = made
    first, second = sorted(words(one, "prompts", old).items())[:2]
    shown = disclosing.disclose(one.house, old, [f"prompts@{first[0]}"], tmp_path / "one.zip")
    assert set(leaks.found(shown.done.path, [first[1], second[1]])) == {first[1]}
    assert f"prompts@{second[0]}" in shown.left and "prompts" not in shown.left and "path" in shown.left
    all_of_it = disclosing.disclose(one.house, tmp_path / "one.zip", ["prompt", "path"], tmp_path / "two.zip")
    assert set(leaks.found(tmp_path / "two.zip", [first[1], second[1]])) == {first[1]}, "the picture is still withheld"
    assert all_of_it.left == ("picture:" + shas[1], "previews")
    last = disclosing.disclose(one.house, tmp_path / "two.zip", ["picture:" + shas[1], "previews"], tmp_path / "three.zip")
    assert last.left == () and set(leaks.found(tmp_path / "three.zip", [second[1]])) == {second[1]}
    before, after = files(old), files(tmp_path / "three.zip")
    same = [name for name in before if name.startswith(("data/entries/", "proof/"))]
    assert len(same) > 20 and all(before[name] == after[name] for name in same), "the same entries under the same checkpoint, to the byte"
    assert {name for name in after if name.startswith("data/entries/")} == {name for name in same if name.startswith("data/entries/")}
    assert json.loads(after["data/bundle.json"])["withheld"] == [] and any(n.startswith("data/originals/") for n in after)
    for path in (old, tmp_path / "one.zip", tmp_path / "two.zip", tmp_path / "three.zip"):
        assert examine(path).exit_code == 0
        assert before[PROOF[0]] == files(path)[PROOF[0]]
    (said,) = [e for e in one.house.ledger.entries() if e.kind == "bundle.disclosed/1"][-1:]
    assert said.open["shows"] == ["picture:" + shas[1], "previews"] and said.open["seal"] == last.done.seal
    assert said.open["old_seal"] == all_of_it.done.seal and last.entry is not None and said.seq == last.entry.seq


def test_the_expert_without_this_program_sees_the_same(made: tuple[Canaries, list[str], Path], tmp_path: Path) -> None:
    one, _, old = made
    disclosing.disclose(one.house, old, ["prompts"], tmp_path / "new.zip")
    for path in (old, tmp_path / "new.zip"):
        with zipfile.ZipFile(path) as opened:
            opened.extractall(tmp_path / path.stem)
        (folder,) = (tmp_path / path.stem).iterdir()
        command = [sys.executable, str(folder / "verify.py"), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        told = json.loads(done.stdout)
        assert (done.returncode, told["verdict"]) == (0, "INTEGRITY ONLY"), done.stdout
        assert ("prompts" in told["withheld"]) is (path == old) and list(told["withheld"]) == list(examine(path).withheld)
        assert any("@" in name for name in told["withheld"]), "the withheld picture's fields, entry by entry"


def test_an_altered_disclosure_fails_and_such_a_bundle_is_not_built_upon(made: tuple[Canaries, list[str], Path], tmp_path: Path) -> None:
    one, _, old = made
    disclosing.disclose(one.house, old, ["prompts"], tmp_path / "new.zip")
    seq = min(words(one, "prompts", old))
    for signed in (False, True):
        there = files(tmp_path / "new.zip")
        name = f"data/disclosures/{seq:08d}.json"
        rows = [[salt, field, ["another prompt"] if field == "prompts" else value] for salt, field, value in json.loads(there[name])]
        there[name] = canon.encode(rows)
        if signed:  # by whoever holds the key
            bundles.rehash(there)
            bundles.resign(there, one.house.signer)
        altered = tmp_path / f"altered-{signed}.zip"
        altered.write_bytes(bundles.zipped(there))
        verdict = examine(altered)
        assert verdict.word == "FAILED" and "D003" in {finding.code for finding in verdict.findings}
        with pytest.raises(BadInput) as caught:
            disclosing.disclose(one.house, altered, ["path"], tmp_path / "never.zip")
        assert caught.value.key == "disclose.not-good" and not (tmp_path / "never.zip").exists()


@pytest.mark.parametrize(("items", "key"), [
    ([], "disclose.nothing"), (["text"], "disclose.not-withheld"), (["promt"], "withhold.unknown"),
    (["picture:" + "0" * 64], "disclose.not-withheld"),
])  # fmt: skip
def test_what_is_not_withheld_is_said(made: tuple[Canaries, list[str], Path], tmp_path: Path, items: list[str], key: str) -> None:
    with pytest.raises(BadInput) as caught:
        disclosing.disclose(made[0].house, made[2], items, tmp_path / "x.zip")
    assert caught.value.key == key


def test_a_bundle_of_another_ledger_is_refused(made: tuple[Canaries, list[str], Path], tmp_path: Path) -> None:
    other, _ = canaries.make(tmp_path)
    with other.evening, pytest.raises(BadInput) as caught:
        disclosing.disclose(other.house, made[2], ["prompts"], tmp_path / "x.zip")
    assert caught.value.key == "disclose.other-ledger"


def test_a_closed_ledger_shows_more_and_takes_no_entry(
    made: tuple[Canaries, list[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, size = made[0], made[0].house.ledger.size()
    monkeypatch.setattr(disclosing.copying, "closed", lambda path: path == one.house.ledger.path)
    shown = disclosing.disclose(one.house, made[2], ["prompts"], tmp_path / "new.zip")
    assert shown.entry is None and one.house.ledger.size() == size and examine(tmp_path / "new.zip").exit_code == 0
