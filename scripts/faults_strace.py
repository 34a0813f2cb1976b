"""Inject faults into the system calls of a process that appends to a ledger, SQLite's own included, and say what became of it.

    python scripts/faults_strace.py [--quick] [CALL ...]

Each call of pwrite64, fdatasync, fsync, ftruncate and unlink is met once with an error, a full disk and a kill (strace -e inject). After
each: no acknowledged entry is lost, the ledger is a good chain, and the next append succeeds. Needs Linux and strace (Debian: strace).
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink")
FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
APPENDS = 4
WORK = """
import sys
from pathlib import Path
from provenance.clock import system
from provenance.errors import ProvError
from provenance.facts import NoteAdded
from provenance.ledger.store import Ledger
with Ledger.open(Path(sys.argv[1]), system) as ledger:
    ledger.size()
    print("ready", flush=True)
    for n in range(int(sys.argv[2])):
        try:
            (entry,) = ledger.append([NoteAdded(text=f"note {n} " + "x" * 3000)])
        except ProvError as error:
            print("told", error.key, flush=True)
            continue
        print("ack", entry.seq, entry.leaf.hex(), flush=True)
"""
MAKE = """
import sys
from pathlib import Path
from provenance.clock import system
from provenance.facts import NoteAdded
from provenance.ledger.store import Ledger
with Ledger.create(Path(sys.argv[1]), "prov.local/faults", system) as ledger:
    ledger.append([NoteAdded(text=f"before {n}") for n in range(20)])
"""
LOOK = """
import sys
from pathlib import Path
from provenance.clock import system
from provenance.facts import NoteAdded
from provenance.ledger.check import check
from provenance.ledger.store import Ledger
path = Path(sys.argv[1])
with Ledger.open(path, system) as ledger:
    leaves = [leaf.hex() for leaf in ledger.leaves()]
    ledger.append([NoteAdded(text="after")])
    assert ledger.size() == len(leaves) + 1
faults = [fault.code for fault in check(path)]
print(" ".join(leaves))
assert not faults, faults
"""


def main() -> int:
    """Run the matrix and print one line for each call and fault. Returns 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only the first four of each call")
    parser.add_argument("calls", nargs="*", metavar="CALL", help=f"only these of {', '.join(CALLS)}")
    asked = parser.parse_args()
    quick, calls = asked.quick, [call for call in CALLS if not asked.calls or call in asked.calls]
    strace = shutil.which("strace")
    if strace is None or sys.platform != "linux":
        print("LOUD: strace is not here (Debian: apt-get install strace): no fault was injected into SQLite's own calls")
        return 0
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        good = Path(folder) / "good.db"
        subprocess.run([python, "-c", MAKE, str(good)], cwd=ROOT, check=True)
        counts = _counts(strace, python, good)
        if not counts:
            print("LOUD: strace may not trace here (a container without ptrace?): no fault was injected")
            return 0
        bad = sum(_row(strace, python, good, call, fault, min(counts.get(call, 0), 4 if quick else 10**6))
                  for call in calls for fault in FAULTS)
    print("all is explained" if not bad else f"{bad} FAILED")
    return int(bool(bad))


def _traced(strace: str, python: str, path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [strace, "-f", "-qq", "-P", str(path), "-P", f"{path}-journal", "-P", f"{path}-wal", "-P", str(path.parent), *options,
               python, "-c", WORK, str(path), str(APPENDS)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def _counts(strace: str, python: str, good: Path) -> dict[str, int]:
    path = good.with_name("count.db")
    shutil.copyfile(good, path)
    said = _traced(strace, python, path, "-e", f"trace={','.join(CALLS)}")
    found: dict[str, int] = {}
    for call in re.findall(r"(\w+)\(", said.stderr):
        if call in CALLS:
            found[call] = found.get(call, 0) + 1
    return found


def _row(strace: str, python: str, good: Path, call: str, fault: str, times: int) -> int:
    """One call with one fault, at each of its occurrences. Returns how many were not explained."""
    bad, told, died = 0, 0, 0
    for nth in range(1, times + 1):
        path = good.with_name(f"{call}-{nth}.db")
        shutil.copyfile(good, path)
        said = _traced(strace, python, path, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={nth}")
        acknowledged = [line.split()[2] for line in said.stdout.splitlines() if line.startswith("ack ")]
        told += "told" in said.stdout
        died += said.returncode != 0
        look = subprocess.run([python, "-c", LOOK, str(path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        lost = set(acknowledged) - set(look.stdout.split())
        if look.returncode or lost:
            bad += 1
            print(f"FAILED  {call} #{nth} {fault}: {len(lost)} lost; {look.stderr.strip().splitlines()[-1:]}")
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
    print(f"{call:<10} {fault:<13} {times:>4} injected  {told:>4} told  {died:>4} died  {bad:>4} bad")
    return bad


if __name__ == "__main__":
    raise SystemExit(main())
