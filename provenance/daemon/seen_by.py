"""What witnesses last said of this ledger, and what they refused since. Plain sqlite3, so that `prov status` answers at once."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import Any

from provenance.config import Home
from provenance.daemon.unanchored import opened
from provenance.errors import Damaged

SAID, REFUSED = "head.witnessed/1", "witness.refused/1"


def gather(home: Home) -> dict[str, Any]:
    """The newest word, and every witness that refused and has not put its name under anything since.

    Returns:
        last: witness, size and time (its clock) of the newest word by the ledger's order, or None. refused: of each such witness the last
        refusal: witness, vkey, size of the head, refusal (as in the entry), seen, at (our clock), seq; the oldest first.
    Raises:
        Damaged: `ledger.corrupt`.
    """
    last: dict[str, Any] | None = None
    refused: dict[str, dict[str, Any]] = {}
    try:
        with contextlib.closing(opened(home)) as ledger:
            query = "SELECT seq, kind, bytes FROM entries WHERE kind IN (?, ?) ORDER BY seq"
            for seq, kind, raw in ledger.execute(query, (SAID, REFUSED)):
                entry = json.loads(raw)
                o = entry["open"]
                refused.pop(o["vkey"], None)
                if kind == SAID:
                    last = {"witness": o["witness"], "size": o["size"], "time": o["time"], "seq": seq}
                else:
                    told = {name: o.get(name) for name in ("witness", "vkey", "size", "refusal", "seen")}
                    refused[o["vkey"]] = {**told, "at": entry["at"], "seq": seq}
    except sqlite3.Error as error:
        raise Damaged("ledger.corrupt", path=str(home.ledger)) from error
    return {"last": last, "refused": list(refused.values())}
