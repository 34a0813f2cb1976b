"""How long entries stood without a trusted time. Plain sqlite3 and the views' file, so that `prov status` answers at once."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from dataclasses import asdict
from typing import Any

from provenance import config
from provenance.clock import Clock, system
from provenance.config import Home
from provenance.errors import Damaged, ProvError
from provenance.views.brackets import RUNNING, Anchor, brackets, longest

Row = tuple[int, int, str, int, str]
Proof = tuple[int, int | None, int | None, int]


def gather(home: Home, clock: Clock = system) -> dict[str, Any]:
    """What is to be said of trusted time.

    Returns:
        use: the chosen authorities. answers, unchecked: how many tokens, and how many of them were not checked against a pinned root.
        last: authority, time and size of the newest trusted one, or None. entries_since: entries that no trusted time covers.
        promises: OpenTimestamps promises that wait for a block. block: the newest head with one, as {"block", "size"}, or None; neither is
        a trusted time.
        longest: the widest span between two trusted times with something recorded in it (`views.brackets.Longest`), or None.
    Raises:
        Damaged: `ledger.corrupt`.
    """
    try:
        use = config.load(home).time.use
    except ProvError:
        use = ()
    try:
        with contextlib.closing(opened(home)) as ledger:
            rows, proofs = _anchors(home, ledger)
            size = ledger.execute("SELECT coalesce(max(seq) + 1, 0) FROM entries").fetchone()[0]
            born = ledger.execute("SELECT at FROM entries WHERE seq = 0").fetchone()
            trusted = [row for row in rows if row[3]]
            found = brackets((Anchor(seq, covered, time) for seq, covered, time, _, _ in trusted), size)
            widest = longest(found, born[0], clock().stamp, lambda first, stop: _holds(ledger, first, stop)) if born else None
    except sqlite3.Error as error:
        raise Damaged("ledger.corrupt", path=str(home.ledger)) from error
    kept = {row[1] for row in proofs}
    newest = max((row for row in proofs if row[1] is not None), key=lambda row: (row[3], row[0]), default=None)
    last = max(trusted, key=lambda row: (row[1], row[2]), default=None)
    return {
        "use": list(use),
        "answers": len(rows),
        "unchecked": len(rows) - len(trusted),
        "last": {"time": last[2], "size": last[1], "authority": last[4], "seq": last[0]} if last else None,
        "promises": sum(row[1] is None and row[0] not in kept for row in proofs),
        "block": {"block": newest[2], "size": newest[3]} if newest else None,
        "entries_since": size - (last[1] if last else 0),
        "longest": asdict(widest) if widest else None,
    }


def opened(home: Home) -> sqlite3.Connection:
    """The ledger for questions only. Raises sqlite3.Error."""
    # a crash may have left a journal that must be rolled back first, which a connection opened read-only cannot do
    mode = "rw" if os.access(home.ledger, os.W_OK) and os.access(home.path, os.W_OK) else "ro"
    db = sqlite3.connect(f"{home.ledger.absolute().as_uri()}?mode={mode}", uri=True, timeout=10)
    db.execute("PRAGMA query_only = ON")
    return db


def _anchors(home: Home, ledger: sqlite3.Connection) -> tuple[list[Row], list[Proof]]:
    """(seq, size, time, trusted, authority) of every attestation, and (seq, the promise that it keeps, block, size) of every promise and
    every block: from the views as far as they go, the rest from the ledger."""
    rows, proofs, start = _folded(home, ledger)
    kinds = "('time.attested/1', 'time.promised/1', 'time.committed/1')"
    for seq, kind, raw in ledger.execute(f"SELECT seq, kind, bytes FROM entries WHERE seq >= ? AND kind IN {kinds}", (start,)):
        o = json.loads(raw)["open"]
        if kind == "time.attested/1":
            rows.append((seq, o["size"], o["time"], int(o["trusted"]), o["authority"]))
        else:
            proofs.append((seq, o.get("promise"), o.get("block"), o["size"]))
    return rows, proofs


def _folded(home: Home, ledger: sqlite3.Connection) -> tuple[list[Row], list[Proof], int]:
    """What views.db holds, and the first entry it does not. Nothing where it is missing, broken or another ledger's."""
    try:
        with contextlib.closing(sqlite3.connect(f"{home.views.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as views:
            state = dict(views.execute("SELECT name, value FROM state").fetchall())
            after = int(state.get("next") or 0)
            leaf = ledger.execute("SELECT (SELECT origin FROM ledger), leaf FROM entries WHERE seq = ?", (after - 1,)).fetchone()
            if leaf is None or state.get("last") != f"{leaf[0]} {bytes(leaf[1]).hex()}":
                return [], [], 0
            rows = views.execute("SELECT seq, size, time, trusted, authority FROM anchors ORDER BY seq").fetchall()
            return rows, views.execute("SELECT seq, kept, block, size FROM promises ORDER BY seq").fetchall(), after
    except (sqlite3.Error, ValueError):
        return [], [], 0


def _holds(ledger: sqlite3.Connection, first: int, stop: int) -> bool:
    other = " AND ".join("kind NOT LIKE ?" for _ in RUNNING)
    query = f"SELECT 1 FROM entries WHERE seq >= ? AND seq < ? AND {other} LIMIT 1"
    return ledger.execute(query, (first, stop, *(name + "%" for name in RUNNING))).fetchone() is not None
