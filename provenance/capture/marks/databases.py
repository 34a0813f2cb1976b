"""Stars and boards of InvokeAI, tags of Infinite Image Browsing: SQLite files whose columns came and went with their versions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from provenance.capture.marks.foreign import MOST_ROWS, columns, read
from provenance.capture.marks.mark import BOARD, STARRED, TAGGED, Mark

_NAME = 1_000  # characters of a name that are believed


def invokeai_finds(path: str) -> list[str]:
    """`invokeai.db` itself, or below a root folder (`databases/invokeai.db`)."""
    return _existing(path, "invokeai.db", ("databases/invokeai.db", "invokeai.db"))


def invokeai_marks(path: str) -> Iterator[Mark]:
    """Starred pictures and those on a board.

    Source: invokeai/app/services/shared/sqlite_migrator (images.starred, images.image_subfolder since migration 28; boards, board_images).
    When a star was given is not kept; when a picture came to a board is (board_images.created_at).
    """
    folder = Path(path).absolute().parent
    outputs = (folder.parent if folder.name == "databases" else folder) / "outputs" / "images"

    def ask(db: sqlite3.Connection) -> list[Mark]:
        images = columns(db, "images")
        if "image_name" not in images:
            return []
        below = "i.image_subfolder" if "image_subfolder" in images else "''"
        alive = "i.deleted_at IS NULL" if "deleted_at" in images else "1"
        found = []
        if "starred" in images:
            rows = db.execute(f"SELECT i.image_name, {below} FROM images i WHERE i.starred AND {alive} LIMIT {MOST_ROWS}")
            found += [Mark(_place(outputs, sub, name), STARRED, "InvokeAI") for name, sub in rows if _named(name)]
        placed = columns(db, "board_images")
        if {"board_id", "image_name"} <= placed and {"board_id", "board_name"} <= columns(db, "boards"):
            time = "b.created_at" if "created_at" in placed else "''"
            rows = db.execute(
                f"SELECT i.image_name, {below}, o.board_name, {time} FROM board_images b JOIN boards o ON o.board_id = b.board_id "
                f"JOIN images i ON i.image_name = b.image_name WHERE {alive} LIMIT {MOST_ROWS}"
            )
            found += [
                Mark(_place(outputs, sub, name), BOARD, "InvokeAI", place=str(board)[:_NAME], at=str(at or "")[:40])
                for name, sub, board, at in rows
                if _named(name)
            ]
        return found

    yield from read(path, ask)


def iib_finds(path: str) -> list[str]:
    """`iib.db` itself, or in a folder (the extension's own, or where IIB was started)."""
    return _existing(path, "iib.db", ("iib.db", "extensions/sd-webui-infinite-image-browsing/iib.db"))


def iib_marks(path: str) -> Iterator[Mark]:
    """Tags that a person gave.

    Source: scripts/iib/db/datamodel.py (image.path, tag.name, tag.type, image_tag): type `custom` is a person's; `Model`, `Lora`, `pos`
    and the others are read from the files by the program itself and tell of no decision.
    """

    def ask(db: sqlite3.Connection) -> list[Mark]:
        there = columns(db, "image") >= {"id", "path"} and columns(db, "tag") >= {"id", "name", "type"}
        if not there or not columns(db, "image_tag") >= {"image_id", "tag_id"}:
            return []
        rows = db.execute(
            "SELECT i.path, t.name FROM image_tag x JOIN tag t ON t.id = x.tag_id JOIN image i ON i.id = x.image_id "
            f"WHERE t.type = 'custom' LIMIT {MOST_ROWS}"
        )
        return [Mark(path, TAGGED, "Infinite Image Browsing", place=str(name)[:_NAME]) for path, name in rows if _named(path)]

    yield from read(path, ask)


def _existing(path: str, name: str, below: tuple[str, ...]) -> list[str]:
    if os.path.basename(path) == name:  # noqa: PTH119
        return [path] if Path(path).is_file() else []
    return [str(found) for part in below if (found := Path(path) / part).is_file()][:1]


def _named(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) < 4_096 and "\0" not in value


def _place(outputs: Path, sub: object, name: str) -> str:
    """Where InvokeAI lays a picture. A name from the database never leads out of the folder: such a one is simply at no place."""
    return str(outputs / str(sub or "") / name) if ".." not in f"{sub}/{name}" else str(outputs / "..")
