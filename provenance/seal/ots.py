"""OpenTimestamps: detached proofs (.ots) that lead from a digest to attestations. Pure: no network, no clock, no chance.

The format is the reference implementation's (python-opentimestamps 0.4.5: core/timestamp.py, op.py, notary.py, serialize.py); there is no
other specification. A proof is a tree: each edge is an operation on a message of bytes, each leaf an attestation about the message that
the operations before it lead to. Here it is kept as what it says, one claim for each leaf: the path, and what stands at its end.

Two attestations are understood. A calendar's "pending" is a promise: ask there again. A Bitcoin block header's says: this message is the
root of the tree of transactions of the block of that height. Neither holds a time. Others are kept as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provenance.errors import BadInput

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
VERSION, SHA256 = 1, 0x08
PENDING, BITCOIN = bytes.fromhex("83dfe30d2ef90c8e"), bytes.fromhex("0588960d73d71901")

MAX_PROOF = 1 << 16  # ours: a proof of one calendar takes 1 to 3 KB
MAX_ANSWER = 10_000  # bytes of a calendar's answer, as the reference's client takes them
MAX_MESSAGE = 4096  # bytes of a message, of a result and of an argument, as the reference has it; so the next three
MAX_DEPTH = 255
MAX_PAYLOAD = 8192
MAX_URI = 1000
MAX_ITEMS = 2048  # operations and attestations; ours: the reference does not limit them
_URI = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:")

_APPEND, _PREPEND, _REVERSE, _HEXLIFY = 0xF0, 0xF1, 0xF2, 0xF3
_HASHES = {0x02: 20, 0x03: 20, SHA256: 32, 0x67: 32}  # SHA-1, RIPEMD-160, SHA-256, Keccak-256: bytes of their results
_UNCOMPUTED = (0x03, 0x67)


@dataclass(frozen=True, order=True)
class Op:
    """One operation. tag: its byte. argument: of append and prepend, else empty."""

    tag: int
    argument: bytes = b""


@dataclass(frozen=True, order=True)
class Attestation:
    """A leaf. tag: 8 bytes that name its kind. payload: as it stands in the file."""

    tag: bytes
    payload: bytes

    @property
    def uri(self) -> str | None:
        """A pending attestation's calendar, None for other kinds."""
        return _Reader(self.payload).some(MAX_URI).decode("ascii") if self.tag == PENDING else None

    @property
    def height(self) -> int | None:
        """The height of the Bitcoin block, None for other kinds."""
        return _Reader(self.payload).number() if self.tag == BITCOIN else None


@dataclass(frozen=True)
class Claim:
    """What stands at the end of one path. message: what the path leads to; None behind an operation that is not computed here."""

    path: tuple[Op, ...]
    attestation: Attestation
    message: bytes | None


@dataclass(frozen=True)
class Proof:
    """A proof over `digest` (32 bytes, SHA-256). claims: sorted, each once."""

    digest: bytes
    claims: tuple[Claim, ...]

    @property
    def pending(self) -> tuple[tuple[bytes, str], ...]:
        """What calendars promised: (the message they hold, their address)."""
        return tuple((c.message, uri) for c in self.claims if c.message is not None and (uri := c.attestation.uri) is not None)

    @property
    def blocks(self) -> tuple[tuple[int, bytes], ...]:
        """Bitcoin blocks, lowest first: (height, root of its transactions as the header holds it, 32 bytes)."""
        found = {(h, c.message) for c in self.claims if c.message is not None and (h := c.attestation.height) is not None}
        return tuple(sorted(found))


def parse(data: bytes) -> Proof:
    """A detached proof file over a SHA-256 digest. Raises BadInput `time.ots-malformed`."""
    if len(data) > MAX_PROOF:
        raise _bad("larger than any proof")
    reader = _Reader(data)
    if reader.take(len(MAGIC)) != MAGIC:
        raise _bad("no OpenTimestamps proof")
    if reader.byte() != VERSION:
        raise _bad("of another version")
    if reader.byte() != SHA256:
        raise _bad("not over a SHA-256")
    digest = reader.take(32)
    return Proof(digest, _claims(reader, digest))


def parse_answer(data: bytes, message: bytes) -> Proof:
    """A calendar's answer, which is the tree alone, over the message that it was asked for. Raises BadInput `time.ots-malformed`."""
    if len(data) > MAX_ANSWER:
        raise _bad("larger than any answer")
    return Proof(message, _claims(_Reader(data), message))


def serialise(proof: Proof) -> bytes:
    """The file, in one spelling for one proof: attestations by kind and payload (heights by number), then operations by byte and
    argument, as the reference writes them."""
    return MAGIC + bytes((VERSION, SHA256)) + proof.digest + b"".join(_written(proof.claims, 0))


def merged(proofs: Iterable[Proof]) -> Proof:
    """What several proofs over the same digest say, as one. Raises BadInput `time.ots-malformed` where the digests differ."""
    all_ = list(proofs)
    if len({proof.digest for proof in all_}) != 1:
        raise _bad("over different digests")
    return Proof(all_[0].digest, tuple(sorted({claim for proof in all_ for claim in proof.claims}, key=_order)))


def submitted(digest: bytes, nonce: bytes) -> bytes:
    """What a calendar is handed for a digest: SHA-256 over digest and nonce, from which it learns neither."""
    return hashlib.sha256(digest + nonce).digest()


def promised(digest: bytes, nonce: bytes, answer: Proof) -> Proof:
    """The proof over `digest` that a calendar's answer over `submitted(digest, nonce)` makes."""
    return _behind(digest, (Op(_APPEND, nonce), Op(SHA256)), answer)


