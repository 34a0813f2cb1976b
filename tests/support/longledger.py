"""A long ledger, made in seconds: entries of the usual shapes written straight into a ledger's tables, as `Ledger.append` would have."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from provenance.clock import Clock, system
from provenance.ledger import chain, merkle
from provenance.ledger.store import Ledger

ORIGIN = "prov.local/long"
_FIELDS = ("carriers", "generator", "models", "path", "prompts", "samplers", "seeds", "sizes", "steps")


def make(path: Path, count: int, clock: Clock = system) -> bytes:
    """A ledger of `count` entries of about 1.2 kB without stored values; returns the root. The triggers stand while it is made."""
    Ledger.create(path, ORIGIN, clock).close()
    frontier = merkle.Frontier()
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        for rows in _batches(count):
            db.executemany("INSERT INTO entries (seq, kind, at, leaf, bytes) VALUES (?, ?, ?, ?, ?)", rows)
            frontier = frontier.extend(row[3] for row in rows)
        db.execute("COMMIT")
    db.close()
    return frontier.root()


def _batches(count: int, most: int = 5_000) -> Iterator[list[tuple[int, str, str, bytes, bytes]]]:
    prev, rows = chain.GENESIS, []
    for seq in range(count):
        raw = entry(seq, prev)
        leaf = chain.leaf(raw)
        rows.append((seq, "file.captured/1", raw[7:34].decode(), leaf, raw))
        prev = leaf.hex()
        if len(rows) == most:
            yield rows
            rows = []
    yield rows


def entry(seq: int, prev: str) -> bytes:
    """The bytes of one entry: a capture, its values sealed."""
    noise = os.urandom(32 * (len(_FIELDS) + 2)).hex()
    at = f"2026-{1 + seq // 90_000 % 12:02}-22T{seq // 3600 % 24:02}:{seq // 60 % 60:02}:{seq % 60:02}.{seq % 1_000_000:06}Z"
    sealed = ",".join(f'"{name}":"{noise[64 * n : 64 * n + 64]}"' for n, name in enumerate(_FIELDS))
    width, height = ((1024, 1024), (832, 1216), (512, 768))[seq % 3]
    return (
        f'{{"at":"{at}","kind":"file.captured/1","log":"{ORIGIN}","open":{{"class":"OBSERVED","clock":{{"boot":"b0075eed","mono_ms":'
        f'{1_000_000 + 700 * seq}}},"container":"png","height":{height},"media_type":"image/png","mtime":"{at}","parsed":"read",'
        f'"seen_at":"{at}","settled":"closed","sha256":"{noise[-128:-64]}","size":{1_200_000 + seq * 7919 % 900_000},"width":{width}}},'
        f'"prev":"{prev}","salt":"{noise[-32:]}","sealed":{{{sealed}}},"seq":{seq},"v":1}}'
    ).encode()
