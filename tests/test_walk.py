"""The whole path once, as a person walks it: recorded, decided, handed over, and checked by everyone who may check it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.prov import Prov

from provenance.daemon import demo


@pytest.fixture(scope="module")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> tuple[demo.Played, list[str], Path]:
    """The demo's sitting, played through the real recorder; the steps it told; its bundle unpacked."""
    folder = tmp_path_factory.mktemp("walk")
    told: list[str] = []
    played = demo.play(folder, lambda taken, entry: told.append(Path(taken.path).name), told.append)
    with zipfile.ZipFile(played.bundle) as bundle:
        bundle.extractall(folder / "unpacked")
    (top,) = (folder / "unpacked").iterdir()
    return played, told, top


@pytest.fixture
def prov(sitting: tuple[demo.Played, list[str], Path]) -> Prov:
    return Prov(sitting[0].home.path)


def test_the_sitting_is_in_the_ledger(sitting: tuple[demo.Played, list[str], Path], prov: Prov) -> None:
    played, told, _ = sitting
    assert [name for name in told if name.endswith(".png")] == [f"lighthouse_{n:05}_.png" for n in (1, 2, 3, 4)] + ["lighthouse_final.png"]
    log = prov.lines("log", "--json")
    kinds = [row["kind"] for row in log]
    assert kinds.count("file.captured/1") == 5 and kinds.count("decision.made/1") == 2 and kinds[-1] == "bundle.exported/1"
    assert "gap.noticed/1" not in kinds and "file.unreadable/1" not in kinds
    third = next(row for row in log if row["sealed"].get("path", "").endswith("lighthouse_00003_.png"))
    assert third["sealed"]["seeds"] == ["1002"] and "(warm window light:1.2)" in third["sealed"]["prompts"][0]
    (shown,) = prov.lines("show", str(played.output / "lighthouse_00004_.png"), "--json")
    assert {(model["kind"], model["how"]) for model in shown["models"]} == {("checkpoint", "by name"), ("lora", "by name")}
    for model in shown["models"]:
        (file,) = played.output.parent.rglob(model["name"])
        assert hashlib.sha256(file.read_bytes()).hexdigest() == model["sha256"]
    assert shown["decisions"][0]["decision"] == "rejected"
    assert prov.run("verify").returncode == 0


def test_prov_verify_says_integrity_only(sitting: tuple[demo.Played, list[str], Path], prov: Prov) -> None:
    played, _, top = sitting
    for target in (played.bundle, top):
        (verdict,) = prov.lines("verify", str(target), "--json")
        assert (verdict["verdict"], verdict["exit_code"], verdict["what"]) == ("INTEGRITY ONLY", 0, "bundle")
        assert all(step["ok"] for step in verdict["steps"]) and not [f for f in verdict["findings"] if f["severity"] == "error"]


def test_the_bundled_program_agrees_with_nothing_of_ours(sitting: tuple[demo.Played, list[str], Path], tmp_path: Path) -> None:
    played, _, top = sitting
    for path in top.glob("verify*.py"):
        shutil.copy(path, tmp_path / path.name)
    for target in (played.bundle, top):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(target)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "") and "INTEGRITY ONLY" in done.stdout
    shutil.copytree(top, tmp_path / "harmed")
    path = min((tmp_path / "harmed" / "data" / "originals").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(tmp_path / "harmed")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "FAILED" in done.stdout


def test_coreutils_agree(sitting: tuple[demo.Played, list[str], Path]) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("LOUD: no sha256sum on this machine: the bundle was NOT checked with it")
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(["sha256sum", "--strict", "--quiet", "-c", name], cwd=sitting[2], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_openssl_agrees_as_verify_txt_says(sitting: tuple[demo.Played, list[str], Path]) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("LOUD: no openssl on this machine: the bundle's signature was NOT checked with it")
    commands = [
        line.strip().removeprefix("$ ")
        for line in (sitting[2] / "VERIFY.txt").read_text(encoding="utf-8").splitlines()
        if line.strip().removeprefix("$ ").startswith("openssl pkeyutl")
    ]
    assert commands
    for command in commands:
        done = subprocess.run(command, shell=True, cwd=sitting[2], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "Verified Successfully" in done.stdout, (command, done.stdout, done.stderr)


def test_a_page_for_people_is_in_it(sitting: tuple[demo.Played, list[str], Path]) -> None:
    page = (sitting[2] / "exhibits" / "record.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page and "<script" not in page.lower().replace("script-src", "")
    assert "The painted window carries the idea." in page and 'lang="zh' in page and 'lang="en' in page


def test_the_same_export_gives_the_same_bytes_here_and_elsewhere(
    sitting: tuple[demo.Played, list[str], Path],
    prov: Prov,
    tmp_path: Path,
) -> None:
    shutil.copytree(prov.home, tmp_path / "elsewhere")
    names = ("here.zip", "there.zip")
    for name, one in zip(names, (prov, Prov(tmp_path / "elsewhere")), strict=True):
        one.ok("export", demo.TITLE, "-o", str(tmp_path / name))
    here, there = ((tmp_path / name).read_bytes() for name in names)
    assert here == there == sitting[0].bundle.read_bytes()
