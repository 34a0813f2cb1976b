"""Two readers of OpenTimestamps proofs, ours and the stand-alone one, say the same of good and of hostile bytes."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st
from support import verifiers
from support.calendars import proof
from support.prooftrees import trees

from provenance.errors import BadInput
from provenance.seal import blocks, ots

DIGEST = sha256(b"a signed head\n").digest()


def ours(raw: bytes) -> set[tuple[int, str]] | None:
    try:
        found = ots.parse(raw)
    except BadInput:
        return None
    return {(height, blocks.shown(root)) for height, root in found.blocks} if found.digest == DIGEST else None


def theirs(raw: bytes) -> set[tuple[int, str]] | None:
    try:
        found: set[tuple[int, str]] = verifiers.STANDALONE.TIME.Proof(raw).blocks(DIGEST)
    except verifiers.STANDALONE.TIME.FAULTS:
        return None
    return found


@given(tree=trees, at=st.integers(0, 400), flip=st.integers(0, 255), cut=st.integers(0, 3), more=st.binary(max_size=40))
@settings(deadline=None, max_examples=250)
def test_they_agree(tree: bytes, at: int, flip: int, cut: int, more: bytes) -> None:
    whole = proof(DIGEST, tree)
    assert ours(whole) is not None and ours(whole) == theirs(whole)
    damaged = bytearray(whole)
    damaged[at % len(damaged)] ^= flip
    for raw in (bytes(damaged), whole[: len(whole) - cut], whole + more, proof(DIGEST, more), more):
        assert ours(raw) == theirs(raw), raw.hex()
