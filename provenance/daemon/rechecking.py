"""Every token of the ledger, checked again against the roots that are pinned now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provenance import facts
from provenance.clock import parse
from provenance.daemon import anchoring
from provenance.daemon.anchoring import Head
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError
from provenance.ledger.chain import Entry
from provenance.seal.authorities import Authority


@dataclass(frozen=True)
class Found:
    """One token. state: "good" (leads to a pinned root, says what the entry says), "open" (nothing wrong, and no pinned root to check it
    against), "bad". key, params: the message that says why. clock_ms: by how much this machine's clock was at least wrong, against a
    good token: positive (ahead) when it says that the head was signed after it was stamped, negative (behind) when it says that the answer
    came before it was made; 0: no contradiction."""

    seq: int
    authority: str
    time: str
    state: str
    key: str
    params: Mapping[str, str] = field(default_factory=dict)
    clock_ms: int = 0


def recheck(house: House) -> Iterator[Found]:
    """Check all tokens, oldest first."""
    heads = {head.covers: head for head in anchoring.heads(house)}
    for entry in house.ledger.entries(kinds=(facts.TimeAttested.KIND,)):
        head = heads.get(entry.open["covers"])
        state, key, params = _one(house, entry, head)
        wrong = _clock(head, entry) if head is not None and state == "good" else 0
        yield Found(entry.seq, entry.open["authority"], entry.open["time"], state, key, params, wrong)


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
