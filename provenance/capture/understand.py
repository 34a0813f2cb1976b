"""A file read once, and what was understood of it: collect and the readers, together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from provenance import readers
from provenance.capture.collect import Changed, collect, with_sidecar
from provenance.capture.intake import texts_of
from provenance.capture.stations import Specimen
from provenance.readers.reading import Reading

TRIES = 3


@dataclass(frozen=True)
class Understood:
    """A file read once, and what was understood of it. data: its bytes, where they were small enough to keep for a moment."""

    specimen: Specimen
    reading: Reading | None
    problems: tuple[str, ...]
    data: bytes | None


def understood(path: str) -> Understood:
    """Read a file once and understand it.

    Raises:
        Vanished, Changed, Unreadable: as `collect`. A reader's failure is a problem of the file, not an error.
    """
    specimen, data = _steady(path)
    specimen = with_sidecar(specimen, data)
    reading, problems = readers.attempt(texts_of(specimen.container), Path(path).name)
    return Understood(specimen, reading, problems, data)


def _steady(path: str) -> tuple[Specimen, bytes | None]:
    """Collect, and again when the file changed under the reading; after a few tries it is its writer's turn."""
    for _ in range(TRIES - 1):
        try:
            return collect(path)
        except Changed:
            continue
    return collect(path)


def put_there(path: str) -> float:
    """When the system last changed the file or its name, seconds since 1970; 0 where nothing stands.

    A copy keeps its old mtime, and the event that tells of it may still be on its way.
    """
    try:
        return os.lstat(path).st_ctime
    except (OSError, ValueError):
        return 0.0
