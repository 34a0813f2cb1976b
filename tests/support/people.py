"""A certificate authority with an intermediate one, and certificates for a person's key: real X.509, made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

FROM = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2028, 1, 1, tzinfo=UTC)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def usage(*, signs: bool = False, issues: bool = False, enciphers: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs, content_commitment=signs, key_encipherment=enciphers, data_encipherment=False, key_agreement=False,
        key_cert_sign=issues, crl_sign=issues, encipher_only=False, decipher_only=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Authority:
    """One that issues. certificate: its own."""

    key: Any
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def certify(self, public: Any, subject: str, *extensions: tuple[x509.ExtensionType, bool], since: datetime = FROM,
                until: datetime = UNTIL) -> x509.Certificate:
        return _issue(public, name(subject), self.certificate.subject, self.key, extensions, (since, until))

    def leaf(self, public: Any, subject: str = "Mei Lin", **times: datetime) -> x509.Certificate:
        return self.certify(public, subject, (x509.BasicConstraints(False, None), True), (usage(signs=True), True), **times)

    def below(self, subject: str, *, ca: bool = True, length: int | None = None, issues: bool = True, **times: datetime) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        constraints = x509.BasicConstraints(ca, length if ca else None)
        made = self.certify(key.public_key(), subject, (constraints, True), (usage(issues=issues, signs=not issues), True), **times)
        return Authority(key, made)


def authority(subject: str = "Test Root CA", length: int | None = None) -> Authority:
    key = ec.generate_private_key(ec.SECP384R1())
    extensions = ((x509.BasicConstraints(True, length), True), (usage(issues=True), True))
    return Authority(key, _issue(key.public_key(), name(subject), name(subject), key, extensions, (FROM, UNTIL)))


def _issue(
    public: Any, subject: x509.Name, issuer: x509.Name, key: Any, extensions: Any, times: tuple[datetime, datetime]
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public).serial_number(x509.random_serial_number())
        .not_valid_before(times[0]).not_valid_after(times[1])
    )  # fmt: skip
    for value, critical in extensions:
        made = made.add_extension(value, critical=critical)
    return made.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def day(n: int) -> datetime:
    return FROM + timedelta(days=n)
