"""Every token of the ledger, checked again: against the roots that are pinned now, and against block headers where they are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provenance import facts
from provenance.clock import parse
from provenance.daemon import anchoring
from provenance.daemon.anchoring import Head
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError
from provenance.ledger.chain import Entry
from provenance.seal import blocks, ots
from provenance.seal.authorities import OTS, Authority


@dataclass(frozen=True)
class Found:
    """One token. state: "good" (leads to a pinned root, or to a block whose header was given, and says what the entry says), "open"
    (nothing wrong, and nothing at hand to check it against), "bad". time: "" where none is known. key, params: the message that says why.
    clock_ms: by how much this machine's clock was at least wrong, against a good token: positive (ahead) when it says that the head was
    signed after it was stamped, negative (behind) when it says that the answer came before it was made; 0: no contradiction."""

    seq: int
    authority: str
    time: str
    state: str
    key: str
    params: Mapping[str, str] = field(default_factory=dict)
    clock_ms: int = 0


def named_blocks(house: House) -> frozenset[int]:
    """The heights of all Bitcoin blocks that the ledger tells of."""
    house.views.catch_up(house.ledger)
    rows = house.views.ask("SELECT DISTINCT block FROM promises WHERE block IS NOT NULL")
    return frozenset(row["block"] for row in rows)


def recheck(house: House, headers: Mapping[int, bytes] | None = None, *, easiest: int = blocks.EASIEST) -> Iterator[Found]:
    """Check all tokens, oldest first; of a calendar's promises those that no later entry calls kept.

    Args:
        headers: block headers by height, from somebody who holds the chain. easiest: as in `blocks.check`.
    """
    heads = {head.covers: head for head in anchoring.heads(house)}
    house.views.catch_up(house.ledger)
    kept = {row["kept"] for row in house.views.ask("SELECT kept FROM promises WHERE kept IS NOT NULL")}
    for entry in house.ledger.entries(kinds=(facts.TimeAttested.KIND, facts.TimePromised.KIND, facts.TimeCommitted.KIND)):
        head = heads.get(entry.open["covers"])
        if entry.kind != facts.TimeAttested.KIND:
            if entry.seq not in kept:
                yield _proof(house, entry, head, headers or {}, easiest)
            continue
        state, key, params = _one(house, entry, head)
        wrong = _clock(head, entry) if head is not None and state == "good" else 0
        yield Found(entry.seq, entry.open["authority"], entry.open["time"], state, key, params, wrong)


def _proof(house: House, entry: Entry, head: Head | None, headers: Mapping[int, bytes], easiest: int) -> Found:
    """A promise or a block: the proof is over the head, and says what the entry says; the block's time only by a header."""
    o, time = entry.open, ""
    if o["form"] != OTS:
        state, key, params = "open", "time.check.other-form", {"form": str(o["form"])}
    elif head is None or head.size != o["size"]:
        state, key, params = "bad", "time.check.no-head", {}
    else:
        try:
            proof = ots.parse(house.blobs.get(o["token"], ots.MAX_PROOF))
            state, key, params, time = _led(o, proof, headers, easiest)
        except ProvError as error:
            state, key, params = "bad", error.key, {name: str(value) for name, value in error.params.items()}
    return Found(entry.seq, o["authority"], time, state, key, params)


def _led(o: Mapping[str, Any], proof: ots.Proof, headers: Mapping[int, bytes], easiest: int) -> tuple[str, str, dict[str, str], str]:
    """State, message, its words and the header's time. Raises BadInput `time.header`, `time.header-work`."""
    if proof.digest.hex() != o["covers"]:
        return "bad", "time.imprint", {}, ""
    if "block" not in o:
        uris = ", ".join(uri for _, uri in proof.pending)
        return ("open", "time.check.promise", {"uri": uris}, "") if uris else ("bad", "time.check.differs", {}, "")
    block, root = o["block"], o["merkle_root"]
    if (block, root) not in {(height, blocks.shown(raw)) for height, raw in proof.blocks}:
        return "bad", "time.check.differs", {}, ""
    said = {"block": str(block), "root": root}
    if block not in headers:
        return "open", "time.check.block", said, ""
    header = blocks.check(headers[block], easiest=easiest)
    if blocks.shown(header.root) != root:
        return "bad", "time.check.other-block", {**said, "hash": header.hash}, ""
    return "good", "time.check.header", {**said, "hash": header.hash, "work": str(header.work)}, header.time


def _clock(head: Head, entry: Entry) -> int:
    """Milliseconds by which this machine's clock contradicts a trusted time: a head is signed before it is stamped, and an answer is
    written down after. Within a second and the token's accuracy nothing is said."""
    said = parse(entry.open["time"])
    slack = 1000 + int(entry.open.get("accuracy_ms") or 0)
    ahead = round((parse(head.at) - said).total_seconds() * 1000)
    behind = round((said - parse(entry.at)).total_seconds() * 1000)
    return ahead if ahead > slack else -behind if behind > slack else 0


def _one(house: House, entry: Entry, head: Head | None) -> tuple[str, str, Mapping[str, str]]:
    o = entry.open
    if o["form"] != "rfc3161":
        return "open", "time.check.other-form", {"form": str(o["form"])}
    if head is None or head.size != o["size"]:
        return "bad", "time.check.no-head", {}
    try:
        answer = house.blobs.get(o["token"])
        again = anchoring.attested(_authority(house, o["authority"]), answer, head)
    except ProvError as error:
        return "bad", error.key, {name: str(value) for name, value in error.params.items()}
    same = ("time", "serial", "policy", "accuracy_ms") if o["trusted"] and again.trusted else ("time",)
    if any(getattr(again, name) != o.get(name) for name in same):
        return "bad", "time.check.differs", {}
    if again.trusted:
        return "good", "time.check.good", {"root": str(again.root)[:16]}
    return "open", "time.check.unpinned", {}


def _authority(house: House, name: str) -> Authority:
    """The authority as it is known now; one that nobody knows any more has no pinned root."""
    try:
        return anchoring.named(house.home, house.config.time, name)
    except BadInput:
        return Authority(name, "", {})
