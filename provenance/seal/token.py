"""An RFC 3161 answer taken apart, and checked step by step as docs/bundle-format.md step 11 has it. Pure.

The recorder asks `timestamp.check`, which says yes or no. Whoever checks a bundle must be told what is wrong: not a token (T004), over
other bytes (T005), not signed by the certificate it names (T006), signed by somebody whom nobody here trusts (T007). The stand-alone
verifier takes the same steps; a token counts only where `timestamp.check` says yes, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from provenance.errors import BadInput
from provenance.seal import timestamp

if TYPE_CHECKING:
    from cryptography import x509

DEEPEST = 8
NESTED = 64
"""Values in values that are followed; the largest tokens of known authorities have fewer than 16."""

HASHES = ("sha256", "sha384", "sha512")

_TIME = re.compile(rb"[0-9]{14}(?:\.[0-9]*[1-9])?Z")


@dataclass(frozen=True)
class Token:
    """A token in form; nothing of it is believed yet. imprint: hash name and digest. leaf: the certificate that it names as its signer's.

    others: the rest of its certificates. time: UTC. accuracy_ms: None where it states none, else rounded up. serial: hex.
    """

    raw: bytes
    imprint: tuple[str, bytes]
    time: datetime
    accuracy_ms: int | None
    serial: str
    leaf: x509.Certificate
    others: tuple[x509.Certificate, ...]
    info: bytes
    signer: Any

    @property
    def stamp(self) -> str:
        """Its time as text: RFC 3339, UTC, six digits of the second; what is finer is cut off."""
        return self.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    @property
    def authority(self) -> str:
        """The signing certificate's common name, untrusted text."""
        from cryptography.x509.oid import NameOID

        names = self.leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value)[:200] if names else ""


def parse(answer: bytes) -> Token:
    """A TimeStampResp (RFC 3161 section 2.4.2), DER, with nothing behind it.

    Raises:
        BadInput: `time.malformed` unless it is granted (status 0), is a SignedData of version 3 (RFC 5652 section 5.1), has one signer,
            named by issuer and serial number, and carries that signer's certificate, whose only extended key usage, and a critical one,
            is the signing of time.
    """
    try:
        return _parsed(answer)
    except BadInput:
        raise
    except Exception as error:  # the parser reads lazily: hostile bytes may fail anywhere in it
        raise BadInput("time.malformed", why=type(error).__name__) from error


