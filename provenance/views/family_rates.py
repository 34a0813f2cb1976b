"""How often a likeness is wrong: the measured error rates that ship as data, told wherever LOOKS ALIKE is."""

from __future__ import annotations

import json
from collections.abc import Iterable

from provenance import data, words
from provenance.views.family_edge import Edge


def told(edges: Iterable[Edge], lang: str) -> tuple[str, ...]:
    """One sentence for each table of rates that these edges name and that this version has."""
    named = dict.fromkeys(value for edge in edges for name, value in edge.measured if name == "rate")
    return tuple(said for ident in named if (said := sentence(ident, lang)))


def sentence(ident: str, lang: str) -> str:
    """What was measured with the method of this table; "" where the table is another version's."""
    try:
        table = json.loads(data.read("likeness.json"))
        if table["id"] != ident:
            return ""
        told = {name: table[name] for name in ("descendants", "pictures", "id")}
        return words.say("pixels.rate", lang, wrong=table["falsely_linked"], alone=table["without_parent"], **told)
    except (OSError, ValueError, KeyError, TypeError):
        return ""
