"""RFC 3161 against a real authority: what is accepted, and every way in which an answer is not the one that was asked for."""

from __future__ import annotations

import hashlib
import random
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support import authority
from support.authority import OPENSSL, Authority

from provenance.errors import BadInput
from provenance.seal import timestamp

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NO openssl: NOTHING OF TRUSTED TIME IS TESTED")
DIGEST = hashlib.sha256(b"a signed head").digest()
NONCE = 2**63 + 12345


@pytest.fixture(scope="module", params=["rsa", "ec", "unsorted"])
def tsa(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority.make(tmp_path_factory.mktemp("tsa"), rsa_keys=request.param != "ec", unsorted=request.param == "unsorted")


@pytest.fixture(scope="module")
def answer(tsa: Authority) -> bytes:
    return tsa.reply(timestamp.query(DIGEST, NONCE))


def refusal(*arguments: object, **named: object) -> str:
    with pytest.raises(BadInput) as refused:
        timestamp.check(*arguments, **named)  # type: ignore[arg-type]
    return refused.value.key


def test_a_good_answer(tsa: Authority, answer: bytes) -> None:
    stamp = timestamp.check(answer, DIGEST, [tsa.root], nonce=NONCE)
    assert (stamp.authority, stamp.accuracy_ms, stamp.policy) == ("Test Authority", 1000, "1.3.6.1.4.1.99999.1")
    assert stamp.root == tsa.fingerprint
    assert stamp.time.endswith("Z") and timestamp.time_in(answer) == stamp.time < stamp.until


def test_openssl_is_of_the_same_opinion(tsa: Authority, answer: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tsr").write_bytes(answer)
    (tmp_path / "data").write_bytes(b"a signed head")
    command = [str(OPENSSL), "ts", "-verify", "-data", "data", "-in", "a.tsr", "-CAfile"]
    assert subprocess.run([*command, str(tsa.root_pem)], cwd=tmp_path, capture_output=True, check=False).returncode == 0
    other = authority.make(tmp_path / "other")
    assert subprocess.run([*command, str(other.root_pem)], cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_openssl_checks_it_years_later_at_its_own_time(tsa: Authority, answer: bytes, tmp_path: Path) -> None:
    """The form that docs/time.md gives: after the signing certificate's end only the time of signing will do."""
    (tmp_path / "a.tsr").write_bytes(answer)
    (tmp_path / "data").write_bytes(b"a signed head")
    made = datetime.fromisoformat(timestamp.time_in(answer))
    for years, good in ((0, True), (5, False)):
        at = str(int((made + timedelta(days=365 * years)).timestamp()))
        command = [str(OPENSSL), "ts", "-verify", "-attime", at, "-data", "data", "-in", "a.tsr", "-CAfile", str(tsa.root_pem)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is good, done.stderr
    assert "expired" in done.stdout + done.stderr


def test_what_is_not_the_answer(tsa: Authority, answer: bytes) -> None:
    assert refusal(answer, hashlib.sha256(b"another").digest(), [tsa.root]) == "time.imprint"
    assert refusal(answer, DIGEST, [tsa.root], nonce=NONCE + 1) == "time.nonce"
    assert refusal(answer, DIGEST, []) == "time.untrusted"
    assert refusal(tsa.reply(timestamp.query(DIGEST, None)), DIGEST, [tsa.root], nonce=NONCE) == "time.nonce"


@pytest.mark.parametrize("unsorted", [False, True])
def test_a_root_inside_the_token_is_no_root(tsa: Authority, tmp_path: Path, unsorted: bool) -> None:
    """The forgery that rfc3161-client up to 1.0.8 accepts: somebody's own CA, sent along in the token, beside a pinned root."""
    forger = authority.make(tmp_path, unsorted=True, rsa_keys=not unsorted)
    forged = forger.reply(timestamp.query(DIGEST, NONCE))
    assert forger.root in timestamp.certificates_in(forged), "the fixture must carry its root"
    assert refusal(forged, DIGEST, [tsa.root], nonce=NONCE) == "time.untrusted"
    assert refusal(forged, DIGEST, [tsa.root], chain=timestamp.certificates_in(forged)) == "time.untrusted"
    assert timestamp.pinned(timestamp.certificates_in(forged), [tsa.fingerprint]) == ()
    assert timestamp.check(forged, DIGEST, timestamp.pinned(timestamp.certificates_in(forged), [forger.fingerprint.upper()])).authority


def test_a_signing_certificate_is_no_root(tsa: Authority, answer: bytes) -> None:
    leaf = next(der for der in timestamp.certificates_in(answer) if der != tsa.root)
    other = hashlib.sha256(leaf).hexdigest()
    assert refusal(answer, DIGEST, timestamp.pinned(timestamp.certificates_in(answer), [other])) == "time.untrusted"


def test_a_chain_that_had_ended_at_the_tokens_time(tmp_path: Path) -> None:
    late = authority.make(tmp_path, days=-1, before=10)
    made = late.reply(timestamp.query(DIGEST, NONCE))
    assert refusal(made, DIGEST, [late.root]) == "time.expired"


def test_an_authority_that_refuses(tsa: Authority) -> None:
    refused = tsa.reply(timestamp.query(DIGEST, NONCE)[:-5] + b"\x00" * 5)
    assert refusal(refused, DIGEST, [tsa.root]) in ("time.refused", "time.malformed")


@pytest.mark.parametrize("bad", [b"", b"<html>busy</html>", b"\x30\x03\x02\x01\x00", b"\x00" * 200_000])
def test_what_is_no_answer_at_all(tsa: Authority, bad: bytes) -> None:
    assert refusal(bad, DIGEST, [tsa.root]) == "time.malformed"


def test_hostile_bytes_are_refused_by_name(tsa: Authority, answer: bytes) -> None:
    """Whatever is handed in by hand: every function refuses with a BadInput, or gives what it gave before."""
    chance = random.Random(7)
    for _ in range(150):
        bad = bytearray(answer)
        for _ in range(chance.choice((1, 1, 3))):
            at = chance.randrange(len(bad))
            if chance.random() < 0.6:
                bad[at] ^= 1 << chance.randrange(8)
            elif chance.random() < 0.5:
                del bad[at : at + chance.randrange(1, 30)]
            else:
                bad[at:at] = chance.randbytes(chance.randrange(1, 9))
        for function in (timestamp.wrapped, timestamp.imprint_in, timestamp.time_in, timestamp.certificates_in):
            try:
                function(bytes(bad))
            except BadInput as error:
                assert error.key.startswith("time."), error


def test_no_damage_gives_another_time(tsa: Authority, answer: bytes) -> None:
    """Cut anywhere, or one bit turned: a refusal, or the very same words (a bit outside what is signed)."""
    good = timestamp.check(answer, DIGEST, [tsa.root], nonce=NONCE)
    chance = random.Random(5)
    for _ in range(40):
        at, turned = chance.randrange(len(answer)), bytearray(answer)
        turned[at] ^= 1 << chance.randrange(8)
        for bad in (answer[:at], bytes(turned)):
            try:
                assert timestamp.check(bad, DIGEST, [tsa.root], nonce=NONCE) == good
            except BadInput as error:
                assert error.key.startswith("time.")
