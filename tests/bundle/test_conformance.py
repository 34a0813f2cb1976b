"""The conformance set: the same bytes everywhere, one broken bundle for each code, and one answer by all verifiers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support import conformance, verifiers

from provenance import data

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = json.loads((ROOT / "tests" / "conformance" / "expected.json").read_text(encoding="utf-8"))
FINDINGS = json.loads(data.read("findings.json"))
ELSEWHERE = {
    "L": "found in a ledger itself: tests/ledger/test_check.py and tests/bundle/test_bundle_ledger.py",
    "H": "found in the heads beside a ledger: tests/seal/test_heads.py",
    "R": "found in a single file or in a backup: tests/daemon/test_restore.py",
}
NONE = {"T010": "verify.py says it of itself, where verify_time.py does not lie beside it: tests/bundle/test_verify_files.py"}
ROWS = {row["bundle"]: row for row in EXPECTED["bundles"]}


@pytest.fixture(scope="module")
def made() -> conformance.Set:
    return conformance.build()


@pytest.fixture(scope="module")
def folder(made: conformance.Set, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("set") / "conformance"
    conformance.write(where, made)
    return where


def test_the_bytes_are_those_whose_digests_are_kept(made: conformance.Set) -> None:
    assert {case.place: case.digest for case in made.cases} == {place: row["sha256"] for place, row in ROWS.items()}
    assert (sorted(made.roots), sorted(made.authorities)) == (EXPECTED["trusted"], EXPECTED["authorities"])


@pytest.mark.parametrize("place", ROWS)
def test_all_verifiers_give_the_answer(place: str, made: conformance.Set, folder: Path) -> None:
    row, asked = ROWS[place], made.asked
    for judged in (verifiers.package, verifiers.alone):
        answer = judged(folder / place, row.get("key"), asked.roots, asked.authorities, row.get("witnesses", ()))
        assert answer == (row["verdict"], Counter(row["codes"])), judged.__name__


def test_the_answers_are_the_builders_intention(made: conformance.Set) -> None:
    for case in made.cases:
        row = ROWS[case.place]
        assert case.name[:4] in row["codes"] or case.name in ("integrity-only", "anchored", "witnessed", "withheld-of-one-entry")
        assert not case.word or (case.word, list(case.codes)) == (row["verdict"], sorted(set(row["codes"]))), case.name
        assert case.good == (row["verdict"] in ("ANCHORED", "INTEGRITY ONLY")), case.name


def test_every_code_has_a_bundle_or_a_reason_why_none_can_have_it(made: conformance.Set) -> None:
    shown = {case.name[:4] for case in made.cases if not case.name.islower()}
    assert not {code for code in FINDINGS if code in shown and why_none(code)}, "a reason that is no longer true"
    assert {code for code in FINDINGS if not why_none(code)} == shown


def why_none(code: str) -> str:
    """Why no bundle can have this finding; empty where one can."""
    return {**ELSEWHERE, **NONE}.get(code, ELSEWHERE.get(code[0], ""))


def test_no_good_word_without_the_roots_of_the_set(folder: Path) -> None:
    for place, row in ROWS.items():
        if row["verdict"] == "ANCHORED":
            assert verifiers.package(folder / place)[0] == verifiers.alone(folder / place)[0] == "INTEGRITY ONLY"


def test_the_script_writes_it_and_a_stranger_runs_the_program_on_it(made: conformance.Set, tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = ROOT / "scripts" / "make_conformance.py"
    subprocess.run([sys.executable, str(script), str(out)], check=True, capture_output=True, timeout=120)
    assert json.loads((out / "expected.json").read_text()) == EXPECTED
    again = subprocess.run([sys.executable, str(script), str(out)], check=False, capture_output=True, timeout=120)
    assert again.returncode == 2, "nothing is written over"
    roots = [word for name in EXPECTED["trusted"] for word in ("--root", str(out / "roots" / name))]
    roots += [word for name in EXPECTED["authorities"] for word in ("--trust-ca", str(out / "authorities" / name))]
    for place in list(ROWS)[1::12]:
        key = ("--key", ROWS[place]["key"]) if "key" in ROWS[place] else ()
        key += tuple(word for vkey in ROWS[place].get("witnesses", ()) for word in ("--witness", vkey))
        code, word, codes = verifiers.program(out / place, *roots, *key)
        assert (word, codes) == (ROWS[place]["verdict"], Counter(ROWS[place]["codes"])), place
        assert (code == 0) == (word in ("ANCHORED", "INTEGRITY ONLY"))


def test_nothing_private_lies_in_it(made: conformance.Set) -> None:
    for case in made.cases:
        assert not [name for name, data in case.files.items() if b"PRIVATE KEY" in data]
