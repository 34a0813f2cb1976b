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

WORKERS = min(4, (os.cpu_count() or 1) + 1)  # one more than cores: many tests wait for a process
BESIDE = ("-n", str(WORKERS), "--dist=loadfile", "--no-loadscope-reorder")  # a file stays with one


def main() -> int:
    """Every check in turn; all are run, the exit code is 1 if any failed."""
    python = str(ready("dev"))
    if sys.argv[1:]:
        return subprocess.run([python, "-m", "pytest", *sys.argv[1:]], cwd=ROOT, check=False).returncode
    tools()
    checks = [
        ("ruff", [python, "-m", "ruff", "check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("docs", [python, "scripts/gen_docs.py", "--check"]),
        ("pytest", [python, "-m", "pytest", "-ra", "--durations=10", *BESIDE]),
    ]
    failed = [name for name, command in checks if not passes(name, command)]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'all checks passed'}", flush=True)
    return 1 if failed else 0


TOOLS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("Chromium", ("chromium", "chromium-browser", "google-chrome"), ("chromium",), "what a browser makes of the pages"),
    ("Firefox", ("firefox", "firefox-esr"), ("firefox-esr",), "what a second browser makes of verify.html"),
    ("pdftotext", ("pdftotext",), ("poppler-utils",), "what another program reads in report.pdf"),
    ("Go", ("go",), ("golang-go", "golang-golang-x-mod-dev"), "what Go's own tools say of a bundle's notes and proofs"),
)
"""Others' tools that tests use where they are: name, commands of which one suffices, Debian packages, and what is not tried without."""


def tools() -> None:
    """On a Debian machine of our own (root, as in CI) they are installed; elsewhere a line says what will not be tried."""
    absent = [tool for tool in TOOLS if not any(shutil.which(command) for command in tool[1])]
    if absent and os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [package for tool in absent for package in tool[2]]
        print(f"prov: installing the system packages {' '.join(packages)} for tests ...", flush=True)
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages]):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            try:
                subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600, check=False)
            except subprocess.TimeoutExpired:
                break
    for name, commands, needed, what in absent:
        if not any(shutil.which(command) for command in commands):
            print(f"prov: no {name}: {what} will NOT be checked (Debian: apt-get install {' '.join(needed)})", flush=True)


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
