"""One entry: its bytes, every second spelling refused, its link."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import canon
from provenance.errors import BadInput, Damaged
from provenance.ledger import chain

GOOD: dict[str, Any] = {
    "v": 1, "log": "prov.local/test", "seq": 0, "at": "2026-01-01T00:00:00.000000Z", "kind": "note.added/1", "prev": "0" * 64,
    "salt": "ab" * 16, "open": {"class": "STATED"}, "sealed": {"text": "cd" * 32},
}
PARTS = {name: value for name, value in GOOD.items() if name != "v"}


def test_an_entry_comes_back_from_its_bytes() -> None:
    entry = chain.build(**PARTS)
    assert chain.parse(entry.raw) == entry
    assert entry.raw == (
        b'{"at":"2026-01-01T00:00:00.000000Z","kind":"note.added/1","log":"prov.local/test","open":{"class":"STATED"},'
        b'"prev":"' + b"0" * 64 + b'","salt":"' + b"ab" * 16 + b'","sealed":{"text":"' + b"cd" * 32 + b'"},"seq":0,"v":1}'
    )
    assert entry.leaf.hex() == canon.sha256(b"\x00" + entry.raw)


@pytest.mark.parametrize("change", [
    {"v": 2}, {"v": True}, {"v": "1"}, {"seq": -1}, {"seq": True}, {"seq": "0"}, {"log": ""}, {"log": "a b"}, {"log": "a+b"},
    {"log": 'a"b'},
    {"log": "日"}, {"at": "2026-01-01T00:00:00Z"}, {"at": "2026-13-01T00:00:00.000000Z"}, {"at": "2026-01-01T00:00:00.000000+00:00"},
    {"at": "２026-01-01T00:00:00.000000Z"}, {"kind": "note"}, {"kind": "note.added"}, {"kind": "Note.added/1"}, {"kind": "note.added/0"},
    {"kind": "note.added/1\n"}, {"prev": "0" * 63}, {"prev": "G" * 64}, {"prev": "A" * 64}, {"prev": None}, {"salt": "ab" * 15},
    {"salt": "AB" * 16}, {"open": {}}, {"open": {"class": 1}}, {"open": []}, {"sealed": {"Text": "cd" * 32}},
    {"sealed": {"1": "cd" * 32}},
    {"sealed": {"": "cd" * 32}}, {"sealed": {"text": "cd" * 31}}, {"sealed": {"text": None}}, {"sealed": []},
    {"sealed": {"class": "cd" * 32}},
    {"sealed": {"te-xt": "cd" * 32}}, {"sealed": {"x" * 65: "cd" * 32}}, {"extra": 1},
])
def test_what_the_format_does_not_allow_is_neither_read_nor_written(change: dict[str, Any]) -> None:
    with pytest.raises(Damaged) as caught:
        chain.parse(canon.encode({**GOOD, **change}))
    assert caught.value.key == "chain.entry"
    if "extra" not in change and "v" not in change:
        with pytest.raises(BadInput) as refused:
            chain.build(**{**PARTS, **change})
        assert refused.value.key == "chain.bad-entry"


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_no_key_may_be_missing(missing: str) -> None:
    with pytest.raises(Damaged):
        chain.parse(canon.encode({name: value for name, value in GOOD.items() if name != missing}))


@pytest.mark.parametrize("respell", [
    lambda raw: raw + b"\n", lambda raw: b" " + raw, lambda raw: raw.replace(b'"seq":0', b'"seq": 0'),
    lambda raw: raw.replace(b'"seq":0', b'"seq":0,"seq":0'), lambda raw: raw.replace(b'"v":1', b'"v":1.0'),
    lambda raw: raw.replace(b'"seq":0', b'"seq":-0'), lambda raw: raw.replace(b"STATED", b"\\u0053TATED"),
    lambda raw: b"\xef\xbb\xbf" + raw,
    lambda raw: json.dumps(json.loads(raw)).encode(), lambda raw: raw[:-1], lambda raw: b"", lambda raw: b"[" * 100_000,
    lambda raw: b"\xff",
    lambda raw: raw.replace(b"STATED", b"STATED" + b"x" * 65_536), lambda raw: raw.decode().encode("utf-16"),
])
def test_every_second_spelling_is_refused(respell) -> None:
    with pytest.raises(Damaged):
        chain.parse(respell(chain.build(**PARTS).raw))


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_flipped_byte_keeps_the_leaf(at: int, flip: int) -> None:
    entry = chain.build(**PARTS)
    raw = bytearray(entry.raw)
    raw[at % len(raw)] ^= flip
    try:
        changed = chain.parse(bytes(raw))
    except Damaged:
        return
    assert changed.leaf != entry.leaf


def test_an_entry_too_large_is_refused_before_it_is_written() -> None:
    with pytest.raises(BadInput) as caught:
        chain.build(**{**PARTS, "open": {"class": "STATED", "x": "y" * 65_536}})
    assert caught.value.key == "chain.too-large"


def test_links() -> None:
    first = chain.build(**PARTS)
    second = chain.build(**{**PARTS, "seq": 1, "prev": first.leaf.hex()})
    chain.check_link(None, first)
    chain.check_link(first, second)
    for previous, entry in [
        (None, second), (second, first), (first, first),
        (first, chain.build(**{**PARTS, "seq": 2, "prev": first.leaf.hex()})),
        (first, chain.build(**{**PARTS, "seq": 1})),
        (first, chain.build(**{**PARTS, "seq": 1, "prev": first.leaf.hex(), "log": "another"})),
        (None, chain.build(**{**PARTS, "prev": "1" * 64})),
    ]:
        with pytest.raises(Damaged) as caught:
            chain.check_link(previous, entry)
        assert caught.value.key == "chain.link"


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5).filter(lambda t: t.isprintable()),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab😀\ufb33", max_size=3), inner, max_size=3)))
def test_a_digest_is_over_the_list_of_salt_name_value(value: Any) -> None:
    salt = "0f" * 16
    assert chain.sealed_digest(salt, "rest", value) == canon.sha256(canon.encode([salt, "rest", value]))
    assert chain.sealed_digest(salt, "rest", value) == chain.sealed_digest_of_bytes(salt, "rest", canon.encode(value))


def test_a_digest_known_by_hand() -> None:
    # printf '["00000000000000000000000000000000","text","hi"]' | sha256sum
    assert chain.sealed_digest("0" * 32, "text", "hi") == "1126a3615080a8c56dc87376c6a14126660681206bdf8c653e1a4d6b33e0c62f"
