"""Names in prompts: found however they are joined, never within another word, and told apart by where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import data
from provenance.review import matcher, names
from provenance.review.finding import HINT, WARNING
from provenance.review.material import NAME, NEGATIVE, PROMPT, TURN, Text


def found(text: str, where: str = PROMPT) -> set[tuple[str, str]]:
    return {(one.code, one.subject) for one in names.names([Text(text, where, ("a" * 64,), (1,))])}


def ids(text: str) -> set[str]:
    return {subject for _, subject in found(text)}


@pytest.mark.parametrize("kind", names.KINDS)
def test_each_file_of_names_says_when_and_whence_and_each_name_has_both_languages(kind: str) -> None:
    whole = json.loads(data.read(f"names/{kind}.json"))
    assert whole["as_of"] and whole["source"]["en"] and whole["source"]["zh"] and whole["kind"] == kind
    seen = [row["id"] for row in whole["names"]]
    assert len(seen) == len(set(seen)) > 50
    for row in whole["names"]:
        assert row["en"] and row["zh"], row["id"]
        assert all(alias.strip() == alias and alias for alias in (*row["en"], *row["zh"], *row["more"])), row["id"]


def test_there_are_many_and_ultraman_has_its_cases() -> None:
    assert len(names.known()) >= 300
    ultraman = names.known()["characters/ultraman"]
    assert "（2024）粤0192民初113号" in ultraman.authorities[0].named("zh") and ultraman.authorities[0].date == "2024-02-08"
    assert len(names.version()) == 64


def test_every_form_of_every_name_is_found() -> None:
    for ident, one in names.known().items():
        for alias in one.aliases:
            assert ident in ids(f"1girl, {alias}, best quality"), alias


@pytest.mark.parametrize(("text", "expected"), [
    ("1girl, hatsune_miku, smile", {"characters/hatsune-miku"}),
    ("miku_hatsune", {"characters/hatsune-miku"}),
    ("((Hatsune  Miku:1.2))", {"characters/hatsune-miku"}),
    ("HATSUNE-MIKU", {"characters/hatsune-miku"}),
    ("ｈａｔｓｕｎｅ　ｍｉｋｕ", {"characters/hatsune-miku"}),
    ("hatsunemiku", {"characters/hatsune-miku"}),
    ("画一个奥特曼打怪兽", {"characters/ultraman"}),
    ("奥特曼ultraman", {"characters/ultraman"}),
    ("Ultraman's fist", {"characters/ultraman"}),
    ("spider-man, Spider_Man, (spiderman)", {"characters/spider-man"}),
    ("a painting by Greg Rutkowski", {"artists/greg-rutkowski"}),
    ("howl’s moving castle", {"characters/howls-moving-castle"}),
    ("哆啦Ａ梦", {"characters/doraemon"}),
    ("saber, fate/stay_night", {"characters/fate-saber"}),
    ("ultramanga style", set()),
    ("spider, man", set()),
    ("spider\nman", set()),
    ("(spider:1.2) man", set()),
    ("the batmanlike shadows", set()),
    ("共鸣人生 如今敏感 高达一百米 久旱逢甘雨 微软的沙发", set()),
    ("an iron gate, a man", set()),
    ("", set()),
])  # fmt: skip
def test_what_is_a_name_and_what_is_not(text: str, expected: set[str]) -> None:
    assert ids(text) == expected


def test_where_a_name_stands_makes_another_finding() -> None:
    assert found("disney", NEGATIVE) == {("name.negative", "brands/disney")}
    assert found("disney", TURN) == {("name.prompt", "brands/disney")}
    assert found("UltramanTiga_v2.safetensors", NAME) == {("name.name", "characters/ultraman")}
    assert found("a hero <lora:UltramanTiga_v1:0.8>, sky") == {("name.name", "characters/ultraman")}
    levels = {one.code: one.level for one in names.names([Text("disney", PROMPT, (), (1,)), Text("disney", NEGATIVE, (), (1,))])}
    assert levels == {"name.prompt": WARNING, "name.negative": HINT}


def test_one_name_is_one_finding_however_many_runs_have_it() -> None:
    texts = [Text(f"ultraman number {n}", PROMPT, (f"{n:064x}",), (n,)) for n in range(50)]
    (one,) = names.names(texts)
    assert len(one.pictures) == 50 and one.entries == tuple(range(50))
    assert "50" in one.said("en") and "奥特曼" in one.said("zh")


LATIN = st.sampled_from(sorted({alias for one in names.known().values() for alias in one.aliases if alias.isascii() and len(alias) > 5}))
JOINER = st.sampled_from([" ", "_", "-", "  ", "__"])
BEFORE = st.sampled_from(["", ", ", "(", ")", "\n", ":", "1.2 ", "a ", "《", "一只"])
AFTER = st.sampled_from(["", ", ", "(", ")", "\n", ":1.2", " 1.2", " a", "》", "一只", "'s hat"])


@settings(deadline=None, max_examples=150)
@given(LATIN, JOINER, BEFORE, AFTER)
def test_a_name_is_found_between_any_borders_and_with_any_joiner(alias: str, joiner: str, before: str, after: str) -> None:
    known = matcher.matcher([("x", [alias])])
    assert matcher.found(known, before + joiner.join(alias.split()).upper() + after)


@settings(deadline=None, max_examples=150)
@given(LATIN, st.text("abcxyz", min_size=1, max_size=4), st.booleans())
def test_a_name_glued_to_letters_is_another_word(alias: str, letters: str, front: bool) -> None:
    known = matcher.matcher([("x", [alias])])
    glued = letters + alias if front else alias + letters
    assert not matcher.found(known, glued) or any(word == alias.casefold() for word in glued.casefold().split()[1 if front else 0 :])


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    first = matcher.found(matcher.matcher((ident, one.aliases) for ident, one in list(names.known().items())[:40]), text)
    assert isinstance(first, dict)
    names.names([Text(text, where, (), (1,)) for where in (PROMPT, NEGATIVE, NAME)])