def _parsed(answer: bytes) -> Token:
    from asn1crypto import tsp
    from cryptography import x509

    if len(answer) > timestamp.MAX_TOKEN:
        raise BadInput("time.malformed", why="larger than any token")
    _der_throughout(answer)
    response = tsp.TimeStampResp.load(answer, strict=True)
    signed = response["time_stamp_token"]["content"]
    if response["status"]["status"].native != "granted" or response["time_stamp_token"]["content_type"].native != "signed_data":
        raise BadInput("time.malformed", why="not granted")
    if signed["encap_content_info"]["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise BadInput("time.malformed", why="not one signer over a time")
    info_bytes = bytes(signed["encap_content_info"]["content"].contents)
    _der_throughout(info_bytes)
    info = tsp.TSTInfo.load(info_bytes, strict=True)
    signer = signed["signer_infos"][0]
    listed = [one["algorithm"].native for one in signed["digest_algorithms"]]
    if signer["digest_algorithm"]["algorithm"].native not in listed:
        raise BadInput("time.malformed", why="its digest is not among those it lists")
    if signed["version"].native != "v3" or info["version"].native != "v1" or signer["sid"].name != "issuer_and_serial_number":
        raise BadInput("time.malformed", why="of another version")
    named = signer["sid"].chosen
    issuer, serial = named["issuer"].dump(), named["serial_number"].native
    carried = [item.chosen for item in signed["certificates"] if item.name == "certificate"]
    at = next((n for n, one in enumerate(carried) if (one.issuer.dump(), one.serial_number) == (issuer, serial)), None)
    if at is None:
        raise BadInput("time.malformed", why="the signer's certificate is not in it")
    held = [x509.load_der_x509_certificate(one.dump()) for one in carried]
    _signs_time(held[at])
    if not _TIME.fullmatch(info["gen_time"].contents):
        raise BadInput("time.malformed", why="a time in another spelling than RFC 3161 section 2.4.2 allows")
    moment: datetime = info["gen_time"].native
    imprint = info["message_imprint"]
    return Token(
        raw=answer,
        imprint=(imprint["hash_algorithm"]["algorithm"].native, bytes(imprint["hashed_message"].native)),
        time=moment.astimezone(UTC),
        accuracy_ms=_accuracy(info["accuracy"]),
        serial=f"{info['serial_number'].native:x}",
        leaf=held[at],
        others=tuple(one for n, one in enumerate(held) if n != at),
        info=info_bytes,
        signer=signer,
    )


def _der_throughout(data: bytes) -> None:
    """That every length has its one spelling (X.690 section 10.1), so that no two readers see two tokens. Raises BadInput."""
    ends = [len(data)]
    at = 0
    while at < len(data):
        while ends and at == ends[-1]:
            ends.pop()
        tag, first, at = data[at], data[at + 1], at + 2
        size = first
        if first > 127:
            more, at = data[at : at + first - 128], at + first - 128
            size = int.from_bytes(more, "big")
            if not 0 < len(more) <= 4 or not more[0] or size < 128:
                raise BadInput("time.malformed", why="a second spelling of a length")
        if tag & 31 == 31 or at + size > ends[-1]:
            raise BadInput("time.malformed", why="a value that reaches beyond the one around it")
        if tag & 32:
            ends.append(at + size)
            if len(ends) > NESTED:
                raise BadInput("time.malformed", why="values in values without an end")
        else:
            at += size


def _signs_time(leaf: x509.Certificate) -> None:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise BadInput("time.malformed", why="its certificate is not for time") from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise BadInput("time.malformed", why="its certificate is not for time alone")


def _accuracy(accuracy: Any) -> int | None:
    if accuracy.native is None:
        return None
    parts = accuracy.native
    micros = (parts["seconds"] or 0) * 1_000_000 + (parts["millis"] or 0) * 1_000 + (parts["micros"] or 0)
    return -(-micros // 1_000)


def signed(token: Token) -> bool:
    """Whether the certificate that the token names signed it.

    The signed attributes (RFC 5652 section 5.4) name the content type and the digest of the TSTInfo, and by its hash the certificate
    itself (RFC 5035, RFC 5816); the signature is over them: RSA PKCS #1 v1.5 or ECDSA, with SHA-256, SHA-384 or SHA-512.
    """
    try:
        return _attributes_hold(token) and _signature_holds(token)
    except Exception:  # as in `parse`; what cannot be read is not signed
        return False


def _attributes_hold(token: Token) -> bool:
    rows = [(row["type"].native, row["values"]) for row in token.signer["signed_attrs"]]
    values = dict(rows)
    if len(values) != len(rows) or any(len(held) != 1 for held in values.values()):
        return False
    digest = token.signer["digest_algorithm"]["algorithm"].native
    if digest not in HASHES or values["content_type"][0].native != "tst_info":
        return False
    if values["message_digest"][0].native != hashlib.new(digest, token.info).digest():
        return False
    named = [values[name][0]["certs"][0] for name in ("signing_certificate_v2", "signing_certificate") if name in values]
    return bool(named) and all(_names(one, token.leaf) for one in named)


def _names(said: Any, leaf: x509.Certificate) -> bool:
    """Whether an ESSCertID (SHA-1) or ESSCertIDv2 (SHA-256 unless it says otherwise) is this certificate's."""
    from cryptography.hazmat.primitives.serialization import Encoding

    name = said["hash_algorithm"]["algorithm"].native if "hash_algorithm" in dict(said.native) else "sha1"
    if name not in ("sha1", *HASHES):
        return False
    return bool(said["cert_hash"].native == hashlib.new(name, leaf.public_bytes(Encoding.DER), usedforsecurity=False).digest())


def _signature_holds(token: Token) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    digest = token.signer["digest_algorithm"]["algorithm"].native
    stated = token.signer["signature_algorithm"]["algorithm"].native
    known: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    using = known[digest]
    covered = b"\x31" + token.signer["signed_attrs"].dump()[1:]  # a SET OF, not the [0] it lies under
    signature, key = bytes(token.signer["signature"].native), token.leaf.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 8192 and stated in ("rsassa_pkcs1v15", f"{digest}_rsa"):
            key.verify(signature, covered, padding.PKCS1v15(), using)
        elif isinstance(key, ec.EllipticCurvePublicKey) and stated == f"{digest}_ecdsa":
            key.verify(signature, covered, ec.ECDSA(using))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def root_of(token: Token, trusted: Sequence[bytes]) -> bytes | None:
    """The trusted root that the token's certificate leads to; None where there is no way to one.

    By issuer and signature, each certificate valid at the token's time, each issuer a CA that may sign certificates. The signer's own
    certificate is never a root, and what the token carries is only a way, never an end.

    Args:
        trusted: root certificates, DER, known beforehand.
    """
    from cryptography import x509

    try:
        found = _way(token, [x509.load_der_x509_certificate(der) for der in trusted])
    except ValueError:
        return None
    if found is None:
        return None
    at, between = found
    try:
        timestamp.check(token.raw, token.imprint[1], [trusted[at]], chain=_der(between))
    except BadInput:
        return None  # two programs must say yes
    return trusted[at]


def carried(token: Token) -> tuple[bytes, ...]:
    """The certificates beside the signer's that a token carries, DER; candidates for a pinned fingerprint, and no more than that."""
    return tuple(_der(token.others))


def _der(certificates: Sequence[x509.Certificate]) -> list[bytes]:
    from cryptography.hazmat.primitives.serialization import Encoding

    return [one.public_bytes(Encoding.DER) for one in certificates]


def _way(token: Token, roots: Sequence[x509.Certificate]) -> tuple[int, list[x509.Certificate]] | None:
    """The place of the root in the end, and what stands between. Level by level, each certificate once: a token full of certificates that
    all issued one another has more ways than anybody can walk."""
    level = [token.leaf] if _valid(token.leaf, token.time) else []
    below: dict[x509.Certificate, x509.Certificate | None] = {token.leaf: None}
    for _ in range(DEEPEST):
        for low in level:
            for at, root in enumerate(roots):
                if _valid(root, token.time) and _issued(low, root):
                    return at, _path(low, below)
        above: list[x509.Certificate] = []
        for one in token.others:
            under = next((low for low in level if _issued(low, one)), None) if one not in below and _valid(one, token.time) else None
            if under is not None:
                below[one] = under
                above.append(one)
        level = above
    return None


def _path(top: x509.Certificate, below: Mapping[x509.Certificate, x509.Certificate | None]) -> list[x509.Certificate]:
    """From `top` down to the certificate above the signer's."""
    path, one = [], top
    while (under := below[one]) is not None:
        path.append(one)
        one = under
    return path


def _valid(one: x509.Certificate, at: datetime) -> bool:
    return one.not_valid_before_utc <= at <= one.not_valid_after_utc


def _issued(of: x509.Certificate, by: x509.Certificate) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        if not by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        try:
            if not by.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign:
                return False
        except x509.ExtensionNotFound:
            pass  # without a list of usages none is forbidden (RFC 5280 section 4.2.1.3)
        of.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    return True