def upgraded(proof: Proof, message: bytes, answer: Proof) -> Proof:
    """A proof with a calendar's later answer over a pending message. The promise stays in it, as with the reference's client."""
    paths = [claim.path for claim in proof.claims if claim.message == message and claim.attestation.tag == PENDING]
    return merged((proof, *(_behind(proof.digest, path, answer) for path in paths)))


def _behind(digest: bytes, path: tuple[Op, ...], answer: Proof) -> Proof:
    whole = tuple(sorted((Claim((*path, *c.path), c.attestation, c.message) for c in answer.claims), key=_order))
    if any(len(claim.path) > MAX_DEPTH for claim in whole):
        raise _bad("nested too deeply")
    return Proof(digest, whole)


def _claims(reader: _Reader, start: bytes) -> tuple[Claim, ...]:
    """All leaves of a tree. A node is items, each but the last with 0xFF before it; an item is 0x00 and an attestation, or an operation
    and a node. Read without recursion: `open_` holds the nodes that go on when what is being read ends."""
    found: set[Claim] = set()
    open_: list[tuple[bytes, bool, tuple[Op, ...]]] = []
    message, known, count = start, True, 0
    path: tuple[Op, ...] = ()
    while True:
        tag = reader.byte()
        if tag == 0xFF:
            tag = reader.byte()
            open_.append((message, known, path))
        count += 1
        if count > MAX_ITEMS:
            raise _bad("too many operations")
        if tag:
            op = _op(reader, tag)
            message, known, path = _apply(op, message), known and tag not in _UNCOMPUTED, (*path, op)
            if len(path) > MAX_DEPTH:
                raise _bad("nested too deeply")
            continue
        found.add(Claim(path, _attestation(reader, message), message if known else None))
        if not open_:
            break
        message, known, path = open_.pop()
    if reader.left():
        raise _bad("bytes behind its end")
    return tuple(sorted(found, key=_order))


def _order(claim: Claim) -> tuple[tuple[Op, ...], Attestation]:
    return claim.path, claim.attestation


def _place(one: Attestation) -> tuple[bytes, int, str, bytes]:
    """The reference's order: by kind, then by height or address."""
    return one.tag, one.height or 0, one.uri or "", one.payload


def _op(reader: _Reader, tag: int) -> Op:
    if tag in (_APPEND, _PREPEND):
        argument = reader.some(MAX_MESSAGE)
        if not argument:
            raise _bad("an operation without its argument")
        return Op(tag, argument)
    if tag in (_REVERSE, _HEXLIFY) or tag in _HASHES:
        return Op(tag)
    raise _bad("an operation that is not known")


def _apply(op: Op, message: bytes) -> bytes:
    """The result of an operation; zeros of the right length for a hash that is not computed here."""
    if op.tag in _UNCOMPUTED:
        return bytes(_HASHES[op.tag])
    if op.tag in _HASHES:
        return hashlib.new("sha1" if op.tag == 0x02 else "sha256", message, usedforsecurity=False).digest()
    result = {
        _APPEND: message + op.argument, _PREPEND: op.argument + message, _REVERSE: message[::-1], _HEXLIFY: message.hex().encode(),
    }[op.tag]  # fmt: skip
    if len(result) > MAX_MESSAGE:
        raise _bad("a message that is too long")
    return result


def _attestation(reader: _Reader, message: bytes) -> Attestation:
    """An attestation; one of a kind that is understood must be whole and hold nothing else."""
    found = Attestation(reader.take(8), reader.some(MAX_PAYLOAD))
    inside = _Reader(found.payload)
    if found.tag == PENDING:
        if not _URI.issuperset(inside.some(MAX_URI)):
            raise _bad("an address with other characters than a calendar's")
    elif found.tag == BITCOIN:
        inside.number()
        if len(message) != 32:
            raise _bad("a block's root that is not 32 bytes")
    else:
        return found
    if inside.left():
        raise _bad("an attestation with more in it")
    return found


def _written(claims: Sequence[Claim], depth: int) -> Iterator[bytes]:
    """A node and what is below it. claims: all that go through it, of paths equal up to `depth`."""
    leaves = sorted({c.attestation for c in claims if len(c.path) == depth}, key=_place)
    ops = sorted({c.path[depth] for c in claims if len(c.path) > depth})
    for number, leaf in enumerate(leaves, 1):
        last = number == len(leaves) and not ops
        yield (b"" if last else b"\xff") + b"\x00" + leaf.tag + _number(len(leaf.payload)) + leaf.payload
    for number, op in enumerate(ops, 1):
        mark = b"" if number == len(ops) else b"\xff"
        yield mark + bytes((op.tag,)) + (_number(len(op.argument)) + op.argument if op.argument else b"")
        yield from _written([c for c in claims if len(c.path) > depth and c.path[depth] == op], depth + 1)


def _number(value: int) -> bytes:
    """Unsigned LEB128, in its shortest spelling."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


class _Reader:
    """Bytes from the beginning to the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            raise _bad("cut off")
        self._at += count
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """Unsigned LEB128 of at most five bytes; a last byte of zero behind others would be a second spelling."""
        value = 0
        for place in range(5):
            byte = self.byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if not byte and place:
                    raise _bad("a number in a second spelling")
                return value
        raise _bad("a number that is too large")

    def some(self, most: int) -> bytes:
        count = self.number()
        if count > most:
            raise _bad("a part that is too long")
        return self.take(count)

    def left(self) -> bool:
        return self._at < len(self._data)


def _bad(why: str) -> BadInput:
    return BadInput("time.ots-malformed", why=why)
