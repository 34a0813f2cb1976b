"""A project file's layers in words: what there is, and what changed since the version before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from provenance import words

MOST = 40  # layers, or changes, that are told one by one
Row = Mapping[str, Any]


class Changed(Protocol):
    """One change, as `projects.compare` finds it."""

    @property
    def what(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


def changes(found: Sequence[Changed], lang: str) -> Iterator[str]:
    """A line for each change; the first MOST, and how many more there are."""
    for one in found[:MOST]:
        told = {"kind": kind(one.kind, lang), "name": name(one.name, lang), "before": one.before, "after": one.after}
        yield _said(lang, f"layers.{one.what}", **told)
    if len(found) > MOST:
        yield _said(lang, "layers.more", count=len(found) - MOST)


def layers(rows: Sequence[Row], lang: str) -> Iterator[str]:
    """A line for each layer, from the topmost on, indented by its groups."""
    for row in rows[:MOST]:
        parts = [name(row["name"], lang), kind(row["kind"], lang)]
        if row["rect"]:
            x, y, width, height = row["rect"]
            parts.append(f"{width}x{height} @ {x},{y}")
        if row["area"] is not None and row["area_of"] in ("pixels", "rectangle"):
            parts.append(_said(lang, f"layers.area.{row['area_of']}", area=row["area"]))
        if row["changed"] is not None:
            parts.append(_said(lang, "layers.changed", changed=row["changed"]))
        if row["visible"] is False:
            parts.append(_said(lang, "layers.off"))
        if row["unread"]:
            parts.append(_said(lang, "layers.unread", why=row["unread"]))
        yield "  " * min(row["depth"] or 0, 8) + "  ".join(parts)
    if len(rows) > MOST:
        yield _said(lang, "layers.more", count=len(rows) - MOST)


def claims(row: Row, lang: str) -> str:
    """What the file says of its making, in one line; "" where it says nothing."""
    said = [_said(lang, "layers.editor", editor=row["editor"], version=row["editor_version"] or "").rstrip() if row["editor"] else ""]
    for field, key in (("editing_seconds", "seconds"), ("editing_cycles", "saves"), ("strokes", "strokes")):
        said.append(_said(lang, f"layers.{key}", **{key: row[field]}) if row[field] else "")
    return "  ".join(part for part in said if part)


def kind(name: str, lang: str) -> str:
    """A layer's kind."""
    key = f"layers.kind.{name}"
    return _said(lang, key if words.known(key) else "layers.kind.unknown")


def name(text: str | None, lang: str) -> str:
    """A layer's name, or that it has none."""
    return words.visible(text) if text else _said(lang, "layers.nameless")


def _said(lang: str, key: str, **params: object) -> str:
    """A message of data/messages/projects.json; those of the page stand in report.json."""
    return words.say(key, lang, **params)
