"""Killed at any moment, started twice, told things by many at once: what was acknowledged stays, and nothing forks."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.imagefiles import png
from support.prov import Prov
from support.recording import FILES, of, where

from provenance.daemon import lock, status

ROUNDS = 40
PATIENCE = 60.0
HERE = Path(__file__).resolve().parent.parent
WRITER = """
import pathlib, sys, time
sys.path.insert(0, sys.argv[2])
from support.imagefiles import png
out, n = pathlib.Path(sys.argv[1]), 0
while True:
    data, n = png({"parameters": f"picture {n}\\nSteps: 20, Sampler: Euler, Seed: {n}"}, seed=n), n + 1
    path = out / (f"{n:06}.png" if n % 5 else f"again_{n % 3}.png")
    if n % 2:
        path.write_bytes(data)
    else:
        fresh = path.with_suffix(".tmp")
        fresh.write_bytes(data)
        fresh.replace(path)
    time.sleep(0.02)
"""


def wait_for(enough: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := enough()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


@pytest.fixture
def prov(tmp_path: Path) -> Prov:
    (tmp_path / "out").mkdir()
    made = Prov(tmp_path / "home")
    made.ok("init", str(tmp_path / "out"))
    return made


@pytest.fixture
def load(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "out"), str(HERE)])
    yield writer
    writer.kill()
    writer.wait()


@pytest.mark.slow
def test_killed_forty_times_under_load(prov: Prov, load: subprocess.Popen[bytes], tmp_path: Path) -> None:
    chance, told = random.Random(20261122), []
    for number in range(ROUNDS):
        told += one_life(prov, chance, early=number % 5 == 0)
    assert load.poll() is None
    load.kill()
    load.wait()
    finish(prov, tmp_path / "out")
    log = prov.lines("log", "--json")
    by_seq = {row["seq"]: row for row in log}
    assert len(told) > ROUNDS, "the load was no load"
    for row in told:
        assert (by_seq[row["seq"]]["open"]["sha256"], where(by_seq[row["seq"]])) == (row["sha256"], row["path"])
    assert prov.run("verify").returncode == 0
    crashed = [row for row in of(log, "gap.noticed") if row["open"]["reason"] == "crashed"]
    assert len(crashed) == len(of(log, "recorder.started")) - 1 > ROUNDS // 4
    seen = Counter((where(row), row["open"]["sha256"]) for row in log if row["kind"] in FILES)
    assert {(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in (tmp_path / "out").glob("*.png")} <= set(seen)
    assert max(seen.values()) == 1


def one_life(prov: Prov, chance: random.Random, *, early: bool) -> list[dict[str, Any]]:
    """Start, kill: within its start when `early`, else a moment after a few captures. What it acknowledged."""
    process = prov.popen("watch", "--json")
    assert process.stdout is not None and process.stderr is not None
    lines = [] if early else [process.stdout.readline() for _ in range(chance.randint(1, 12))]
    time.sleep(chance.uniform(0, 0.8 if early else 0.06))
    process.kill()
    lines += process.stdout.readlines()
    said = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert process.wait() == -signal.SIGKILL and not said, said
    return [json.loads(line) for line in lines if line.endswith("\n")]


def finish(prov: Prov, out: Path) -> None:
    """A last run that catches up with all that lies there, then stops as asked."""
    wanted = {hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("*.png")}
    process = prov.popen("watch", "--quiet")
    wait_for(lambda: wanted <= {row["open"]["sha256"] for row in prov.lines("log", "--json") if row["kind"] in FILES}, "the last files")
    process.terminate()
    assert process.communicate(timeout=PATIENCE)[1] == "" and process.returncode == 0


def test_a_second_recorder_is_refused_in_one_line(prov: Prov, tmp_path: Path) -> None:
    prov.ok("start")
    try:
        for arguments in (("start",), ("watch",), ("watch", str(tmp_path / "out"))):
            done = prov.run(*arguments)
            assert done.returncode == 5 and done.stdout == ""
            assert str(lock.holder(prov.home / "recorder.lock")) in done.stderr.splitlines()[0]
            assert 1 <= len(done.stderr.splitlines()) <= 2, done.stderr
        (state,) = prov.lines("status", "--json")
        assert state["alive"] and state["pid"] == (status.read(prov.home / "recorder.json") or {})["pid"]
    finally:
        prov.ok("stop")
    assert not prov.lines("status", "--json")[0]["alive"]
    assert len(of(prov.lines("log", "--json"), "recorder.started")) == 1
    assert prov.ok("stop") == "no recorder is running\n"


def test_four_people_tell_things_while_it_records(prov: Prov, tmp_path: Path) -> None:
    prov.ok("start")
    try:
        code = (
            "import sys\nfrom provenance.cli import main\nfrom provenance.cli.app import run\n"
            "assert all(run(['note', f'{sys.argv[1]} {n}']) == 0 for n in range(8))"
        )
        people = [subprocess.Popen([sys.executable, "-c", code, name], env=prov.environ, stdout=subprocess.DEVNULL) for name in "abcd"]
        for n in range(10):
            (tmp_path / "out" / f"{n}.png").write_bytes(png(seed=n))
        assert [person.wait(PATIENCE * 2) for person in people] == [0] * 4
        wait_for(lambda: len(of(prov.lines("log", "--json"), "file.captured")) == 10, "ten captures")
    finally:
        prov.ok("stop")
    log = prov.lines("log", "--json")
    assert sorted(row["sealed"]["text"] for row in of(log, "note.added")) == sorted(f"{name} {n}" for name in "abcd" for n in range(8))
    assert [row["seq"] for row in log] == list(range(len(log)))
    assert prov.run("verify").returncode == 0


def test_a_killed_recorder_leaves_no_lock_and_says_so_at_the_next_start(prov: Prov, tmp_path: Path) -> None:
    prov.ok("start")
    (tmp_path / "out" / "a.png").write_bytes(png(seed=1))
    wait_for(lambda: of(prov.lines("log", "--json"), "file.captured"), "the capture")
    pid = lock.holder(prov.home / "recorder.lock")
    subprocess.run(["kill", "-9", str(pid)], check=True)
    wait_for(lambda: lock.holder(prov.home / "recorder.lock") is None, "the end of it")
    (state,) = prov.lines("status", "--json")
    assert not state["alive"] and state["last_name"] == "a.png"
    (tmp_path / "out" / "b.png").write_bytes(png(seed=2))
    prov.ok("start")
    try:
        wait_for(lambda: of(prov.lines("log", "--json"), "file.imported"), "what was missed")
    finally:
        prov.ok("stop")
    log = prov.lines("log", "--json")
    (gap,) = of(log, "gap.noticed")
    assert gap["open"]["reason"] == "crashed" and gap["open"]["since"] >= of(log, "recorder.started")[0]["at"]
    assert len(of(log, "file.captured")) == len(of(log, "file.imported")) == 1
    assert prov.run("verify").returncode == 0
