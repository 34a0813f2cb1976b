"""Does a certificate authority that is trusted beforehand say whose key this is? X.509 (RFC 5280), the part that is needed. Pure.

Checked: each signature up to a trusted certificate, names that lead from one to the next, validity of each at one time, that issuers may
issue (basic constraints, path length, key usage), that the leaf may sign, and no critical extension that is not understood. Not checked:
revocation (neither CRL nor OCSP is asked: nothing leaves the machine), policies, and what the authority did to know the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization

from provenance.errors import BadInput
from provenance.seal.person import Person, person

DEEPEST = 8
_UNDERSTOOD = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.CertificatePolicies, x509.SubjectAlternativeName)


@dataclass(frozen=True)
class Identity:
    """Whose key it is, as a certificate says. name, issuer: RFC 4514 text, untrusted. leaf, root: SHA-256 of the certificates, hex."""

    name: str
    issuer: str
    leaf: str
    root: str


def chain(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Certificates from PEM, or one from DER, in their order. Raises BadInput `seal.certificate` for anything else."""
    try:
        found = x509.load_pem_x509_certificates(pem) if b"-----BEGIN" in pem else [x509.load_der_x509_certificate(pem)]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadInput("seal.certificate", why="not certificates in PEM or DER") from error
    if not 0 < len(found) <= DEEPEST:
        raise BadInput("seal.certificate", why="too many certificates")
    return tuple(found)


def to_pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """Certificates in PEM, one after the other."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def holder(certificate: x509.Certificate) -> Person:
    """The key that a certificate is for. Raises BadInput `seal.bad-key`, `seal.weak-key`, `seal.certificate`."""
    try:
        return person(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput("seal.certificate", why="its key cannot be read") from error


def identify(handed: Sequence[x509.Certificate], trusted: Sequence[x509.Certificate], at: datetime) -> Identity:
    """Whose key the first certificate is for.

    Args:
        handed: the leaf, then those between it and a root, in any order. trusted: known beforehand, never from a bundle. at: the time
            at which all must be valid.
    Raises:
        BadInput: `seal.untrusted` with `why`.
    """
    leaf = handed[0]
    roots = {fingerprint(one) for one in trusted}
    _may_sign(leaf)
    path = [leaf]
    try:
        while fingerprint(path[-1]) not in roots:
            if len(path) > DEEPEST:
                raise BadInput("seal.untrusted", why="no end")
            path.append(_issuer(path[-1], [*trusted, *handed[1:]], len(path) - 1))
        for one in path:
            _sound(one, at)
    except (ValueError, UnsupportedAlgorithm, x509.UnsupportedGeneralNameType) as error:
        raise BadInput("seal.untrusted", why="a certificate that cannot be read") from error
    return Identity(leaf.subject.rfc4514_string(), leaf.issuer.rfc4514_string(), fingerprint(leaf), fingerprint(path[-1]))


def _issuer(of: x509.Certificate, among: Sequence[x509.Certificate], below: int) -> x509.Certificate:
    """The one that issued `of`. below: how many issuers stand under it already."""
    for one in among:
        if one == of or one.subject != of.issuer or not _may_issue(one, below):
            continue
        try:
            of.verify_directly_issued_by(one)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return one
    raise BadInput("seal.untrusted", why="it leads to no certificate that is trusted")


def _may_issue(one: x509.Certificate, below: int) -> bool:
    try:
        constraints = one.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    if not constraints.ca or (constraints.path_length is not None and constraints.path_length < below):
        return False
    try:
        return one.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def _may_sign(leaf: x509.Certificate) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput("seal.untrusted", why="a certificate that cannot be read") from error
    if not (usage.digital_signature or usage.content_commitment):
        raise BadInput("seal.untrusted", why="the certificate is not for signing")


def _sound(one: x509.Certificate, at: datetime) -> None:
    if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
        raise BadInput("seal.untrusted", why="a certificate was not valid then")
    for extension in one.extensions:
        if extension.critical and not isinstance(extension.value, _UNDERSTOOD):
            raise BadInput("seal.untrusted", why=f"a critical extension that is not understood: {extension.oid.dotted_string}")
