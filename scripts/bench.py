"""Measure `prov` beside plain tools and print an aligned table; every figure that is judged is a ratio of one run, or has a fixed limit.

Usage: python scripts/bench.py [--only import,verify,model,latency,burst,idle,start] [--quick] [--json] [--folder DIR]

Runs for about a quarter of an hour (`--quick`: three minutes, smaller counts, for a look). All it makes lies in a temporary folder that
is deleted. Wall times on a busy machine say little: repeat, and look at the CPU ratio in the note. This is no test and is never one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_kit import Row

Part = Callable[[Path, bool], list[Row]]


def parts() -> dict[str, Part]:
    """The parts by name, in the order they are run."""
    import bench_import
    import bench_live
    import bench_start

    return {
        "start": bench_start.starting, "import": bench_import.importing, "verify": bench_import.verifying, "model": bench_start.identifying,
        "latency": bench_live.latency, "burst": bench_live.burst, "idle": bench_live.idle,
    }


def machine() -> str:
    """One line about where this was measured."""
    model = ""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        model = platform.processor()
    said = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=False).stdout.strip()
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} x {model or platform.machine()}, {system}, {said}{load}"


def table(rows: Sequence[Row]) -> str:
    """Rows in aligned columns; what an aim was missed by stands in its own column."""
    cells = [("what", "ours", "reference", "ratio", "aim", "")]
    for row in rows:
        met = "" if row.met is None else "ok" if row.met else "MISSED"
        cells.append((row.what, row.ours, row.reference, "" if row.ratio is None else f"{row.ratio:.2f}", row.aim, met))
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    text = []
    for line, note in zip(cells, ("", *(row.note for row in rows)), strict=True):
        padded = [cell.rjust(w) if 1 <= i <= 3 else cell.ljust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))]
        text.append("  ".join(padded).rstrip())
        if note:
            text.append(f"    {note}")
    return "\n".join(text)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="parts, separated by commas")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--json", action="store_true", dest="as_json")
    options.add_argument("--folder", help="where the temporary folder is made (the file system matters)")
    chosen = options.parse_args()
    known = parts()
    wanted = [name for name in chosen.only.split(",") if name] or list(known)
    if not set(wanted) <= set(known):
        options.error(f"--only takes {', '.join(known)}")
    where = machine()
    rows: list[Row] = []
    for name in wanted:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="prov-bench-", dir=chosen.folder) as base:
            rows += known[name](Path(base), chosen.quick)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    if chosen.as_json:
        print(json.dumps({"machine": where, "quick": chosen.quick, "rows": [asdict(row) for row in rows]}, ensure_ascii=False))
    else:
        print(f"{where}\n\n{table(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
