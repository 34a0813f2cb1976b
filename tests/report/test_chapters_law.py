"""Legal factors and forums: every line has an authority with its date, and each forum's order is kept."""

from __future__ import annotations

import re

import paper_builders as p
import pytest

from provenance.errors import BadInput
from provenance.paper import blocks as b
from provenance.report.contribution import FINDERS, contribution
from provenance.report.forum import NAMES, Factor, forum

FIRST = {
    "cn": ["A03", "A04", "A05", "A06", "A08", "A10", "A11", "A12"],
    "us": ["A02", "A09", "A10", "A11", "A12"],
    "eu": ["A02", "A09", "A10", "A11", "A12"],
    "kr": ["A02", "A09", "A10", "A11", "A12"],
    "jp": ["A01", "A03", "A06", "A11"],
    "uk": ["A14", "A11", "A02"],
    "general": ["A01", "A02", "A03"],
}


@pytest.mark.parametrize("name", NAMES)
def test_each_question_rests_on_authorities(name: str) -> None:
    asked = forum(name)
    assert re.fullmatch(r"\d{4}-\d\d", asked.as_of) and asked.papers and bool(asked.advice[0]) == bool(asked.advice_by)
    assert [factor.id for factor in asked.factors if not (factor.authorities and all(factor.name))] == []


def test_every_factor_of_the_notes_is_there_once_with_a_finder() -> None:
    ids = [f"A{n:02}" for n in range(1, 18)] + [f"B{n:02}" for n in range(1, 7)] + [f"C{n:02}" for n in range(1, 17)]
    assert [factor.id for factor in forum("general").factors] == ids == list(FINDERS)
    weights = {weight for factor in forum("general").factors for _, weight in factor.weights}
    assert weights <= {"strong", "useful", "context", "none", "n/a", "uncertain"}


@pytest.mark.parametrize("name", NAMES)
def test_each_forum_keeps_its_order_and_leaves_no_factor_out(name: str) -> None:
    one = p.made(p.work(), "en", name)
    told = "".join(run.text for run in p.runs(b.Paper("en", "", p.chapter(one, "contribution"))))
    asked = re.findall(r"([ABC]\d\d) · ", told)
    assert sorted(asked) == sorted(FINDERS)
    with_facts = [factor for factor in asked if factor in FIRST[name] and contribution(p.work())[factor]]
    assert with_facts == [factor for factor in FIRST[name] if factor in with_facts] == asked[: len(with_facts)]


def test_an_unknown_forum_is_bad_input() -> None:
    with pytest.raises(BadInput) as caught:
        forum("mars")
    assert caught.value.key == "report.forum"


def test_what_was_not_read_itself_is_marked_and_a_missing_date_is_said() -> None:
    factors: dict[str, Factor] = {factor.id: factor for factor in forum("us").factors}
    feist = next(one for one in factors["A13"].authorities if one.id == "feist")
    told = feist.said("en")
    assert "date not verified" in told and "uncertain" in told
    part2 = next(one for one in factors["A02"].authorities if one.id == "part2")
    assert part2.said("en").endswith("(published 2025-01-29)")
    assert "second hand" in factors["A09"].of("us")[0].said("en")


def test_a_forum_without_an_authority_of_its_own_says_so() -> None:
    told = "".join(run.text for run in p.runs(b.Paper("en", "", p.chapter(p.made(p.work(), "en", "us"), "contribution"))))
    own, _, elsewhere = told.partition("one of elsewhere for each: ")
    assert "Of this forum: " in own and "Li v Liu" not in own and "Li v Liu, Beijing Internet Court" in elsewhere


def test_no_score_and_no_adjective_about_the_person() -> None:
    for lang in ("en", "zh"):
        told = "".join(run.text for run in p.runs(p.made(p.work(), lang, "general")) if run.style != b.VERBATIM)
        assert not re.search(r"\d\s?%|copyrightable|substantial|significant|creative effort|具有独创性|显著|充分体现", told)


def test_facts_are_found_where_they_are_and_nothing_where_they_are_not() -> None:
    found = contribution(p.work())
    assert {name for name, held in found.items() if not held} == {"B05", "C09", "C11", "C14", "C15"}
    nothing = contribution(p.empty())
    assert {name for name, held in nothing.items() if held} <= {"C04", "C06", "C07", "C08", "C10", "C16"}
    keys = {name: [one.key for one in held] for name, held in found.items()}
    assert keys["A01"][:2] == ["idea.after", "bracket"]
    assert keys["A02"][:2] == ["own.declared.late", "own.used"]
    assert "regions.map" in keys["A10"] and "manual.map" in keys["A11"] and "element.changed" in keys["A12"]
    assert keys["B04"] == ["published"] and "choice.bare" in keys["A08"]
