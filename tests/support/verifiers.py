"""The two verifiers over the same path: the package's, and the stand-alone program as a stranger runs it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import provenance.bundle
from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust

PROGRAM = Path(provenance.bundle.__file__).parent / "standalone" / "verify.py"


def load() -> ModuleType:
    """The stand-alone program as a module, to test its parts."""
    spec = importlib.util.spec_from_file_location("standalone_verify", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


STANDALONE = load()


def package(path: Path, key: str | None = None, roots: Sequence[bytes] = ()) -> tuple[str, Counter[str]]:
    """Verdict and codes of provenance.bundle."""
    verdict = examine(path, Trust(key, time_roots=tuple(roots)))
    assert {"INTEGRITY ONLY": 0, "ANCHORED": 0, "FAILED": 1, "REFUSED": 2, "INCOMPLETE": 3}[verdict.word] == verdict.exit_code
    return verdict.word, Counter(finding.code for finding in verdict.findings)


def alone(path: Path, key: str | None = None, roots: Sequence[bytes] = ()) -> tuple[str, Counter[str]]:
    """Verdict and codes of the stand-alone program, called in this process because it is quicker."""
    check, refusal, word = STANDALONE.examine(str(path), key, list(roots))
    return word, Counter([refusal.code] if refusal else [code for _, code, _ in check.findings])


def program(path: Path | None, *options: str, python: str = sys.executable, cwd: Path | None = None) -> tuple[int, str, Counter[str]]:
    """Exit code, verdict and codes of the stand-alone program as a process; isolated, so that nothing of ours can be imported."""
    command = [python, "-I", "-S", str(PROGRAM), "--json", *options, *([str(path)] if path else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)
    assert not done.stderr, done.stderr
    told = json.loads(done.stdout)
    return done.returncode, told["verdict"], Counter(row["code"] for row in told["findings"])


def both(path: Path, key: str | None = None, roots: Sequence[bytes] = ()) -> tuple[str, set[str]]:
    """Verdict and codes, on which both agree, each as often. roots: certificates of time authorities that are trusted, DER."""
    ours, theirs = package(path, key, roots), alone(path, key, roots)
    assert ours == theirs, (ours, theirs)
    return ours[0], set(ours[1])
