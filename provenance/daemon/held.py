"""The holds that stand. Plain sqlite3, so that `prov status` answers at once."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import Any

from provenance.config import Home
from provenance.daemon.unanchored import opened
from provenance.errors import Damaged
from provenance.views import holding


def gather(home: Home) -> list[dict[str, Any]]:
    """The holds that stand, each with `seq` and `at`; without SQLAlchemy. Raises Damaged `ledger.corrupt`."""
    try:
        with contextlib.closing(opened(home)) as ledger:
            query = "SELECT seq, kind, at, bytes FROM entries WHERE kind IN (?, ?) ORDER BY seq"
            rows = [(seq, kind, at, json.loads(raw)["open"]) for seq, kind, at, raw in ledger.execute(query, holding.KINDS)]
    except sqlite3.Error as error:
        raise Damaged("ledger.corrupt", path=str(home.ledger)) from error
    return [{"seq": one.seq, "at": one.at} for one in holding.standing(rows)]
