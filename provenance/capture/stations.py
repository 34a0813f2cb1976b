"""What passes between the stations of the path: Sighting -> Settled -> Specimen. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.carriers.carrier import Container

CLOSED, APPEARED, TOUCHED, MOVED, GONE, OVERFLOW, ROOT_GONE, ROOT_BACK, FOUND = (
    "closed", "appeared", "touched", "moved", "gone", "overflow", "root gone", "root back", "found",
)


@dataclass(frozen=True)
class Shape:
    """What stat says of a file: enough to tell that it is still the same version."""

    dev: int
    ino: int
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Sighting:
    """The watcher was told something. what: CLOSED (a writer closed it, or it was renamed into place), APPEARED (a name came, perhaps
    still being written), TOUCHED (changed, writer unknown), MOVED (`was` is the old path), GONE, OVERFLOW (events were lost), ROOT_GONE,
    ROOT_BACK, FOUND (by a scan). path: as the system gave it (undecodable bytes as surrogates). at_ms: Moment.mono_ms."""

    what: str
    path: str
    at_ms: int
    seen_at: str
    was: str | None = None


@dataclass(frozen=True)
class Settled:
    """A file whose writer is done, as far as can be known. how: "closed", "renamed", "end mark", "still" (stable size and time).
    seen_at, what: of the last sighting of it. was: the path it was renamed from, where it was."""

    path: str
    how: str
    seen_at: str
    what: str
    was: str | None = None


@dataclass(frozen=True)
class Specimen:
    """One version of a file, read once. sha256: hex, of all bytes. container: what the format tells. shape: fstat before and after."""

    path: str
    sha256: str
    shape: Shape
    container: Container
