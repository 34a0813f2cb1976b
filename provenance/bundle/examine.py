"""Verify what lies at a path: a zip or an unpacked folder. The edge around `verify`, which is pure."""

from __future__ import annotations

from pathlib import Path

from provenance.bundle.archive import read_zip
from provenance.bundle.folder import read_folder
from provenance.bundle.verdict import Trust, Verdict, refused
from provenance.bundle.verify import ANYBODY, verify
from provenance.errors import BadInput


def examine(path: Path, trust: Trust = ANYBODY) -> Verdict:
    """Check the bundle at `path`, a zip file or a folder.

    Returns:
        The verdict; a container that is not safe to open gives REFUSED with its Z code.
    Raises:
        BadInput: `bundle.unreadable` where there is nothing, or nothing that the system lets us read.
    """
    try:
        if path.is_dir():
            return verify(read_folder(path), trust)
        with path.open("rb") as file:
            return verify(read_zip(file), trust)
    except BadInput as error:
        if error.key != "bundle.refused":
            raise
        params = {name: str(value) for name, value in error.params.items()}
        return refused(params.pop("code"), params)
    except OSError as error:
        raise BadInput("bundle.unreadable", path=str(path), why=error.strerror or "") from error
