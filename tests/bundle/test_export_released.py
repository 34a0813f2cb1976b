"""Bundles of every version that was released, for ever: all verifiers of today say what was said then."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from support import browser, verifiers, verifypage

ROOT = Path(__file__).resolve().parents[2]
RELEASED = Path(__file__).with_name("released")
KEPT = sorted(path for path in RELEASED.glob("*/*.zip"))


def expected(path: Path) -> tuple[str, Counter[str]]:
    row = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))[path.name]
    assert sha256(path.read_bytes()).hexdigest() == row["sha256"], "a released bundle is never changed"
    return row["verdict"], Counter(row["codes"])


def test_the_first_version_is_kept() -> None:
    assert {path.parent.name for path in KEPT} >= {"0.1.0"}
    for folder in RELEASED.iterdir():
        assert set(json.loads((folder / "expected.json").read_text(encoding="utf-8"))) == {path.name for path in folder.glob("*.zip")}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_package_and_the_program_judge_it_as_then(path: Path, tmp_path: Path) -> None:
    wanted = expected(path)
    assert verifiers.package(path) == verifiers.alone(path) == wanted
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    folder = next(tmp_path.iterdir())
    assert verifiers.package(folder) == wanted
    own = subprocess.run([sys.executable, "-I", "-B", "verify.py", "--json"], cwd=folder, capture_output=True, text=True, check=False)
    told = json.loads(own.stdout)
    assert (told["verdict"], Counter(row["code"] for row in told["findings"])) == wanted, "and so does the program that came with it"


def test_the_page_judges_them_as_then(tmp_path: Path) -> None:
    if browser.CHROMIUM is None:
        pytest.skip("LOUD: NO BROWSER: Chromium is not installed: verify.html was NOT tried on released bundles")
    with verifypage.opened(tmp_path) as page:
        for path in KEPT:
            assert page.check(path) == expected(path), path
        assert not page.page.errors


def test_one_that_was_altered_fails(tmp_path: Path) -> None:
    from support import bundles

    with zipfile.ZipFile(KEPT[-1]) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
        top = archive.namelist()[0].partition("/")[0]
    name = next(name for name in files if name.startswith("exhibits/E"))
    files[name] += b"x"
    bundles.write_folder(tmp_path / top, files)
    word, codes = verifiers.both(tmp_path / top)
    assert word == "FAILED" and "F001" in codes


def test_nothing_of_the_machine_that_made_it_is_in_it() -> None:
    for path in KEPT:
        raw = path.read_bytes()
        assert b"/home/" not in raw and b"/tmp/" not in raw and b"/root" not in raw and b"PRIVATE KEY" not in raw, path
