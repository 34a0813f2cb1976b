"""RFC 3161: asking a time authority about a digest, and checking its answer against pinned roots. Pure: no network, no clock, no chance.

The answer is checked by rfc3161-client. Two things stand in front of it. Its parser wants the certificates of a token in DER order,
which OpenSSL's own authority does not keep; that field is not signed, so a copy is sorted for parsing while the bytes as received are
what is kept. And no certificate is trusted for being in a token: versions up to 1.0.8 of the library did so, and 1.0.9 still trusts
whatever it is given as an "intermediate". So it is given roots, and below them only what a root has signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from provenance.errors import BadInput

if TYPE_CHECKING:
    from cryptography import x509

MAX_TOKEN = 128 * 1024  # a token with its whole chain takes 5 to 8 KB
SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True)
class Stamp:
    """What a checked token says. time: RFC 3339 UTC, as precise as the token. accuracy_ms: None where it states none. serial: hex.
    authority: the signing certificate's common name. root: SHA-256 of the root certificate. until: the signing certificate's end."""

    time: str
    accuracy_ms: int | None
    serial: str
    policy: str
    authority: str
    root: str
    until: str


def query(digest: bytes, nonce: int | None) -> bytes:
    """A TimeStampReq (RFC 3161 section 2.4.1) over a SHA-256 digest, DER; it asks for the authority's certificate.

    Args:
        digest: 32 bytes. nonce: 64 random bits from the caller, or None for a request that is carried by hand and may be made again.
    """
    from asn1crypto import tsp

    if len(digest) != 32:
        raise BadInput("time.digest")
    request: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
        "cert_req": True,
    }
    return bytes(tsp.TimeStampReq(request if nonce is None else request | {"nonce": nonce}).dump())


def check(answer: bytes, digest: bytes, roots: Iterable[bytes], *, nonce: int | None = None, chain: Iterable[bytes] = ()) -> Stamp:
    """A token over `digest`, checked at its own time.

    Args:
        answer: a TimeStampResp, DER, exactly. digest: 32 bytes, SHA-256 of what was stamped. roots: trusted root certificates, DER.
        nonce: the one that was sent, None where none was. chain: more intermediate certificates, DER, trusted for nothing by themselves.
    Raises:
        BadInput: `time.malformed`, `time.refused` (the authority's own words in `why`), `time.imprint` (over other bytes), `time.nonce`,
        `time.expired` (a certificate was not valid at the token's time), `time.untrusted` (no way to a trusted root, a bad signature,
        a certificate that may not sign time).
    """
    try:
        return _checked(answer, digest, tuple(roots), nonce, tuple(chain))
    except BadInput:
        raise
    except Exception as error:  # the library parses lazily: hostile bytes may fail anywhere in it
        raise BadInput("time.malformed", why=type(error).__name__) from error


def _checked(answer: bytes, digest: bytes, roots: Sequence[bytes], nonce: int | None, chain: Sequence[bytes]) -> Stamp:
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder

    response, certificates = _decoded(answer)
    _granted(response)
    info = response.tst_info
    if info.message_imprint.hash_algorithm.dotted_string != SHA256 or info.message_imprint.message != digest:
        raise BadInput("time.imprint")
    if nonce is not None and info.nonce != nonce:
        raise BadInput("time.nonce")
    trusted = [x509.load_der_x509_certificate(der) for der in roots]
    if not trusted:
        raise BadInput("time.untrusted", why="no root is trusted")
    below = _issued(trusted, [x509.load_der_x509_certificate(der) for der in chain])
    try:
        VerifierBuilder(roots=trusted, intermediates=below, nonce=nonce).build().verify(response, digest)
    except VerificationError as error:
        raise BadInput(*_why(certificates, info.gen_time), why=str(error)[:200]) from error
    leaf = _signer(response, certificates)
    return Stamp(
        time=_text(info.gen_time),
        accuracy_ms=_accuracy(info.accuracy),
        serial=f"{info.serial_number:x}",
        policy=info.policy.dotted_string,
        authority=_name(leaf),
        root=_root_of(leaf, [*certificates, *below], trusted),
        until=_text(leaf.not_valid_after_utc) if leaf is not None else "",
    )


def time_in(answer: bytes) -> str:
    """The time that a token states, unchecked, for an answer whose authority is not trusted here. Raises BadInput `time.malformed`."""
    try:
        return _text(_decoded(answer)[0].tst_info.gen_time)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadInput("time.malformed", why=type(error).__name__) from error


def imprint_in(answer: bytes) -> bytes:
    """The SHA-256 digest that a token is over, unchecked. Raises BadInput `time.malformed`, `time.refused`, `time.imprint`."""
    response = _decoded(answer)[0]
    _granted(response)
    try:
        imprint = response.tst_info.message_imprint
        kind, digest = imprint.hash_algorithm.dotted_string, bytes(imprint.message)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadInput("time.malformed", why=type(error).__name__) from error
    if kind != SHA256 or len(digest) != 32:
        raise BadInput("time.imprint")
    return digest


def wrapped(raw: bytes) -> bytes:
    """An answer as a TimeStampResp: as it is, or, where it is a bare TimeStampToken, put unchanged behind a status "granted".

    Some authorities hand out the token alone (a CMS ContentInfo, RFC 3161 section 2.4.2). A response is a SEQUENCE that begins with a
    SEQUENCE, a ContentInfo one that begins with an OBJECT IDENTIFIER.
    """
    from asn1crypto import parser

    try:
        kind = parser.parse(parser.parse(raw, strict=True)[4])[2]
    except (ValueError, TypeError, IndexError) as error:
        raise BadInput("time.malformed", why="not DER") from error
    if kind != 6:
        return raw
    return bytes(parser.emit(0, 1, 16, bytes.fromhex("3003020100") + raw))


def certificates_in(answer: bytes) -> tuple[bytes, ...]:
    """The certificates that a token carries, DER, unchecked: a root among them counts only where its fingerprint is pinned."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return tuple(certificate.public_bytes(Encoding.DER) for certificate in _decoded(answer)[1])


def pinned(candidates: Iterable[bytes], fingerprints: Iterable[str]) -> tuple[bytes, ...]:
    """The certificates (DER) whose SHA-256 is pinned: wherever they came from, the fingerprint makes them the ones that are meant."""
    wanted = {text.lower().replace(":", "") for text in fingerprints}
    return tuple(dict.fromkeys(der for der in candidates if hashlib.sha256(der).hexdigest() in wanted))


def _issued(trusted: Sequence[x509.Certificate], candidates: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The candidates that a trusted root signed, or one that it signed did."""
    found: list[x509.Certificate] = []
    left = list(candidates)
    for _ in range(len(left)):
        more = [c for c in left if any(_signed_by(c, issuer) for issuer in (*trusted, *found))]
        if not more:
            break
        found += more
        left = [c for c in left if c not in more]
    return found


def _signer(response: Any, certificates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The signing certificate, as the signed part of the token names it; None where the token does not carry it."""
    signers = list(response.signed_data.signer_infos)
    wanted = (signers[0].issuer, signers[0].serial_number) if signers else None
    return next((c for c in certificates if (c.issuer, c.serial_number) == wanted), None)


def _decoded(answer: bytes) -> tuple[Any, list[x509.Certificate]]:
    from cryptography import x509
    from rfc3161_client import decode_timestamp_response

    if not answer or len(answer) > MAX_TOKEN:
        raise BadInput("time.malformed", why="empty, or larger than any token")
    try:
        try:
            response = decode_timestamp_response(answer)
            if response.status == 0:
                list(response.signed_data.certificates)
        except ValueError:
            response = decode_timestamp_response(_sorted(answer))
        if response.status not in (0, 1):
            return response, []
        found = [x509.load_der_x509_certificate(der) for der in sorted(response.signed_data.certificates)]
        return response, found
    except BadInput:
        raise
    except Exception as error:  # a parser's panic on hostile bytes is an answer that cannot be read, and nothing worse
        raise BadInput("time.malformed", why=type(error).__name__) from error


def _sorted(answer: bytes) -> bytes:
    """The answer with its certificates in DER order (X.690 section 11.6): the same bytes in another order, so no length changes."""
    from asn1crypto import tsp

    held = [item.dump() for item in tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"]["content"]["certificates"]]
    return answer.replace(b"".join(held), b"".join(sorted(held)), 1)


def _granted(response: Any) -> None:
    if response.status == 0:
        return
    raise BadInput("time.refused", why=" ".join(str(text) for text in response.status_string)[:200] or f"status {response.status}")


def _why(certificates: Iterable[x509.Certificate], at: datetime) -> tuple[str]:
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    outside = any(not c.not_valid_before_utc <= moment <= c.not_valid_after_utc for c in certificates)
    return ("time.expired",) if outside else ("time.untrusted",)


def _accuracy(accuracy: Any) -> int | None:
    """Milliseconds, rounded up."""
    if accuracy is None:
        return None
    micros = (accuracy.seconds or 0) * 1_000_000 + (accuracy.millis or 0) * 1_000 + (accuracy.micros or 0)
    return -(-micros // 1_000)


def _text(moment: datetime) -> str:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _name(certificate: x509.Certificate | None) -> str:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME) if certificate is not None else []
    return str(names[0].value)[:200] if names else ""


def _root_of(leaf: x509.Certificate | None, between: Sequence[x509.Certificate], trusted: Sequence[x509.Certificate]) -> str:
    """Which trusted root the chain ends in. The chain was verified before; here it is only walked, by names and signatures."""
    current, left = leaf, list(between)
    for _ in range(10):
        if current is None:
            break
        for root in trusted:
            if current == root or _signed_by(current, root):
                return root.fingerprint(_sha256()).hex()
        current = next((c for c in left if c != current and _signed_by(current, c)), None)
    return trusted[0].fingerprint(_sha256()).hex() if len(trusted) == 1 else ""


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, ArithmeticError):
        return False
    except Exception:  # InvalidSignature: not this one
        return False
    return True


def _sha256() -> Any:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256()
