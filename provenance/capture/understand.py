"""A file read once, and what was understood of it: collect and the readers, together."""

from __future__ import annotations

import os
from dataclasses import dataclass

from provenance import readers
from provenance.capture.collect import Changed, as_sidecar, collect, with_sidecars
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


def understood(path: str, *, check: bool = False) -> Understood:
    """Read a file once and understand it.

    Args:
        check: also check what third parties attest in it (C2PA, NovelAI), and whether a hidden text agrees with the open one: slower,
            and not for the recorder, which keeps the bytes.

    Raises:
        Vanished, Changed, Unreadable: as `collect`. A reader's failure is a problem of the file, not an error.
    """
    specimen, data = _steady(path, check)
    name = os.path.basename(path)  # noqa: PTH119 - a Path costs as much as all of a small file's metadata
    reading, problems = readers.attempt(texts_of(specimen.container), name)
    if reading is None or reading.generator is None:  # a file's own words come first: what stands beside it may be another's
        for more in (as_sidecar(specimen, data), with_sidecars(specimen)):
            beside, failed = readers.attempt(texts_of(more.container), name) if more is not specimen else (None, ())
            if beside is not None and beside != reading:  # a training caption, a project's JSON: nothing of a generator in them
                specimen, reading, problems = more, beside, failed
                break
    if check:
        from provenance.capture.attest import attested

        reading = attested(reading, specimen.container, data)
    return Understood(specimen, reading, problems, data)


def _steady(path: str, deep: bool) -> tuple[Specimen, bytes | None]:
    """Collect, and again when the file changed under the reading; after a few tries it is its writer's turn."""
    for _ in range(TRIES - 1):
        try:
            return collect(path, deep=deep)
        except Changed:
            continue
    return collect(path, deep=deep)


def put_there(path: str) -> float:
    """When the system last changed the file or its name, seconds since 1970; 0 where nothing stands.

    A copy keeps its old mtime, and the event that tells of it may still be on its way.
    """
    try:
        return os.lstat(path).st_ctime
    except (OSError, ValueError):
        return 0.0
