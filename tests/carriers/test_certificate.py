"""The few fields of a certificate that are read here, against what the cryptography library reads of the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.carriers.certificate import certificate

KEY = ec.generate_private_key(ec.SECP256R1())
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
TIMES = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def signed(subject: x509.Name, issuer: x509.Name, serial: int, since: datetime, until: datetime) -> bytes:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(KEY.public_key()).serial_number(serial)
    one = builder.not_valid_before(since).not_valid_after(until).sign(KEY, hashes.SHA256())
    return one.public_bytes(serialization.Encoding.DER)


PLAIN = signed(
    name((NameOID.COUNTRY_NAME, "DE"), (NameOID.ORGANIZATION_NAME, "A Company"), (NameOID.COMMON_NAME, "a signer")),
    name((NameOID.COMMON_NAME, "a root")), 77, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2055, 1, 1, tzinfo=UTC),
)  # fmt: skip


def test_the_fields_of_a_certificate() -> None:
    assert certificate(PLAIN) == {
        "organisation": "A Company", "common_name": "a signer", "issued_by": "a root", "serial": "77",
        "valid_from": "2026-01-02T03:04:05+00:00", "valid_until": "2055-01-01T00:00:00+00:00",
    }  # fmt: skip


@given(NAMES, NAMES, st.integers(1, 2**150), TIMES, TIMES)
@settings(deadline=None, max_examples=60)
def test_says_what_the_general_library_says(holder: str, issuer: str, serial: int, one: datetime, other: datetime) -> None:
    since, until = sorted((one, other))
    der = signed(name((NameOID.ORGANIZATION_NAME, holder)), name((NameOID.ORGANIZATION_NAME, issuer)), serial, since, until)
    whole = x509.load_der_x509_certificate(der)
    assert certificate(der) == {
        "organisation": whole.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value,
        "issued_by": whole.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value,
        "serial": str(whole.serial_number),
        "valid_from": whole.not_valid_before_utc.isoformat(),
        "valid_until": whole.not_valid_after_utc.isoformat(),
    }


def test_the_first_of_several_names_counts_and_a_value_that_looks_like_one_does_not() -> None:
    inside = "\x06\x03\x55\x04\x0a\x0c\x01X"  # an organisation, as bytes of another attribute
    subject = name((NameOID.TITLE, inside), (NameOID.ORGANIZATION_NAME, "first"), (NameOID.ORGANIZATION_NAME, "second"))
    der = signed(subject, subject, 1, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert certificate(der)["organisation"] == "first"


def test_a_fault_outside_the_fields_leaves_them_readable_and_a_time_that_is_none_is_left_out() -> None:
    broken = bytearray(PLAIN)
    broken[-1] ^= 0xFF  # in the signature
    assert certificate(bytes(broken)) == certificate(PLAIN)
    thirteenth = PLAIN.replace(b"260102030405Z", b"261302030405Z")
    assert "valid_from" not in certificate(thirteenth) and certificate(thirteenth)["organisation"] == "A Company"


BAD = {
    "empty": b"", "a tag": b"\x30", "words": b"no certificate", "cut": PLAIN[:40],
    "no length": b"\x30\x80" + PLAIN[2:], "too long": b"\x30\x84\xff\xff\xff\xff",
}


@pytest.mark.parametrize("der", BAD.values(), ids=list(BAD))
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(ValueError, match=r"der|certificate"):
        certificate(der)


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_any_damage_gives_fields_or_a_refusal(data: st.DataObject) -> None:
    der = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = certificate(bytes(der[: data.draw(st.integers(1, len(der)))]))
    except ValueError:
        return
    assert all(isinstance(text, str) and text for text in found.values())
