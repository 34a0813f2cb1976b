"""Trusted time in the real recorder, in a process of its own: from the start to the stop, held up by nobody, killed at the worst moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.authority import OPENSSL, Authority, Served
from support.imagefiles import png
from support.prov import Prov
from support.recording import Recording, logged, of
from support.timed import attested, authorities, home, keeper, note, row

from provenance import config
from provenance.config import Time
from provenance.daemon.sealing import sign_now

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NO openssl: NOTHING OF TRUSTED TIME IS TESTED")
Two = list[tuple[Authority, Served]]
PATIENCE = 40.0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with authorities(tmp_path / "tsas") as found:
        yield found


def settings(two: Two, **more: Any) -> Time:
    rows = tuple(row(f"local{n}", served, made, **more) for n, (made, served) in enumerate(two))
    return Time(tuple(str(one["name"]) for one in rows), rows)


def until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return result


@pytest.mark.slow
def test_from_the_start_to_the_stop(tmp_path: Path, two: Two) -> None:
    prov = Prov(tmp_path / "home")
    out = tmp_path / "out"
    out.mkdir()
    prov.ok("init", str(out))
    where = config.Home(prov.home)
    rest = settings(two, rest=0)
    config.write(where, replace(config.load(where), time=rest))
    running = prov.popen("watch", "--quiet")
    try:
        until(lambda: len([row for row in prov.lines("log", "--json") if row["kind"] == "time.attested/1"]) == 2)
        (out / "a.png").write_bytes(png(seed=1))
        until(lambda: [row for row in prov.lines("log", "--json") if row["kind"] == "file.captured/1"])
    finally:
        running.send_signal(signal.SIGTERM)
        said, wrong = running.communicate(timeout=60)
    assert running.returncode == 0 and not wrong, (said, wrong)
    log = sorted(prov.lines("log", "--json"), key=lambda entry: entry["seq"])
    kinds = [entry["kind"].partition("/")[0] for entry in log]
    (stopped,) = (n for n, kind in enumerate(kinds) if kind == "recorder.stopped")
    assert kinds[stopped + 1 :] == ["snapshot.signed", "time.attested", "time.attested"], kinds
    assert all(entry["open"]["size"] == stopped + 1 for entry in log[stopped + 1 :]), "what was signed at the stop is attested at the stop"
    assert kinds.count("time.chosen") == 1 and "time.attested" in kinds[: kinds.index("file.captured")]
    ledger = prov.ok("verify", str(where.ledger))
    assert "FAIL" not in ledger
    assert "last anchored" in prov.ok("status")


@pytest.mark.slow
def test_off_by_default_no_request_is_ever_made(tmp_path: Path, two: Two) -> None:
    with Recording(tmp_path) as live:
        fresh = Time((), settings(two).authorities)
        config.write(live.home, replace(live.house.config, time=fresh))
        (live.out / "a.png").write_bytes(png(seed=1))
        live.hear("file.captured", live.out / "a.png")
    assert [served.asked for _, served in two] == [[], []]
    assert not of(logged(tmp_path), "time.chosen")


@pytest.mark.slow
def test_a_server_that_does_not_answer_holds_up_neither_capture_nor_stop(tmp_path: Path, two: Two) -> None:
    for _, served in two:
        served.mood = "slow"
    with Recording(tmp_path, time=settings(two)) as live:
        until(lambda: all(served.asked for _, served in two))
        for seed in range(5):
            (live.out / f"{seed}.png").write_bytes(png(seed=seed))
        live.until(lambda log: len(of(log, "file.captured")) == 5)
        assert not of(live.log(), "time.attested"), "the server still holds its answer back"
        live.recorder.stop()
        live.thread.join(15)
        assert not live.thread.is_alive(), "30 s would be the limit of a request"
    for _, served in two:
        served.mood = "good"
        served.release.set()
    with Recording(tmp_path) as live:
        live.home.asked.unlink()  # the authorities' rest of 15 s, which this test does not wait for
        live.recorder._timing.wake()
        live.until(lambda log: {row["open"]["authority"] for row in of(log, "time.attested")} == {"local0", "local1"})


@pytest.mark.slow
def test_switched_on_and_off_beside_a_running_recorder(tmp_path: Path, two: Two) -> None:
    with Recording(tmp_path, time=Time((), settings(two).authorities)) as live:
        prov = Prov(live.home.path)
        prov.ok("time", "on", "local0")
        note(live.house)
        sign_now(live.house, "asked")
        live.recorder._timing.wake()
        live.until(lambda log: of(log, "time.attested"))
        prov.ok("time", "off")
        live.home.asked.unlink(missing_ok=True)
        note(live.house)
        sign_now(live.house, "asked")
        live.recorder._timing.wake()
    assert [len(served.asked) for _, served in two] == [1, 0]
    chosen = of(logged(tmp_path), "time.chosen")
    assert [entry["open"]["authorities"] for entry in chosen] == [["local0"], []]


KILLED = """
import os, signal, sys
from pathlib import Path
from provenance.config import Home
from provenance.daemon.house import House, open_house
from provenance.daemon.timing import Timekeeper

def killed(self, *arguments):
    os.kill(os.getpid(), signal.SIGKILL)

{patch}
house = open_house(Home(Path(sys.argv[1])))
Timekeeper(house).step()
"""
MOMENTS = {
    "before the blob": "House.keep = killed",
    "between blob and entry": "House.append = killed",
    "after the entry": (
        "from provenance.daemon import anchoring\n"
        "kept = anchoring.write_down\n"
        "anchoring.write_down = lambda *a: (kept(*a), killed(None))"
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("moment", list(MOMENTS))
def test_killed_around_the_writing(tmp_path: Path, two: Two, moment: str) -> None:
    made, served = two[0]
    with home(tmp_path, row("local", served, made, rest=0)) as house:
        note(house)
        sign_now(house, "stop")
        before = house.ledger.size()
    code = KILLED.format(patch=MOMENTS[moment])
    environ = Prov(tmp_path / "home").environ
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "home")], env=environ, capture_output=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with home(tmp_path) as house:
        tokens = [path for path in house.home.blobs.glob("??/*") if path.is_file()]
        assert len(tokens) == (0 if moment == "before the blob" else 1)
        assert house.ledger.size() - before == (1 if moment == "after the entry" else 0)
        keeper(house).step()
        (entry,) = attested(house)
        assert house.blobs.has(entry.open["token"]) and entry.open["trusted"] is True
        assert len(served.asked) == (1 if moment == "after the entry" else 2)
