"""The real command in a real process, with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Prov:
    """`prov` for one home."""

    def __init__(self, home: Path, **environ: str) -> None:
        self.home = home
        keep = {k: v for k, v in os.environ.items() if not k.startswith("PROV_")}
        self.environ = {**keep, "PROV_HOME": str(home), "PROV_LANG": "en", "PYTHONPATH": str(ROOT), **environ}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "provenance", *arguments]

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.environ,
            check=False,
            timeout=300,
            **options,
        )

    def ok(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, f"prov {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.ok(*arguments).splitlines()]

    def popen(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**self.environ, "PYTHONUNBUFFERED": "1"},
        )
