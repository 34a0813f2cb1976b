"""What differs between two prompts and between two files."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.prompts.compare import ADDED, MOVED, REMOVED, REWEIGHTED, REWORDED, SPACING, Change, compare, prompt_changes
from provenance.prompts.phrases import MAX_NESTING, Phrase, phrases
from provenance.report.difference import changes, seed_only

CASES = [
    ("a, b", "a, b", ()),
    ("a, b", "a, b, c", (Change(ADDED, "c"),)),
    ("a, b, c", "a, c", (Change(REMOVED, "b"),)),
    ("a, b, c, d", "d, a, b, c", (Change(MOVED, "d", "4", "1"),)),
    ("a, (b:1.2)", "a, (b:1.3)", (Change(REWEIGHTED, "b", "(…:1.2)", "(…:1.3)"),)),
    ("a, b", "a, ((b))", (Change(REWEIGHTED, "b", "", "((…))"),)),
    ("a, [b]", "a, {b}", (Change(REWEIGHTED, "b", "[…]", "{…}"),)),
    ("(a, b:1.2)", "(a, b:1.4)", (Change(REWEIGHTED, "a", "(…:1.2)", "(…:1.4)"), Change(REWEIGHTED, "b", "(…:1.2)", "(…:1.4)"))),
    ("x <lora:glass:0.7>", "x <lora:glass:0.9>", (Change(REWEIGHTED, "glass", "0.7", "0.9", "lora"),)),
    ("x", "x <lora:glass:0.7:0.5>", (Change(ADDED, "glass", "", "0.7:0.5", "lora"),)),
    ("a red cat sat, b", "a blue cat sat, b", (Change(REWORDED, "a blue cat sat", "a red cat sat", "a blue cat sat"),)),
    ("一只红色的猫、沙发", "一只蓝色的猫、沙发", (Change(REWORDED, "一只蓝色的猫", "一只红色的猫", "一只蓝色的猫"),)),
    ("水晶\uff0c银链", "水晶\uff0c银链\uff0c丝绒", (Change(ADDED, "丝绒"),)),
    ("a,b", "a, b", (Change(SPACING, ""),)),
    ("a, b", "a\nb", (Change(SPACING, ""),)),
    ("a, a, b", "a, b", (Change(REMOVED, "a"),)),
    (r"saber \(fate\), b", r"saber \(fate\)", (Change(REMOVED, "b"),)),
    (":) smile, (never closed", ":) smile", (Change(REMOVED, "(never closed"),)),
    ("", "a", (Change(ADDED, "a"),)),
    ("a" * 3, "", (Change(REMOVED, "aaa"),)),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_prompt_changes(old: str, new: str, expected: tuple[Change, ...]) -> None:
    assert prompt_changes(old, new) == expected


PROMPTISH = st.text(alphabet="ab,()[]{}<>:.12\\ \n\uff0c、lora猫é😀\u202e\ud800", max_size=80)
LISTS = st.lists(st.sampled_from("abcdefg").map(Phrase), max_size=14)


@given(PROMPTISH, PROMPTISH)
@settings(deadline=None)
def test_no_change_exactly_when_the_texts_are_equal(old: str, new: str) -> None:
    assert (prompt_changes(old, new) == ()) == (old == new)
    assert prompt_changes(old, old) == ()


@given(LISTS, LISTS)
@settings(deadline=None)
def test_what_was_removed_and_added_accounts_for_the_new_phrases(old: list[Phrase], new: list[Phrase]) -> None:
    found = compare(old, new)
    count = Counter(phrase.text for phrase in old)
    count.subtract(change.text for change in found if change.what == REMOVED)
    count.update(change.text for change in found if change.what == ADDED)
    assert count == Counter(phrase.text for phrase in new) and min(count.values(), default=0) >= 0


@given(LISTS, LISTS)
@settings(deadline=None)
def test_what_neither_moved_nor_came_nor_went_kept_its_order(old: list[Phrase], new: list[Phrase]) -> None:
    moved = [change for change in compare(old, new) if change.what == MOVED]
    assert all(old[int(change.before) - 1].text == new[int(change.after) - 1].text == change.text for change in moved)
    there = {int(change.before) - 1 for change in moved}
    here = {int(change.after) - 1 for change in moved}
    kept_old = Counter(phrase.text for phrase in old) & Counter(phrase.text for phrase in new)
    before, after = _kept(old, there, kept_old), _kept(new, here, kept_old)
    assert before == after


def _kept(side: list[Phrase], moved: set[int], common: Counter[str]) -> list[str]:
    seen: Counter[str] = Counter()
    found = []
    for place, phrase in enumerate(side):
        seen[phrase.text] += 1
        if seen[phrase.text] <= common[phrase.text] and place not in moved:
            found.append(phrase.text)
    return found


@given(LISTS, LISTS)
@settings(deadline=None)
def test_going_back_swaps_added_and_removed(old: list[Phrase], new: list[Phrase]) -> None:
    there, back = compare(old, new), compare(new, old)
    assert Counter(c.text for c in there if c.what == ADDED) == Counter(c.text for c in back if c.what == REMOVED)
    assert sum(c.what == MOVED for c in there) == sum(c.what == MOVED for c in back)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a," * 10_000, "b," + "a," * 9_999),
        ("(" * 10_000 + "a" + ")" * 10_000, "[" * 20_000),
        ("(((((((((((((((((((((a," * 900, ")" * 20_000),
        ("<lora:" * 3_300, "<lora:a:1>" * 2_000),
        (",".join(map(str, range(4_000))), ",".join(map(str, range(4_000, 0, -1)))),
    ],
)
def test_hostile_prompts_of_twenty_thousand_characters_are_compared_whole(old: str, new: str) -> None:
    assert prompt_changes(old, new)
    assert all(phrase.mark.count("(") <= MAX_NESTING for phrase in phrases(old))


def test_a_reroll_is_a_seed_that_both_files_name_and_nothing_else() -> None:
    old = {"prompts": ["a"], "seeds": ["1"], "passes": [{"role": "base", "seed": "1", "steps": "20"}], "carriers": [{"sha256": "x"}]}
    new = {**old, "seeds": ["2"], "passes": [{"role": "base", "seed": "2", "steps": "20"}], "carriers": [{"sha256": "y"}]}
    assert [change.field for change in changes(old, new)] == ["seeds"] and seed_only(changes(old, new))
    other = {**new, "passes": [{"role": "base", "seed": "2", "steps": "21"}]}
    assert [change.field for change in changes(old, other)] == ["seeds", "passes"] and not seed_only(changes(old, other))
    assert not seed_only(changes({"prompts": ["a"]}, {"prompts": ["a"], "seeds": ["2"]}))


def test_every_field_that_differs_is_named_also_one_that_is_not_known() -> None:
    old = {"steps": ["20"], "loras": [{"name": "glass", "weight": "0.7"}, {"name": "old"}], "rest": {"clip": "1"}, "path": "a", "newer": 1}
    new = {"steps": ["30"], "loras": [{"name": "glass", "weight": "0.9"}, {"name": "new"}], "rest": {"clip": "2"}, "path": "b"}
    found = {change.field: change for change in changes(old, new)}
    assert list(found) == ["steps", "loras", "rest", "newer"]
    assert {(part.what, part.text, part.before, part.after) for part in found["loras"].parts} == {
        (REMOVED, "old", "", ""), (ADDED, "new", "", ""), (REWEIGHTED, "glass", "0.7", "0.9"),
    }
    assert found["newer"].after == ()


def test_raw_metadata_counts_only_where_nothing_else_differs() -> None:
    assert [c.field for c in changes({"carriers": [{"sha256": "x"}]}, {"carriers": [{"sha256": "y"}]})] == ["carriers"]
    assert changes({"prompts": []}, {}) == ()
