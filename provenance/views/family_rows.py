"""The questions about one picture that several sources ask, each one SELECT; and a memory that asks each of them once for one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from provenance.views.ask import Row

MOST = 400
_LINKS = (
    "SELECT child, parent, how, class, seq FROM (SELECT * FROM links WHERE child = :s UNION SELECT * FROM links WHERE parent = :s) "
    "ORDER BY seq LIMIT :n"
)
_PLACES = (
    "SELECT seq, path, NULL AS was_path FROM versions WHERE sha256 = :s UNION ALL "
    "SELECT seq, path, was_path FROM moves WHERE sha256 = :s ORDER BY 1 LIMIT :n"
)
_TEXTS = (
    "SELECT sha256, min(seq) AS seq, names, post, mine, mine_names, mine_post FROM "
    "(SELECT o.sha256, o.seq, o.names, o.post, m.seq AS mine, m.names AS mine_names, m.post AS mine_post FROM makings m "
    "JOIN makings o ON o.text = m.text AND o.sha256 != m.sha256 WHERE m.sha256 = :s ORDER BY o.rowid LIMIT :n) GROUP BY sha256 ORDER BY 2"
)
_IDS = "SELECT part, id, seq FROM document_ids WHERE sha256 = :s ORDER BY part, seq, id LIMIT :n"


T = TypeVar("T")


class Asking(Protocol):
    """Whoever answers SELECTs over the views: `Views`, or a `Memory` of them."""

    def ask(self, sql: str, **params: Any) -> list[Row]:
        """Rows as dicts."""
        ...


class Memory:
    """The views as they answer one question: what was asked once is not asked again. Not to be kept beyond it."""

    def __init__(self, views: Asking) -> None:
        self._views = views
        self._said: dict[tuple[Any, ...], list[Row]] = {}
        self._worked_out: dict[tuple[str, str], Any] = {}

    def ask(self, sql: str, **params: Any) -> list[Row]:
        """Rows of a SELECT, which nobody may change."""
        key = (sql, *params.values())
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = self._views.ask(sql, **params)
        return found


    def once(self, what: str, sha256: str, work: Callable[[], T]) -> T:
        """What `work` gives for a picture, worked out once. what: a name for it."""
        key = (what, sha256)
        if key not in self._worked_out:
            self._worked_out[key] = work()
        found: T = self._worked_out[key]
        return found


def remembering(views: Asking) -> Memory:
    """A memory of these views, itself where it is one."""
    return views if isinstance(views, Memory) else Memory(views)


def links(views: Asking, sha256: str) -> list[Row]:
    """What was stated of a picture, and what it replaced or what replaced it: child, parent, how, class, seq."""
    return views.ask(_LINKS, s=sha256, n=MOST)


def places(views: Asking, sha256: str) -> list[Row]:
    """Where the bytes came to stand: seq, path, and `was_path` where it was by a rename."""
    return views.ask(_PLACES, s=sha256, n=MOST)


def same_text(views: Asking, sha256: str) -> list[Row]:
    """Other files that carry the same generation text: sha256, seq, post (1: they name a step of processing), names (of all their texts,
    a blank between); mine, mine_post, mine_names: its own."""
    return views.ask(_TEXTS, s=sha256, n=MOST)


def idents(views: Asking, sha256: str) -> list[Row]:
    """A file's identifiers: part (`own ...`, `from ...`), id, seq."""
    return views.ask(_IDS, s=sha256, n=MOST)
