"""Whose key it is: only what leads, soundly and in time, to an authority that was trusted beforehand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from support import people

from provenance.errors import BadInput
from provenance.seal import certificates

KEY = ed25519.Ed25519PrivateKey.generate()
ROOT = people.authority()
MIDDLE = ROOT.below("Issuing CA", length=0)
LEAF = MIDDLE.leaf(KEY.public_key())
AT = people.day(300)


def why(handed: list[x509.Certificate], trusted: list[x509.Certificate], at=AT) -> str:
    with pytest.raises(BadInput) as caught:
        certificates.identify(handed, trusted, at)
    assert caught.value.key == "seal.untrusted"
    return str(caught.value.params["why"])


def test_a_chain_to_a_root_that_is_trusted() -> None:
    found = certificates.identify([LEAF, MIDDLE.certificate], [ROOT.certificate], AT)
    assert (found.name, found.issuer) == ("CN=Mei Lin", "CN=Issuing CA")
    assert (found.leaf, found.root) == (certificates.fingerprint(LEAF), certificates.fingerprint(ROOT.certificate))
    for trusted in ([MIDDLE.certificate], [LEAF], [people.authority("Another").certificate, MIDDLE.certificate]):
        assert certificates.identify([LEAF, ROOT.certificate, MIDDLE.certificate], trusted, AT).name == "CN=Mei Lin"


def test_a_root_inside_the_bundle_is_not_trusted_for_being_there() -> None:
    assert "no certificate that is trusted" in why([LEAF, MIDDLE.certificate, ROOT.certificate], [])
    impostor = people.authority()  # the same name, another key
    assert "no certificate that is trusted" in why([LEAF, MIDDLE.certificate, ROOT.certificate], [impostor.certificate])


def test_times() -> None:
    for at in (people.FROM - timedelta(days=1), people.UNTIL + timedelta(days=1)):
        assert "not valid" in why([LEAF, MIDDLE.certificate], [ROOT.certificate], at)
    short = ROOT.below("Short CA", until=people.day(9))
    assert "not valid" in why([short.leaf(KEY.public_key()), short.certificate], [ROOT.certificate])
    assert certificates.identify([short.leaf(KEY.public_key()), short.certificate], [ROOT.certificate], people.day(8))


def test_who_may_not_issue() -> None:
    person = ROOT.below("Not a CA", ca=False)
    keyless = ROOT.below("CA without the usage", issues=False)
    deep = MIDDLE.below("One too deep")
    for maker, more in ((person, []), (keyless, []), (deep, [MIDDLE.certificate])):
        assert "no certificate that is trusted" in why([maker.leaf(KEY.public_key()), maker.certificate, *more], [ROOT.certificate])


def test_a_leaf_that_may_not_sign() -> None:
    leaf = MIDDLE.certify(KEY.public_key(), "Mei Lin", (people.usage(enciphers=True), True))
    assert "not for signing" in why([leaf, MIDDLE.certificate], [ROOT.certificate])


def test_a_critical_extension_that_nobody_understands() -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\5\0")
    narrow = x509.NameConstraints([x509.DNSName("example.com")], None)
    for extension in (strange, narrow):
        leaf = MIDDLE.certify(KEY.public_key(), "Mei Lin", (extension, True))
        assert "not understood" in why([leaf, MIDDLE.certificate], [ROOT.certificate])
        assert certificates.identify([MIDDLE.certify(KEY.public_key(), "Mei Lin", (extension, False)), MIDDLE.certificate],
                                     [ROOT.certificate], AT)


def test_two_that_issue_each_other_end() -> None:
    one = people.authority("One")
    other = people.Authority(one.key, one.certify(one.key.public_key(), "Other", (x509.BasicConstraints(True, None), True)))
    back = other.certify(one.key.public_key(), "One", (x509.BasicConstraints(True, None), True))
    leaf = people.Authority(one.key, back).leaf(KEY.public_key())
    assert why([leaf, back, other.certificate], [ROOT.certificate])


@pytest.mark.parametrize("data", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"0\x03\x02\x01\x01"])
def test_what_is_no_certificate(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        certificates.chain(data)
    assert caught.value.key == "seal.certificate"


def test_every_flipped_byte_of_the_leaf_is_no_identity() -> None:
    from cryptography.hazmat.primitives import serialization

    der = LEAF.public_bytes(serialization.Encoding.DER)
    for at in range(0, len(der), 3):
        changed = der[:at] + bytes([der[at] ^ 1]) + der[at + 1 :]
        try:
            leaf = certificates.chain(changed)[0]
            certificates.identify([leaf, MIDDLE.certificate], [ROOT.certificate], AT)
        except BadInput:
            continue
        # the name of the algorithm stands a second time, outside of what is signed: nothing that was certified differs
        assert leaf.tbs_certificate_bytes == LEAF.tbs_certificate_bytes and leaf.signature == LEAF.signature, at
