"""Who signs for a ledger, and since when: the key that opened it, and each that followed. Pure.

The first entry names the key and commits to the next one by its hash. A later entry `key.rotated` or `key.revoked` carries a statement, a
C2SP signed note whose text is ten lines (docs/ledger-format.md section 10). A rotation is signed by the old key and the new one; where
the old one is lost or was stolen, by the new one alone, which the commitment made beforehand: a thief who has the old key cannot name
an heir. Heads of a size above the entry's number count only under the new key, all others only under the one before.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from provenance import clock
from provenance.errors import BadInput
from provenance.seal import note
from provenance.seal.note import Verifier

TITLE = "creative-provenance/key-statement/1"
ROTATED, LOST, REVOKED = "rotated", "lost", "revoked"
KINDS = ("key.rotated/1", "key.revoked/1")
"""The entries that carry a statement."""

PREFIXES = ("key.rotated/", "key.revoked/")
NOTHING = "-"
_HEX = re.compile(r"[0-9a-f]{64}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_NAMES = ("ledger", "event", "old", "new", "next", "size", "root", "time", "since")


@dataclass(frozen=True)
class Statement:
    """What the keys sign. next_key: SHA-256 (hex) of the raw public key that comes after `new`. size, root: the ledger's head when it was
    signed (32 bytes). time: this machine's clock, a stamp. since: when the old key is said to have been stolen, "" where it was not."""

    origin: str
    event: str
    old: Verifier
    new: Verifier
    next_key: str
    size: int
    root: bytes
    time: str
    since: str = ""

    def text(self) -> str:
        """The note's text."""
        values = (
            self.origin, self.event, self.old.vkey, self.new.vkey, self.next_key, str(self.size),
            base64.b64encode(self.root).decode(), self.time, self.since or NOTHING,
        )  # fmt: skip
        return f"{TITLE}\n" + "".join(f"{name} {value}\n" for name, value in zip(_NAMES, values, strict=True))


@dataclass(frozen=True)
class Reign:
    """A key and the entry that enthroned it. after: that entry's number, -1 for the first key: it signs heads of more entries than that.

    committed: whether an entry before had named this key by its hash. next_key: the hash it commits to, "" where there is none.
    """

    verifier: Verifier
    after: int
    next_key: str
    committed: bool = True
    statement: Statement | None = None


@dataclass(frozen=True)
class Line:
    """All keys of a ledger, the first one first."""

    reigns: tuple[Reign, ...]

    @property
    def current(self) -> Reign:
        """The last one."""
        return self.reigns[-1]

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """Every key that the ledger has had."""
        return tuple(reign.verifier for reign in self.reigns)

    def at(self, size: int) -> Verifier:
        """The key whose signature counts under a head of `size` entries."""
        return next(reign.verifier for reign in reversed(self.reigns) if reign.after < max(size, 0))


def fingerprint(public: bytes) -> str:
    """How a key is named: SHA-256 of its 32 raw bytes, hex."""
    return sha256(public).hexdigest()


def begin(opened: Mapping[str, Any]) -> Line:
    """The line of a ledger that has only its first key.

    Args:
        opened: the open values of entry 0; `next_key` may be absent (ledgers of the first version).
    Raises:
        BadInput: `seal.bad-key`, `seal.weak-key`; `seal.bad-statement` where key and fingerprint differ.
    """
    key = note.parse_vkey(str(opened.get("vkey", "")))
    if opened.get("public_key") != fingerprint(key.public):
        raise BadInput("seal.bad-statement", why="the first entry's fingerprint is of another key")
    next_key = opened.get("next_key", "")
    if not isinstance(next_key, str) or (next_key and not _HEX.fullmatch(next_key)):
        raise BadInput("seal.bad-statement", why="the first entry commits to what is no hash")
    return Line((Reign(key, -1, next_key),))


