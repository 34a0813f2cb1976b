"""Other readers beside ours, in a venv of their own (.venv/peers), so that what they need cannot change what we are.

They are the extra `peers` of pyproject.toml. Where they cannot be had, a loud line on standard error says so, and the caller goes on alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _setup import ROOT, VENV

INSIDE = Path(__file__).with_name("peers_inside.py")
HOME = VENV / "peers"
NAMES = ("sd-parsers", "sd-parsers-eager", "sd-prompt-reader")


@dataclass(frozen=True)
class Told:
    """What one peer answered: an answer for each path, in order. cpu: seconds of the fastest round, as its own process counted."""

    name: str
    version: str
    answers: tuple[dict[str, Any], ...]
    cpu: float

    @property
    def failed(self) -> int:
        """Files at which it raised."""
        return sum("error" in answer for answer in self.answers)


def ready() -> bool:
    """Make the peers' venv if need be. False, and a loud line, where they cannot be installed."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]["peers"]
    mark, stamp = HOME / "prov-installed", hashlib.sha256(repr((wanted, sys.version)).encode()).hexdigest()
    if mark.exists() and mark.read_text(encoding="ascii") == stamp:
        return True
    print("prov: installing the other readers into .venv/peers ...", file=sys.stderr, flush=True)
    try:
        venv.create(HOME, with_pip=True, clear=True)
        command = [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        trouble = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    except (OSError, subprocess.SubprocessError) as error:
        trouble = str(error)
    if trouble:
        print(f"prov: THE OTHER READERS COULD NOT BE INSTALLED, ours stands alone: {trouble}", file=sys.stderr)
        return False
    mark.write_text(stamp, encoding="ascii")
    return True


def told(name: str, paths: Sequence[Path], rounds: int = 1) -> Told | None:
    """A peer's answers, or None and a loud line where it broke down altogether."""
    lines = "\n".join(str(path) for path in paths)
    done = subprocess.run(
        [str(_python()), "-I", str(INSIDE), name, str(rounds)], input=lines, capture_output=True, text=True, check=False, timeout=1800
    )
    try:
        *answers, last = (json.loads(line) for line in done.stdout.splitlines())
        return Told(name, last["version"], tuple(answers), last["cpu"])
    except (ValueError, KeyError):
        print(f"prov: {name} BROKE DOWN: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}", file=sys.stderr)
        return None


def _python() -> Path:
    return HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
