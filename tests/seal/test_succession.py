"""One key follows another only by a statement that says so, signed by whom it must be."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

import pytest

from provenance.errors import BadInput
from provenance.seal import note, succession
from provenance.seal.keys import Signer
from provenance.seal.succession import LOST, REVOKED, ROTATED, Statement

ORIGIN = "prov.test/line"
KEYS = [Signer.of_seed(ORIGIN, bytes([n]) * 32) for n in range(1, 7)]
VERIFIERS = [key.verifier for key in KEYS]
ROOT = sha256(b"root").digest()
AT = "2026-11-22T02:30:00.000000Z"


def opened(signer: Signer = KEYS[0], heir: Signer | None = KEYS[1]) -> dict[str, Any]:
    said = {"public_key": signer.fingerprint, "vkey": signer.vkey}
    return said | ({"next_key": heir.fingerprint} if heir else {})


def statement(event: str = ROTATED, old: int = 0, new: int = 1, size: int = 3, **other: Any) -> Statement:
    values: dict[str, Any] = {
        "origin": ORIGIN, "event": event, "old": KEYS[old].verifier, "new": KEYS[new].verifier, "next_key": KEYS[new + 1].fingerprint,
        "size": size, "root": ROOT, "time": AT, "since": AT if event == REVOKED else "",
    }  # fmt: skip
    return Statement(**(values | other))


def entry(said: Statement, *signers: Signer, **other: Any) -> dict[str, Any]:
    who = signers or ((_key(said.old), _key(said.new)) if said.event == ROTATED else (_key(said.new),))
    about = {"event": said.event} if said.event != REVOKED else {"since": said.since}
    return about | {
        "old_key": succession.fingerprint(said.old.public), "new_key": succession.fingerprint(said.new.public), "next_key": said.next_key,
        "statement": note.sign(said.text(), list(who)).decode(),
    } | other  # fmt: skip


def _key(verifier: note.Verifier) -> Signer:
    return next(key for key in KEYS if key.verifier.public == verifier.public)


def kind(said: Statement) -> str:
    return succession.KINDS[said.event == REVOKED]


def follow(line: succession.Line, seq: int, said: Statement, *signers: Signer, **other: Any) -> succession.Line:
    return succession.follow(line, seq, kind(said), entry(said, *signers, **other))


@pytest.mark.parametrize("event", [ROTATED, LOST, REVOKED])
def test_a_key_follows(event: str) -> None:
    line = follow(succession.begin(opened()), 3, statement(event))
    assert line.current.verifier == KEYS[1].verifier and line.current.committed and line.current.next_key == KEYS[2].fingerprint
    assert [line.at(size) == KEYS[0].verifier for size in (0, 1, 3, 4, 1000)] == [True, True, True, False, False]


def test_two_rotations_and_heads_by_the_key_of_their_time() -> None:
    line = follow(succession.begin(opened()), 3, statement())
    line = follow(line, 9, statement(old=1, new=2, size=8))
    assert [VERIFIERS.index(line.at(size)) for size in (3, 4, 9, 10)] == [0, 1, 1, 2]
    heads = [(size, note.sign(f"{ORIGIN}\n{size}\n{base64.b64encode(ROOT).decode()}\n", [KEYS[who]])) for size, who in
             ((3, 0), (4, 0), (9, 1), (3, 2), (10, 2))]
    assert succession.counted(line, heads) == (4, 3)


def test_a_ledger_of_the_first_version_committed_to_nothing() -> None:
    old = succession.begin(opened(heir=None))
    assert not follow(old, 3, statement()).current.committed
    for event in (LOST, REVOKED):
        with pytest.raises(BadInput, match="nothing before it commits"):
            follow(old, 3, statement(event))


WRONG: dict[str, tuple[Statement, tuple[Signer, ...]]] = {
    "the old key did not sign": (statement(), (KEYS[1],)),
    "the new key did not sign": (statement(), (KEYS[0],)),
    "a stranger signed": (statement(), (KEYS[4], KEYS[5])),
    "a stolen key names its own heir": (statement(new=3), (KEYS[0], KEYS[3])),
    "the old key calls itself lost": (statement(LOST), (KEYS[0],)),
    "the old key revokes itself": (statement(REVOKED), (KEYS[0],)),
    "another old key": (statement(old=2), (KEYS[2], KEYS[1])),
    "of another ledger": (statement(origin="prov.test/other"), (KEYS[0], KEYS[1])),
    "a head that is not there yet": (statement(size=4), (KEYS[0], KEYS[1])),
    "a head of nothing": (statement(size=0), (KEYS[0], KEYS[1])),
    "the same key again": (statement(new=0), (KEYS[0],)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_enthrones_nobody(name: str) -> None:
    said, signers = WRONG[name]
    with pytest.raises(BadInput):
        follow(succession.begin(opened()), 3, said, *signers)


@pytest.mark.parametrize("other", [{"old_key": "00" * 32}, {"new_key": "00" * 32}, {"next_key": "00" * 32}, {"event": LOST}, {"since": AT}])
def test_the_entry_says_what_its_statement_says(other: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="otherwise"):
        follow(succession.begin(opened()), 3, statement(), **other)


def test_a_key_that_was_given_up_never_comes_back() -> None:
    line = follow(succession.begin(opened()), 3, statement(next_key=KEYS[0].fingerprint))
    with pytest.raises(BadInput, match="given up"):
        follow(line, 9, statement(old=1, new=0, size=8))


@pytest.mark.parametrize("weak", [b"\0" * 32, b"\1" + b"\0" * 31, (2**255 - 18).to_bytes(32, "little")])
def test_a_weak_key_follows_nobody(weak: bytes) -> None:
    """Under a key of small order the one signature that its owner needs for the statement fits every other head, too."""
    key = f"{ORIGIN}+{note.key_id(ORIGIN, weak).hex()}+{base64.b64encode(note.ED25519 + weak).decode()}"
    text = statement().text().replace(KEYS[1].vkey, key)
    line = base64.b64encode(note.key_id(ORIGIN, weak) + b"\1" + bytes(63)).decode()
    forged = note.sign(text, [KEYS[0]]) + f"— {ORIGIN} {line}\n".encode()
    said = entry(statement()) | {"statement": forged.decode(), "new_key": sha256(weak).hexdigest()}
    with pytest.raises(BadInput) as caught:
        succession.follow(succession.begin(opened(heir=None)), 3, succession.KINDS[0], said)
    assert caught.value.key == "seal.weak-key"
    with pytest.raises(BadInput):
        succession.begin({"public_key": sha256(weak).hexdigest(), "vkey": key})


def test_every_byte_of_a_statement_counts() -> None:
    line, good = succession.begin(opened()), entry(statement())
    raw = good["statement"].encode()
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(BadInput):
            succession.follow(line, 3, succession.KINDS[0], good | {"statement": changed.decode("utf-8", "replace")})


@pytest.mark.parametrize("change", [
    lambda text: text.replace("size 3", "size 03"), lambda text: text.replace("event rotated", "event sold"),
    lambda text: text + "more 1\n",
    lambda text: text.replace("since -", "since 2026-11-22"), lambda text: text.replace("\nroot", "\n root"),
    lambda text: text.replace("-statement/1", "-statement/2"), lambda text: text.replace("time 2026-11-22T02", "time 2026-11-22 02"),
])
def test_a_second_spelling_is_refused_although_both_signed_it(change: Any) -> None:
    text = change(statement().text())
    assert text != statement().text()
    with pytest.raises(BadInput):
        succession.parse(note.sign(text, KEYS[:2]))


def test_a_statement_is_no_checkpoint_and_a_checkpoint_no_statement() -> None:
    from provenance.seal import snapshot

    signed = note.sign(statement().text(), KEYS[:2])
    with pytest.raises(BadInput):
        snapshot.open_snapshot(signed, KEYS[0].verifier)
    with pytest.raises(BadInput):
        succession.parse(snapshot.sign(snapshot.Snapshot(ORIGIN, 3, ROOT), KEYS[0]))


def test_a_later_version_of_the_entry_is_not_guessed_at() -> None:
    with pytest.raises(BadInput, match="not known"):
        succession.follow(succession.begin(opened()), 3, "key.rotated/2", entry(statement()))
