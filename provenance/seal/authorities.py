"""Which time authorities there are, and which root certificate each answer must lead to. The list is data; users add their own.

A root counts for being pinned by its SHA-256, wherever its bytes come from: the token, this machine's store, the user's file.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance.errors import BadInput
from provenance.seal import timestamp
from provenance.seal.asking import check_url

RFC3161, OTS = "rfc3161", "opentimestamps"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem")
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


@dataclass(frozen=True)
class Authority:
    """A time authority. url: "" where requests are carried by hand. rest: least seconds between two requests.

    label: words for people, by language. roots: SHA-256 of pinned root certificates, hex; none: its answers are kept, unchecked.
    given: root certificates from the user's own file, DER; pinned by being there. qualified: under eIDAS. form: what it answers with,
    "rfc3161" or "opentimestamps" (a calendar, whose url is that of the calendar itself).
    """

    name: str
    url: str
    label: Mapping[str, str]
    kind: str = "own"
    jurisdiction: str = ""
    qualified: bool = False
    rest: int = 15
    roots: tuple[str, ...] = ()
    given: tuple[bytes, ...] = ()
    form: str = RFC3161

    @property
    def by_hand(self) -> bool:
        """Whether requests are carried by hand."""
        return not self.url

    @property
    def calendar(self) -> bool:
        """Whether it is an OpenTimestamps calendar."""
        return self.form == OTS


def listed(text: str) -> tuple[Authority, ...]:
    """The authorities of the data file `authorities.json`."""
    return tuple(Authority(**{**row, "roots": tuple(row["roots"])}) for row in json.loads(text)["authorities"])


def recommended(text: str) -> tuple[str, ...]:
    """The names that the data file recommends: independent of each other, free, and checked against pinned roots."""
    return tuple(json.loads(text)["recommended"])


def calendars(text: str) -> tuple[str, ...]:
    """The names of the calendars that the data file recommends: of different operators."""
    return tuple(json.loads(text)["calendars"])


def own(row: Mapping[str, Any], folder: Path) -> Authority:
    """An authority that a user wrote into prov.toml.

    Args:
        row: name, url, and if given root (a PEM file, relative to `folder`), rest (seconds), form.
    Raises:
        BadInput: `time.root-file` where the file has no certificate, `time.url`, `time.form`.
    """
    given: tuple[bytes, ...] = ()
    if row.get("root"):
        path = folder / str(row["root"])
        try:
            given = tuple(pem_certificates(path.read_text(encoding="latin-1")))
        except OSError as error:
            raise BadInput("time.root-file", path=str(path), why=error.strerror or "") from error
        if not given or not all(_is_certificate(der) for der in given):
            raise BadInput("time.root-file", path=str(path), why="no certificate in PEM form")
    name, url, form = str(row["name"]), str(row.get("url", "")), str(row.get("form", RFC3161))
    if form not in (RFC3161, OTS) or (form == OTS and (given or not url)):
        raise BadInput("time.form", name=name)
    return Authority(name, check_url(url) if url else "", {"en": name, "zh": name}, rest=int(row.get("rest", 3600 if form == OTS else 15)),
                     roots=tuple(hashlib.sha256(der).hexdigest() for der in given), given=given, form=form)  # fmt: skip


def roots_for(authority: Authority, answer: bytes, store: Iterable[bytes]) -> tuple[bytes, ...]:
    """The pinned root certificates (DER) of an authority, as far as their bytes are at hand.

    Args:
        answer: its answer, whose certificates are candidates like any other. store: this machine's root certificates (`system_roots`);
            only read when the pinned ones are not all found before.
    """
    try:
        inside = timestamp.certificates_in(answer) if authority.roots else ()
    except BadInput:
        inside = ()
    found = timestamp.pinned((*authority.given, *inside), authority.roots)
    if len(found) >= len(authority.roots):
        return found
    return timestamp.pinned((*found, *store), authority.roots)


def pem_certificates(text: str) -> Iterator[bytes]:
    """The certificates of a PEM text, DER; what cannot be decoded is left out."""
    for part in text.split(_BEGIN)[1:]:
        body, end, _ = part.partition(_END)
        if end:
            try:
                yield ssl.PEM_cert_to_DER_cert(f"{_BEGIN}{body}{_END}\n")
            except ValueError:
                continue


def _is_certificate(der: bytes) -> bool:
    from cryptography import x509

    try:
        x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return True


def system_roots() -> Iterator[bytes]:
    """The root certificates of this machine's store, DER: OpenSSL's default places, usual bundles, on Windows the system's store."""
    if sys.platform == "win32":
        yield from (der for der, form, _ in ssl.enum_certificates("ROOT") if form == "x509_asn")
        return
    places = ssl.get_default_verify_paths()
    files = [Path(name) for name in (places.cafile, places.openssl_cafile, *BUNDLES) if name]
    for folder in (places.capath, places.openssl_capath):
        if folder and Path(folder).is_dir():
            files += sorted(Path(folder).iterdir())
    for path in dict.fromkeys(files):
        try:
            text = path.read_text(encoding="latin-1") if path.is_file() and path.stat().st_size < 8_000_000 else ""
        except OSError:
            continue
        yield from pem_certificates(text)
