"""Hash a made model file beside `openssl dgst -sha256` and print ratios (openssl's wall time / ours; 1.00 is as fast).

Usage: python scripts/bench_models.py [--gigabytes 3] [--rounds 5] [--folder DIR] [--low]. `--low`: at low priority, as the recorder does;
on a busy machine that yields to the others, as it is meant to, and the ratio falls. The file is made in a temporary folder and deleted.
Ratios of one run, variants interleaved, median (min..max); `cold` drops the file's pages first.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from provenance.capture.models import hash_model, lower_priority

_HEADER = b'{"__metadata__":{"ss_output_name":"bench"},"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'


def make(path: Path, gigabytes: float) -> None:
    """Write a safetensors-shaped file of random blocks."""
    block = os.urandom(32 * 1024 * 1024)
    with path.open("wb") as file:
        file.write(len(_HEADER).to_bytes(8, "little") + _HEADER)
        for _ in range(max(1, int(gigabytes * 1e9) // len(block))):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def drop(path: Path) -> None:
    """Forget the file's pages (Linux; elsewhere cold is warm)."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, children included."""
    cpu = _cpu()
    wall = time.perf_counter()
    work()
    return time.perf_counter() - wall, _cpu() - cpu


def _cpu() -> float:
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def compare(path: Path, rounds: int, cold: bool, low: bool) -> tuple[list[float], list[float]]:
    """Wall ratios (openssl / ours) and CPU ratios (ours / openssl), one per round, order rotated."""
    variants: dict[str, Callable[[], object]] = {
        "openssl": lambda: subprocess.run(["openssl", "dgst", "-sha256", str(path)], check=True, capture_output=True),
        "prov": lambda: hash_model(str(path), on_thread=lower_priority if low else None),
    }
    walls, cpus = [], []
    for number in range(rounds):
        taken = {}
        for name in sorted(variants, reverse=bool(number % 2)):
            if cold:
                drop(path)
            taken[name] = measure(variants[name])
        walls.append(taken["openssl"][0] / taken["prov"][0])
        cpus.append(taken["prov"][1] / taken["openssl"][1])
    return walls, cpus


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gigabytes", type=float, default=3.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--folder")
    options.add_argument("--low", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder, "bench.safetensors")
        make(path, chosen.gigabytes)
        for cold in (False, True):
            walls, cpus = compare(path, chosen.rounds, cold, chosen.low)
            print(
                f"{'cold' if cold else 'warm'} {path.stat().st_size / 1e9:.2f} GB: all hashes in one read against one openssl SHA-256: "
                f"speed x{statistics.median(walls):.2f} ({min(walls):.2f}..{max(walls):.2f}), "
                f"CPU x{statistics.median(cpus):.2f} ({min(cpus):.2f}..{max(cpus):.2f})"
            )


if __name__ == "__main__":
    main()
