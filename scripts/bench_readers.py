"""How fast files are read, on the PNG, JPEG and WebP of the sample corpus: one run, warm cache, one process; judged by CPU and by ratios.

Usage: python scripts/bench_readers.py [--corpus DIR] [--rounds N] [--alone] [--slowest N] [--json]

- SHA-256: every file read and hashed, and nothing else. A ledger must do this anyway.
- SHA-256 + read: `understood`, the very function of the recorder and of `prov read`.
- read, from files: open, read, find the texts, understand them; no hash. read, from memory: the same without opening and reading.
- texts alone: from memory, without understanding.
- memory: a process's peak after 1, 5 and 20 rounds of `understood`: it must stay flat.
- the peers and exiftool, where they are there, over the same files; the fastest round of each, its own process's CPU.
Of our variants every round runs each once, in turning order; a figure is the median round. This is no test and is never one.

Where the time goes, counted in instructions (valgrind --tool=cachegrind, which other work on the machine does not disturb; CPython 3.11):
a quarter is the interpreter's own loop, the rest is C already: dictionaries, texts, freeing, JSON, zlib. So compiling carriers, readers
and prompts gains little and is not done: mypyc 1.14 times as fast, for three minutes of compiling, 13 MB and checks at run time that
refuse values the sources allow; Cython 1.01 times. Nor does the garbage collector matter: 0.4 ms of a pass of 150.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import peers  # noqa: E402
from bench import machine, table  # noqa: E402
from bench_kit import Rounds, Row, interleaved  # noqa: E402
from scoring import PICTURES, samples  # noqa: E402

from provenance.capture.intake import texts_of  # noqa: E402
from provenance.capture.understand import understood  # noqa: E402
from provenance.carriers import open_container  # noqa: E402
from provenance.readers import attempt  # noqa: E402

AIM = 4_000  # files a second, reading alone
MEMORY = (1, 5, 20)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", type=Path, default=Path(os.environ.get("PROV_CORPUS") or ROOT.parent / "shared" / "corpus"))
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--alone", action="store_true", help="without the other readers")
    options.add_argument("--slowest", type=int, default=0, help="print the slowest files instead")
    options.add_argument("--json", action="store_true", dest="as_json")
    options.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)  # this script as its own child
    chosen = options.parse_args()
    try:
        paths = [chosen.corpus / item.path for item in samples(chosen.corpus) if item.container in PICTURES]
    except (OSError, ValueError) as error:
        print(f"prov: no corpus at {chosen.corpus}: {error}", file=sys.stderr)
        return 2
    if chosen.memory:
        print(json.dumps(peaks(paths)))
        return 0
    if chosen.slowest:
        print(*slowest(paths, chosen.slowest, chosen.corpus), sep="\n")
        return 0
    rows = measured(paths, chosen.rounds, chosen.corpus, alone=chosen.alone)
    where = f"{machine()}\n{len(paths)} files, {sum(path.stat().st_size for path in paths) / 1e6:.0f} MB, {chosen.rounds} rounds"
    if chosen.as_json:
        print(json.dumps({"machine": where, "rows": [asdict(row) for row in rows]}, ensure_ascii=False))
    else:
        print(f"{where}\n\n{table(rows)}")
    return 0


def measured(paths: Sequence[Path], rounds: int, corpus: Path, *, alone: bool) -> list[Row]:
    """Every line of the table."""
    held = [(path.name, path.read_bytes()) for path in paths]
    names = [str(path) for path in paths]
    variants: dict[str, Callable[[], object]] = {
        "SHA-256": partial(_each, lambda name: hashlib.sha256(_bytes(name)).digest(), names),
        "SHA-256 + read": partial(_each, understood, names),
        "read, from files": partial(_each, lambda name: read(os.path.basename(name), _bytes(name)), names),  # noqa: PTH119
        "read, from memory": partial(_each, lambda item: read(*item), held),
        "texts alone": partial(_each, lambda item: open_container(item[1], size=len(item[1])), held),
    }
    for work in variants.values():
        work()  # imports, page cache
    took = interleaved(variants, rounds)
    rows = [_row(name, took, len(paths)) for name in variants]
    ours = _cpu(took, "SHA-256 + read")
    if not alone:
        rows += [_beside(name, seconds, ours, len(paths)) for name, seconds in _others(paths)]
    flat = json.loads(subprocess.run(
        [sys.executable, __file__, "--memory", "--corpus", str(corpus)], capture_output=True, text=True, check=True
    ).stdout)
    growth = flat[-1] / flat[0]
    told = ", ".join(f"{kb / 1024:.0f}" for kb in flat)
    what = f"peak memory after {', '.join(map(str, MEMORY))} rounds"
    return [*rows, Row(what, f"{told} MB", "after 1", growth, "<= 1.10", growth <= 1.10)]


def _each(work: Callable[[Any], object], items: Sequence[Any]) -> None:
    """Do the work for each, and keep nothing."""
    for item in items:
        work(item)


def read(name: str, data: bytes) -> object:
    """Reading alone: the texts of a file that is in memory, and what they say."""
    return attempt(texts_of(open_container(data, size=len(data))), name)


def _bytes(name: str) -> bytes:
    opened = os.open(name, os.O_RDONLY)
    try:
        return os.read(opened, os.fstat(opened).st_size)
    finally:
        os.close(opened)


def _cpu(took: Rounds, name: str) -> float:
    return statistics.median(spent.cpu for spent in took.by[name])


def _row(name: str, took: Rounds, files: int) -> Row:
    cpu = _cpu(took, name)
    rate = f"{files / cpu:,.0f} files/s, {1e6 * cpu / files:.0f} us"
    reached = files / cpu >= AIM
    if name.startswith("read, from memory"):
        return Row(name, rate, f"{AIM:,} files/s", files / cpu / AIM, ">= 1", reached)
    if name == "SHA-256":
        return Row(name, rate, "")
    ratio = statistics.median(took.ratios(name, "SHA-256", lambda spent: spent.cpu))
    return Row(name, rate, "SHA-256", ratio)


def _others(paths: Sequence[Path]) -> list[tuple[str, float]]:
    found = []
    if peers.ready():
        for name in ("sd-parsers", "sd-prompt-reader"):
            told = peers.told(name, paths, 2)
            found += [] if told is None else [(f"{told.name} {told.version}", told.cpu)]
    if tool := shutil.which("exiftool"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = "\n".join(map(str, paths))
        subprocess.run([tool, "-j", "-G1", "-a", "-@", "-"], input=lines, capture_output=True, text=True, check=False, timeout=900)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(("exiftool (tags alone)", after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    else:
        print("prov: exiftool is not there (Debian: apt-get install libimage-exiftool-perl)", file=sys.stderr)
    return found


def _beside(name: str, seconds: float, ours: float, files: int) -> Row:
    """A peer, and how many times as long it takes as ours with the hash."""
    return Row(name, f"{files / seconds:,.0f} files/s, {1e6 * seconds / files:.0f} us", "SHA-256 + read", seconds / ours)


def peaks(paths: Sequence[Path]) -> list[int]:
    """The process's peak in KB after 1, 5 and 20 rounds."""
    found = []
    for turn in range(1, MEMORY[-1] + 1):
        for path in paths:
            understood(str(path))
        if turn in MEMORY:
            found.append(peak())
    return found


def peak() -> int:
    """This process's peak in KB. Linux counts what its parent held before `exec` into ru_maxrss, so its own file is asked first."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])
    except (OSError, ValueError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def slowest(paths: Sequence[Path], count: int, corpus: Path) -> list[str]:
    """The files that take longest, from memory, best of five: texts and understanding apart."""
    rows: list[tuple[float, str]] = []
    for path in paths:
        data = path.read_bytes()
        container = open_container(data, size=len(data))
        texts = texts_of(container)
        walk = _best(lambda data=data: open_container(data, size=len(data)))  # type: ignore[misc]
        think = _best(lambda texts=texts, name=path.name: attempt(texts, name))  # type: ignore[misc]
        reading = attempt(texts, path.name)[0]
        name = reading.generator if reading else "-"
        rows.append((walk + think, f"{1e6 * walk:8.0f} {1e6 * think:8.0f}  {name}  {path.relative_to(corpus)}"))
    rows.sort(reverse=True)
    return ["texts us  read us", *(line for _, line in rows[:count])]


def _best(work: Callable[[], Any]) -> float:
    def once() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return min(once() for _ in range(5))


if __name__ == "__main__":
    sys.exit(main())
