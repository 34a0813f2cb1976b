"""What a fold is: a pure module that turns one entry into rows. Everything here can be deleted and computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from provenance import canon


class RecordLike(Protocol):
    """An entry with its disclosed values, as the ledger gives it."""

    @property
    def entry(self) -> Any: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Table:
    """A table of a view. columns: name -> "int" or "text". key: primary key; a later row of the same key replaces the earlier.
    indexes: columns that are looked up."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Put:
    """One row to write: the last one of its key wins, in the order of the entries."""

    table: str
    values: Mapping[str, Any]


class Fold(Protocol):
    """A view module: NAME, VERSION (another number means: rebuild), TABLES, and `rows`, which keeps no state between entries."""

    @property
    def NAME(self) -> str: ...
    @property
    def VERSION(self) -> int: ...
    @property
    def TABLES(self) -> tuple[Table, ...]: ...
    def rows(self, record: RecordLike) -> Iterator[Put]:
        """The rows that follow from this entry alone."""
        ...


def plain(value: Any) -> str:
    """A sealed text or path as one text that a database takes: itself, or `enc:b64` where it is not valid Unicode; "" for none."""
    if isinstance(value, Mapping):
        return f"{value.get('enc')}:{value.get('b64')}"
    return value if isinstance(value, str) else ""


def unplain(text: str) -> str:
    """A path as `plain` gave it, as the system takes it."""
    return canon.untext({"enc": "fs", "b64": text[3:]}) if text.startswith("fs:") else text


def folder_and_name(path: str) -> tuple[str, str]:
    """A path cut at its last separator, whichever system wrote it; one as `plain` gave it is cut where the system would cut it."""
    if path.startswith("fs:"):
        folder, name = folder_and_name(unplain(path))
        return plain(canon.path(folder)), plain(canon.path(name))
    at = max(path.rfind("/"), path.rfind("\\"))
    return path[:at] if at > 0 else path[: at + 1], path[at + 1 :]
