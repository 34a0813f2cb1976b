"""How often a likeness is wrong: the measured error rates that ship as data, told wherever LOOKS ALIKE is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from provenance import data, words
from provenance.views.family_edge import Edge


def told(edges: Iterable[Edge], lang: str) -> tuple[str, ...]:
    """One sentence for each table of rates that these edges name and that this version has."""
    named = dict.fromkeys(value for edge in edges for name, value in edge.measured if name == "rate")
    return tuple(said for ident in named if (said := sentence(ident, lang)))


def sentence(ident: object, lang: str) -> str:
    """What was measured with the method of this table; "" where the table is another version's."""
    named = {"wrong": "falsely_linked", "alone": "without_parent", "descendants": "descendants", "pictures": "pictures", "id": "id"}
    return _said("pixels.rate", likeness(), ident, lang, named)


def outlines_sentence(ident: object, lang: str) -> str:
    """How often laying inputs over pictures is wrong; "" where the table is another version's."""
    return _said("edits.input.rate", outlines(), ident, lang, {name: name for name in ("id", "pairs", "found", "unrelated", "wrong")})


def likeness() -> dict[str, Any]:
    """The measured error rates of likenesses that ship with this version (scripts/bench_likeness.py); {} where they cannot be read."""
    return _table("likeness.json")


def outlines() -> dict[str, Any]:
    """The measured error rates of laying inputs over pictures (scripts/bench_outlines.py); {} where they cannot be read."""
    return _table("outlines.json")


def _table(file: str) -> dict[str, Any]:
    try:
        found = json.loads(data.read(file))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(key: str, table: dict[str, Any], ident: object, lang: str, named: dict[str, str]) -> str:
    if not ident or table.get("id") != ident or not table.keys() >= set(named.values()):
        return ""
    return words.say(key, lang, **{name: table[column] for name, column in named.items()})
