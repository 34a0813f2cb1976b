"""The code of the next key survives being written down, and a slip of the pen is noticed."""

from __future__ import annotations

import secrets

import pytest

from provenance.errors import BadInput
from provenance.seal import recovery

SEED = bytes(range(32))
CODE = recovery.encode(SEED)


def test_there_and_back() -> None:
    for seed in (SEED, bytes(32), b"\xff" * 32, secrets.token_bytes(32)):
        assert recovery.decode(recovery.encode(seed)) == seed
    assert len(CODE.split("-")) == 14 and {len(group) for group in CODE.split("-")} == {4}


@pytest.mark.parametrize("typed", [CODE.lower(), CODE.replace("-", " "), CODE.replace("-", ""), f"  {CODE}\n", CODE.replace("O", "0")])
def test_as_people_type_it(typed: str) -> None:
    assert recovery.decode(typed) == SEED


def test_every_single_wrong_letter_is_noticed() -> None:
    plain = CODE.replace("-", "")
    for at, letter in enumerate(plain):
        for other in "ABZ27":
            if other != letter:
                with pytest.raises(BadInput):
                    recovery.decode(plain[:at] + other + plain[at + 1 :])
    for wrong in ("", plain[:-1], plain + "A", plain + "=", "é" * 56):
        with pytest.raises(BadInput):
            recovery.decode(wrong)


def test_found_in_the_file_that_was_stored() -> None:
    assert recovery.find(f"NEXT KEY of the ledger x\n\n中文\n\n{CODE}\r\n") == SEED
    for text in ("no code", f"{CODE}\n{recovery.encode(bytes(32))}"):
        with pytest.raises(BadInput):
            recovery.find(text)
