"""Forums and legal factors: data, each with the authorities it rests on, and the order in which a forum asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance import data
from provenance.errors import BadInput
from provenance.law.authority import EVERYWHERE, Authority, all_cited

NAMES = ("cn", "us", "eu", "uk", "jp", "kr", "general")


@dataclass(frozen=True)
class Factor:
    """A question that a forum asks. id: A authorship, B title and publication, C evidence. weights: how much each forum's sources make of
    it; it decides an order and is never printed."""

    id: str
    name: tuple[str, str]
    weights: tuple[tuple[str, str], ...]
    authorities: tuple[Authority, ...]

    def of(self, forum: str) -> tuple[Authority, ...]:
        """The authorities of a forum; all of them where no forum is meant."""
        return self.authorities if forum == "general" else tuple(one for one in self.authorities if one.forum in (forum, EVERYWHERE))


@dataclass(frozen=True)
class Forum:
    """Whose order the report keeps. language: zh, en or both, what the forum reads. advice: (zh, en), resting on advice_by.

    papers: stems of the forms made for it. as_of: the state of the law that its data describe.
    """

    name: str
    title: tuple[str, str]
    language: str
    advice: tuple[str, str]
    advice_by: tuple[Authority, ...]
    factors: tuple[Factor, ...]
    papers: tuple[str, ...]
    as_of: str


def forum(name: str) -> Forum:
    """A forum with its factors in its order.

    Args:
        name: one of NAMES.
    Raises:
        BadInput: `report.forum` where there is no such forum.
    """
    if name not in NAMES:
        raise BadInput("report.forum", name=name, known=", ".join(NAMES))
    mine = json.loads(data.read(f"forums/{name}.json"))
    factors = {row["id"]: _factor(row) for row in json.loads(data.read("factors.json"))["factors"]}
    first = [factors[one] for one in mine["order"]]
    return Forum(
        name,
        _both(mine["name"]),
        mine["language"]["use"],
        _both(mine["language"]["advice"]),
        all_cited(mine["language"]["authorities"]),
        (*first, *(factor for factor in factors.values() if factor not in first)),
        tuple(mine["papers"]),
        mine["as_of"],
    )


def _factor(row: Mapping[str, Any]) -> Factor:
    return Factor(row["id"], _both(row["name"]), tuple(sorted(row["weight"].items())), all_cited(row["authorities"]))


def _both(words: Mapping[str, str]) -> tuple[str, str]:
    return words["zh"], words["en"]
