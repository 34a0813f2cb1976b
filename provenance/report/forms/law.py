"""Legal lines of the forum papers: data (`data/forms/<forum>.json`), each with the authorities that it rests on."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass

from provenance import data
from provenance.law.authority import Authority, all_cited


@dataclass(frozen=True)
class Legal:
    """A legal line in our words, (zh, en), and what it rests on."""

    words: tuple[str, str]
    authorities: tuple[Authority, ...]


@functools.cache  # a data file that comes with the program
def as_of(forum: str) -> str:
    """The month that the legal lines of a forum describe."""
    return str(json.loads(data.read(f"forums/{forum}.json"))["as_of"])


@functools.cache  # a data file that comes with the program
def law(forum: str) -> Mapping[str, Legal]:
    """The legal lines of a forum by their keys."""
    rows = json.loads(data.read(f"forms/{forum}.json"))["lines"]
    return {key: Legal((row["zh"], row["en"]), all_cited(row["authorities"])) for key, row in rows.items()}
