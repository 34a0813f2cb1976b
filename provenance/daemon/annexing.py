"""PROV-JSON of a selection of an open home, as a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import canon
from provenance.annex import prov_json
from provenance.annex.common import Material
from provenance.bundle import kin, withhold
from provenance.daemon.house import SOFTWARE, House
from provenance.errors import BadInput, Unavailable
from provenance.ledger.chain import Entry
from provenance.ledger.files import write_whole
from provenance.views.fold import plain
from provenance.views.selection import Selection


@dataclass(frozen=True)
class _Shown:
    """A record without the values of withheld fields."""

    entry: Entry
    values: dict[str, Any]


def write(house: House, chosen: Selection, withheld: frozenset[str], target: Path) -> bytes:
    """Write the document and return it.

    Raises:
        BadInput: `film.recorded` where a recorded file stands. Unavailable: `film.cannot-write`.
    """
    chosen = withhold.without(chosen, withhold.privileged(house.ledger))
    records = [house.ledger.record(seq) for seq in chosen.entries]
    shown = [_Shown(r.entry, {n: v for n, v in r.values.items() if n not in withheld}) for r in records]
    title = chosen.title if not withheld & {"name", "path"} else (chosen.work or chosen.pictures[0].sha256)[:12]
    document = prov_json.document(Material(
        shown, kin.told(chosen.edges, withheld, set(chosen.entries)), {p.sha256: p.role for p in chosen.pictures}, house.ledger.origin,
        SOFTWARE, shown[-1].entry.at, title, tuple(sorted(withheld)),
    ))  # fmt: skip
    where = plain(canon.path(os.path.abspath(target)))  # noqa: PTH100 - links stay as the user named them
    if house.views.ask("SELECT 1 FROM places WHERE path = :p AND here = 1", p=where):
        raise BadInput("film.recorded", path=str(target))
    try:
        write_whole(target, lambda file, path: file.write(document))
    except OSError as error:
        raise Unavailable("film.cannot-write", path=str(target), why=error.strerror or "") from error
    return document
