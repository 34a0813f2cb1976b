"""A long ledger beside openssl: checking it, proofs from it, snapshots of it. Every figure that is judged is a ratio of one run or a limit.

Usage: python scripts/bench_ledger.py [--entries N] [--rounds N] [--folder DIR] [--keep DIR] [--json]

- check: counting, leaf hashes, links, columns, canonical form of every entry, and the Merkle tree against a signed root, in one pass;
  `openssl dgst -sha256` over the same entries' bytes in one file. With the second process, and without. On a quiet machine with two
  cores the speed by CPU seconds is the speed by the clock: openssl's seconds against half of both processes'.
- wide entries: the same with a fifth as many entries of 3.3 kB, the size at which the aim's first figures were measured. What the product
  writes is smaller, and the smaller an entry, the more of the work is per entry and not per byte.
- memory: the first process of a check, against one of a ledger of a tenth of the length.
- proofs: 10,000 inclusion proofs at random places, the tree's nodes being in memory; and what it costs to get them there.
- snapshot: an entry appended and the head's root, in a ledger that is open, against the same in a ledger of a hundredth of the length.
The ledger is made of entries as a home holds them (tests/support/longledger.py, `mixed`), without stored values. This is no test and is
never one.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench import machine, table  # noqa: E402
from bench_kit import Row, interleaved, middle, openssl, spent  # noqa: E402
from support import longledger  # type: ignore[import-not-found]  # noqa: E402

from provenance.clock import system  # noqa: E402
from provenance.facts import NoteAdded  # noqa: E402
from provenance.ledger import merkle  # noqa: E402
from provenance.ledger.check import check  # noqa: E402
from provenance.ledger.store import Ledger  # noqa: E402

PROOFS = 10_000
SNAPSHOTS = 200


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", help="where the temporary folder is made; four gigabytes for a million entries")
    options.add_argument("--keep", help="where the ledgers are kept from one run to the next")
    options.add_argument("--json", action="store_true", dest="as_json")
    options.add_argument("--peak", nargs=2, metavar=("LEDGER", "ROOT"), help=argparse.SUPPRESS)  # this script as its own child
    chosen = options.parse_args()
    if chosen.peak:
        print(peak(Path(chosen.peak[0]), bytes.fromhex(chosen.peak[1])))
        return 0
    where = machine()
    with tempfile.TemporaryDirectory(prefix="prov-bench-", dir=chosen.folder) as base:
        rows = measured(Path(base), chosen.entries, chosen.rounds, Path(chosen.keep or base))
    if chosen.as_json:
        print(json.dumps({"machine": where, "rows": [asdict(row) for row in rows]}, ensure_ascii=False))
    else:
        print(f"{where}\n\n{table(rows)}")
    return 0


def measured(base: Path, count: int, rounds: int, kept: Path) -> list[Row]:
    """Every line of the table."""
    long, wide, tenth = kept / f"mixed-{count}.db", kept / f"wide-{count // 5}.db", kept / f"mixed-{count // 10}.db"
    root = made(long, count, longledger.mixed)
    rows = checking(base, long, root, count, rounds)
    rows += checking(base, wide, made(wide, count // 5, longledger.wide), count // 5, rounds)
    small = _peak(tenth, made(tenth, count // 10, longledger.mixed))
    large = _peak(long, root)
    rows.append(Row(
        f"memory of that check, {count} entries", f"{large:.0f} MB", f"{count // 10} entries {small:.0f} MB", large / small, "<= 1.25",
        large <= 1.25 * small,
    ))
    return [*rows, *proving(long, count), snapshots(long, base / "short.db", count)]


def made(path: Path, count: int, of: Callable[[int, str], bytes]) -> bytes:
    """A ledger, made now if it is not there; its root."""
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        took = spent(lambda: longledger.make(fresh, count, of=of))
        fresh.rename(path)
        print(f"made {count} entries in {took.wall:.0f} s", file=sys.stderr)
    with Ledger.open(path, system, read_only=True) as ledger:
        return ledger.root_at(count)


def checking(base: Path, long: Path, root: bytes, count: int, rounds: int) -> list[Row]:
    """The check against openssl, round by round."""
    flat = base / "entries.bytes"
    db = sqlite3.connect(long)
    with flat.open("wb") as file:
        for raw, in db.execute("SELECT bytes FROM entries ORDER BY seq"):
            file.write(raw)
    db.close()
    size = flat.stat().st_size
    names = {"two processes": True, "one process": False}
    variants: dict[str, Callable[[], object]] = {"openssl": openssl([flat])}
    variants |= {name: partial(_good, long, root, count, helper) for name, helper in names.items()}
    found = interleaved(variants, rounds)
    rows = []
    for name, helper in names.items():
        walls = found.ratios("openssl", name, lambda s: s.wall)
        ratio = min(s.wall for s in found.by["openssl"]) / min(s.wall for s in found.by[name])
        ours, theirs = (min(s.cpu for s in found.by[one]) for one in (name, "openssl"))
        rows.append(Row(
            f"check of {count} entries of {size / count:.0f} bytes on average: chain, columns, form, tree; {name}",
            f"{found.wall(name):.1f} s, {1e6 * found.wall(name) / count:.2f} us each",
            f"openssl {found.wall('openssl'):.2f} s", ratio, ">= 0.5" if helper else "", ratio >= 0.5 if helper else None,
            f"of the quickest runs; round by round x{middle(walls)}; CPU s {ours:.2f} and {theirs:.2f}, "
            f"by which the speed is x{(2 if helper else 1) * theirs / ours:.2f}",
        ))
    flat.unlink()
    return rows


def _good(path: Path, root: bytes, count: int, helper: bool) -> None:
    faults = list(check(path, depth="quick", heads={count: root}, helper=helper))
    if faults:
        raise RuntimeError(f"a good ledger has faults: {faults[:3]}")


def peak(path: Path, root: bytes) -> float:
    """The peak in MB of this process after one check; the second process does the same with the other half."""
    with sqlite3.connect(path) as db:
        count = db.execute("SELECT max(seq) + 1 FROM entries").fetchone()[0]
    db.close()
    _good(path, root, count, True)
    try:  # Linux counts what the parent held before `exec` into ru_maxrss, so this process's own file is asked first
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024
    except (OSError, ValueError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peak(path: Path, root: bytes) -> float:
    argv = [sys.executable, __file__, "--peak", str(path), root.hex()]
    return float(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)


def proving(long: Path, count: int) -> list[Row]:
    """Inclusion proofs, and the tree that they are taken from."""
    chance = random.Random(1)
    places = [chance.randrange(count) for _ in range(PROOFS)]
    with Ledger.open(long, system, read_only=True) as ledger:
        growing = spent(lambda: ledger.root_at(count))
        took = spent(lambda: [ledger.inclusion(at, count) for at in places])
        leaves, root = ledger.leaves(places[0], places[0] + 1), ledger.root_at(count)
        if not merkle.verify_inclusion(places[0], count, leaves[0], ledger.inclusion(places[0], count), root):
            raise RuntimeError("a proof does not lead to the root")
    return [
        Row(f"{PROOFS} inclusion proofs, tree in memory", f"{took.wall:.2f} s", "", took.wall, "< 1 s", took.wall < 1,
            f"{1e6 * took.wall / PROOFS:.0f} us each; once before, per process: {growing.wall:.1f} s to read and join {count} leaf hashes"),
    ]


def snapshots(long: Path, short: Path, count: int) -> Row:
    """What one more entry and its head cost in an open ledger, by length."""
    longledger.make(short, count // 100)
    times = {}
    for path in (short, long):
        with Ledger.open(path, system) as ledger:
            ledger.root_at(ledger.size())
            took = []
            for number in range(SNAPSHOTS):
                ledger.append([NoteAdded(text=str(number))])
                took.append(spent(lambda: ledger.root_at(ledger.size())).wall)
            times[path] = statistics.median(took)
    ratio = times[long] / times[short]
    return Row(
        f"the root for a snapshot after one more entry, {count} entries", f"{1e6 * times[long]:.0f} us",
        f"{count // 100} entries {1e6 * times[short]:.0f} us", ratio, "<= 1.5", ratio <= 1.5, "median; the append itself is not in it",
    )


if __name__ == "__main__":
    sys.exit(main())
