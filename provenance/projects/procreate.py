"""Procreate (.procreate): a zip with `Document.archive` (a property list of NSKeyedArchiver) and `QuickLook/Thumbnail.png`.

Tiles of the layers (LZO, in newer versions LZ4) are not decoded. The format is not published; names as the program writes them.
"""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.projects.bounds import MOST_DEPTH, MOST_LAYERS, Budget, Data
from provenance.projects.project import Layer, Project, Seen
from provenance.projects.zips import Archive

DOCUMENT, PREVIEW = "Document.archive", "QuickLook/Thumbnail.png"
MOST_DOCUMENT, MOST_PREVIEW = 16 * 1024 * 1024, 32 * 1024 * 1024
_SIZE = re.compile(r"\{(\d{1,6})(?:\.0*)?, ?(\d{1,6})(?:\.0*)?\}")


def read(data: Data, budget: Budget, seen: Seen | None) -> Project:
    """Read a Procreate document: canvas, names and settings of its layers, preview."""
    try:
        archive = Archive(data)
    except ValueError:
        return Project("procreate", problems=("zip",))
    preview = archive.get(PREVIEW, MOST_PREVIEW)
    objects, root = _objects(archive.get(DOCUMENT, MOST_DOCUMENT) or b"")
    if root is None:
        return Project("procreate", preview=preview, problems=(DOCUMENT,))
    found = _Found(objects)
    size = _SIZE.fullmatch(found.text(root, "size") or "")
    layers = tuple(found.layers(root))
    if found.more:
        budget.tell("too many layers")
    claimed = {"tool": "Procreate"}
    for key, name in (("version", "version"), ("strokeCount", "strokes"), ("trackedTime", "editing_seconds")):
        value = found.value(root, key)
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            claimed[name] = str(value)[:200]
    width, height = (int(size[1]), int(size[2])) if size else (None, None)
    return Project("procreate", width, height, layers, len(layers), preview, claimed, tuple(budget.problems))


def _objects(raw: bytes) -> tuple[list[Any], Mapping[str, Any] | None]:
    """The archive's objects, and the one at its root."""
    try:
        found = plistlib.loads(raw)
        objects = found["$objects"]
        root = objects[found["$top"]["root"].data]
    except Exception:  # plistlib raises whatever its parsers do on hostile bytes
        return [], None
    return (objects, root) if isinstance(objects, list) and isinstance(root, dict) else ([], None)


class _Found:
    """Follows the archive's references. more: there were more layers than are looked at."""

    def __init__(self, objects: list[Any]) -> None:
        self._objects, self.more = objects, False

    def value(self, one: Mapping[str, Any], key: str) -> Any:
        value = one.get(key)
        if isinstance(value, plistlib.UID):
            value = self._objects[value.data] if value.data < len(self._objects) else None
        return None if value == "$null" else value

    def text(self, one: Mapping[str, Any], key: str) -> str | None:
        value = self.value(one, key)
        return value if isinstance(value, str) else None

    def rows(self, one: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        """The dicts of an NSArray."""
        array = self.value(one, key)
        items = array.get("NS.objects") if isinstance(array, dict) else None
        found = [self.value({"": item}, "") for item in items[:MOST_LAYERS]] if isinstance(items, list) else []
        return [item for item in found if isinstance(item, dict)]

    def layers(self, root: Mapping[str, Any]) -> Iterator[Layer]:
        """The topmost first, groups before what lies in them; each object once, so that a loop ends."""
        seen: set[int] = set()
        todo = [(one, 0) for one in reversed(self.rows(root, "layers"))]
        while todo:
            one, depth = todo.pop()
            if id(one) in seen:
                continue
            if len(seen) >= MOST_LAYERS:
                self.more = True
                return
            seen.add(id(one))
            group = "children" in one
            yield self._layer(one, "group" if group else "text" if self.value(one, "text") is not None else "paint", depth)
            mask = self.value(one, "mask")
            if isinstance(mask, dict) and id(mask) not in seen:
                seen.add(id(mask))
                yield self._layer(mask, "mask", depth + 1)
            if group and depth < MOST_DEPTH:
                todo.extend((child, depth + 1) for child in reversed(self.rows(one, "children")))

    def _layer(self, one: Mapping[str, Any], kind: str, depth: int) -> Layer:
        hidden = self.value(one, "isHidden" if kind == "group" else "hidden")
        opacity = self.value(one, "opacity")
        blend = self.value(one, "extendedBlend")
        blend = self.value(one, "blend") if blend is None else blend
        width, height = self.value(one, "sizeWidth"), self.value(one, "sizeHeight")
        sized = isinstance(width, int) and isinstance(height, int) and 0 < width < 10**6 and 0 < height < 10**6 and kind != "group"
        return Layer(
            name=(self.text(one, "name") or "")[:4_096], kind=kind, depth=depth, visible=not hidden if isinstance(hidden, bool) else None,
            opacity=str(opacity) if isinstance(opacity, int | float) else None, blend=f"mode {blend}" if isinstance(blend, int) else None,
            rect=(0, 0, width, height) if sized else None, area=width * height if sized else None, area_of="rectangle" if sized else None,
            unread=None if kind == "group" else "not decoded", ident=(self.text(one, "UUID") or "")[:100] or None,
        )  # fmt: skip
