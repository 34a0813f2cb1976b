"""Which project file it is, by its bytes; only where these cannot tell, by its name."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType

from provenance.projects import clip, kra, ora, procreate, psd, tiff, xcf
from provenance.projects.bounds import Budget, Cut, Data
from provenance.projects.project import Project, Seen
from provenance.projects.zips import Archive

MOST_MERGED = 256 * 1024 * 1024

_UNREAD = ((b"\x00\xffKA", "affinity"), (b"\x8aPDN", "paint.net"), (b"PDN3", "paint.net"), (b"SAI-CANVAS", "sai"))
"""Project files whose layers are in no published form: named, and left alone."""
_READERS: Mapping[str, Callable[[Data, Budget, Seen | None], Project | None]] = MappingProxyType({
    "psd": psd.read, "kra": kra.read, "ora": ora.read, "xcf": xcf.read, "clip": clip.read, "procreate": procreate.read, "tiff": tiff.read,
})  # fmt: skip


def kind_of(data: Data, name: str = "") -> str | None:
    """The project format of a file, None for what is none. Only a zip that begins with no `mimetype` is asked for its name.

    Args:
        data: the file. name: its name, or "".
    """
    head = data[0:64]
    if head.startswith((b"8BPS\x00\x01", b"8BPS\x00\x02")):
        return "psd"
    if head.startswith(b"gimp xcf "):
        return "xcf"
    if head.startswith(b"CSFCHUNK"):
        return "clip"
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "tiff"
    for magic, kind in _UNREAD:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        if head[30:38] == b"mimetype":
            return "kra" if head[38:57] == b"application/x-krita" else "ora" if head[38:54] == b"image/openraster" else None
        return {"kra": "kra", "krz": "kra", "ora": "ora", "procreate": "procreate"}.get(name.rpartition(".")[2].lower())
    return None


def merged(data: Data) -> bytes | None:
    """The whole picture that a Krita or OpenRaster document carries beside its layers (`mergedimage.png`), as it stands there; None where
    the file is neither, or carries none."""
    if kind_of(data) not in ("kra", "ora"):
        return None
    try:
        return Archive(data).get("mergedimage.png", MOST_MERGED)
    except ValueError:
        return None


def describe(data: Data, name: str = "", seen: Seen | None = None) -> Project | None:
    """What a project file holds.

    Args:
        data: the whole file. name: as in `kind_of`. seen: told of each layer's picture as it is decoded.
    Returns:
        The project; None where the file is none, or has no layers by its form (a TIFF of one page). Hostile bytes give problems, no errors.
    """
    kind = kind_of(data, name)
    if kind is None:
        return None
    reader = _READERS.get(kind)
    if reader is None:
        return Project(kind, problems=("not read",))
    budget = Budget()
    try:
        return reader(data, budget, seen)
    except (Cut, struct.error):
        budget.tell("cut")
    except (MemoryError, RecursionError):
        budget.tell("too large")
    return Project(kind, problems=tuple(budget.problems))
