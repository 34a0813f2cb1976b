"""What lies inside the layered project files: a row for each version that was taken apart, and one for each of its layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "projects"
VERSION = 1
CLAIMED = ("editor", "editor_version", "created", "modified", "editing_seconds", "editing_cycles", "strokes")
TABLES = (
    Table(
        "projects",
        {"sha256": "text", "seq": "int", "at": "text", "format": "text", "width": "int", "height": "int", "layer_count": "int",
         "decoded": "int", "preview": "text", "against": "text", **dict.fromkeys(CLAIMED, "text")},
        ("sha256",),
        ("seq",),
    ),
    Table("drawings", {"sha256": "text", "part": "text", "seq": "int", "covered": "int", "total": "int"}, ("sha256", "part"), ("seq",)),
    Table(
        "project_candidates",
        {"seq": "int", "place": "int", "sha256": "text", "job": "text", "number": "int", "in_use": "int", "pixels": "text"},
        ("seq", "place"),
        ("sha256", "pixels"),
    ),
    Table(
        "project_layers",
        {"seq": "int", "place": "int", "sha256": "text", "name": "text", "kind": "text", "depth": "int", "visible": "int",
         "opacity": "text", "blend": "text", "rect": "text", "area": "int", "area_of": "text", "changed": "int",
         "pixels": "text", "content": "text", "unread": "text", "ident": "text"},
        ("seq", "place"),
        ("sha256", "pixels", "content", "ident"),
    ),
)  # fmt: skip
_TEXTS = ("name", "kind", "opacity", "blend", "area_of", "pixels", "content", "unread", "ident")


def rows(record: RecordLike) -> Iterator[Put]:
    """One row for the project; its layers in their order, numbered from 0 at the top. `rect` as `x,y,width,height`."""
    entry, values = record.entry, record.values
    if entry.kind == facts.DrawingMeasured.KIND:
        said = {name: entry.open[name] for name in ("part", "covered", "total")}
        yield Put("drawings", {"sha256": entry.open["of"], "seq": entry.seq, **said})
    if entry.kind != facts.ProjectDescribed.KIND:
        return
    o = entry.open
    same = ("format", "width", "height", "layer_count", "decoded", "preview", "against")
    claimed = {name: plain(values.get(name)) or None for name in CLAIMED}
    yield Put("projects", {"sha256": o["of"], "seq": entry.seq, "at": entry.at, **{name: o.get(name) for name in same}, **claimed})
    for place, row in enumerate(values.get("layers") or ()):
        if isinstance(row, Mapping):
            yield Put("project_layers", {"seq": entry.seq, "place": place, "sha256": o["of"], **_layer(row)})


    for place, row in enumerate(values.get("candidates") or ()):
        if isinstance(row, Mapping):
            told = {"job": plain(row.get("job")), "number": row.get("number"), "in_use": int(row.get("in_use") is True)}
            yield Put("project_candidates", {"seq": entry.seq, "place": place, "sha256": o["of"], "pixels": row.get("pixels"), **told})


def _layer(row: Mapping[str, Any]) -> dict[str, Any]:
    rect, visible = row.get("rect"), row.get("visible")
    whole = {name: row[name] if isinstance(row.get(name), int) else None for name in ("depth", "area", "changed")}
    return {
        **{name: plain(row.get(name)) or None for name in _TEXTS},
        **whole,
        "visible": int(visible) if isinstance(visible, bool) else None,
        "rect": ",".join(map(str, rect)) if isinstance(rect, list | tuple) else None,
    }
