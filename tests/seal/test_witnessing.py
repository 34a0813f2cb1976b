"""What a witness answers, rule by rule of C2SP tlog-witness."""

from __future__ import annotations

import pytest

from provenance.errors import BadInput
from provenance.ledger import merkle
from provenance.seal import keys, note, snapshot, witnessing
from provenance.seal.snapshot import Snapshot
from provenance.seal.witnessing import Answer, Request

LOG = keys.Signer.of_seed("prov.local/log", bytes(range(32)))
OTHER = keys.Signer.of_seed("prov.local/log", bytes(range(1, 33)))
LEAVES = [merkle.leaf_hash(b"%d" % n) for n in range(40)]
FORK = [*LEAVES[:5], *(merkle.leaf_hash(b"f%d" % n) for n in range(35))]


def head(size: int, leaves: list[bytes] = LEAVES) -> Snapshot:
    return Snapshot(LOG.name, size, merkle.root(leaves[:size]))


def asked(old: int, size: int, leaves: list[bytes] = LEAVES, signer: keys.Signer = LOG) -> Request:
    path = merkle.consistency_proof(leaves[:size], old) if 0 < old <= size else []
    return Request(old, tuple(path), snapshot.sign(head(size, leaves), signer))


def judged(request: Request, seen: Snapshot | None, *trusted: keys.Signer) -> Answer:
    known = {LOG.name: [one.verifier for one in trusted or (LOG,)]}
    return witnessing.judge(witnessing.parse(witnessing.encode(request)), seen, known, merkle.verify_consistency)


def test_the_first_head_and_each_that_grew_out_of_it() -> None:
    assert judged(asked(0, 7), None) == Answer(200, head=head(7))
    for size in range(7, 41):
        assert judged(asked(7, size), head(7)).head == head(size)
    assert judged(asked(0, 0), None).head == head(0) and judged(asked(0, 3), head(0)).head == head(3)
    assert judged(asked(7, 7), head(7)).head == head(7), "the same head again gets a new time"


def test_an_unknown_ledger_and_a_stranger_s_key() -> None:
    assert witnessing.judge(asked(0, 7), None, {}, merkle.verify_consistency).status == 404
    answer = judged(asked(0, 7, signer=OTHER), None)
    assert answer.status == 403 and not answer.astray
    assert judged(asked(0, 7, signer=OTHER), None, LOG, OTHER).status == 200, "after a rotation both keys are known"


def test_a_wrong_old_size_is_told_the_right_one() -> None:
    for old, size in ((0, 12), (3, 12), (8, 12), (0, 5), (0, 7), (5, 5)):
        assert judged(asked(old, size), head(7)) == Answer(409, "7\n", witnessing.SIZE_TYPE), (old, size)
    assert judged(asked(4, 12), None) == Answer(409, "0\n", witnessing.SIZE_TYPE)
    assert judged(Request(13, (), asked(0, 12).note), head(13)).status == 400


def test_a_rollback_a_fork_and_a_wrong_proof_get_no_name_under_them() -> None:
    assert judged(Request(7, (), asked(0, 5).note), head(7)).status == 400, "an older head"
    same = judged(asked(7, 7, FORK), head(7))
    assert (same.status, same.astray, same.head) == (409, True, None)
    later = judged(asked(7, 20, FORK), head(7))
    assert (later.status, later.astray, later.head) == (422, True, None)
    good = asked(7, 20)
    for path in ((), good.path[:-1], (*good.path, bytes(32)), tuple(reversed(good.path))):
        assert judged(Request(7, path, good.note), head(7)).status == 422
    assert judged(Request(0, (bytes(32),), good.note), None).status == 422
    assert judged(Request(7, (bytes(32),), asked(7, 7).note), head(7)).status == 422


def test_an_empty_tree_has_one_root() -> None:
    signed = snapshot.sign(Snapshot(LOG.name, 0, bytes(32)), LOG)
    assert judged(Request(0, (), signed), None).status == 422


@pytest.mark.parametrize("data", [
    b"", b"\n\n", b"old 0\n", b"old 0", b"old 00\n\nx", b"old -1\n\nx", b"old 1 \n\nx", b"OLD 1\n\nx", b"old 1\nAAAA\n\nx",
    b"old \xff\n\nx",
    b"old 0\r\n\r\nx", b"old 9" + b"9" * 20 + b"\n\nx", b"old 0\n\n" + b"x" * 70_000,
    b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\nx", b"old 0\n" + b"A" * 43 + b"B\n\nx",
])  # fmt: skip
def test_garbage_is_no_request(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        witnessing.parse(data)
    assert caught.value.key == "witness.request"


@pytest.mark.parametrize("signed", [b"x", b"a\n1\nb\n\n", note.sign("hello\n", [LOG]), b"\xff" * 300])
def test_what_is_no_checkpoint_is_bad_input(signed: bytes) -> None:
    assert judged(Request(0, (), signed), None).status == 400
