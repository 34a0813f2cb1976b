"""Model files that were read, and which of them each picture is bound to."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "models"
VERSION = 1
TABLES = (
    Table(
        "model_files",
        {
            "seq": "int",
            "at": "text",
            "sha256": "text",
            "kind": "text",
            "name": "text",
            "path": "text",
            "size": "int",
            "mtime": "text",
            "autov1": "text",
            "autov2": "text",
            "autov3": "text",
            "was": "text",
        },
        ("seq",),
        ("sha256", "path"),
    ),
    Table(
        "bindings",
        {
            "of": "int",
            "n": "int",
            "seq": "int",
            "picture": "text",
            "name": "text",
            "kind": "text",
            "how": "text",
            "sha256": "text",
            "autov2": "text",
            "autov3": "text",
            "seen": "int",
            "agrees": "int",
        },
        ("of", "n"),
        ("picture", "sha256"),
    ),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """Rows of `model.seen` and `models.bound`; a later binding of the same file entry replaces the earlier."""
    entry, values = record.entry, record.values
    o = entry.open
    if entry.kind == facts.ModelSeen.KIND:
        yield Put(
            "model_files",
            {
                "seq": entry.seq,
                "at": entry.at,
                "sha256": o["sha256"],
                "kind": o["model_kind"],
                "name": plain(values.get("name")),
                "path": plain(values.get("path")),
                "size": o["size"],
                "mtime": o["mtime"],
                "autov1": o.get("autov1"),
                "autov2": o["autov2"],
                "autov3": o.get("autov3"),
                "was": o.get("was"),
            },
        )
    elif entry.kind == facts.ModelsBound.KIND:
        for n, item in enumerate(values.get("bindings") or ()):
            agrees = item.get("agrees")
            yield Put(
                "bindings",
                {
                    "of": o["of"],
                    "n": n,
                    "seq": entry.seq,
                    "picture": o["sha256"],
                    "name": plain(item.get("name")),
                    "kind": item.get("kind"),
                    "how": item.get("how"),
                    "sha256": item.get("sha256"),
                    "autov2": item.get("autov2"),
                    "autov3": item.get("autov3"),
                    "seen": item.get("seen"),
                    "agrees": None if agrees is None else int(agrees),
                },
            )
