"""A long ledger, made in seconds: entries of the usual shapes written straight into a ledger's tables, as `Ledger.append` would have.

`mixed` is what lies in a home in which an archive of the corpus was imported and pictures were recorded after it: the kinds, their shares,
their fields and their sizes were counted there (489 entries, mean 1,394 bytes; imported 55 %, captured 24 %, models bound 20 %).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from provenance.clock import Clock, system
from provenance.ledger import chain, merkle
from provenance.ledger.store import Ledger

ORIGIN = "prov.local/long"
_FIELDS = ("carriers", "generator", "models", "path", "prompts", "samplers", "seeds", "sizes", "steps")


def make(path: Path, count: int, clock: Clock = system, of: Callable[[int, str], bytes] | None = None) -> bytes:
    """A ledger of `count` entries, by default captures of about 1.2 kB, without stored values; returns the root. The triggers stand while
    it is made. of: makes the entry of a number after a `prev`."""
    Ledger.create(path, ORIGIN, clock).close()
    frontier = merkle.Frontier()
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        for rows in _batches(count, of or entry):
            db.executemany("INSERT INTO entries (seq, kind, at, leaf, bytes) VALUES (?, ?, ?, ?, ?)", rows)
            frontier = frontier.extend(row[3] for row in rows)
        db.execute("COMMIT")
    db.close()
    return frontier.root()


def _batches(count: int, of: Callable[[int, str], bytes], most: int = 5_000) -> Iterator[list[tuple[int, str, str, bytes, bytes]]]:
    prev, rows = chain.GENESIS, []
    for seq in range(count):
        raw = of(seq, prev)
        leaf = chain.leaf(raw)
        rows.append((seq, raw[44 : raw.index(b'"', 44)].decode(), raw[7:34].decode(), leaf, raw))
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


_USUAL = (
    "carriers", "cfgs", "dialect", "generator", "models", "negative_prompts", "passes", "path", "prompts", "rest", "samplers", "seeds",
    "sizes", "steps", "texts",
)
_MORE = ("controls", "denoises", "hashes", "inputs", "loras", "schedulers", "tool_version")


def mixed(seq: int, prev: str) -> bytes:
    """The bytes of one entry of the mix."""
    turn = seq * 7919 % 1000
    if turn < 550:
        return _picture("file.imported/1", "IMPORTED", seq, prev)
    if turn < 790:
        return _picture("file.captured/1", "OBSERVED", seq, prev)
    if turn < 990:
        opened = f'"at_seq":{seq - 1},"class":"OBSERVED","clock":{_clock(seq)},"found":{1 + seq % 2}'
        return _whole("models.bound/1", opened, ("bound", "models"), seq, prev)
    if turn < 996:
        opened = f'"class":"STATED","clock":{_clock(seq)},"of":{seq - 1},"sha256":"{os.urandom(32).hex()}","verdict":"kept"'
        return _whole("decision.made/1", opened, ("by", "reason"), seq, prev)
    # escapes, and a dash that is not ASCII
    note = f'{ORIGIN}\\n{seq}\\n{os.urandom(32).hex()}\\n\\n\u2014 {ORIGIN} {os.urandom(34).hex()}\\n'
    return _whole("snapshot.signed/1", f'"class":"OBSERVED","clock":{_clock(seq)},"note":"{note}","size":{seq}', (), seq, prev)


def _picture(kind: str, class_: str, seq: int, prev: str) -> bytes:
    sort = seq // 3 % 12  # of generator and workflow: which fields a file fills
    names = sorted({*_USUAL[: (14 if class_ == "IMPORTED" else 15) - sort % 5], *_MORE[sort % 5 : sort % 5 + 1 + sort % 3]})
    width, height = ((1024, 1024), (832, 1216), (512, 768), (1216, 832), (64, 1))[seq % 5]
    how = '"found":"import"' if class_ == "IMPORTED" else ""
    same = f'"same_bytes_as":{seq // 3},' if seq % 11 == 0 else ""
    type_, size = ("png", "png", "jpeg", "webp")[seq % 4], 2_000 + seq * 7919 * 31 % 2_900_000
    opened = ",".join(part for part in (
        f'"class":"{class_}","clock":{_clock(seq)},"container":"{type_}"', how,
        f'"height":{height},"media_type":"image/{type_}","mtime":"{_at(seq)}","parsed":"read",{same}"seen_at":"{_at(seq)}"',
        '"settled":"closed"' if not how else "", f'"sha256":"{os.urandom(32).hex()}","size":{size},"width":{width}',
    ) if part)
    return _whole(kind, opened, names, seq, prev)


def _whole(kind: str, opened: str, names: Sequence[str], seq: int, prev: str) -> bytes:
    noise = os.urandom(32 * len(names)).hex()
    sealed = ",".join(f'"{name}":"{noise[64 * n : 64 * n + 64]}"' for n, name in enumerate(names))
    return (
        f'{{"at":"{_at(seq)}","kind":"{kind}","log":"{ORIGIN}","open":{{{opened}}},"prev":"{prev}","salt":"{os.urandom(16).hex()}",'
        f'"sealed":{{{sealed}}},"seq":{seq},"v":1}}'
    ).encode()


def _clock(seq: int) -> str:
    return f'{{"boot":"b0075eed","mono_ms":{1_000_000 + 700 * seq}}}'


def _at(seq: int) -> str:
    return f"2026-{1 + seq // 90_000 % 12:02}-22T{seq // 3600 % 24:02}:{seq // 60 % 60:02}:{seq % 60:02}.{seq % 1_000_000:06}Z"


def wide(seq: int, prev: str) -> bytes:
    """The bytes of one entry of about 3.3 kB: a capture with more sealed fields than any tool fills."""
    opened = f'"class":"OBSERVED","clock":{_clock(seq)},"container":"png","sha256":"{os.urandom(32).hex()}","size":{10**6 + seq}'
    return _whole("file.captured/1", opened, [f"field_{n:02}" for n in range(37)], seq, prev)
