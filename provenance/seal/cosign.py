"""A witness's word under a signed head: C2SP tlog-cosignature v1, Ed25519 (https://c2sp.org/tlog-cosignature@v1.0.1). Pure.

The line is that of a signed note with key type 0x04; what follows the key id is a time (eight bytes, big endian, seconds since 1970) and
64 bytes of Ed25519 over `cosignature/v1\\ntime N\\n` and the note's text. It says: at that time, by the witness's own clock, this was the
largest head of this log that the witness had seen, and each later one began with each earlier. It does not say what the entries hold.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from provenance.errors import BadInput
from provenance.seal import ed25519, note, snapshot

COSIGNATURE = b"\x04"
MAX_TIME = 253_402_300_799  # 9999-12-31T23:59:59Z; the format goes to 2^63 - 1, and no later one is a time that anybody means


@dataclass(frozen=True)
class Witness:
    """The key of a witness. public: 32 raw bytes, checked against weak keys."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that stand before each cosignature."""
        return note.key_id(self.name, self.public, COSIGNATURE)

    @property
    def vkey(self) -> str:
        """`name+hex(key id)+base64(0x04 || public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(COSIGNATURE + self.public).decode()}"


@dataclass(frozen=True)
class Cosigned:
    """What a witness said. time: seconds since 1970, by its clock. head: of what. line: its signature line, with the newline."""

    witness: Witness
    time: int
    head: snapshot.Snapshot
    line: str


def witness(name: str, public: bytes) -> Witness:
    """A Witness. Raises BadInput `seal.bad-key`, `seal.weak-key`."""
    found = note.verifier(name, public)
    return Witness(found.name, found.public)


def parse_vkey(vkey: str) -> Witness:
    """A Witness from its text. Raises BadInput `seal.bad-key` for another spelling or kind of key, `seal.weak-key`."""
    return Witness(*note.vkey_parts(vkey, COSIGNATURE))


def message(text: str, time: int) -> bytes:
    """What is signed. text: the note's, with its last newline."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def sign(text: str, key: note.Key, time: int) -> str:
    """A cosignature's line.

    Args:
        text: a checkpoint's text, three lines. key: the witness's. time: seconds since 1970.
    Raises:
        BadInput: `seal.bad-snapshot` for another text, `seal.bad-key`, `witness.time` for a time before 1970 or after 9999.
    """
    snapshot.parse(text)
    mine = witness(key.name, key.public)
    if not 0 <= time <= MAX_TIME:
        raise BadInput("witness.time", time=time)
    return note.signature_line(mine.name, mine.key_id, time.to_bytes(8, "big") + key.sign(message(text, time)))


def cosigned(data: bytes, by: Witness) -> Cosigned:
    """What this witness said in a cosigned note; of several lines by it, the one with the latest time.

    The log's own signature is another matter: `snapshot.open_snapshot` reads it in the same bytes. Other witnesses' lines are ignored.

    Raises:
        BadInput: `seal.bad-note`, `seal.bad-snapshot`; `witness.unsigned` where it said nothing, `seal.bad-signature` where a line in its
            name and with its key id is not its own.
    """
    text, signatures = note.parse(data)
    head = snapshot.parse(text)
    mine = [one for one in signatures if (one.name, one.key_id) == (by.name, by.key_id)]
    if not mine:
        raise BadInput("witness.unsigned", name=by.name)
    said = [(time, one) for one in mine if (time := time_said(by, one, text)) is not None]
    if len(said) < len(mine):
        raise BadInput("seal.bad-signature", name=by.name)
    time, line = max(said, key=lambda pair: pair[0])
    return Cosigned(by, time, head, note.signature_line(line.name, line.key_id, line.data))


def time_said(by: Witness, line: note.Signature, text: str) -> int | None:
    """The time in a cosignature, seconds since 1970; None where the line is not this witness's word over this note's text."""
    time = int.from_bytes(line.data[:8], "big")
    fits = (line.name, line.key_id, len(line.data)) == (by.name, by.key_id, 72) and time <= MAX_TIME
    return time if fits and ed25519.verify(by.public, line.data[8:], message(text, time)) else None


def joined(signed: bytes, lines: Sequence[str]) -> bytes:
    """A signed note with more signature lines under it; a line that is there already is not put there twice."""
    have = signed.decode()
    return (have + "".join(line for line in dict.fromkeys(lines) if line not in have)).encode()
