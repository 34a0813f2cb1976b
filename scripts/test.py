"""Install what tests need into .venv and run every check: ruff, mypy, pytest, docs. `.ci/run` is exactly this.

`python3 scripts/test.py [pytest arguments]`: arguments go to pytest, and then only pytest runs.
Standard library only; run me on a fresh machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from _setup import ROOT, ready

BESIDE = ("-n", "auto", "--maxprocesses=4", "--dist=loadfile")  # a worker for each core; a file stays with one worker


def main() -> int:
    """Every check in turn; all are run, the exit code is 1 if any failed."""
    python = str(ready("dev"))
    if sys.argv[1:]:
        return subprocess.run([python, "-m", "pytest", *sys.argv[1:]], cwd=ROOT, check=False).returncode
    browser()
    checks = [
        ("ruff", [python, "-m", "ruff", "check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("docs", [python, "scripts/gen_docs.py", "--check"]),
        ("pytest", [python, "-m", "pytest", "-ra", "--durations=10", *BESIDE]),
    ]
    failed = [name for name, command in checks if not passes(name, command)]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'all checks passed'}", flush=True)
    return 1 if failed else 0


def browser() -> None:
    """The pages are tried in a real browser. On a Debian machine of our own (root, as in CI) it is installed; elsewhere a line says so."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        print("prov: installing the system package chromium for the page tests ...", flush=True)
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium"]):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            try:
                subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600, check=False)
            except subprocess.TimeoutExpired:
                break
    if not shutil.which("chromium"):
        print("prov: no Chromium: what a browser makes of the pages will NOT be checked (Debian: apt-get install chromium)", flush=True)


def passes(name: str, command: list[str]) -> bool:
    """Run one check in a clean environment: no home of the user's is ever touched."""
    print(f"== {name}", flush=True)
    start = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PROV_") or k in ("PROV_CORPUS", "PROV_VECTORS", "PROV_SESSION")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"== {name}: {'ok' if code == 0 else f'exit {code}'} ({time.monotonic() - start:.0f} s)", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
