"""The recorder as a user runs it, in a process of its own: how soon a file is written down, what a burst loses, what it costs when idle."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench_kit import ROOT, Place, Row, entries, new_place, pictures, png, process_cpu, process_rss, recording

sys.path.insert(0, str(ROOT / "tests" / "support"))

from burst import LAYOUTS, WRITER  # type: ignore[import-not-found]

NAMES = {"flat": "one folder", "folders": "200 folders", "dated": "200 folders made meanwhile"}


def latency(base: Path, quick: bool) -> list[Row]:
    """From a file's close to the line that `prov watch --json` prints once its entry is durable, at one file a second."""
    count = 8 if quick else 40
    place = new_place(base, "latency")
    heard: dict[str, float] = {}
    with recording(place, "--json") as process:
        listener = threading.Thread(target=_listen, args=(process, heard), daemon=True)
        listener.start()
        closed = {f"{number:05}.png": _write(place, number, 1.0) for number in range(count)}
        _until(lambda: len(heard) >= count, 30)
    waits = sorted((heard[name] - at) * 1000 for name, at in closed.items() if name in heard)
    if not waits:
        return [Row("close to durable entry", "none was written", "", None, "< 50 ms", False)]
    median = statistics.median(waits)
    return [Row(
        f"close to durable entry, {count} PNG of 1.5 MB, one a second", f"{median:.1f} ms", "", None, "< 50 ms",
        median < 50 and len(waits) == count, f"min {waits[0]:.1f}, 90 % {waits[len(waits) * 9 // 10]:.1f}, max {waits[-1]:.1f} ms; "
        f"{count - len(waits)} lost; heard through a pipe",
    )]


def _listen(process: subprocess.Popen[str], heard: dict[str, float]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        at = time.perf_counter()
        heard[Path(json.loads(line)["path"]).name] = at


def _write(place: Place, number: int, every: float) -> float:
    """One picture, written as generators do, straight to its name; when it was closed."""
    begun = time.perf_counter()
    data = png(number, 1_500_000)
    with (place.folder / f"{number:05}.png").open("wb") as file:
        file.write(data)
    closed = time.perf_counter()
    time.sleep(max(0.0, every - (closed - begun)))
    return closed


def burst(base: Path, quick: bool) -> list[Row]:
    """20,000 small files at full speed in three layouts; then pictures at full speed, as a user has it and without copies and previews."""
    count = 2_000 if quick else 20_000
    rows = [_burst(base, layout, count) for layout in LAYOUTS]
    rows.append(_pictures(base, "as set up", 40 if quick else 300))
    rows.append(_pictures(base, "no copies, no previews", 40 if quick else 300, "originals_gb = 0\npreviews = false"))
    return rows


def _burst(base: Path, layout: str, count: int) -> Row:
    place = new_place(base, layout)
    if layout == "folders":
        for number in range(200):
            (place.folder / f"{number:04}").mkdir()
    with recording(place, "--quiet") as process:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(place.folder), layout, str(count), "200"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        begun, before = time.perf_counter(), process_cpu(process.pid)
        said, _ = writer.communicate("go\n")
        last = _still(place, count)
        cpu = process_cpu(process.pid) - before
    written = {path.name for path in place.folder.rglob("*.bin")}
    lost = written - place.captured()
    overflows = place.prov("log", "--json", "--kind", "gap.noticed").count('"overflow"')
    return Row(
        f"burst of {count} files into {NAMES[layout]}", f"{len(lost)} lost", f"writer {count / float(said):.0f} files/s", None, "0 lost",
        not lost and len(written) == count,
        f"all durable {last - begun:.1f} s after the first, {count / (last - begun):.0f} files/s, {cpu / count * 1000:.2f} ms CPU a file; "
        f"{overflows} overflows healed",
    )


def _pictures(base: Path, how: str, count: int, settings: str = "") -> Row:
    place = new_place(base, how.replace(" ", "-"), settings=settings)
    made = pictures(base / "made", count)
    with recording(place, "--quiet") as process:
        begun, before = time.perf_counter(), process_cpu(process.pid)
        for path in made:
            (place.folder / path.name).write_bytes(path.read_bytes())
        spent = time.perf_counter() - begun
        _still(place, 0, still=1.0)
        cpu, rss = process_cpu(process.pid) - before, process_rss(process.pid)
    for path in made:
        path.unlink()
    names = {path.name for path in place.folder.iterdir()}
    lost = names - place.captured()
    return Row(
        f"burst of {count} PNG of 1.5 MB, {how}", f"{len(lost)} lost", f"writer {count / spent:.0f} files/s", None, "0 lost", not lost,
        f"{cpu / count * 1000:.1f} ms CPU a file with all that follows the capture, {rss:.0f} MB resident after it",
    )


def _still(place: Place, least: int, *, still: float = 3.0, patience: float = 600.0) -> float:
    """Wait until there are `least` entries and none has come for `still` seconds; when the last one came. Gives up where nothing moves."""
    end = time.perf_counter() + patience
    last, before = time.perf_counter(), -1
    while time.perf_counter() < end:
        now = entries(place)
        if now != before:
            last, before = time.perf_counter(), now
        quiet = time.perf_counter() - last
        if quiet > (still if before >= least else 30.0):
            break
        time.sleep(0.1)
    return last


def idle(base: Path, quick: bool) -> list[Row]:
    """After 1,000 captures with copies and previews made: CPU time of a quiet minute, and resident memory."""
    if not Path("/proc/self/stat").exists():
        return [Row("idle", "", "", None, "", None, "measured on Linux only")]
    count, seconds = (100, 20) if quick else (1_000, 120)
    place = new_place(base, "idle")
    with recording(place, "--quiet") as process:
        for number in range(count):
            (place.folder / f"{number:05}.png").write_bytes(png(number, 600_000))
        _still(place, count, still=15.0)
        before = process_cpu(process.pid)
        switches = _switches(process.pid)
        time.sleep(seconds)
        share = (process_cpu(process.pid) - before) / seconds * 100
        woken = (_switches(process.pid) - switches) / seconds
        rss = process_rss(process.pid)
    return [
        Row(f"idle after {count} captures: CPU of {seconds} s", f"{share:.3f} %", "one core", None, "< 0.05 %", share < 0.05,
            f"{woken:.1f} wake-ups a second; the kernel counts in steps of {100 / os.sysconf('SC_CLK_TCK') / seconds:.3f} %"),
        Row(f"idle after {count} captures: memory", f"{rss:.0f} MB", "", None, "< 90 MB", rss < 90, "resident, shared libraries included"),
    ]


def _switches(pid: int) -> int:
    """How often the threads of a process went to sleep by themselves: each is a wake-up."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))
    return total


def _until(done: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
