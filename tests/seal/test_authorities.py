"""The list of authorities, and where a pinned root's bytes may come from."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from support import authority
from support.authority import OPENSSL

from provenance import data
from provenance.errors import BadInput
from provenance.seal import authorities, timestamp
from provenance.seal.asking import check_url
from provenance.seal.authorities import Authority

LISTED = authorities.listed(data.read("authorities.json"))


def test_the_list_can_be_meant() -> None:
    names = [one.name for one in LISTED]
    assert len(set(names)) == len(names) and [one.name for one in LISTED if one.by_hand] == ["tsa.cn"]
    for one in LISTED:
        assert set(one.label) == {"en", "zh"} and one.rest >= 0 and not one.given
        assert all(len(root) == 64 and not set(root) - set("0123456789abcdef") for root in one.roots)
        assert one.by_hand or (check_url(one.url) == one.url and one.rest >= 15)
    chosen = authorities.recommended(data.read("authorities.json"))
    assert len(chosen) == 2 and all(one.roots for one in LISTED if one.name in chosen)


def test_the_pinned_roots_are_in_this_machines_store() -> None:
    store = {hashlib.sha256(der).hexdigest() for der in authorities.system_roots()}
    if len(store) < 20:
        pytest.skip("LOUD: this machine has no store of root certificates: the pinned fingerprints were NOT compared")
    assert [one.name for one in LISTED if set(one.roots) - store] == []


def test_a_real_token_leads_to_the_pinned_root(vectors: Path) -> None:
    """IdenTrust's token of rfc3161-client's issue 104. It is over a SHA-512 digest, so the library itself is asked."""
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    answer = (vectors / "rfc3161/test/fixtures/identrust/issue-104.tsr").read_bytes()
    (one,) = (one for one in LISTED if one.name == "identrust")
    roots = authorities.roots_for(one, answer, authorities.system_roots())
    if not roots:
        pytest.skip("LOUD: the root is not in this machine's store: a real token was NOT checked")
    response = decode_timestamp_response(answer)
    digest = response.tst_info.message_imprint.message
    verifier = VerifierBuilder(roots=[x509.load_der_x509_certificate(der) for der in roots]).build()
    assert verifier.verify(response, digest)
    with pytest.raises(VerificationError):
        verifier.verify(response, bytes(len(digest)))
    with pytest.raises(BadInput, match=r"time\.imprint"):
        timestamp.imprint_in(answer)


@pytest.mark.skipif(OPENSSL is None, reason="NO openssl")
def test_a_root_counts_by_its_fingerprint_wherever_it_comes_from(tmp_path: Path) -> None:
    made, other = authority.make(tmp_path / "a", unsorted=True), authority.make(tmp_path / "b")
    answer = made.reply(timestamp.query(bytes(32), None))
    assert made.root in timestamp.certificates_in(answer)
    pinned = Authority("x", "", {}, roots=(made.fingerprint,))
    assert authorities.roots_for(pinned, answer, ()) == (made.root,), "from the token"
    assert authorities.roots_for(pinned, b"no token", (other.root, made.root)) == (made.root,), "from the store"
    assert authorities.roots_for(Authority("x", "", {}), answer, (made.root,)) == (), "not pinned: nothing is trusted"
    assert authorities.roots_for(Authority("x", "", {}, roots=(other.fingerprint,)), answer, (made.root,)) == ()
    mine = authorities.own({"name": "x", "url": "http://x/", "root": "a/root.pem"}, tmp_path)
    assert authorities.roots_for(mine, b"no token", ()) == (made.root,), "from the user's file"


def test_a_root_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")
    for name in ("missing.pem", "x.pem"):
        with pytest.raises(BadInput, match=r"time\.root-file"):
            authorities.own({"name": "x", "url": "http://x/", "root": name}, tmp_path)
    with pytest.raises(BadInput, match=r"time\.url"):
        authorities.own({"name": "x", "url": "file:///x"}, tmp_path)


@pytest.mark.skipif(OPENSSL is None, reason="NO openssl")
def test_a_bare_token_is_put_behind_a_status(tmp_path: Path) -> None:
    from asn1crypto import tsp

    made = authority.make(tmp_path)
    answer = made.reply(timestamp.query(bytes(32), None))
    bare = tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
    whole = timestamp.wrapped(bare)
    assert whole.endswith(bare) and timestamp.wrapped(answer) == answer == timestamp.wrapped(timestamp.wrapped(answer))
    assert timestamp.check(whole, bytes(32), [made.root]) == timestamp.check(answer, bytes(32), [made.root])
    for bad in (b"", b"<html>", b"\x30\x00", answer[:-1]):
        with pytest.raises(BadInput, match=r"time\.malformed"):
            timestamp.imprint_in(timestamp.wrapped(bad))
