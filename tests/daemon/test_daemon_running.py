"""The running record: what runs, until when it surely ran, what the clocks did, and whether the disk still holds what was written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.imagefiles import png
from support.prov import ROOT, Prov
from support.recording import Recording, of

from provenance import clock, facts
from provenance.clock import Moment
from provenance.daemon.clocks import JUMP_MS, SLEEP_MS, Clocks
from provenance.daemon.codehash import code_hash, listing
from provenance.daemon.heartbeat import BEAT_MS, SLOT, Beat, Heartbeat
from provenance.daemon.opening import set_back
from provenance.daemon.readback import LATELY, RANGE_MS, ReadBack
from provenance.errors import Damaged
from provenance.ledger.store import Ledger

START = Moment(datetime(2026, 11, 22, 3, tzinfo=UTC), 5_000_000, 4_000_000, "b0075eed")


def later(before: Moment, ms: int, *, wall: int = 0, slept: int = 0, boot: str = "b0075eed") -> Moment:
    """`ms` milliseconds later; the wall clock set by `wall` on the way, `slept` of the time asleep."""
    return Moment(before.wall + timedelta(milliseconds=ms + wall), before.mono_ms + ms, before.awake_ms + ms - slept, boot)


# --- clocks


def test_clocks_that_go_on_tell_nothing() -> None:
    clocks, now = Clocks(START), START
    for _ in range(1000):
        now = later(now, 30_000)
        assert list(clocks.look(now)) == []


@pytest.mark.parametrize("by", [JUMP_MS + 1, -JUMP_MS - 1, 86_400_000, -86_400_000])
def test_a_step_is_told_once_with_its_size(by: int) -> None:
    clocks, after = Clocks(START), later(START, 30_000, wall=by)
    assert list(clocks.look(after)) == [facts.ClockJumped(wall_before=START.stamp, wall_after=after.stamp, by_ms=by)]
    assert list(clocks.look(later(after, 30_000))) == []


def test_many_small_steps_are_told_when_they_add_up() -> None:
    clocks, now, told = Clocks(START), START, []
    for _ in range(100):
        now = later(now, 30_000, wall=150)
        told += list(clocks.look(now))
    assert sum(one.by_ms for one in told if isinstance(one, facts.ClockJumped)) == pytest.approx(15_000, abs=JUMP_MS)
    assert len(told) == 7


def test_sleep_is_a_gap_with_its_length_and_no_jump() -> None:
    clocks, woken = Clocks(START), later(START, 8 * 3_600_000, slept=8 * 3_600_000 - 20_000)
    (gap,) = clocks.look(woken)
    assert gap == facts.GapNoticed(reason="suspended", since=START.stamp, until=woken.stamp, asleep_ms=8 * 3_600_000 - 20_000)
    assert list(clocks.look(later(woken, 30_000, slept=SLEEP_MS // 2))) == []


@pytest.mark.parametrize(
    ("now", "by"),
    [
        (later(START, 3_600_000, wall=-7_200_000), -7_200_000),
        (later(START, 3_600_000, wall=90_000), 90_000),
        (dataclasses.replace(later(START, -4_000_000), boot="0ther000"), -4_000_000),  # booted anew: an hour and more before the last beat
        (later(START, 3_600_000, wall=500), None),
        (dataclasses.replace(later(START, 3_600_000, wall=90_000), boot="0ther000"), None),  # nothing counts on across a restart
    ],
)
def test_a_clock_set_while_nothing_ran(now: Moment, by: int | None) -> None:
    beat = Beat(1, START.stamp, START.mono_ms, START.awake_ms, START.boot)
    assert [one.by_ms for one in set_back(beat, now)] == ([] if by is None else [by])
    assert list(set_back(None, now)) == []


def test_what_the_kernel_says_of_its_clock() -> None:
    told = clock.synchronised()
    if not sys.platform.startswith("linux"):
        assert told is None
    elif told is not None:
        assert type(told[0]) is bool and told[1] >= 0
    assert clock.zone(datetime(2026, 1, 1, tzinfo=UTC))[3] == ":"


# --- the code's own hash


def test_the_code_hash_is_what_find_sort_and_sha256sum_say(tmp_path: Path) -> None:
    if not (shutil.which("sha256sum") and shutil.which("find")):
        pytest.skip("LOUD: no find or sha256sum: the shell's way to the code hash was NOT checked")
    wheel = tmp_path / "provenance"
    shutil.copytree(ROOT / "provenance", wheel, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "migrations", wheel / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    words = (
        "find . -type f ! -name '*.py[co]' ! -path '*/__pycache__/*' ! -path '*/.*' -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum"
    )
    lines = subprocess.run(["sh", "-c", words], cwd=wheel, capture_output=True, check=True).stdout
    assert listing(wheel) == lines == listing(ROOT / "provenance")
    assert code_hash(wheel) == hashlib.sha256(lines).hexdigest() == code_hash()
    (wheel / "canon.py").write_bytes((wheel / "canon.py").read_bytes() + b"\n")
    assert code_hash(wheel) != code_hash()
    assert code_hash(tmp_path / "nothing") is None


def test_doctor_prints_the_code_hash(tmp_path: Path) -> None:
    prov = Prov(tmp_path / "home")
    assert prov.ok("doctor", "--code-hash") == f"{code_hash()}\n"


# --- heartbeats


def test_beats_come_once_a_minute_and_the_newest_is_read(tmp_path: Path) -> None:
    heart, now = Heartbeat(tmp_path / "heartbeat"), START
    assert heart.last() is None
    for _ in range(9):
        heart.beat(now)
        now = later(now, BEAT_MS // 2)
    last = Heartbeat(tmp_path / "heartbeat").last()
    assert last is not None and (last.number, last.moment()) == (5, later(START, 4 * BEAT_MS))
    assert (tmp_path / "heartbeat").stat().st_size == 2 * SLOT
    again = Heartbeat(tmp_path / "heartbeat")
    assert again.last() == last
    again.beat(now)
    assert (after := again.last()) is not None and after.number == 6


def test_a_beat_torn_anywhere_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat"
    heart = Heartbeat(path)
    for turn in range(3):
        heart.beat(later(START, turn * BEAT_MS))
    good = path.read_bytes()
    heart.beat(later(START, 3 * BEAT_MS))
    fresh = path.read_bytes()
    slot = next(at for at in (0, SLOT) if good[at : at + SLOT] != fresh[at : at + SLOT])
    for cut in range(0, SLOT, 7):
        path.write_bytes(good[:slot] + fresh[slot : slot + cut] + good[slot + cut : slot + SLOT] + good[slot + SLOT :])
        beat = Heartbeat(path).last()
        assert beat is not None and beat.number in (3, 4), cut
    path.write_bytes(os.urandom(700))
    assert Heartbeat(path).last() is None


# --- after an end that nobody said


def crashed(folder: Path, **beat: object) -> list[dict[str, object]]:
    """The first entries of the run after one that was killed; the file of its last beat changed on the way."""
    with Recording(folder) as live:
        live.recorder._chores._heart.beat(later(clock.system(), 2 * BEAT_MS - 1))
        live.recorder._chores.read_back = lambda: (_ for _ in ()).throw(Damaged("ledger.changed", seq=0))  # type: ignore[method-assign]
        with pytest.raises(Damaged):
            live.__exit__(None, None, None)
        live.failed.clear()
    home = live.home
    now = clock.system()
    moment = {"wall": now.stamp, "mono_ms": now.mono_ms, "awake_ms": now.awake_ms, "boot": now.boot, **beat}
    home.heartbeat.unlink()
    made = Heartbeat(home.heartbeat)
    made.beat(Moment(clock.parse(str(moment["wall"])), int(str(moment["mono_ms"])), int(str(moment["awake_ms"])), str(moment["boot"])))
    with Recording(folder) as again:
        log = again.log()
    first = max(at for at, row in enumerate(log) if row["kind"] == "recorder.started/1")
    return [row["open"] for row in log[first - 2 : first + 1] if not row["kind"].startswith(("watch", "snapshot"))]


def test_a_crash_within_one_boot_says_how_long_it_slept(tmp_path: Path) -> None:
    now = clock.system()
    gap, _ = crashed(tmp_path, mono_ms=now.mono_ms, awake_ms=now.awake_ms + 700_000)[-2:]
    assert gap["reason"] == "crashed" and 690_000 < int(str(gap["asleep_ms"])) < 800_000 and "boot_before" not in gap


def test_a_machine_started_anew_is_no_mere_crash(tmp_path: Path) -> None:
    gap, begun = crashed(tmp_path, boot="0ther000")[-2:]
    assert gap["reason"] == "restarted" and gap["boot_before"] == "0ther000" and "asleep_ms" not in gap
    assert begun["code"] == code_hash() and begun["zone"]
    assert ("clock_synchronised" in begun) == (clock.synchronised() is not None)


# --- reading back


def test_what_was_written_is_read_back_and_a_changed_entry_is_named(tmp_path: Path, clock: clock.Clock) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.create(path, "prov.local/x", clock) as ledger:
        back = ReadBack(path, ledger.origin, random.Random(1), 0)
        for number in range(300):
            back.wrote(ledger.append([facts.NoteAdded(text=str(number))]))
        back.look(1)
        assert back.looked == LATELY
        back.look(1)
        assert back.looked == LATELY
        back.look(RANGE_MS)
        assert back.looked == LATELY + 256
        entries = ledger.append([facts.NoteAdded(text="one more")])
    with sqlite3.connect(path) as raw:
        for name, in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE entries SET bytes = CAST(replace(bytes, '2026', '2025') AS BLOB) WHERE seq = 300")
    raw.close()
    back.wrote(entries)
    with pytest.raises(Damaged) as caught:
        back.look(RANGE_MS + 1)
    assert caught.value.params["seq"] == 300
    with pytest.raises(Damaged):
        for hour in range(2, 200):
            back.look(hour * RANGE_MS)


def test_a_ledger_changed_under_the_recorder_ends_it_with_exit_6_and_nothing_is_added(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    prov = Prov(tmp_path / "home")
    prov.ok("init", "--yes", str(tmp_path / "out"))
    process = prov.popen("watch", "--json")
    assert process.stdout is not None
    (tmp_path / "out" / "a.png").write_bytes(png(seed=1))
    row = json.loads(process.stdout.readline())
    raw = sqlite3.connect(prov.home / "ledger.db", isolation_level=None, timeout=30)
    for name, in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE entries SET bytes = CAST(replace(bytes, 'image/png', 'image/gif') AS BLOB) WHERE seq = ?", (row["seq"],))
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 6 and str(row["seq"]) in err, (out, err)
    kinds = [kind for kind, in raw.execute("SELECT kind FROM entries ORDER BY seq")]
    raw.close()
    assert "recorder.stopped/1" not in kinds


def test_an_entry_says_what_runs(tmp_path: Path) -> None:
    with Recording(tmp_path) as live:
        (begun,) = of(live.log(), "recorder.started")
    assert begun["open"]["code"] == code_hash() and begun["open"]["clock"]["boot"] == clock.boot_id()
