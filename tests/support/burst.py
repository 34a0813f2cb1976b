"""A writer at full speed against watcher, settler and collector: does the recorder see every file?

`run` is used by the tests and may be used by a benchmark. The writer is a process of its own, so that it is not slowed by our threads.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provenance.capture import scan, watch
from provenance.capture.collect import Changed, Vanished, collect
from provenance.capture.look import digest
from provenance.capture.settle import Settler
from provenance.capture.stations import FOUND, OVERFLOW, ROOT_BACK, Settled, Shape, Sighting
from provenance.clock import Moment, system

LAYOUTS = ("flat", "folders", "dated")

# flat: one folder; folders: 200 that are there; dated: 200 that are made while it writes
WRITER = """
import os, sys, time
root, layout, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
body = os.urandom(size - 8)
sys.stdin.readline()
begun = time.perf_counter()
for number in range(count):
    folder = root if layout == "flat" else f"{root}/{number % 200 if layout == 'folders' else number // (count // 200 or 1):04}"
    if layout == "dated" and number % (count // 200 or 1) == 0:
        os.makedirs(folder, exist_ok=True)
    handle = os.open(f"{folder}/{number:06}.bin", os.O_WRONLY | os.O_CREAT, 0o644)
    os.write(handle, b"%08d" % number + body)
    os.close(handle)
print(time.perf_counter() - begun)
"""


@dataclass(frozen=True)
class Outcome:
    """written, seen: files.

    overflows: how often the kernel lost events and a rescan healed it. write_s: the writer's own time;
    total_s: from its start until the last file was collected. collected: reads, duplicates included. by_scan: files first found by a
    scan. wrong: files whose bytes are not those written.
    """

    written: int
    seen: int
    wrong: int
    overflows: int
    collected: int
    by_scan: int
    write_s: float
    total_s: float

    @property
    def files_per_second(self) -> float:
        """The writer's speed."""
        return self.written / self.write_s


@dataclass
class Consumer:
    """What the recorder's loop does, without a ledger."""

    root: Path
    hold_s: float
    settler: Settler = field(default_factory=Settler)
    seen: dict[str, tuple[Shape, str]] = field(default_factory=dict)
    overflows: int = 0
    collected: int = 0
    by_scan: int = 0

    def round(self, sightings: list[Sighting]) -> None:
        for item in digest(self.settler, sightings, lambda: system().mono_ms):
            if isinstance(item, Settled):
                self.settled(item)
            elif item.what in (OVERFLOW, ROOT_BACK):
                self.overflows += 1
                self.round(list(self.found(item)))

    def settled(self, item: Settled) -> None:
        if self.hold_s:
            until = time.perf_counter() + self.hold_s
            while time.perf_counter() < until:  # a handler that holds the GIL
                pass
        try:
            specimen, _ = collect(item.path)
        except Vanished:
            return
        except Changed:
            now = system()
            self.round([Sighting(FOUND, item.path, now.mono_ms, now.stamp)])
            return
        self.collected += 1
        if item.path not in self.seen and item.what == FOUND:
            self.by_scan += 1
        self.seen[item.path] = (specimen.shape, specimen.sha256)

    def found(self, sighting: Sighting) -> Iterator[Sighting]:
        for change in scan.differences(sighting.path, self.known):
            if not isinstance(change, scan.Missing):
                yield Sighting(FOUND, change.path, sighting.at_ms, sighting.seen_at)

    def known(self, folder: str) -> Mapping[str, Shape]:
        start = folder + "/"
        below = ((path[len(start):], shape) for path, (shape, _) in self.seen.items() if path.startswith(start))
        return {name: shape for name, shape in below if "/" not in name}


def run(root: Path, layout: str, *, count: int = 20_000, size: int = 200, hold_s: float = 0.0, patience_s: float = 120.0) -> Outcome:
    """Let a process write `count` files of `size` bytes below `root` as fast as it can, and take them in.

    Args:
        layout: one of LAYOUTS. hold_s: seconds for which the consumer holds the GIL at each file. patience_s: when to give up.
    Returns:
        What was seen. `seen == written` and `wrong == 0` (a file whose collected size is not what was written) is what must hold.
    """
    root.mkdir(parents=True, exist_ok=True)
    if layout == "folders":
        for number in range(200):
            (root / f"{number:04}").mkdir()
    watcher, consumer = watch.start([str(root)]), Consumer(root, hold_s)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), layout, str(count), str(size)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        assert writer.stdin and writer.stdout
        begun = system()
        writer.stdin.write("go\n")
        writer.stdin.flush()
        while len(consumer.seen) < count and system().mono_ms - begun.mono_ms < patience_s * 1000:
            consumer.round(watcher.take(_wait(consumer.settler, system())))
        total = (system().mono_ms - begun.mono_ms) / 1000
        spent, _ = writer.communicate(timeout=patience_s)
    finally:
        watcher.close()
        if writer.poll() is None:
            writer.kill()
            writer.communicate()
    wrong = sum(shape.size != size for shape, _ in consumer.seen.values()) + (count - len({sha for _, sha in consumer.seen.values()}))
    return Outcome(count, len(consumer.seen), wrong, consumer.overflows, consumer.collected, consumer.by_scan, float(spent), total)


def _wait(settler: Settler, now: Moment) -> int:
    due = settler.next_due_ms()
    return 500 if due is None else max(0, min(500, due - now.mono_ms))


if __name__ == "__main__":
    import tempfile

    for name in LAYOUTS:
        for held in (0.0, 0.0009):
            with tempfile.TemporaryDirectory() as folder:
                print(name, held, run(Path(folder) / "out", name, hold_s=held))
