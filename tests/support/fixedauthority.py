"""A time authority that gives the same answer to the same request for ever: for bundles that must be made the same everywhere.

Its keys are the numbers below, so they are public and worthless; its clock stands. It signs by ECDSA without chance (RFC 6979).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from support.authority import Authority

NOW = datetime.datetime(2026, 11, 22, 3, 0, 0, tzinfo=datetime.UTC)
_DAY = datetime.timedelta(days=1)
_OFF = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
_SIGN = x509.KeyUsage(True, False, False, False, False, False, False, False, False)


@dataclass(frozen=True)
class Fixed(Authority):
    """key: the signing key. certificates: the signer's first, then what it sends along."""

    key: Any = field(default=None, compare=False)
    certificates: tuple[bytes, ...] = ()

    def reply(self, query: bytes) -> bytes:
        """An answer to a TimeStampReq."""
        imprint = tsp.TimeStampReq.load(query)["message_imprint"]
        serial = int.from_bytes(sha256(self.root + imprint.dump()).digest()[:8], "big") >> 1
        info = tsp.TSTInfo({
            "version": "v1", "policy": "1.3.6.1.4.1.99999.1", "message_imprint": imprint, "serial_number": serial, "gen_time": NOW,
            "accuracy": {"seconds": 1},
        }).dump()  # fmt: skip
        token = cms.ContentInfo({"content_type": "signed_data", "content": self._signed(info)})
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _signed(self, info: bytes) -> Any:
        leaf = asn1.Certificate.load(self.certificates[0])
        named = {"certs": [{"cert_hash": sha256(self.certificates[0]).digest()}]}
        attributes = cms.CMSAttributes([
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [sha256(info).digest()]},
            {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2(named)]},
        ])  # fmt: skip
        signature = self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        signer = {
            "version": "v1", "sid": {"issuer_and_serial_number": {"issuer": leaf.issuer, "serial_number": leaf.serial_number}},
            "digest_algorithm": {"algorithm": "sha256"}, "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"}, "signature": signature,
        }  # fmt: skip
        return cms.SignedData({
            "version": "v3", "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
            "certificates": [asn1.Certificate.load(der) for der in sorted(self.certificates, key=lambda der: der != self.certificates[0])],
            "signer_infos": [signer],
        })  # fmt: skip


def make(folder: Path, number: int, *, ended: bool = False, sends_root: bool = False) -> Fixed:
    """The authority of a number; `ended`: its certificate had ended before its clock stood still."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (ec.derive_private_key(number * 2 + more, ec.SECP256R1()) for more in (1001, 1002))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Public Test Root {number}")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Public Test Authority")])
    base = x509.CertificateBuilder().issuer_name(root_name)
    root = (
        base.subject_name(root_name).public_key(root_key.public_key()).serial_number(number * 2 + 1)
        .not_valid_before(NOW - 4000 * _DAY).not_valid_after(NOW + 4000 * _DAY)
        .add_extension(x509.BasicConstraints(True, None), critical=True).add_extension(_OFF, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256(), ecdsa_deterministic=True)
    )  # fmt: skip
    leaf = (
        base.subject_name(name).public_key(key.public_key()).serial_number(number * 2 + 2)
        .not_valid_before(NOW - 100 * _DAY).not_valid_after(NOW + (-10 if ended else 400) * _DAY)
        .add_extension(x509.BasicConstraints(False, None), critical=True).add_extension(_SIGN, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256(), ecdsa_deterministic=True)
    )  # fmt: skip
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    sent = (leaf.public_bytes(Encoding.DER), *([root.public_bytes(Encoding.DER)] if sends_root else []))
    return Fixed(folder, root.public_bytes(Encoding.DER), key=key, certificates=sent)


def twins(number: int, count: int) -> list[bytes]:
    """Certificates of the root's own name and key, each of which could have issued every other."""
    key, name = ec.derive_private_key(number * 2 + 1001, ec.SECP256R1()), _root_name(number)
    return [_ca(name, key, name, key, 10_000 + n) for n in range(count)]


def above(number: int, other: int, *, ca: bool) -> tuple[bytes, bytes]:
    """Another root, and the certificate that it gave this authority's root, as a CA or not."""
    key, over = (ec.derive_private_key(n * 2 + 1001, ec.SECP256R1()) for n in (number, other))
    return _ca(_root_name(other), over, _root_name(other), over, 3), _ca(_root_name(number), key, _root_name(other), over, 4, ca=ca)


def _root_name(number: int) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Public Test Root {number}")])


def _ca(name: x509.Name, key: Any, issuer: x509.Name, signer: Any, serial: int, *, ca: bool = True) -> bytes:
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key()).serial_number(serial)
        .not_valid_before(NOW - 4000 * _DAY).not_valid_after(NOW + 4000 * _DAY)
        .add_extension(x509.BasicConstraints(ca, None), critical=True).add_extension(_OFF if ca else _SIGN, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )  # fmt: skip
    return made.sign(signer, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
