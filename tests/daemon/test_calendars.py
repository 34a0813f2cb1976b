"""OpenTimestamps beside the recorder: a promise, which is no time; the block that it ends in; and calendars that are none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import calendars as support
from support.calendars import EASY, Calendar, calendar, header
from support.timed import Clock, home, keeper, note

from provenance import facts
from provenance.daemon import anchoring, calendars, patience, unanchored
from provenance.daemon.house import House
from provenance.daemon.rechecking import named_blocks, recheck
from provenance.daemon.sealing import sign_now
from provenance.errors import Unavailable
from provenance.seal import asking, ots


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Calendar, Calendar]]:
    with calendar() as one, calendar() as two:
        yield one, two


@pytest.fixture
def two(both: tuple[Calendar, Calendar]) -> tuple[Calendar, Calendar]:
    for served in both:
        served.asked.clear()
        served.held.clear()
        served.blocks.clear()
        served.mood = "good"
        served.release.clear()
    return both


def rows(*served: Calendar, **more: Any) -> list[dict[str, str | int]]:
    return [support.row(f"cal{n}", one, **more) for n, one in enumerate(served)]


def told(house: House, kind: type[facts.Fact]) -> list[Any]:
    return list(house.ledger.entries(kinds=(kind.KIND,)))


def test_from_promise_to_block(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    clock = Clock()
    with home(tmp_path, *rows(*two), clock=clock) as house:
        note(house)
        head = sign_now(house, "stop")
        covers = hashlib.sha256(head.note).hexdigest()
        outcomes, _ = keeper(house).step()
        assert [outcome.error for outcome in outcomes] == [None, None]
        promised = told(house, facts.TimePromised)
        assert {entry.open["authority"] for entry in promised} == {"cal0", "cal1"}
        assert all(entry.open["covers"] == covers and entry.open["size"] == head.size for entry in promised)
        assert keeper(house).step()[0] == [] and all(len(served.asked) == 1 for served in two), "nobody is asked again at once"
        clock.seconds += calendars.POLL_SECONDS
        keeper(house).step()
        assert all(len(served.asked) == 2 for served in two) and not told(house, facts.TimeCommitted), "not in a block yet"
        two[0].mine(900_000)
        clock.seconds += 6 * 3600
        keeper(house).step()
        (kept,) = told(house, facts.TimeCommitted)
        o, proof = kept.open, ots.parse(house.blobs.get(kept.open["token"]))
        assert (o["authority"], o["block"], o["covers"]) == ("cal0", 900_000, covers) and proof.digest.hex() == covers
        assert o["promise"] == next(entry.seq for entry in promised if entry.open["authority"] == "cal0")
        assert o["merkle_root"] == two[0].blocks[900_000][::-1].hex() and proof.blocks == ((900_000, two[0].blocks[900_000]),)
        assert [one.seq for one in calendars.waiting(house, "cal0")] == [] and len(calendars.waiting(house, "cal1")) == 1


def test_only_a_hash_of_hash_and_chance_leaves(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    with home(tmp_path, *rows(*two)) as house:
        note(house, "a prompt that nobody is to see")
        head = sign_now(house, "stop")
        keeper(house).step()
    sent = [served.posted[0] for served in two]
    assert all(len(body) == 32 for body in sent) and sent[0] != sent[1]
    assert hashlib.sha256(head.note).digest() not in sent


def test_neither_a_promise_nor_a_block_is_a_trusted_time(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    clock = Clock()
    with home(tmp_path, *rows(two[0]), clock=clock) as house:
        note(house)
        sign_now(house, "stop")
        before = unanchored.gather(house.home, clock)
        keeper(house).step()
        two[0].mine(5)
        promised = unanchored.gather(house.home, clock)
        keeper(house).upgrade([anchoring.named(house.home, house.config.time, "cal0")])
        after = unanchored.gather(house.home, clock)
        assert len(told(house, facts.TimeCommitted)) == 1
        for found in (promised, after):
            assert (found["answers"], found["last"], found["longest"]["own_until"]) == (0, None, True)
        assert (before["promises"], promised["promises"], after["promises"]) == (0, 1, 0)
        assert promised["block"] is None and after["block"]["block"] == 5


def test_no_loop_of_promise_and_head(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    clock = Clock()
    with home(tmp_path, *rows(two[0], rest=0), clock=clock) as house:
        note(house)
        sign_now(house, "stop")
        keeper(house).step()
        two[0].mine(5)
        size = house.ledger.size()
        for _ in range(20):
            clock.seconds += 1800
            sign_now(house, "15 minutes")
            keeper(house).step()
        assert house.ledger.size() == size + 1 and len(two[0].posted) == 1


@pytest.mark.parametrize(
    ("mood", "key"),
    [("html", "time.html"), ("busy", "time.http"), ("cut", "time.cut"), ("huge", "time.large"), ("noise", "time.ots-malformed"),
     ("elsewhere", "time.ots-elsewhere"), ("early", "time.ots-elsewhere"), ("slow", "time.slow")],
)  # fmt: skip
def test_every_mood_is_named_and_asked_again(tmp_path: Path, two: tuple[Calendar, Calendar], mood: str, key: str) -> None:
    served, clock = two[0], Clock()

    def fetch(url: str, body: bytes | None, *, halted: Any) -> bytes:
        return asking.fetch(url, body, seconds=0.5 if mood == "slow" else 20, halted=halted)

    with home(tmp_path, *rows(served), clock=clock) as house:
        note(house)
        sign_now(house, "stop")
        served.mood = mood
        (outcome,), _ = keeper(house, fetch=fetch).step()
        assert outcome.error is not None and outcome.error.key == key and not told(house, facts.TimePromised)
        assert patience.read(house.home.asked)["cal0"].error == key
        served.mood = "good"
        served.release.set()
        clock.seconds += 61
        keeper(house, fetch=fetch).step()
        assert len(told(house, facts.TimePromised)) == 1
        served.mine(7)
        served.mood = mood if mood not in ("elsewhere", "early") else "noise"
        served.release.clear()
        clock.seconds += 1800
        ours = keeper(house, fetch=fetch)
        ours.step()
        assert not told(house, facts.TimeCommitted) and patience.read(house.home.asked)[calendars.later("cal0")].failures == 1
        served.mood = "good"
        served.release.set()
        clock.seconds += 1801
        ours.step()
        assert len(told(house, facts.TimeCommitted)) == 1


def test_long_offline_then_it_catches_up(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    clock, down = Clock(), True
    served = two[0]

    def fetch(url: str, body: bytes | None, *, halted: Any) -> bytes:
        if down:
            raise Unavailable("time.unreachable", why="no network")
        return asking.fetch(url, body, halted=halted)

    with home(tmp_path, *rows(served), clock=clock) as house:
        ours = keeper(house, fetch=fetch)
        down = False
        for n in range(3):
            note(house, str(n))
            sign_now(house, "stop")
            ours.step()
            clock.seconds += 61
        assert len(calendars.waiting(house, "cal0")) == 3
        down = True
        for _ in range(7 * 6):
            clock.seconds += 4 * 3600
            ours.step()
        assert len(calendars.waiting(house, "cal0")) == 3 and patience.read(house.home.asked)[calendars.later("cal0")].failures > 15
        down = False
        served.mine(800_000)
        clock.seconds += 6 * 3600
        ours.step()
        assert calendars.waiting(house, "cal0") == [] and len(told(house, facts.TimeCommitted)) == 3


def test_promises_that_a_calendar_lost_do_not_keep_the_others_waiting(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    clock, served = Clock(), two[0]
    with home(tmp_path, *rows(served), clock=clock) as house:
        ours = keeper(house)
        for n in range(calendars.FRUITLESS + 2):
            note(house, str(n))
            sign_now(house, "stop")
            ours.step()
            clock.seconds += 61
        lost = list(served.held)[: calendars.FRUITLESS]
        for commitment in lost:
            del served.held[commitment]
        served.mine(3)
        for _ in range(12):
            clock.seconds += 6 * 3600
            ours.step()
        assert len(told(house, facts.TimeCommitted)) == 2 and len(calendars.waiting(house, "cal0")) == calendars.FRUITLESS


def test_switched_off_is_off_for_promises_too(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    clock = Clock()
    with home(tmp_path, *rows(two[0]), clock=clock) as house:
        note(house)
        sign_now(house, "stop")
        keeper(house).step()
    with home(tmp_path, *rows(two[0]), clock=clock) as house:
        house.home.config.write_text(house.home.config.read_text().replace('"cal0",', "", 1))
        clock.seconds += 6 * 3600
        assert keeper(house).step()[0] == [] and len(two[0].asked) == 1


def test_a_block_header_gives_the_time_and_nothing_less_does(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    with home(tmp_path, *rows(two[0])) as house:
        note(house)
        sign_now(house, "stop")
        keeper(house).step()
        (waiting,) = recheck(house)
        assert (waiting.state, waiting.key, waiting.time) == ("open", "time.check.promise", "")
        two[0].mine(900_000)
        keeper(house).upgrade([anchoring.named(house.home, house.config.time, "cal0")])
        (bare,) = recheck(house)
        assert (bare.state, bare.key, bare.params["block"], bare.time) == ("open", "time.check.block", "900000", "")
        assert named_blocks(house) == {900_000}
        raw = header(two[0].blocks[900_000], 1_800_000_000)
        (found,) = recheck(house, {900_000: raw}, easiest=EASY)
        assert (found.state, found.time) == ("good", "2027-01-15T08:00:00Z")
        (cheap,) = recheck(house, {900_000: raw})
        assert (cheap.state, cheap.key) == ("bad", "time.header-work"), "anybody can make such a header"
        (other,) = recheck(house, {900_000: header(bytes(32), 1_800_000_000)}, easiest=EASY)
        assert (other.state, other.key) == ("bad", "time.check.other-block")


def test_a_proof_that_is_gone_or_says_otherwise_is_bad(tmp_path: Path, two: tuple[Calendar, Calendar]) -> None:
    with home(tmp_path, *rows(two[0])) as house:
        note(house)
        head = sign_now(house, "stop")
        covers = hashlib.sha256(head.note).hexdigest()
        raw = support.proof(bytes.fromhex(covers), b"\x00" + support.bitcoin(5))
        house.keep([raw])
        said = {"authority": "cal0", "form": "opentimestamps", "size": head.size, "covers": covers, "promise": 0}
        token, root = hashlib.sha256(raw).hexdigest(), bytes.fromhex(covers)[::-1].hex()
        for kept, block, merkle in (("0" * 64, 5, root), (token, 6, covers), (token, 5, root)):
            house.append([facts.TimeCommitted(**said, token=kept, block=block, merkle_root=merkle)])
        assert [found.state for found in recheck(house)] == ["bad", "bad", "open"]
