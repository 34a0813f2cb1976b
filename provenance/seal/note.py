"""Signed notes: text with signature lines under it (C2SP signed-note v1.0.0, https://c2sp.org/signed-note@v1.0.0). Ed25519 only; pure.

A note is UTF-8 text that ends with a newline, an empty line, then lines `— name base64(key id || signature)`. Go's
golang.org/x/mod/sumdb/note reads and writes the same bytes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from provenance.errors import BadInput
from provenance.seal import ed25519

ED25519 = b"\x01"
MAX_SIGNATURES = 100
MAX_NOTE = 1_000_000


class Key(Protocol):
    """What can sign a note."""

    @property
    def name(self) -> str: ...
    @property
    def public(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class Verifier:
    """A key that signatures are checked with. public: 32 raw bytes, already checked against weak keys."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that stand before each signature."""
        return key_id(self.name, self.public)

    @property
    def vkey(self) -> str:
        """`name+hex(key id)+base64(0x01 || public key)`, as signed-note verifier keys are written."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) over `message` is right."""
        return ed25519.verify(self.public, signature, message)


@dataclass(frozen=True)
class Signature:
    """One signature line. data: what follows the key id."""

    name: str
    key_id: bytes
    data: bytes


@dataclass(frozen=True)
class Note:
    """An opened note. text: as signed, with its last newline. verified: good signatures by known keys; unknown: all others, unchecked."""

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """The first four bytes of SHA-256(name || 0x0A || kind || public key). kind: the signature type, one byte."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def valid_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no Unicode space, no control character, no plus."""
    return bool(name) and not any(c.isspace() or c < " " or c == "+" or "\ud800" <= c <= "\udfff" for c in name)


def verifier(name: str, public: bytes) -> Verifier:
    """A Verifier. Raises BadInput `seal.weak-key`, `seal.bad-key`."""
    if not valid_name(name):
        raise BadInput("seal.bad-key", why="the name is not a key name")
    return Verifier(name, ed25519.check_public(public))


def parse_vkey(vkey: str) -> Verifier:
    """A Verifier from its text. Raises BadInput `seal.bad-key` for another spelling, `seal.weak-key` for a key that proves nothing."""
    return verifier(*vkey_parts(vkey, ED25519))


def vkey_parts(vkey: str, kind: bytes) -> tuple[str, bytes]:
    """Name and raw public key of a verifier key of this signature type (ED25519, or cosign.COSIGNATURE). Raises as `parse_vkey`."""
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise BadInput("seal.bad-key", why="not name+id+key")
    name, identity, text = parts
    raw = unbase64(text)
    if raw is None or len(raw) != 33 or raw[:1] != kind:
        raise BadInput("seal.bad-key", why="not an Ed25519 key" if kind == ED25519 else "not the key of a witness (type 4)")
    found = verifier(name, raw[1:])
    if key_id(name, found.public, kind).hex() != identity:
        raise BadInput("seal.bad-key", why="the key id is of another name or key")
    return name, found.public


def sign(text: str, signers: Sequence[Key]) -> bytes:
    """A note's bytes: `text` (ends with a newline) signed by each signer, in order. Raises BadInput `seal.bad-note`."""
    if not signers or not text.endswith("\n") or not _plain(text):
        raise BadInput("seal.bad-note", why="text without last newline, with control characters, or without signer")
    lines = []
    for signer in signers:
        if not valid_name(signer.name):
            raise BadInput("seal.bad-key", why="the name is not a key name")
        lines.append(signature_line(signer.name, key_id(signer.name, signer.public), signer.sign(text.encode())))
    return (text + "\n" + "".join(lines)).encode()


def open_note(data: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Read a note and check it.

    Args:
        data: the note's exact bytes.
        verifiers: the keys that are trusted, each name and key id once.
    Returns:
        The Note, with at least one good signature by a trusted key. Signatures by other keys are kept unchecked.
    Raises:
        BadInput: `seal.bad-note` for malformed bytes, `seal.bad-signature` where a trusted key's signature is wrong,
            `seal.unsigned` where no trusted key signed.
    """
    text, lines = _split(data)
    known = {(v.name, v.key_id): v for v in verifiers}
    if len(known) != len(verifiers):
        raise BadInput("seal.bad-key", why="a trusted key stands twice")
    verified: dict[tuple[str, bytes], Signature] = {}
    unknown: list[Signature] = []
    for signature in map(parse_line, lines):
        which = (signature.name, signature.key_id)
        trusted = known.get(which)
        if trusted is None:
            if signature not in unknown:
                unknown.append(signature)
        elif which not in verified:  # a repetition by the same key says nothing new
            if len(signature.data) != 64 or not trusted.verify(text.encode(), signature.data):
                raise BadInput("seal.bad-signature", name=signature.name)
            verified[which] = signature
    if not verified:
        raise BadInput("seal.unsigned")
    return Note(text, tuple(verified.values()), tuple(unknown))


def parse(data: bytes) -> tuple[str, tuple[Signature, ...]]:
    """A note's text, with its last newline, and all its signatures, unchecked. Raises BadInput `seal.bad-note`."""
    text, lines = _split(data)
    return text, tuple(map(parse_line, lines))


def signature_line(name: str, identity: bytes, data: bytes) -> str:
    """One signature line, with its newline."""
    return f"— {name} {base64.b64encode(identity + data).decode()}\n"


def _split(data: bytes) -> tuple[str, list[str]]:
    if len(data) > MAX_NOTE:
        raise BadInput("seal.bad-note", why="too large")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("seal.bad-note", why="not UTF-8") from error
    at = whole.rfind("\n\n")
    if at < 0 or not whole.endswith("\n") or not _plain(whole):
        raise BadInput("seal.bad-note", why="no signature block, or control characters")
    lines = whole[at + 2 :].split("\n")[:-1]
    if not 0 < len(lines) <= MAX_SIGNATURES:
        raise BadInput("seal.bad-note", why="no signatures or too many")
    return whole[: at + 1], lines


def parse_line(line: str) -> Signature:
    """A signature line without its newline, unchecked. Raises BadInput `seal.bad-note`."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not valid_name(parts[1]):
        raise BadInput("seal.bad-note", why="a malformed signature line")
    raw = unbase64(parts[2])
    if raw is None or len(raw) < 5:
        raise BadInput("seal.bad-note", why="a malformed signature")
    return Signature(parts[1], raw[:4], raw[4:])


def _plain(text: str) -> bool:
    return all(c >= " " or c == "\n" for c in text) and not any("\ud800" <= c <= "\udfff" for c in text)


def unbase64(text: str) -> bytes | None:
    """Standard base64 with padding (RFC 4648 section 4), or None for every other spelling, also for stray bits at the end."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None
