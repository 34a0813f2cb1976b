"""The owner's side: a signed head shown to a witness, and its word as an entry. What a witness refuses is told, never asked away."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from provenance.clock import stamp
from provenance.daemon import anchoring
from provenance.daemon.anchoring import Head
from provenance.daemon.house import House
from provenance.daemon.sealing import sign_now
from provenance.errors import BadInput, Damaged, Incomplete, ProvError
from provenance.facts import HeadWitnessed, WitnessRefused
from provenance.seal import cosign, witnessing
from provenance.seal.cosign import Cosigned, Witness
from provenance.seal.witnessing import SIZE_TYPE, Request

Post = Callable[[str, bytes], tuple[int, str, bytes]]
"""URL and body in; status, Content-Type and body out: `witness_post.post`, or what a test puts there."""


@dataclass(frozen=True)
class Outcome:
    """What came of it. seq: the entry. forgot: the size that the witness once cosigned, where it now knows of less; None: it does not."""

    said: Cosigned
    head: Head
    seq: int
    forgot: int | None = None


def known(house: House) -> dict[str, str]:
    """The witnesses whose word the ledger holds: name -> verifier key, the latest last."""
    told = (entry.open for entry in house.ledger.entries(kinds=(HeadWitnessed.KIND,)))
    found: dict[str, str] = {}
    for one in told:
        found.pop(one["witness"], None)
        found[one["witness"]] = one["vkey"]
    return found


def which(house: House, given: str | None) -> Witness:
    """The witness that is meant: a verifier key, the name of one that the ledger knows, or the only one it knows.

    Raises:
        BadInput: `witness.which` where it cannot be told, `seal.bad-key`.
    """
    names = known(house)
    if given is not None and "+" in given:
        return cosign.parse_vkey(given)
    if given is None and len(names) == 1:
        return cosign.parse_vkey(next(iter(names.values())))
    if given is None or given not in names:
        raise BadInput("witness.which", known=", ".join(names) or "-")
    return cosign.parse_vkey(names[given])


def last(house: House, witness: Witness) -> int:
    """The size that this witness cosigned last, as the ledger tells; 0 before the first time."""
    told = house.ledger.entries(kinds=(HeadWitnessed.KIND,))
    return max((entry.open["size"] for entry in told if entry.open["vkey"] == witness.vkey), default=0)


def newest(house: House) -> Head:
    """The newest head, signed now if it is not yet. Raises Damaged `heads.inconsistent`: an older copy is shown to nobody."""
    sign_now(house, "asked")
    head = anchoring.newest_head(house)
    if head is None:
        raise BadInput("time.no-head", size="")
    return head


def request(house: House, head: Head, old: int) -> bytes:
    """A request's bytes. Raises BadInput `ledger.range` for an old size above the head's."""
    path = tuple(house.ledger.consistency(old, head.size)) if old else ()
    return witnessing.encode(Request(old, path, head.note))


def ask(house: House, url: str, witness: Witness, post: Post) -> Outcome:
    """Show the newest head to a witness and write down its word; durable on return.

    Raises:
        Damaged: `witness.ahead` where it has seen more than this ledger holds, `witness.fork` where it saw another head of the same size
            or the proof does not hold for it: an older copy of the ledger was put back, or its history was rewritten.
        BadInput: `witness.unsigned`, `seal.bad-signature` for an answer that is not its own; `witness.unknown-log`, `witness.key`;
            `witness.own-key`. Incomplete: `witness.answer`. Unavailable: from `post`. Each refusal is an entry before it is raised.
    """
    somebody_else(house, witness)
    before = last(house, witness)
    first, seen, body = anchoring.newest_head(house), before, b""
    if first is not None:
        # What is signed already is shown first: where an older copy was put back, the witness says so before anything more is signed.
        seen, body = _show(house, url, witness, first, before, post)
    forgot = before if seen < before else None
    head = newest(house)
    if first is None or head.covers != first.covers:
        old = first.size if first is not None else seen
        seen, body = _show(house, url, witness, head, old, post)
    said = heard(witness, head, cosign.joined(head.note, _lines(body)))
    return Outcome(said, head, write_down(house, said, head), forgot)


def _show(house: House, url: str, witness: Witness, head: Head, old: int, post: Post) -> tuple[int, bytes]:
    """Show a head. Returns the size from which the witness took it, and the answer's lines. Raises as `ask`."""
    told: int | None = None
    status, kind, body = post(url, request(house, head, old))
    if status == 409 and kind.partition(";")[0].strip() == SIZE_TYPE:
        told = _size(body)
        if told != old and told <= head.size:
            old = told
            status, kind, body = post(url, request(house, head, old))
    if status != 200:
        raise _written_down(house, url, witness, head, status, told, old)
    return old, body


