"""RFC 3161 tokens made piece by piece, good and bad: certificates and signatures as no honest authority would make them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DER = serialization.Encoding.DER
NOW = datetime.datetime(2026, 11, 22, 6, 0, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
SHA = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


@dataclass(frozen=True)
class Party:
    """A key and its certificate."""

    key: Any
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Wish:
    """What a certificate is to be. usage: keyCertSign. until: days from NOW; since: days before it."""

    name: str = "Minted"
    ca: bool = False
    path: int | None = None
    usage: bool | None = None
    purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,)
    critical: bool = True
    since: int = 10
    until: int = 10
    strange: bool = False
    digest: str = "sha256"


def key(kind: str = "p256") -> Any:
    if kind.startswith("rsa"):
        return rsa.generate_private_key(3 if kind.endswith("e3") else 65537, int(kind[3:7]))
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}[kind])


def certify(own: Any, wish: Wish, issuer: Party | None = None) -> Party:
    """A certificate over this key, by the issuer or by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish.name)])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(own.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(NOW - wish.since * DAY).not_valid_after(NOW + wish.until * DAY)
        .add_extension(x509.BasicConstraints(wish.ca, wish.path if wish.ca else None), critical=True)
    )  # fmt: skip
    if wish.usage is not None:
        builder = builder.add_extension(x509.KeyUsage(not wish.usage, False, False, False, False, wish.usage, False, False, False), True)
    if wish.purposes and not wish.ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(wish.purposes), critical=wish.critical)
    if wish.strange:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\5\0"), critical=True)
    return Party(own, builder.sign(issuer.key if issuer else own, SHA[wish.digest]))


def root(kind: str = "p256", **wishes: Any) -> Party:
    return certify(key(kind), Wish(**({"name": "Minted Root", "ca": True, "usage": True, "since": 4000, "until": 4000} | wishes)))


def leaf(issuer: Party, kind: str = "p256", **wishes: Any) -> Party:
    return certify(key(kind), Wish(**wishes), issuer)


@dataclass(frozen=True)
class Order:
    """How a token is to be. edit changes the parts before they are signed: "info", "attributes"; forge makes the signature itself.
    v1: the certificate is named by RFC 2634's SHA-1."""

    digest: str = "sha256"
    at: str = "20261122060000Z"
    status: str = "granted"
    imprint: str = "sha256"
    v1: bool = False
    named: bytes | None = None
    plain_rsa: bool = False
    attributes: Callable[[list[Any]], list[Any]] = field(default=lambda rows: rows)
    forge: Callable[[bytes], bytes] | None = None


def token(message: bytes, signer: Party, certificates: Sequence[bytes], order: Order | None = None) -> bytes:
    """A TimeStampResp over the message's hash."""
    order = order or Order()
    info = tsp.TSTInfo({
        "version": "v1", "policy": "1.2.3", "serial_number": 7, "gen_time": core.GeneralizedTime(NOW), "ordering": False,
        "message_imprint": {"hash_algorithm": {"algorithm": order.imprint}, "hashed_message": hashlib.new(order.imprint, message).digest()},
    }).dump()  # fmt: skip
    plain = b"20261122060000Z"
    assert plain in info
    info = _with_time(info, plain, order.at.encode())
    attributes = cms.CMSAttributes(order.attributes(_attributes(info, signer, order)))
    signed = attributes.dump()
    signature = order.forge(signed) if order.forge else _sign(signer.key, signed, order.digest)
    cert = asn1_x509.Certificate.load(signer.der)
    algorithm = f"{order.digest}_rsa" if isinstance(signer.key, rsa.RSAPrivateKey) else f"{order.digest}_ecdsa"
    algorithm = "rsassa_pkcs1v15" if order.plain_rsa else algorithm
    named = {"issuer": cert.issuer, "serial_number": cert.serial_number}
    content = cms.SignedData({
        "version": "v3", "digest_algorithms": [{"algorithm": order.digest}],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
        "certificates": [cms.CertificateChoices({"certificate": asn1_x509.Certificate.load(der)}) for der in certificates],
        "signer_infos": [{
            "version": "v1", "sid": cms.SignerIdentifier({"issuer_and_serial_number": named}),
            "digest_algorithm": {"algorithm": order.digest}, "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}), "signature": signature,
        }],
    })  # fmt: skip
    wrapped = cms.ContentInfo({"content_type": "signed_data", "content": content})
    return bytes(tsp.TimeStampResp({"status": {"status": order.status}, "time_stamp_token": wrapped}).dump())


def _with_time(info: bytes, old: bytes, new: bytes) -> bytes:
    """The TSTInfo (shorter than 128 bytes) with another time text in it."""
    assert info[1] < 128 and len(info) + len(new) - len(old) < 130
    at = info.index(old)
    return info[:1] + bytes([info[1] + len(new) - len(old)]) + info[2 : at - 1] + bytes([len(new)]) + new + info[at + len(old) :]


def _attributes(info: bytes, signer: Party, order: Order) -> list[Any]:
    named = order.named or signer.der
    if order.v1:
        ess: dict[str, Any] = {"type": "signing_certificate", "values": [{"certs": [{"cert_hash": hashlib.sha1(named).digest()}]}]}
    else:
        ess = {"type": "signing_certificate_v2", "values": [{"certs": [{"cert_hash": hashlib.sha256(named).digest()}]}]}
    return [
        {"type": "content_type", "values": ["tst_info"]},
        {"type": "message_digest", "values": [hashlib.new(order.digest, info).digest()]},
        ess,
    ]


def _sign(own: Any, data: bytes, digest: str) -> bytes:
    if isinstance(own, rsa.RSAPrivateKey):
        return own.sign(data, padding.PKCS1v15(), SHA[digest])
    return bytes(own.sign(data, ec.ECDSA(SHA[digest])))
