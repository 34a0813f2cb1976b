"""Every number keeps the text it had in the file, though whole numbers are parsed as such; and documents are bounded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import base, node, sampler, texts

from provenance.errors import Unreadable
from provenance.readers import attempt, read
from provenance.readers.comfyui.jsonint import parse, spelled
from provenance.readers.jsontext import MAX_VALUES, Num, loads

FLOATS = st.from_regex(r"-?(0|[1-9][0-9]{0,20})\.[0-9]{1,30}([eE][+-]?[0-9]{1,3})?", fullmatch=True)


@given(number=st.one_of(st.integers().map(str), FLOATS, st.sampled_from(["0", "1e-7", "7.0", "7.50", "1E5", "NaN", "Infinity"])))
@settings(deadline=None)
def test_a_number_is_its_own_text(number: str) -> None:
    value = spelled(parse(f'{{"a": [{number}, "{number}"]}}'))["a"]
    assert value == [number, number] and type(value[0]) is Num and type(value[1]) is str


@given(
    value=st.recursive(
        st.one_of(st.none(), st.booleans(), st.text(), st.integers()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
@settings(deadline=None)
def test_the_quick_way_and_the_plain_way_agree(value: Any) -> None:
    text = json.dumps(value)
    assert spelled(parse("\ufeff\0 " + text + "\0\0")) == loads(text)


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" * 100_000, '{"a": ' * 5_000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


def test_an_integer_longer_than_python_makes_ints_of() -> None:
    assert parse(f'{{"a": {"9" * 5_000}}}') == {"a": "9" * 5_000}


def test_more_values_than_memory_is_meant_for() -> None:
    text = json.dumps(base())[:-1] + ',"pad":[' + "[]," * (MAX_VALUES // 2) + "[]]}"
    with pytest.raises(Unreadable):
        parse(text)
    assert attempt(texts(text))[0] is None


def test_booleans_are_no_numbers_and_seeds_keep_64_bits() -> None:
    found = read(texts(base(n3=sampler(seed=2**64 - 1, steps=True))))
    assert found is not None and found.seeds == ("18446744073709551615",) and found.steps == ()


def _wide() -> dict[str, Any]:
    graph = base(n6=node("CLIPTextEncode", text=("sw", 0), clip=("4", 1)))
    graph["sw"] = node("ImpactSwitch", select=("x", 0), **{f"input{n}": (f"j{n}", 0) for n in range(5_000)})
    return graph | {f"j{n}": node("Reroute", a=("sw", 0)) for n in range(5_000)}


def _dense() -> dict[str, Any]:
    graph = base(n6=node("ConditioningCombine", **{f"conditioning_{n}": (f"c{n % 80}", n) for n in range(3_000)}))
    return graph | {
        f"c{n}": node("ConditioningCombine", **{f"conditioning_{m}": (f"c{(n + m) % 80}", m) for m in range(80)}) for n in range(80)
    }


@pytest.mark.parametrize("graph", [_wide(), _dense()], ids=["a switch of thousands in a circle", "everything combined with everything"])
def test_graphs_made_to_run_away_end(graph: dict[str, Any]) -> None:
    found, failed = attempt(texts(graph))
    assert found is not None and failed == () and len(found.warnings) <= 250
