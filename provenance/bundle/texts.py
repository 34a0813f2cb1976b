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


def verifier() -> bytes:
    """verify.py as every bundle holds it: one file that needs Python's standard library only."""
    return resources.files("provenance.bundle").joinpath("standalone/verify.py").read_bytes()


def _both(name: str) -> bytes:
    return "\n\n".join(data.read(f"bundle/{name}.{lang}") for lang in ("zh", "en")).encode()
