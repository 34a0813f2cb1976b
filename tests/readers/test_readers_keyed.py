"""Texts by their keys: found the same whether the keys were worked out before or not; and tags, whatever stands around them."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.prompts.tags import MAX_TAG, tags
from provenance.readers import infotext
from provenance.readers.texts import Keyed, all_by_key, by_key, under

NAMES = st.sampled_from(["tEXt:parameters", "exif:IFD0.Model", "exif:Exif.UserComment", "xmp", "xmp:dc:title", "iTXt:Title", "COM"])
TEXTS = st.lists(st.tuples(NAMES, st.text("ab", max_size=2)), max_size=8).map(tuple)
KEYS = st.lists(st.sampled_from(["parameters", "model", "usercomment", "xmp", "title", "com", "nothing"]), max_size=7).map(tuple)


@given(TEXTS, KEYS)
@settings(deadline=None)
def test_the_same_texts_are_found_in_the_order_of_the_file(texts: tuple[tuple[str, str], ...], keys: tuple[str, ...]) -> None:
    keyed = Keyed(texts)
    assert keyed == texts
    assert under(keyed, keys) == under(texts, keys) == under(keyed, frozenset(keys))
    assert by_key(keyed, *keys) == by_key(texts, *keys)
    assert all_by_key(keyed, *keys) == all_by_key(texts, *keys)


def test_tags_among_millions_of_brackets() -> None:
    flood = "<" * 1_000_000
    assert [tag.name for tag in tags(f"{flood}<lora:a:1>{flood}<lora:b>>>" + ">" * 1_000_000)] == ["a", "b"]
    assert tags("<lora:" * 200_000) == ()
    assert tags(f"<lora:{'a' * MAX_TAG}>") == () and len(tags(f"<lora:{'a' * (MAX_TAG - 8)}>")) == 1


def test_a_tag_within_another_is_the_tag() -> None:
    assert [(tag.name, tag.positional) for tag in tags("<lora:x<lora:y:0.5>:1>")] == [("y", ("0.5",))]


def test_the_settings_are_found_before_any_number_of_lines_that_only_look_like_them() -> None:
    lure = "\nSteps: many" * 5_000
    info = infotext.parse("a cat\nSteps: 20, Sampler: Euler a, Seed: 1" + lure)
    assert info.positive == "a cat" and info.settings["Seed"] == "1"


@given(st.text('ab:," {}[]\\\n\t', max_size=40))
@settings(deadline=None, max_examples=300)
def test_no_word_of_a_settings_line_is_lost(text: str) -> None:
    info = infotext.parse(f"a cat\nSteps: 20, {text}")
    kept = f"{dict(info.settings)!s} {info.stray!s}"
    assert all(word in kept for word in re.findall("[ab]+", text))