def _written_down(house: House, url: str, witness: Witness, head: Head, status: int, seen: int | None, old: int) -> ProvError:
    """Tell of a refusal, durable on return, and give the error for it. old: the size from which the proof led."""
    error, refusal = refused(witness, status, seen, old, head.size)
    try:
        # A crash here: nobody was told of the refusal yet, and the witness says the same when it is asked again.
        house.tell(WitnessRefused(
            witness=witness.name, key_id=witness.key_id.hex(), vkey=witness.vkey, size=head.size, covers=head.covers, refusal=refusal,
            status=status, seen=seen, url=url,
        ))  # fmt: skip
    except ProvError as trouble:  # the refusal is told all the same; that it could not be written down comes with it
        error.__cause__ = trouble
    return error


def refused(witness: Witness, status: int, seen: int | None, old: int, size: int) -> tuple[ProvError, str]:
    """What an answer other than 200 means, as `ask` says, and its word in `witness.refused`. seen: as it says. size: of the head shown."""
    if status == 409 and seen is not None and seen > size:
        return Damaged("witness.ahead", name=witness.name, seen=seen, size=size), "ahead"
    if status in (409, 422):
        return Damaged("witness.fork", name=witness.name, size=old), "fork"
    if status == 404:
        return BadInput("witness.unknown-log", name=witness.name), "unknown-log"
    if status == 403:
        return BadInput("witness.key", name=witness.name), "key"
    return Incomplete("witness.answer", name=witness.name, status=status), "answer"


def somebody_else(house: House, witness: Witness) -> None:
    """Raises BadInput `witness.own-key` for a witness that has one of this ledger's keys: a verifier would not count it."""
    if witness.public in {key.public for key in house.line().verifiers}:
        raise BadInput("witness.own-key", name=witness.name)


def heard(witness: Witness, head: Head, note: bytes) -> Cosigned:
    """What the witness says of exactly this head. Raises BadInput `witness.unsigned`, `witness.other-head`, `seal.*`."""
    said = cosign.cosigned(note, witness)
    if said.head != witnessing.claimed(head.note):
        raise BadInput("witness.other-head", size=said.head.size)
    return said


def accept(house: House, note: bytes, witness: Witness) -> Outcome:
    """Take in a cosigned note that was carried by hand; durable on return.

    Raises:
        BadInput: `witness.other-head` where this ledger never signed that head, `witness.known`, `witness.own-key`, `witness.unsigned`,
            `seal.*`.
    """
    somebody_else(house, witness)
    said = cosign.cosigned(note, witness)
    head = next((one for one in anchoring.heads(house) if witnessing.claimed(one.note) == said.head), None)
    if head is None:
        raise BadInput("witness.other-head", size=said.head.size)
    before = last(house, witness)
    for entry in house.ledger.entries(head.seq, kinds=(HeadWitnessed.KIND,)):
        if (entry.open["vkey"], entry.open["covers"], entry.open["time"]) == (witness.vkey, head.covers, _stamp(said)):
            raise BadInput("witness.known", seq=entry.seq)
    return Outcome(said, head, write_down(house, said, head), before if said.head.size < before else None)


def write_down(house: House, said: Cosigned, head: Head) -> int:
    """Keep the cosigned note and tell of it; durable on return. Returns the entry's number."""
    note = cosign.joined(head.note, (said.line,))  # the ledger's own note and this witness's line; nobody else's
    house.keep([note])
    # A crash here: a note that no entry tells of. The head counts as not witnessed, and asking again gets the same word with another time.
    fact = HeadWitnessed(
        witness=said.witness.name, key_id=said.witness.key_id.hex(), vkey=said.witness.vkey, size=said.head.size, covers=head.covers,
        cosigned=hashlib.sha256(note).hexdigest(), time=_stamp(said),
    )  # fmt: skip
    (entry,) = house.tell(fact)
    return entry.seq


def _stamp(said: Cosigned) -> str:
    return stamp(datetime.fromtimestamp(said.time, UTC))


def _size(body: bytes) -> int:
    text = body.removesuffix(b"\n")
    if not text.isdigit() or len(text) > 19 or (text[:1] == b"0" and text != b"0"):
        raise BadInput("witness.malformed")
    return int(text)


def _lines(body: bytes) -> list[str]:
    try:
        lines = body.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BadInput("witness.malformed") from error
    if len(lines) < 2 or lines[-1] or not all(line.startswith("— ") for line in lines[:-1]):
        raise BadInput("witness.malformed")
    return [line + "\n" for line in lines[:-1]]
