"""What run.py and test.py share: the checkout's own .venv, made with the standard library only, and kept up to date.

Never imported by the package. A stamp of pyproject.toml and the Python version tells whether an installation is still right.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LEAST = (3, 11)


def python() -> Path:
    """The interpreter of .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ready(extra: str = "") -> Path:
    """Make .venv and install this checkout into it (editable), with an extra such as "dev". Quick when nothing changed.

    Exits with 4 and one clear line when Python is too old, has no venv module, or the packages cannot be had.
    """
    if sys.version_info < LEAST:
        stop(f"Python {LEAST[0]}.{LEAST[1]} or newer is needed; this is {sys.version.split()[0]}")
    wanted = stamp(extra)
    marks = VENV / "prov-installed"
    have = marks.read_text(encoding="ascii").split() if marks.exists() else []
    if wanted in have and python().exists():
        return python()
    if not python().exists() or not works():
        make()
    what = f"{ROOT}[{extra}]" if extra else str(ROOT)
    print(f"prov: installing {'what tests need' if extra else 'prov'} into .venv ...", file=sys.stderr, flush=True)
    run = subprocess.run(
        [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", what],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )
    if run.returncode:
        lines = [line for line in run.stdout.splitlines() if "ERROR" in line] or run.stdout.splitlines()[-3:]
        stop("the packages could not be installed: " + " | ".join(lines)[:600])
    keep = {stamp("")} | {wanted} | (set(have) & {stamp("dev")})
    marks.write_text("\n".join(sorted(keep)) + "\n", encoding="ascii")
    return python()


def make() -> None:
    """A fresh .venv; what a broken one held is thrown away."""
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, OSError, ImportError) as error:
        stop(f"Python's venv module cannot make {VENV.name}: {error} (on Debian and Ubuntu: apt-get install python3-venv)")


def works() -> bool:
    """Whether the .venv that is there can run pip: a moved checkout or a removed Python breaks it."""
    done = subprocess.run([str(python()), "-m", "pip", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def stamp(extra: str) -> str:
    """What an installation depends on, as 16 hex digits."""
    parts = (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + str(ROOT).encode() + extra.encode()
    return hashlib.sha256(parts).hexdigest()[:16]


def stop(line: str) -> None:
    """One clear line, exit code 4: the machine lacks something."""
    print(f"prov: {line}", file=sys.stderr)
    raise SystemExit(4)
