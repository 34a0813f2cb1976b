"""Signed notes: other people's notes open, ours look the same, everything bent is refused."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import BadInput
from provenance.seal import keys, note

# Values published in C2SP signed-note and in the tests of Go's golang.org/x/mod/sumdb/note (public halves and signatures only).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH_LINE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
BOTH = (TEXT + "\n" + PETER_LINE + ENOCH_LINE).encode()


@dataclass(frozen=True)
class Recorded:
    """A key of which only a signature is known."""

    name: str
    public: bytes
    signature: bytes

    def sign(self, message: bytes) -> bytes:
        assert message == TEXT.encode()
        return self.signature


def test_go_s_notes_open() -> None:
    peter, enoch = note.parse_vkey(PETER), note.parse_vkey(ENOCH)
    opened = note.open_note(BOTH, [peter])
    assert (opened.text, [s.name for s in opened.verified], [s.name for s in opened.unknown]) == (TEXT, ["PeterNeumann"], ["EnochRoot"])
    opened = note.open_note(BOTH, [enoch, peter])
    assert ([s.name for s in opened.verified], opened.unknown) == (["PeterNeumann", "EnochRoot"], ())
    assert peter.vkey == PETER


def test_a_note_is_written_byte_for_byte_as_go_writes_it() -> None:
    signers = []
    for vkey, line in ((PETER, PETER_LINE), (ENOCH, ENOCH_LINE)):
        verifier = note.parse_vkey(vkey)
        signers.append(Recorded(verifier.name, verifier.public, base64.b64decode(line.split(" ")[2])[4:]))
    assert note.sign(TEXT, signers) == BOTH


def test_ours_opens(signer: keys.Signer) -> None:
    data = note.sign("è subito sera\n\nzwei\n", [signer])
    assert note.open_note(data, [signer.verifier]).text == "è subito sera\n\nzwei\n"
    assert note.parse_vkey(signer.vkey) == signer.verifier


@pytest.mark.parametrize("data", [
    TEXT.encode(), (TEXT + "\n").encode(), (TEXT + "\n" + PETER_LINE[:-1]).encode(), ("\x01" + TEXT + "\n" + PETER_LINE).encode(),
    b"\xff" + BOTH, (TEXT + "\r\n\r\n" + PETER_LINE).encode(), BOTH + b"Unexpected line.\n", BOTH + b"\n", b"", b"\n", b"\n\n", b"\n\n\n",
    (TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name")).encode(),
    (TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "a+b")).encode(),
    (TEXT + "\n" + PETER_LINE.replace("— ", "- ")).encode(), (TEXT + "\n" + PETER_LINE.replace("— ", "—  ")).encode(),
    (TEXT + "\n" + PETER_LINE.replace("nAM=", "nAM")).encode(), (TEXT + "\n" + PETER_LINE.replace("nAM=", "nAN=")).encode(),
    (TEXT + "\n— PeterNeumann x08g\n").encode(), (TEXT + "\n— PeterNeumann \n").encode(), (TEXT + "\n" + PETER_LINE * 101).encode(),
    (TEXT + "\n" + PETER_LINE + "— X x08go/Z_kuBS\n").encode(), BOTH + b" " * 1_000_000,
])
def test_malformed_notes_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        note.open_note(data, [note.parse_vkey(PETER)])
    assert caught.value.key == "seal.bad-note"


def test_wrong_and_missing_signatures_have_their_own_names() -> None:
    peter = note.parse_vkey(PETER)
    wrong = (TEXT + "\n" + PETER_LINE.replace("ZJku", "ZJkv") + ENOCH_LINE).encode()
    short = (TEXT + "\n— PeterNeumann " + base64.b64encode(peter.key_id + b"x" * 63).decode() + "\n").encode()
    for data, verifiers, key in (
        (wrong, [peter], "seal.bad-signature"), (short, [peter], "seal.bad-signature"), (BOTH, [], "seal.unsigned"),
        (BOTH.replace(b"PeterNeumann", b"PeterNeuman"), [peter], "seal.unsigned"), (BOTH, [peter, peter], "seal.bad-key"),
        (BOTH.replace(b"cryptography", b"Cryptography"), [peter], "seal.bad-signature"),
    ):
        with pytest.raises(BadInput) as caught:
            note.open_note(data, verifiers)
        assert caught.value.key == key


def test_many_unknown_signatures_are_no_hindrance() -> None:
    others = "".join(f"— witness{n}.example {base64.b64encode(bytes([n]) * (4 + 64 + n)).decode()}\n" for n in range(1, 61))
    opened = note.open_note((TEXT + "\n" + others + PETER_LINE + PETER_LINE).encode(), [note.parse_vkey(PETER)])
    assert (len(opened.verified), len(opened.unknown)) == (1, 60)


def test_no_part_of_a_verifier_key_is_one() -> None:
    for start in range(len(PETER) + 1):
        for stop in range(start, len(PETER) + 1):
            if (start, stop) != (0, len(PETER)):
                with pytest.raises(BadInput):
                    note.parse_vkey(PETER[start:stop])
    for at in range(len(PETER)):
        with pytest.raises(BadInput):
            note.parse_vkey(PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :])


@pytest.mark.parametrize("vkey", [
    "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
    "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    PETER.replace("c74f20a3", "C74F20A3"), PETER + "\n", " " + PETER,
])
def test_other_verifier_keys_are_refused(vkey: str) -> None:
    with pytest.raises(BadInput):
        note.parse_vkey(vkey)


@pytest.mark.parametrize("text", ["no newline", "", "a\tb\n", "a\x00\n", "a\r\n", "\ud800\n"])
def test_what_cannot_be_a_note_is_not_signed(signer: keys.Signer, text: str) -> None:
    with pytest.raises(BadInput):
        note.sign(text, [signer])
    with pytest.raises(BadInput):
        note.sign("good\n", [])


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(BOTH) - 1), st.integers(1, 255))
def test_no_flipped_byte_is_accepted_as_the_same(at: int, flip: int) -> None:
    bad = bytearray(BOTH)
    bad[at] ^= flip
    try:
        opened = note.open_note(bytes(bad), [note.parse_vkey(PETER)])
    except BadInput:
        return
    assert opened.text == TEXT
    assert at >= len((TEXT + "\n" + PETER_LINE).encode()), "only the unknown signature may change"
