"""When the machine refuses: a full disk, a home that is read-only, a database put back, a cache that is broken. One line, no loss."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.imagefiles import png
from support.prov import Prov
from support.recording import Recording, of

from provenance.daemon.house import open_house
from provenance.daemon.recorder import Recorder
from provenance.errors import Damaged


def wait_for(enough: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + 60
    while not (found := enough()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)
    return found


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    if (
        sys.platform != "linux"
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False).returncode
    ):
        pytest.skip("LOUD: no small file system can be mounted here: a really full disk was NOT checked")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr and 1 <= len(done.stderr.splitlines()) <= 2, done.stderr
    return done.stderr


def fill(place: Path) -> Path:
    """Take all the space that is left."""
    filler = place / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
    except OSError:
        return filler
    raise AssertionError("the disk did not fill")


@pytest.mark.slow
def test_a_full_disk_under_the_recorder(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    prov = Prov(small / "home")
    prov.ok("init", str(tmp_path / "out"))
    prov.ok("start")
    try:
        (tmp_path / "out" / "before.png").write_bytes(png(seed=1))
        wait_for(lambda: of(prov.lines("log", "--json"), "file.captured"), "the first capture")
        filler = fill(small)
        assert "full" in one_line(prov.run("note", "x" * 100_000), 4)
        for n in range(60):
            (tmp_path / "out" / f"{n}.png").write_bytes(png({"parameters": "a cat " * 3_000}, seed=n + 2))
        state = wait_for(lambda: (found := prov.lines("status", "--json")[0])["trouble"] and found, "the trouble to be told")
        assert state["alive"] and state["trouble"].endswith("disk-full") and "disk" in prov.ok("status")
        filler.unlink()
        wait_for(lambda: len(of(prov.lines("log", "--json"), "file.captured")) == 61, "what waited")
        wait_for(lambda: not prov.lines("status", "--json")[0]["trouble"], "the end of the trouble")
    finally:
        prov.ok("stop")
    assert prov.run("verify").returncode == 0
    assert not of(prov.lines("log", "--json"), "file.vanished")


@pytest.mark.slow
def test_a_disk_too_small_for_a_bundle_or_a_home(small: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(seed=1))
    prov = Prov(tmp_path / "home")
    prov.ok("init", "--yes")
    prov.ok("import", str(tmp_path / "a.png"))
    fill(small)
    one_line(prov.run("export", "--no-pdf", "--no-film", str(tmp_path / "a.png"), "-o", str(small / "x.zip")), 4)
    assert [path.name for path in small.iterdir()] == ["filler"], "no half bundle stays"
    one_line(Prov(small / "home").run("init", "--yes"), 4)


@pytest.fixture
def unwritable(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Make a folder read-only, for root too."""
    done: list[Path] = []

    def make(path: Path) -> None:
        for command in (["mount", "--bind", str(path), str(path)], ["mount", "-o", "remount,bind,ro", str(path)]):
            if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip("LOUD: nothing can be mounted read-only here: a read-only home was NOT checked")
            done[:] = [path]

    yield make
    for path in done:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.slow
def test_a_home_that_is_read_only(unwritable: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(seed=1))
    (tmp_path / "out").mkdir()
    prov = Prov(tmp_path / "home")
    prov.ok("init", str(tmp_path / "out"))
    prov.ok("import", str(tmp_path / "a.png"))
    before = {path: path.read_bytes() for path in prov.home.rglob("*") if path.is_file()}
    unwritable(prov.home)
    for arguments in (
        ("note", "hello"),
        ("keep", "a.png"),
        ("import", str(tmp_path)),
        ("watch",),
        ("start",),
        ("work", "new", "x"),
        ("export", "--no-pdf", "--no-film", "a.png", "-o", str(tmp_path / "x.zip")),
    ):
        one_line(prov.run(*arguments), 4)
    for arguments in (("log",), ("status",), ("verify",)):
        prov.ok(*arguments)
    assert prov.run("doctor").returncode == 1
    assert before == {path: path.read_bytes() for path in prov.home.rglob("*") if path.is_file()}
    one_line(Prov(prov.home / "deeper").run("init", "--yes"), 4)


def older(home: Path, keep: Path) -> None:
    """Put back the database that was kept; heads.log stays."""
    for path in home.glob("ledger.db*"):
        path.unlink()
    shutil.copy(keep, home / "ledger.db")


def test_an_old_database_put_back(tmp_path: Path) -> None:
    with Recording(tmp_path) as first:
        (first.out / "a.png").write_bytes(png(seed=1))
        first.hear("file.captured", first.out / "a.png")
    home = first.home.path
    shutil.copy(home / "ledger.db", tmp_path / "kept.db")
    with Recording(tmp_path) as second:
        (second.out / "b.png").write_bytes(png(seed=2))
        second.hear("file.captured", second.out / "b.png")
    shutil.copy(home / "ledger.db", tmp_path / "newer.db")
    older(home, tmp_path / "kept.db")
    prov = Prov(home)
    done = prov.run("verify", "--json")
    assert done.returncode == 1 and '"H001"' in done.stdout
    assert "H001" in one_line(prov.run("export", "--no-pdf", "--no-film", "a.png", "-o", str(tmp_path / "x.zip")), 6)
    assert not (tmp_path / "x.zip").exists()
    before = (home / "ledger.db").read_bytes()
    (first.out / "c.png").write_bytes(png(seed=3))
    for arguments in (("watch",), ("start",)):
        said = prov.run(*arguments)
        assert said.returncode in (4, 6) and "H001" in said.stderr and "Traceback" not in said.stderr
    with pytest.raises(Damaged) as refusal:
        house = open_house(first.home)
        try:
            Recorder(house, first.roots).run()
        finally:
            house.close()
    assert refusal.value.key == "heads.inconsistent" and refusal.value.params["code"] == "H001"
    assert (home / "ledger.db").read_bytes() == before, "nothing is added to the old one"
    older(home, tmp_path / "newer.db")
    with Recording(tmp_path) as third:
        third.hear("file.imported", third.out / "c.png")
    assert Prov(home).run("verify").returncode == 0, "what came meanwhile is found once the right one is back"


def test_views_that_are_broken_or_gone_are_made_anew(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png({"parameters": "a cat\nSteps: 20, Seed: 1"}))
    prov = Prov(tmp_path / "home")
    prov.ok("init", "--yes")
    prov.ok("import", str(tmp_path / "a.png"))
    good = prov.ok("find", "cat")
    assert "a.png" in good
    (prov.home / "views.db").write_bytes(os.urandom(30_000))
    assert prov.ok("find", "cat") == good
    (prov.home / "views.db").unlink()
    assert prov.ok("find", "cat") == good
    with sqlite3.connect(prov.home / "views.db") as database:
        database.execute("DROP TABLE versions")
    database.close()
    assert prov.ok("find", "cat") == good
