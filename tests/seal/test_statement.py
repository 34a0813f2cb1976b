"""What a person's key signs of an entry, and that no other bytes, key or spelling pass for it."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from support import authors, signed

from provenance.facts import split
from provenance.seal import author, person, statement

LEAF = "ab" * 32


def opened(**wrong: Any) -> dict[str, Any]:
    return split(dataclasses.replace(signed.signature("prov.test/b0b", 6, LEAF), **wrong)).open


def test_the_bytes_are_four_lines() -> None:
    assert statement.message("prov.test/b0b", 6, LEAF) == f"creative-provenance/statement/1\nprov.test/b0b\n6\n{LEAF}\n".encode()


def test_a_good_signature_names_its_key_and_counts_for_one_ledger_alone() -> None:
    found = statement.signer("prov.test/b0b", opened())
    assert found == authors.mei().person
    assert statement.signer("prov.test/other", opened()) is None


@pytest.mark.parametrize("make", [
    lambda: ec.generate_private_key(ec.SECP256R1()), lambda: ec.generate_private_key(ec.SECP384R1()),
    lambda: rsa.generate_private_key(65537, 2048),
])
def test_every_kind_of_key_that_an_author_may_have(make: Any) -> None:
    fact = signed.signature("prov.test/b0b", 6, LEAF, make())
    found = statement.signer("prov.test/b0b", split(fact).open)
    assert found is not None and found.algorithm == fact.algorithm
    assert author.Author(found, None).person == found


WRONG = {
    "another number": {"of": 7}, "a number that is a truth value": {"of": True}, "a negative number": {"of": -1}, "no number": {"of": "6"},
    "another leaf": {"leaf": "cd" * 32}, "a leaf in capitals": {"leaf": LEAF.upper()}, "a short leaf": {"leaf": "ab"},
    "another fingerprint": {"public_key": "0" * 64}, "another algorithm": {"algorithm": "rsa"}, "no key": {"key": ""},
    "a key that is none": {"key": "AAAA"}, "no signature": {"signature": None}, "an empty signature": {"signature": ""},
    "a signature that is no text": {"signature": ("x",)}, "a key that is no base64": {"key": "é" * 60},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_in_form_or_says_something_else_is_nobody_s(name: str) -> None:
    assert statement.signer("prov.test/b0b", opened(**WRONG[name])) is None


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["key", "signature", "leaf"]), st.data())
def test_no_changed_character_passes(field: str, data: st.DataObject) -> None:
    """Base64 has characters whose lowest bits say nothing: the one spelling refuses those, too."""
    whole = opened()
    text = whole[field]
    at = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.sampled_from("0af+/=\n AB").filter(lambda c: c != text[at]))
    assert statement.signer("prov.test/b0b", whole | {field: text[:at] + char + text[at + 1 :]}) is None


def test_the_key_is_coded_as_its_pem_without_the_frame() -> None:
    key = authors.mei().person
    assert base64.b64decode(statement.coded(key)) == base64.b64decode(b"".join(key.pem.split(b"\n")[1:-2]))
    assert person.parse(key.pem) == key
