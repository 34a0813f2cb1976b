"""Whether the tables, the index and the triggers of a ledger file are still word for word what the migration made."""

from __future__ import annotations

import hashlib
import sqlite3

MADE = {
    "disclosures": "60ce9840dd69d1df",
    "disclosures_no_delete": "6a1417f1bd102577",
    "disclosures_no_update": "b71c153ae08eb692",
    "entries": "b27e4004263a7fa2",
    "entries_kind": "20e263ebfbc608dc",
    "entries_next": "c7e65fca74f5b48c",
    "entries_no_delete": "19d47a41e98b618e",
    "entries_no_update": "706c4ff2f0c44aad",
    "ledger": "8151a43da2a7e5fe",
    "ledger_no_delete": "cdc5003801ec512c",
    "ledger_no_update": "86e98fdef2301a96",
}
"""Name -> the first 16 digits of SHA-256 over its SQL, as SQLite keeps it. A test makes a ledger and compares."""


def altered(connection: sqlite3.Connection) -> list[str]:
    """Names of those that are gone or say something else: rot in the schema itself, or somebody's hand. Text may come as bytes."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    said = {_bytes(name).decode("utf-8", "replace"): hashlib.sha256(_bytes(sql)).hexdigest()[:16] for name, sql in found}
    return sorted(name for name, digest in MADE.items() if said.get(name) != digest)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
