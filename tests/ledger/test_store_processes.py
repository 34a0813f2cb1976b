"""Several processes at once, and processes that are killed: real ones."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.clock import Clock, system
from provenance.ledger import chain, merkle
from provenance.ledger.check import check
from provenance.ledger.store import Ledger

APPEND = """
import sys
from pathlib import Path
from provenance.clock import system
from provenance.facts import NoteAdded
from provenance.ledger.store import Ledger
name, count, group = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with Ledger.open(Path(sys.argv[1]), system) as ledger:
    print("ready", flush=True)
    for n in range(count):
        for entry in ledger.append([NoteAdded(text=f"{name} {n} {i}") for i in range(group)]):
            sys.stdout.write(f"{entry.seq} {entry.leaf.hex()}\\n")
        sys.stdout.flush()
"""


def start(home: Path, name: str, count: int, group: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", APPEND, str(home), name, str(count), str(group)], stdout=subprocess.PIPE, text=True
    )


def whole(home: Path, clock: Clock) -> dict[int, str]:
    assert list(check(home)) == []
    with Ledger.open(home, clock, read_only=True) as ledger:
        for before, entry in itertools.pairwise((None, *ledger.entries())):
            if entry is not None:
                chain.check_link(before, entry)
        assert ledger.head().root == merkle.root(ledger.leaves())
        return {entry.seq: entry.leaf.hex() for entry in ledger.entries()}


def acknowledged(lines: list[str]) -> dict[int, str]:
    """What a child printed; a last line without its end was being printed when the child died."""
    pairs = [line.split() for line in lines if line.endswith("\n") and line != "ready\n"]
    return {int(seq): leaf for seq, leaf in pairs}


def test_four_processes_at_once_do_not_fork(home: Path, clock: Clock) -> None:
    children = [start(home, name, 200, 1) for name in "abcd"]
    told: dict[int, str] = {}
    for child in children:
        out, _ = child.communicate(timeout=120)
        assert child.returncode == 0
        mine = acknowledged(out.splitlines(keepends=True))
        assert len(mine) == 200
        assert not mine.keys() & told.keys()
        told |= mine
    assert told == whole(home, clock)
    assert len(told) == 800


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_forty_kills_lose_nothing_that_was_acknowledged(home: Path) -> None:
    dice, told = random.Random(7), {}
    for turn in range(40):
        child = start(home, f"turn {turn}", 10_000, dice.choice((1, 5, 40)))
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(dice.randrange(1, 60))]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
        child.stdout.close()
        child.wait(timeout=30)
        told |= acknowledged(lines)
    stored = whole(home, system)
    assert told.items() <= stored.items()
    assert len(told) > 500
