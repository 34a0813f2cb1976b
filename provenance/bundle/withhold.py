"""What a person may leave out: names of sealed fields, or of groups of them (data/withhold.json)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from provenance import data, facts
from provenance.errors import BadInput


def fields(asked: Iterable[str]) -> frozenset[str]:
    """The sealed fields that `asked` names, groups expanded; any field that may repeat a withheld one goes with it.

    Raises:
        BadInput: `withhold.unknown` for a name that is neither a group nor a sealed field: a typo must not disclose.
    """
    groups: dict[str, list[str]] = json.loads(data.read("withhold.json"))
    known = sealed_fields()
    found: set[str] = set()
    for name in asked:
        if name not in groups and name not in known:
            raise BadInput("withhold.unknown", name=name, known=", ".join([*groups, *sorted(known)]))
        found |= {name} if name in known else set()
        found |= set(groups.get(name, ()))
    return frozenset(found)


def sealed_fields() -> frozenset[str]:
    """Every sealed field that any fact has."""
    return frozenset(f.name for fact in facts.KINDS.values() for f in dataclasses.fields(fact) if f.metadata.get("sealed"))


def claimed_fields() -> frozenset[str]:
    """The fields made from what files say: an original or a raw text of it would give them away."""
    return frozenset(f.name for fact in facts.KINDS.values() for f in dataclasses.fields(fact) if f.metadata.get("claimed"))
