"""File entries as the folds over runs need them: what is of another shape than the facts say is left out here; the record has it. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance import canon, clock, facts
from provenance.errors import ProvError
from provenance.views.fold import RecordLike

_TEXTS = frozenset({"generator", "tool_version", "dialect"})
_MAPPINGS = frozenset({"rest", "hashes", "aigc", "c2pa"})
_OPEN = ("sha256", "media_type", "mtime", "parsed")
_SEALED = frozenset(f.name for f in dataclasses.fields(facts.FileCaptured) if f.metadata.get("sealed"))


@dataclass(frozen=True)
class Sound:
    """A file entry whose fields are what they should be."""

    entry: Any
    values: Mapping[str, Any]


def sound(records: Iterable[RecordLike]) -> Iterator[Sound]:
    """The file entries with usable times and hashes, each with its values of the right shape."""
    for record in records:
        entry = record.entry
        if entry.kind not in facts.FILE_KINDS or not all(isinstance(entry.open.get(name), str) for name in _OPEN):
            continue
        if timed(entry.at) and timed(entry.open["mtime"]) and isinstance(entry.open.get("was", ""), str):
            yield Sound(entry, {name: value for name, value in record.values.items() if _fits(name, value)})


def timed(stamp: Any) -> bool:
    """Whether a stamp is a time."""
    try:
        clock.parse(stamp)
    except (ProvError, TypeError, AttributeError):
        return False
    return True


def _fits(name: str, value: Any) -> bool:
    if name == "path":
        return _path(value)
    if name in _TEXTS:
        return isinstance(value, str)
    if name in _MAPPINGS:
        return isinstance(value, Mapping)
    return name not in _SEALED or isinstance(value, list | tuple)


def _path(value: Any) -> bool:
    if isinstance(value, str):
        return not value.startswith("fs:")
    try:
        return isinstance(value, Mapping) and isinstance(canon.untext(value), str)
    except (ProvError, ValueError, KeyError, TypeError, LookupError):
        return False
