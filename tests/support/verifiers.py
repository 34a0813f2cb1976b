"""The two verifiers over the same path: the package's, and the stand-alone program as a stranger runs it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import provenance.bundle
from provenance.bundle import texts
from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust
from provenance.seal import cosign

PROGRAM = Path(provenance.bundle.__file__).parent / "standalone" / "verify.py"
PARTS = tuple(PROGRAM.with_name(name) for name in texts.PROGRAM)


def load() -> ModuleType:
    """The stand-alone program as a module, to test its parts."""
    spec = importlib.util.spec_from_file_location("standalone_verify", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STANDALONE = load()
TIME = STANDALONE.TIME
FORMS = sys.modules["verify_forms"]


Answer = tuple[str, Counter[str]]
"""Verdict, and how often each code was found."""


@dataclass(frozen=True)
class Asked:
    """What whoever checks knows beforehand. key: the fingerprint that is demanded. roots: certificates of time authorities, DER or PEM.
    authorities: those of who may say whose key the author's is."""

    key: str | None = None
    roots: tuple[bytes, ...] = ()
    authorities: tuple[bytes, ...] = ()


def package(
    path: Path, key: str | None = None, roots: Sequence[bytes] = (), authorities: Sequence[bytes] = (), witnesses: Sequence[str] = ()
) -> Answer:
    """Verdict and codes of provenance.bundle. witnesses: verifier keys."""
    seers = tuple(map(cosign.parse_vkey, witnesses))
    verdict = examine(path, Trust(key, tuple(authorities), time_roots=tuple(roots), witnesses=seers))
    assert {"INTEGRITY ONLY": 0, "ANCHORED": 0, "FAILED": 1, "REFUSED": 2, "INCOMPLETE": 3}[verdict.word] == verdict.exit_code
    return verdict.word, Counter(finding.code for finding in verdict.findings)


def alone(
    path: Path, key: str | None = None, roots: Sequence[bytes] = (), authorities: Sequence[bytes] = (), witnesses: Sequence[str] = ()
) -> Answer:
    """Verdict and codes of the stand-alone program, called in this process because it is quicker."""
    check, refusal, word = STANDALONE.examine(str(path), key, list(roots), list(authorities), list(witnesses))
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
