"""The short way through an entry accepts nothing that `chain.parse` would refuse, and reads the same out of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import canon
from provenance.errors import Damaged
from provenance.ledger import chain, contents

NAMES = st.text("ab_9", min_size=1, max_size=4).map(lambda t: "n" + t)
OPEN = st.dictionaries(
    st.text('ab"\\😀\ufb33\x01é', max_size=3),
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=4).filter(canon.valid)
    | st.lists(st.text("xy", max_size=2), max_size=2), max_size=3,
)


@st.composite
def entries(draw: st.DrawFn) -> bytes:
    return chain.build(
        seq=draw(st.integers(0, 10**6)), at="2026-11-22T02:30:00.000000Z", kind=draw(st.sampled_from(["note.added/1", "a.b.c_d/9999"])),
        log=draw(st.sampled_from(["prov.local/x", "a", "!#$%&'()*,-./[]^_`{|}~"])), prev="0f" * 32, salt="a1" * 16,
        open={**draw(OPEN), "class": "STATED"},
        sealed=dict.fromkeys(draw(st.lists(NAMES, max_size=4)), "cd" * 32),
    ).raw


def same(raw: bytes) -> None:
    """Both ways say the same of these bytes."""
    try:
        expected = {name.encode(): digest.encode() for name, digest in chain.parse(raw).sealed.items()}
    except Damaged:
        with pytest.raises(Damaged):
            contents.sealed(raw)
    else:
        assert contents.sealed(raw) == expected


@settings(deadline=None, max_examples=150)
@given(entries())
def test_good_entries_go_the_short_way(raw: bytes) -> None:
    same(raw)
    assert contents._sealed(raw) is not None


@settings(deadline=None, max_examples=400)
@given(entries(), st.data())
def test_bent_entries_are_judged_alike(raw: bytes, data: st.DataObject) -> None:
    pieces = [m.span() for m in re.finditer(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[0-9]+', raw)]
    start, stop = data.draw(st.sampled_from(pieces))
    other_start, other_stop = data.draw(st.sampled_from(pieces))
    how = data.draw(st.sampled_from(["byte", "drop", "double", "exchange", "blank"]))
    if how == "byte":
        at = data.draw(st.integers(0, len(raw) - 1))
        bent = raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]
    elif how == "drop":
        bent = raw[:start] + raw[stop:]
    elif how == "double":
        bent = raw[:stop] + raw[start:stop] + raw[stop:]
    elif how == "exchange":
        bent = raw[:start] + raw[other_start:other_stop] + raw[stop:]
    else:
        bent = raw[:start] + b" " + raw[start:]
    same(bent)


def _entry(**parts: Any) -> bytes:
    return canon.encode({
        "v": 1, "log": "x", "seq": 0, "at": "2026-11-22T02:30:00.000000Z", "kind": "a.b/1", "prev": "0" * 64, "salt": "0" * 32,
        "open": {"class": "STATED"}, "sealed": {}, **parts,
    })


def _nested(depth: int) -> Any:
    return "x" if depth == 0 else [_nested(depth - 1)]


@pytest.mark.parametrize("raw", [
    _entry(), _entry(sealed={"a": "0" * 64}), _entry(sealed={"a": "0" * 64, "b": "1" * 64}),
    _entry(sealed={"b": "0" * 64, "a": "1" * 64}).replace(b'"a":"' + b"1" * 64 + b'","b"', b'"b":"' + b"1" * 64 + b'","a"'),
    _entry(sealed={"a": "0" * 64, "b": "1" * 64}).replace(b'"b"', b'"a"'), _entry(sealed={"class": "0" * 64}),
    _entry(open={"class": "STATED", "a": 1}, sealed={"a": "0" * 64}), _entry(sealed={"a": "0" * 64}).replace(b'0"},"seq"', b'0",},"seq"'),
    _entry(open={"class": 1}), _entry(open={}), _entry(open=[]), _entry().replace(b'{"class":"STATED"}', b'{"class":"STATED"},{}'),
    _entry(open={"class": "STATED", "x": _nested(29)}), _entry(at="2026-13-22T02:30:00.000000Z"), _entry(at="2026-02-30T02:30:00.000000Z"),
    _entry(open={"class": "STATED", "x": {"prev": "0" * 64, "salt": "0" * 32, "sealed": {}}}), _entry(seq=2**53 - 1), _entry(seq=10**15),
    _entry().replace(b'"seq":0', b'"seq":9007199254740993'), _entry().replace(b'"seq":0', b'"seq":00'), _entry(log="a+b"),
    _entry(log="a" * 256),
    _entry(log='a"'), _entry(log="a\\"), _entry(kind="a/1"), _entry(open={"class": "STATED", "x": "y" * 65_536}), b"",
    b"{" * 200, b"\x00" * 300,
])
def test_the_corners(raw: bytes) -> None:
    same(raw)


def test_the_deepest_entry_that_is_one() -> None:
    good = _entry(open={"class": "STATED", "x": _nested(30)})
    assert contents._sealed(good) == {}
    bad = good.replace(b"[[", b"[[[", 1).replace(b"]]", b"]]]", 1)
    same(bad)
    with pytest.raises(Damaged):
        contents.sealed(bad)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=12) | st.sampled_from([
    b'"a"', b'["a","b"]', b'[ "a"]', b'["a",]', b'"\\n"', b'"\x7f"', b"[]", b'"a""b"', b"1.0", b"01", "\"é\"".encode(),
]))
def test_a_plain_value_is_canonical_only_when_it_is(value: bytes) -> None:
    try:
        canon.decode(value)
        expected = True
    except Exception:
        expected = False
    assert contents.canonical(value) == expected


@pytest.mark.parametrize(("salt", "value"), [
    ("0" * 32, b"1"), (b"0" * 32, "1"), (None, b"1"), (b"0" * 31, b"1"), (b"G" * 32, b"1"), (b"0" * 32, 7),
])
def test_values_of_wrong_kinds_do_not_fit(salt: Any, value: Any) -> None:
    digest = chain.sealed_digest("0" * 32, "n", 1).encode()
    assert contents.fits(digest, b"0" * 32, b"n", b"1")
    assert not contents.fits(digest, salt, b"n", value)
