"""A raw connection to a ledger file: the sqlite3 module alone, for whoever reads every row or must start fast."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def connect(path: Path) -> sqlite3.Connection:
    """A connection that only reads; text comes as bytes, because a rotten page can hold any. Raises sqlite3.Error."""
    # opened for writing where that is allowed, because only so can SQLite finish the roll-back that a crash left; query_only for the rest
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30)
    for setting in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {setting}")
    connection.text_factory = bytes
    return connection
