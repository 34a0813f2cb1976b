"""OpenTimestamps proofs: hand-made trees, the reference implementation as a peer, and bytes from nobody."""

from __future__ import annotations

import hashlib
import importlib.util
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.calendars import bitcoin, leb, pending, proof
from support.prooftrees import trees

from provenance.errors import BadInput
from provenance.seal import ots

DIGEST = hashlib.sha256(b"a signed head\n").digest()
URI = "https://one.calendar.example"
peer = pytest.mark.skipif(
    importlib.util.find_spec("opentimestamps") is None,
    reason="LOUD: opentimestamps IS NOT INSTALLED: PROOFS WERE NOT COMPARED WITH THE REFERENCE IMPLEMENTATION",
)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def why(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        ots.parse(data)
    assert caught.value.key == "time.ots-malformed"
    return str(caught.value.params["why"])


def test_a_tree_written_by_hand_says_what_it_says() -> None:
    """Two branches below one nonce: a promise, and a block whose root is reached by one more step."""
    tree = b"\xf0\x02NN\x08" + b"\xff\x00" + pending(URI) + b"\xf1\x01P\x08\x00" + bitcoin(358391)
    found = ots.parse(proof(DIGEST, tree))
    commitment = sha(DIGEST + b"NN")
    assert found.digest == DIGEST and found.pending == ((commitment, URI),)
    assert found.blocks == ((358391, sha(b"P" + commitment)),)
    assert ots.serialise(found) == proof(DIGEST, tree)


def test_every_operation() -> None:
    message = sha(sha(DIGEST[::-1].hex().encode()) + hashlib.sha1(DIGEST, usedforsecurity=False).digest())
    tree = b"\xf2\xf3\x08\xf0\x14" + hashlib.sha1(DIGEST, usedforsecurity=False).digest() + b"\x08\x00" + bitcoin(7)
    assert ots.parse(proof(DIGEST, tree)).blocks == ((7, message),)
    assert ots.parse(proof(DIGEST, b"\x02\xf0\x0cabcdefghijkl\x00" + bitcoin(7))).blocks[0][1].endswith(b"abcdefghijkl")


@pytest.mark.parametrize("tag", [0x03, 0x67])
def test_what_is_behind_a_hash_that_is_not_computed_here_is_kept_and_not_followed(tag: int) -> None:
    tree = bytes((tag,)) + b"\x08\x00" + bitcoin(9)
    found = ots.parse(proof(DIGEST, tree))
    assert (found.blocks, found.pending, len(found.claims)) == ((), (), 1)
    assert ots.serialise(found) == proof(DIGEST, tree)


def test_an_attestation_of_another_kind_is_kept() -> None:
    tree = b"\xff\x00" + b"LITECOIN" + leb(3) + b"\x01\x02\x03" + b"\x00" + pending(URI)
    found = ots.parse(proof(DIGEST, tree))
    assert len(found.claims) == 2 and found.pending == ((DIGEST, URI),)
    again = ots.parse(ots.serialise(found))
    assert again == found and ots.serialise(again) == ots.serialise(found)


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (b"", "cut"), (b"\x00", "cut"), (b"\x08", "cut"), (b"\xf0\x00\x00" + pending(URI), "argument"),
        (b"\x09\x00" + bitcoin(1), "not known"), (b"\x00" + bitcoin(1) + b"\x00", "behind"),
        (b"\x00" + ots.PENDING + leb(5) + leb(4) + b"a?b=", "address"), (b"\x00" + ots.PENDING + leb(3) + leb(1) + b"ab", "more in it"),
        (b"\x00" + ots.BITCOIN + b"\x02\x81\x00", "second spelling"),
        (b"\x00" + ots.BITCOIN + b"\x06" + b"\xff" * 5 + b"\x01", "too large"),
        (b"\xf0\x01x\x00" + bitcoin(1), "32 bytes"), (b"\x08" * 256 + b"\x00" + bitcoin(1), "deep"),
        ((b"\xff\x08\x00" + pending(URI)) * 1100 + b"\x00" + bitcoin(1), "too many"),
        (b"\xf0" + leb(4065) + bytes(4065) + b"\x08\x00" + bitcoin(1), "too long"), (b"\xf0" + leb(4097) + bytes(4097), "too long"),
        (b"\xf0" + leb(2020) + bytes(2020) + b"\xf3\x00" + pending(URI), "too long"),
        (b"\x00" + ots.PENDING + leb(8193) + bytes(8193), "too long"), (b"\x08" * 70000, "larger"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(tree: bytes, reason: str) -> None:
    assert reason in why(proof(DIGEST, tree))


def test_what_is_not_a_proof_at_all() -> None:
    whole = proof(DIGEST, b"\x00" + bitcoin(1))
    assert "no OpenTimestamps" in why(whole[1:] + b"x")
    assert "version" in why(whole[:31] + b"\x02" + whole[32:])
    assert "SHA-256" in why(whole[:32] + b"\x02" + whole[33:])
    assert "cut" in why(b"")
    for length in range(len(whole)):
        why(whole[:length])


def test_from_promise_to_block() -> None:
    nonce = bytes(range(16))
    asked = ots.submitted(DIGEST, nonce)
    answer = ots.parse_answer(b"\xf1\x04time\x08\x00" + pending(URI), asked)
    first = ots.promised(DIGEST, nonce, answer)
    ((message, uri),) = first.pending
    assert (message, uri) == (sha(b"time" + asked), URI) and first.blocks == ()
    later = ots.upgraded(first, message, ots.parse_answer(b"\xf0\x01R\x08\x00" + bitcoin(900_000), message))
    assert later.blocks == ((900_000, sha(message + b"R")),) and later.pending == first.pending
    assert ots.parse(ots.serialise(later)) == later
    second = b"another nonce 16"
    other = ots.promised(DIGEST, second, ots.parse_answer(b"\x00" + pending("https://two.example"), ots.submitted(DIGEST, second)))
    assert ots.serialise(ots.merged((later, other))) == ots.serialise(ots.merged((other, later, other)))
    with pytest.raises(BadInput):
        ots.merged((first, ots.Proof(bytes(32), other.claims)))


@given(tree=trees)
@settings(deadline=None, max_examples=150)
def test_any_tree_is_written_in_one_spelling(tree: bytes) -> None:
    found = ots.parse(proof(DIGEST, tree))
    once = ots.serialise(found)
    assert ots.parse(once) == found and ots.serialise(ots.parse(once)) == once
    assert ots.merged((found, found)) == found


@given(data=st.binary(max_size=300), at=st.integers(0, 200), flip=st.integers(1, 255), tree=trees)
@settings(deadline=None, max_examples=200)
def test_hostile_bytes_are_refused_by_name_or_read(data: bytes, at: int, flip: int, tree: bytes) -> None:
    whole = bytearray(proof(DIGEST, tree))
    whole[at % len(whole)] ^= flip
    for raw in (bytes(whole), proof(DIGEST, data), data):
        try:
            found = ots.parse(raw)
        except BadInput as error:
            assert error.key == "time.ots-malformed"
        else:
            assert ots.parse(ots.serialise(found)) == found


def _peers(data: bytes) -> Any:
    from opentimestamps.core.serialize import BytesDeserializationContext
    from opentimestamps.core.timestamp import DetachedTimestampFile

    return DetachedTimestampFile.deserialize(BytesDeserializationContext(data))


@peer
@given(tree=trees)
@settings(deadline=None, max_examples=100)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_the_reference_reads_what_we_write(tree: bytes) -> None:
    from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation

    found = ots.parse(proof(DIGEST, tree))
    theirs = _peers(ots.serialise(found))
    said = list(theirs.timestamp.all_attestations())
    assert theirs.file_digest == DIGEST
    lost = {claim.attestation for claim in found.claims if claim.message is None}
    blocks = {(a.height, message) for message, a in said if isinstance(a, BitcoinBlockHeaderAttestation)}
    assert set(found.blocks) <= blocks
    assert lost or blocks == set(found.blocks)
    assert lost or {(m, a.uri) for m, a in said if isinstance(a, PendingAttestation)} == set(found.pending)


@peer
def test_we_read_what_the_reference_writes_byte_for_byte() -> None:
    from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
    from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
    from opentimestamps.core.serialize import BytesSerializationContext
    from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp, make_merkle_tree

    stamps = [Timestamp(sha(bytes((n,)))) for n in range(7)]
    mine = stamps[3].ops.add(OpAppend(b"nonce")).ops.add(OpSHA256())
    mine.attestations |= {PendingAttestation("https://b.example"), PendingAttestation("https://aaaa.example")}
    tip = make_merkle_tree([mine, *(stamp for n, stamp in enumerate(stamps) if n != 3)]).ops.add(OpPrepend(b"p")).ops.add(OpSHA256())
    tip.attestations |= {BitcoinBlockHeaderAttestation(900_001), BitcoinBlockHeaderAttestation(127)}
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamps[3]).serialize(context)
    found = ots.parse(context.getbytes())
    assert found.blocks == ((127, tip.msg), (900_001, tip.msg)) and len(found.pending) == 2
    assert ots.serialise(found) == context.getbytes()