def follow(line: Line, seq: int, kind: str, opened: Mapping[str, Any]) -> Line:
    """The line with one more key.

    Args:
        line: so far. seq, kind, opened: number, kind and open values of the entry that carries the statement.
    Raises:
        BadInput: `seal.bad-statement` for an entry that enthrones nobody; `seal.bad-note`, `seal.bad-signature`, `seal.unsigned`,
            `seal.bad-key`, `seal.weak-key`.
    """
    if kind not in KINDS:
        raise BadInput("seal.bad-statement", why=f"{kind} is not known")
    before = line.current
    said = parse(str(opened.get("statement", "")).encode())
    _check(line, said, seq, kind)
    told = (opened.get("old_key"), opened.get("new_key"), opened.get("next_key"), opened.get("event", REVOKED), opened.get("since", ""))
    if told != (fingerprint(said.old.public), fingerprint(said.new.public), said.next_key, said.event, said.since):
        raise BadInput("seal.bad-statement", why="the entry says otherwise than its statement")
    committed = bool(before.next_key)
    if committed and fingerprint(said.new.public) != before.next_key:
        raise BadInput("seal.bad-statement", why="not the key that was committed to")
    if not committed and said.event != ROTATED:
        raise BadInput("seal.bad-statement", why="nothing before it commits to the new key")
    return Line((*line.reigns, Reign(said.new, seq, said.next_key, committed, said)))


def _check(line: Line, said: Statement, seq: int, kind: str) -> None:
    wrong = ""
    if said.origin != line.current.verifier.name or said.new.name != said.origin:
        wrong = "of another ledger"
    elif said.old != line.current.verifier:
        wrong = "the old key is not the ledger's"
    elif said.new in line.verifiers:
        wrong = "a key that was given up before"
    elif (said.event == REVOKED) != (kind == KINDS[1]):
        wrong = "another event than the entry's"
    elif not 0 < said.size <= seq or line.current.after >= said.size:
        wrong = "it was signed over a head that does not lie between the two keys"
    if wrong:
        raise BadInput("seal.bad-statement", why=wrong)


def sign(statement: Statement, signers: Sequence[note.Key]) -> bytes:
    """The statement's note: by the old key and the new one, or by the new one alone. Raises BadInput where a signature is lacking."""
    signed = note.sign(statement.text(), signers)
    parse(signed)
    return signed


def parse(signed: bytes) -> Statement:
    """A statement whose signatures were checked against the keys it names itself; who those are, `follow` checks.

    Raises:
        BadInput: `seal.bad-statement`, `seal.bad-note`, `seal.bad-key`, `seal.weak-key`, `seal.bad-signature`, `seal.unsigned`.
    """
    said = _read(signed.partition(b"\n\n")[0] + b"\n")
    if said.old == said.new:
        raise BadInput("seal.bad-statement", why="the new key is the old one")
    opened = note.open_note(signed, [said.old, said.new])
    if opened.text != said.text():
        raise BadInput("seal.bad-statement", why="a second spelling")
    have = {one.key_id for one in opened.verified}
    if said.new.key_id not in have or (said.event == ROTATED and said.old.key_id not in have):
        raise BadInput("seal.unsigned")
    return said


def _read(raw: bytes) -> Statement:
    try:
        lines = raw.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise BadInput("seal.bad-statement", why="not ASCII") from error
    rows = [(name, text) for name, _, text in (line.partition(" ") for line in lines[1:-1])]
    if lines[0] != TITLE or lines[-1] or [name for name, _ in rows] != list(_NAMES):
        raise BadInput("seal.bad-statement", why="not its ten lines")
    value = dict(rows)
    root = note.unbase64(value["root"])
    good = (
        value["event"] in (ROTATED, LOST, REVOKED)
        and _HEX.fullmatch(value["next"])
        and _SIZE.fullmatch(value["size"])
        and (value["since"] != NOTHING) == (value["event"] == REVOKED)
        and all(_stamp(value[name]) for name in ("time", "since") if value[name] != NOTHING)
    )
    if not good or root is None or len(root) != 32:
        raise BadInput("seal.bad-statement", why="a malformed value")
    since = "" if value["since"] == NOTHING else value["since"]
    return Statement(
        value["ledger"], value["event"], note.parse_vkey(value["old"]), note.parse_vkey(value["new"]), value["next"],
        int(value["size"]), root, value["time"], since,
    )  # fmt: skip


def _stamp(text: str) -> bool:
    try:
        return clock.stamp(clock.parse(text)) == text
    except (ValueError, OverflowError, BadInput):
        return False


def spoken(line: Line) -> tuple[Statement, ...]:
    """The statements that led from the first key to the last."""
    return tuple(reign.statement for reign in line.reigns if reign.statement is not None)


def counted(line: Line, signed: Sequence[tuple[int, bytes]]) -> tuple[int, ...]:
    """Sizes of signed heads that do not count: another key of the ledger signed than the one that was to.

    Args:
        signed: (size, exact bytes of the note) of heads.
    """
    astray = []
    for size, raw in signed:
        try:
            note.open_note(raw, [line.at(size)])
        except BadInput:
            astray.append(size)
    return tuple(astray)
