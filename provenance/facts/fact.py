"""What every fact is: open and sealed fields, a class, a kind; and how one is split for writing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from provenance import canon

OBSERVED, FILE_CLAIMED, STATED, ATTESTED, IMPORTED = "OBSERVED", "FILE_CLAIMED", "STATED", "ATTESTED", "IMPORTED"
CLASSES = (OBSERVED, FILE_CLAIMED, STATED, ATTESTED, IMPORTED)

MOST_PICTURES = 500
"""Hashes that one fact lists at most: an entry has 65,535 bytes."""

Rows = tuple[Mapping[str, Any], ...]


def sealed(*, claimed: bool = False, default: Any = None) -> Any:
    """Declare a sealed field; `claimed` marks what a file says of itself (class FILE_CLAIMED)."""
    return dataclasses.field(default=default, metadata={"sealed": True, "claimed": claimed})


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One sentence. Subclasses give KIND (`name/version`) and CLASS."""

    KIND: ClassVar[str]
    CLASS: ClassVar[str] = OBSERVED


@dataclass(frozen=True)
class Sentence:
    """A fact split for writing: canonical-ready open values and sealed values."""

    kind: str
    open: dict[str, Any]
    sealed: dict[str, Any]


def split(fact: Fact) -> Sentence:
    """A fact as kind, open and sealed values. `open` begins with its class; None fields are left out; text is cleaned."""
    opened: dict[str, Any] = {"class": fact.CLASS}
    hidden: dict[str, Any] = {}
    for field in dataclasses.fields(fact):
        value = getattr(fact, field.name)
        if value is not None:
            (hidden if field.metadata.get("sealed") else opened)[field.name] = canon.clean(value)
    return Sentence(fact.KIND, opened, hidden)
