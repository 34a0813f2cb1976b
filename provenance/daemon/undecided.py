"""The pictures of a sitting of which nothing is decided, those made together together; and the decisions that a person makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provenance import facts
from provenance.daemon.house import House
from provenance.daemon.telling import Teller
from provenance.errors import BadInput, ProvError
from provenance.ledger.chain import Entry
from provenance.views import decided, sittings
from provenance.views.decided import Waiting
from provenance.views.fold import unplain
from provenance.views.sittings import Sitting

MOST_BYTES = 64 * 1024 * 1024  # of a file that is decoded to be shown


def chosen_sitting(teller: Teller, name: str) -> Sitting | None:
    """The sitting asked for, else the newest seen live; None where there is none. Raises BadInput `sitting.unknown`, `decide.live-only`."""
    if not name:
        found = teller.sittings()
        return found[-1] if found else None
    one = sittings.named(teller.views, name, teller.gap)
    if one.imported:
        raise BadInput("decide.live-only", sitting=name)
    return one


def batches(teller: Teller, one: Sitting) -> tuple[int, Iterator[tuple[Waiting, ...]]]:
    """How many pictures of a sitting are undecided, and these in the order of their coming; pictures of one run come together."""
    waiting = {picture.seq: picture for picture in decided.undecided(teller.views, one.first, one.last)}
    return len(waiting), _batches(teller, one, waiting)


def _batches(teller: Teller, one: Sitting, waiting: dict[int, Waiting]) -> Iterator[tuple[Waiting, ...]]:
    for step in teller.steps(one) if waiting else ():
        group = tuple(waiting.pop(seq) for seq in step.run.seqs if seq in waiting)
        if not group:
            continue
        for seq in [seq for seq in waiting if seq < group[0].seq]:
            yield (waiting.pop(seq),)
        yield group
    yield from ((picture,) for picture in waiting.values())


@dataclass(frozen=True)
class Decision:
    """One that was made here: its entry, and where in the walk it was made."""

    seq: int
    sha256: str
    place: int


def decide(house: House, picture: Waiting, decision: str, why: str, place: int) -> Decision:
    """Write a decision down; durable on return."""
    (entry,) = house.tell(facts.DecisionMade(decision=decision, pictures=(picture.sha256,), why=why.strip() or None))
    return Decision(entry.seq, picture.sha256, place)


def withdraw(house: House, made: Decision) -> Entry:
    """Take a decision back, by a new entry: the first one stands, and so does that it was withdrawn."""
    (entry,) = house.tell(facts.DecisionMade(decision="withdrawn", pictures=(made.sha256,), withdraws=made.seq))
    return entry


def looks(house: House, pictures: tuple[Waiting, ...]) -> list[bytes]:
    """What can be shown of pictures: the recorder's previews, else the files themselves where they still stand."""
    found = (_look(house, picture) for picture in pictures)
    return [data for data in found if data is not None]


def _look(house: House, picture: Waiting) -> bytes | None:
    for sha256 in (picture.preview, picture.sha256):
        try:
            if sha256:
                return house.blobs.get(sha256, MOST_BYTES)
        except ProvError:
            continue
    try:
        with open(unplain(picture.path), "rb") as file:  # noqa: PTH123
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= MOST_BYTES else None
