"""Starting a command against starting Python, and identifying a checkpoint against hashing it once."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench_kit import ROOT, Row, interleaved, middle
from bench_models import compare, make

AIMS = {"--help": 5.0, "status": 8.0}


def starting(base: Path, quick: bool) -> list[Row]:
    """`prov --help` and `prov status`, as installed from a wheel in a fresh virtual environment, against `python -c pass` there."""
    rounds = 11 if quick else 31
    python, prov, where = _installed(base)
    environ = {**os.environ, "PROV_HOME": str(base / "home"), "PROV_LANG": "en"}
    (base / "pictures").mkdir()
    _run([*prov, "init", "--yes", str(base / "pictures")], environ, base)()
    variants = {"bare": _run([python, "-c", "pass"], environ, base)}
    variants |= {name: _run([*prov, name], environ, base) for name in AIMS}
    found = interleaved(variants, rounds)
    rows = []
    for name, aim in AIMS.items():
        walls = found.ratios(name, "bare", lambda s: s.wall)
        cpus = found.ratios(name, "bare", lambda s: s.cpu)
        ratio = statistics.median(walls)
        rows.append(Row(f"prov {name}", f"{found.wall(name) * 1000:.0f} ms", f"python -c pass {found.wall('bare') * 1000:.0f} ms", ratio,
                        f"<= {aim:g}", ratio <= aim, f"{where}: time x{middle(walls)}, CPU x{middle(cpus)}"))
    return rows


def _run(argv: list[str], environ: Mapping[str, str], base: Path) -> Callable[[], object]:
    return lambda: subprocess.run(argv, env=environ, check=True, stdout=subprocess.DEVNULL, cwd=base)


def _installed(base: Path) -> tuple[str, list[str], str]:
    """An interpreter, the words that run `prov` with it, and what it is."""
    checkout = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); from provenance.cli import main; main()"]
    try:
        _quietly(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(base / "wheel"), str(ROOT))
        (wheel,) = (base / "wheel").glob("*.whl")
        _quietly(sys.executable, "-m", "venv", str(base / "venv"))
        scripts = base / "venv" / ("Scripts" if os.name == "nt" else "bin")
        _quietly(str(scripts / "python"), "-m", "pip", "install", str(wheel))
    except (OSError, ValueError, subprocess.SubprocessError):
        return sys.executable, checkout, "the checkout, not an installed wheel (none could be built here)"
    return str(scripts / "python"), [str(scripts / "prov")], "installed wheel"


def _quietly(*argv: str) -> None:
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)


def identifying(base: Path, quick: bool) -> list[Row]:
    """A checkpoint: SHA-256, AutoV1 to AutoV3 and header in one read, against one SHA-256."""
    path = base / "bench.safetensors"
    size = 0.5 if quick else 3.0
    make(path, size)
    walls, cpus = compare(path, 3 if quick else 5, cold=False, low=False)
    ratio = statistics.median(walls)
    path.unlink()
    return [Row(f"identify a checkpoint of {size:g} GB, all hashes in one read", f"speed x{middle(walls)}", "openssl, SHA-256 once", ratio,
                ">= 0.95", ratio >= 0.95, f"CPU x{middle(cpus)}: the second hash is a second thread")]
