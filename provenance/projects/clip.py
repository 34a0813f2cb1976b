"""CLIP STUDIO PAINT (.clip): chunks, one of them an SQLite database with the layers and a preview. Layers' pixels are not decoded.

CSFCHUNK, size of the file (8), offset (8); then chunks of a name (8 letters), a size (8, big endian) and that many bytes: CHNKHead,
CHNKExta (pixels), CHNKSQLi (the database), CHNKFoot. The format is not published; names of tables and columns as the program writes them.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from provenance.projects.bounds import MOST_DEPTH, MOST_LAYERS, Budget, Cut, Data, number, take
from provenance.projects.project import Layer, Project, Seen

MOST_DATABASE = 96 * 1024 * 1024
MOST_CHUNKS = 200_000
MOST_WORK = 3_000  # thousands of SQLite's own steps
MOST_PREVIEW = 32 * 1024 * 1024
_FOLDER, _PAPER = 1, 1584
Row = dict[str, Any]


def read(data: Data, budget: Budget, seen: Seen | None) -> Project:
    """Read canvas, layers and preview from the database."""
    raw = _database(data)
    if raw is None:
        return Project("clip", problems=("no database",))
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        try:
            _guard(base)
            base.deserialize(raw)
            return _project(base, budget)
        except (sqlite3.Error, OverflowError, ValueError, MemoryError):
            budget.tell("database")
            return Project("clip", problems=tuple(budget.problems))


def _database(data: Data) -> bytes | None:
    at = 24
    for _ in range(MOST_CHUNKS):
        name, length = take(data, at, 8), number(data, at + 8, 8)
        if not name.startswith(b"CHNK"):
            raise Cut
        if name == b"CHNKSQLi":
            return take(data, at + 16, length) if length <= MOST_DATABASE else None
        if name == b"CHNKFoot":
            return None
        at += 16 + length
    raise Cut


def _guard(base: sqlite3.Connection) -> None:
    """A stranger's database: no functions of its schema, nothing that takes long, no value that is large."""
    done = [0]

    def more() -> int:
        done[0] += 1
        return int(done[0] > MOST_WORK)

    base.execute("PRAGMA trusted_schema=OFF")
    base.execute("PRAGMA cell_size_check=ON")
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_PREVIEW)
    base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    base.set_progress_handler(more, 1_000)


def _rows(base: sqlite3.Connection, table: str, most: int) -> Iterator[Row]:
    """The rows of a real table (a view could be anything), as dicts; none where it is not there."""
    if base.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone():
        found = base.execute(f'SELECT * FROM "{table}" LIMIT {int(most)}')
        names = [column[0] for column in found.description]
        yield from (dict(zip(names, row, strict=True)) for row in found)


def _project(base: sqlite3.Connection, budget: Budget) -> Project:
    canvas = next(_rows(base, "Canvas", 1), {})
    rows = list(_rows(base, "Layer", MOST_LAYERS + 1))
    if len(rows) > MOST_LAYERS:
        budget.tell("too many layers")
    layers = tuple(_ordered(rows[:MOST_LAYERS], _whole(canvas.get("CanvasRootFolder"))))
    preview = next((row["ImageData"] for row in _rows(base, "CanvasPreview", 1) if isinstance(row.get("ImageData"), bytes)), None)
    claimed = {"tool": "CLIP STUDIO PAINT"}
    project = next(_rows(base, "Project", 1), {})
    if isinstance(version := project.get("ProjectInternalVersion"), str):
        claimed["version"] = version[:200]
    return Project(
        "clip", _whole(canvas.get("CanvasWidth")), _whole(canvas.get("CanvasHeight")), layers, len(layers), preview, claimed,
        tuple(budget.problems),
    )  # fmt: skip


def _ordered(rows: list[Row], root: int | None) -> Iterator[Layer]:
    """The topmost first. A folder names its first child, which is the lowest, and each the next above it. Rows that no folder leads to
    (or a loop) come last, as they stand."""
    by_id = {ident: row for row in rows if (ident := _whole(row.get("MainId"))) is not None}
    seen: set[int | None] = {root} if root in by_id else set()
    todo = [(ident, 0) for ident in _children(by_id, by_id[root], seen)] if root in by_id else []
    while todo:
        ident, depth = todo.pop()
        yield _layer(by_id[ident], depth)
        if depth < MOST_DEPTH:
            todo.extend((child, depth + 1) for child in _children(by_id, by_id[ident], seen))
    yield from (_layer(row, 0) for ident, row in by_id.items() if ident not in seen)


def _children(by_id: dict[int, Row], folder: Row, seen: set[int | None]) -> list[int]:
    found: list[int] = []
    ident = _whole(folder.get("LayerFirstChildIndex"))
    while ident in by_id and ident not in seen:
        assert ident is not None
        seen.add(ident)
        found.append(ident)
        ident = _whole(by_id[ident].get("LayerNextIndex"))
    return found


def _layer(row: Row, depth: int) -> Layer:
    name, opacity, composite = row.get("LayerName"), _whole(row.get("LayerOpacity")), _whole(row.get("LayerComposite"))
    kind = _kind(row)
    shown = _whole(row.get("LayerVisibility"))
    ident = row.get("LayerUuid")
    return Layer(
        name=name[:4_096] if isinstance(name, str) else "", kind=kind, depth=depth, visible=bool(shown & 1) if shown is not None else None,
        opacity=f"{opacity}/256" if opacity is not None else None, blend=f"mode {composite}" if composite is not None else None,
        unread="not decoded" if kind in ("paint", "unknown") else None,
        ident=ident[:100] if isinstance(ident, str) and ident else str(row.get("MainId")),
    )  # fmt: skip


def _kind(row: Row) -> str:
    if _whole(row.get("LayerFolder")):
        return "group"
    if row.get("TextLayerType") is not None:
        return "text"
    if row.get("VectorNormalType") is not None:
        return "vector"
    if row.get("FilterLayerInfo") is not None:
        return "adjustment"
    return {1: "paint", 0: "group", _PAPER: "fill"}.get(_whole(row.get("LayerType")) or 0, "unknown")


def _whole(value: Any) -> int | None:
    return round(value) if isinstance(value, int | float) and abs(value) < 2**31 else None
