"""The files of a bundle that are for people: README.txt and VERIFY.txt, in both languages, and the stand-alone verifier."""

from __future__ import annotations

from importlib import resources

from provenance import data


def readme() -> bytes:
    """README.txt: what lies where, zh then en."""
    return _both("README.txt")


def instructions() -> bytes:
    """VERIFY.txt: an expert's commands, each of which a test runs, and what is not proved; zh then en."""
    return _both("VERIFY.txt")


PROGRAM = ("verify.py", "verify_forms.py", "verify_time.py", "verify_author.py", "verify_witness.py")
"""The stand-alone verifier: the procedure, forms and arithmetic, what third parties say, what the author signed, what witnesses say."""


def verifier() -> dict[str, bytes]:
    """The stand-alone verifier as every bundle holds it: name -> bytes of files that need Python's standard library only."""
    return {name: resources.files("provenance.bundle").joinpath(f"standalone/{name}").read_bytes() for name in PROGRAM}


def _both(name: str) -> bytes:
    return "\n\n".join(data.read(f"bundle/{name}.{lang}") for lang in ("zh", "en")).encode()
