"""Everything that may be an exhibit -> numbered exhibits. Pure: the same content gives the same numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance import facts
from provenance.exhibits.finds import CANDIDATE, CORROBORATION, KINDS, METADATA, ORIGINAL, Find
from provenance.exhibits.naming import Look, file_name
from provenance.report.exhibit import Exhibit

REJECTED = "rejected"


@dataclass(frozen=True)
class Shot:
    """A picture of the bundle. number: in the report. file: "" where its bytes are not handed over, then `withheld` says why."""

    number: int
    sha256: str
    role: str
    media_type: str
    entries: tuple[int, ...]
    name: str
    imported: bool
    file: str = ""
    size: int = 0
    withheld: str = ""


@dataclass(frozen=True)
class Ready:
    """A file that stands under its own name: a film, an annex, the whole record. entries: those it is made from, where it names few."""

    kind: str
    file: str
    sha256: str
    media_type: str
    size: int
    entries: tuple[int, ...] = ()
    klass: str = ""
    picture: int = 0


@dataclass(frozen=True)
class Listed:
    """exhibits: in the order of their numbers. copies: file name -> SHA-256 of the blob that is copied there."""

    exhibits: tuple[Exhibit, ...]
    copies: Mapping[str, str]


def listed(
    shots: Iterable[Shot], finds: Iterable[Find], looks: Mapping[str, Look], ready: Iterable[Ready], absent: Mapping[str, str]
) -> Listed:
    """Number all of it.

    Args:
        looks: SHA-256 -> what a blob looks like, of those that are handed over.
        absent: why the others are not: by SHA-256, else by the name of the sealed field that tells of them, else under "".
    """
    shots = list(shots)
    own = {shot.sha256 for shot in shots if shot.file}
    rows = [_of_shot(shot) for shot in shots] + [_of_ready(one) for one in ready]
    rows += [_of_find(find, looks.get(find.sha256), absent) for find in finds if find.sha256 not in own]
    order = {kind: n for n, kind in enumerate(KINDS)}
    rows.sort(key=lambda row: (order[row.kind], row.picture or 1 << 30, row.entries, row.file, row.sha256))
    digits = max(3, len(str(len(rows))))
    found, copies = [], dict[str, str]()
    for n, row in enumerate(rows, 1):
        number = f"E{n:0{digits}}"
        look = looks.get(row.sha256)
        if not row.file and not row.withheld and look is not None:
            about = row.name.rpartition(":")[2].rpartition(".")[2] if row.kind in (*CORROBORATION, METADATA) else ""
            row = dataclasses.replace(row, file=file_name(number, row.kind, look.ending, row.picture, about))
            copies[row.file] = row.sha256
        found.append(dataclasses.replace(row, number=number))
    return Listed(tuple(found), copies)


def _of_shot(shot: Shot) -> Exhibit:
    kind = CANDIDATE if shot.role == REJECTED else ORIGINAL
    klass = facts.IMPORTED if shot.imported else facts.OBSERVED
    about = (shot.number, shot.name, shot.withheld, shot.role)
    return Exhibit("", shot.file, kind, shot.sha256, shot.media_type, shot.size, shot.entries, klass, *about)


def _of_ready(one: Ready) -> Exhibit:
    return Exhibit("", one.file, one.kind, one.sha256, one.media_type, one.size, one.entries, one.klass, one.picture)


def _of_find(find: Find, look: Look | None, absent: Mapping[str, str]) -> Exhibit:
    if look is None:
        why = absent.get(find.sha256 or find.field) or absent[""]
        return Exhibit("", "", find.kind, find.sha256, "", 0, find.entries, find.klass, find.picture, find.name, why)
    return Exhibit("", "", find.kind, find.sha256, look.media_type, look.size, find.entries, find.klass, find.picture, find.name)
