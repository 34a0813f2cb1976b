"""Every version of every file, where each path stands now, and what the pixels are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, folder_and_name, plain

NAME = "pictures"
VERSION = 3
TABLES = (
    Table(
        "versions",
        {
            "seq": "int",
            "at": "text",
            "kind": "text",
            "sha256": "text",
            "size": "int",
            "media_type": "text",
            "container": "text",
            "parsed": "text",
            "path": "text",
            "folder": "text",
            "name": "text",
            "was": "text",
            "mtime": "text",
            "seen_at": "text",
            "same_bytes_as": "int",
        },
        ("seq",),
        ("sha256", "path", "at"),
    ),
    Table(
        "places",
        {"path": "text", "folder": "text", "name": "text", "sha256": "text", "size": "int", "mtime": "text", "seq": "int", "here": "int"},
        ("path",),
        ("folder", "sha256"),
    ),
    Table("moves", {"seq": "int", "at": "text", "sha256": "text", "path": "text", "was_path": "text"}, ("seq",), ("sha256", "path")),
    Table("losses", {"seq": "int", "at": "text", "sha256": "text", "path": "text", "noticed": "text"}, ("seq",), ("sha256",)),
    Table(
        "described",
        {"sha256": "text", "seq": "int", "width": "int", "height": "int", "pixels": "text", "dhash": "text", "preview": "text",
         "version": "int", "form": "text", "orientation": "int", "animated": "int", "visible": "text", "phash": "text"},
        ("sha256",),
        ("pixels", "visible", "seq"),
    ),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """Rows of one entry about a file; nothing for other kinds."""
    entry, values = record.entry, record.values
    kind = entry.kind
    if kind in facts.FILE_KINDS:
        path = plain(values.get("path"))
        folder, name = folder_and_name(path)
        o = entry.open
        yield Put(
            "versions",
            {
                "seq": entry.seq,
                "at": entry.at,
                "kind": kind,
                "sha256": o["sha256"],
                "size": o["size"],
                "media_type": o["media_type"],
                "container": o["container"],
                "parsed": o["parsed"],
                "path": path,
                "folder": folder,
                "name": name,
                "was": o.get("was"),
                "mtime": o["mtime"],
                "seen_at": o["seen_at"],
                "same_bytes_as": o.get("same_bytes_as"),
            },
        )
        yield _place(path, o["sha256"], o["size"], o["mtime"], entry.seq, 1)
    elif kind == facts.FileRenamed.KIND:
        path, was = plain(values.get("path")), plain(values.get("was_path"))
        o = entry.open
        yield Put("moves", {"seq": entry.seq, "at": entry.at, "sha256": o["sha256"], "path": path, "was_path": was})
        yield _place(was, o["sha256"], o["size"], o["mtime"], entry.seq, 0)
        yield _place(path, o["sha256"], o["size"], o["mtime"], entry.seq, 1)
    elif kind == facts.FileVanished.KIND:
        path = plain(values.get("path"))
        sha256 = entry.open.get("sha256")
        yield Put("losses", {"seq": entry.seq, "at": entry.at, "sha256": sha256, "path": path, "noticed": entry.open["noticed"]})
        yield _place(path, sha256, 0, "", entry.seq, 0)
    elif kind in facts.DESCRIBED_KINDS:
        yield Put("described", _described(entry.seq, kind, entry.open))


def _described(seq: int, kind: str, o: Mapping[str, Any]) -> dict[str, Any]:
    """Both versions as the later one. The digest `pixels` of the first was over other bytes: those of two versions are never equal."""
    first = kind == facts.FileDescribedFirst.KIND
    same = ("width", "height", "pixels", "dhash", "preview", "form", "visible", "phash")
    told = {"version": 1 if first else 2, "orientation": o.get("orientation", 1), "animated": int(bool(o.get("animated")))}
    return {"sha256": o["of"], "seq": seq, **told, **{name: o.get(name) for name in same}}


def _place(path: str, sha256: str | None, size: int, mtime: str, seq: int, here: int) -> Put:
    folder, name = folder_and_name(path)
    return Put(
        "places", {"path": path, "folder": folder, "name": name, "sha256": sha256, "size": size, "mtime": mtime, "seq": seq, "here": here}
    )
