"""Trusted time beside the recorder: what is asked, of whom, when; every way in which an answer is none; and nothing asked unasked."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.authority import OPENSSL, Authority, Served
from support.timed import Clock, attested, authorities, home, keeper, note, row

from provenance import config
from provenance.clock import Moment, system
from provenance.config import Time
from provenance.daemon import anchoring, patience
from provenance.daemon.rechecking import recheck
from provenance.daemon.sealing import sign_now
from provenance.errors import Unavailable
from provenance.seal import asking

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NO openssl: NOTHING OF TRUSTED TIME IS TESTED")
Two = list[tuple[Authority, Served]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with authorities(tmp_path_factory.mktemp("tsa")) as found:
        yield found


@pytest.fixture
def two(both: Two) -> Two:
    for _, served in both:
        served.asked.clear()
        served.mood = "good"
        served.release.clear()
    return both


def rows(two: Two, **more: Any) -> list[dict[str, str | int]]:
    return [row(f"local{n}", served, made, **more) for n, (made, served) in enumerate(two)]


def test_two_authorities_attest_the_newest_head(tmp_path: Path, two: Two) -> None:
    with home(tmp_path, *rows(two)) as house:
        note(house)
        head = sign_now(house, "stop")
        outcomes, wait = keeper(house).step()
        first, second = attested(house)
        assert [outcome.error for outcome in outcomes] == [None, None] and wait > 0
        assert {first.open["authority"], second.open["authority"]} == {"local0", "local1"}
        for entry in (first, second):
            made = two[int(entry.open["authority"][-1])][0]
            assert entry.open["covers"] == hashlib.sha256(head.note).hexdigest() and entry.open["size"] == head.size
            assert entry.open["trusted"] is True and entry.open["root"] == made.fingerprint and entry.open["class"] == "ATTESTED"
            (tmp_path / "x.tsr").write_bytes(house.blobs.get(entry.open["token"]))
            (tmp_path / "checkpoint.txt").write_bytes(head.note)
            command = [str(OPENSSL), "ts", "-verify", "-data", "checkpoint.txt", "-in", "x.tsr", "-CAfile", str(made.root_pem)]
            assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
        assert keeper(house).step()[0] == [] and [len(served.asked) for _, served in two] == [1, 1]


def test_what_is_sent_is_a_hash_and_a_number(tmp_path: Path, two: Two) -> None:
    from asn1crypto import tsp

    with home(tmp_path, *rows(two)) as house:
        note(house, "a prompt that nobody is to see")
        head = sign_now(house, "stop")
        keeper(house).step()
    for _, served in two:
        sent = tsp.TimeStampReq.load(served.asked[0], strict=True)
        assert sent["message_imprint"]["hashed_message"].native == hashlib.sha256(head.note).digest()
        assert sent["nonce"].native.bit_length() == 63 and len(served.asked[0]) < 80


def test_off_by_default_and_off_at_once(tmp_path: Path, two: Two) -> None:
    with home(tmp_path, *rows(two), use=()) as house:
        note(house)
        sign_now(house, "stop")
        assert keeper(house).step()[0] == []
    assert [served.asked for _, served in two] == [[], []]
    (tmp_path / "b").mkdir()
    with home(tmp_path / "b", *rows(two)) as house:
        note(house)
        sign_now(house, "stop")
        running = keeper(house)
        good = config.load(house.home)
        house.home.config.write_text("[broken")
        assert running.step()[0] == [], "settings that cannot be read ask nobody"
        config.write(house.home, replace(good, time=Time((), good.time.authorities)))
        assert running.step()[0] == [], "switched off beside a running recorder"
    assert [served.asked for _, served in two] == [[], []]


@pytest.mark.parametrize(
    ("mood", "key"),
    [("html", "time.html"), ("busy", "time.http"), ("wrong", "time.nonce"), ("cut", "time.cut"), ("201", None), ("slow", "time.slow")],
)
def test_every_mood_is_named_and_asked_again(tmp_path: Path, two: Two, mood: str, key: str | None) -> None:
    made, served = two[0]
    clock = Clock()
    with home(tmp_path, row("local", served, made), clock=clock) as house:
        note(house)
        sign_now(house, "stop")
        if mood == "wrong":  # the answer to an earlier request over the same head, as a replay would give it
            head = anchoring.newest_head(house)
            assert head is not None
            from provenance.seal import timestamp

            asking.ask(served.url, timestamp.query(bytes.fromhex(head.covers), 7))
        served.mood = mood
        ours = keeper(house, ask=lambda url, query, halted: asking.ask(url, query, seconds=0.5 if mood == "slow" else 20, halted=halted))
        (outcome,), _ = ours.step()
        if key is None:
            assert outcome.error is None and len(attested(house)) == 1
            return
        assert outcome.error is not None and outcome.error.key == key
        assert attested(house) == [] and patience.read(house.home.asked)["local"].error == key
        served.mood = "good"
        served.release.set()
        assert ours.step()[0] == [], "not at once"
        clock.seconds += 61
        (outcome,), _ = ours.step()
        assert outcome.error is None and len(attested(house)) == 1
        assert patience.read(house.home.asked)["local"].failures == 0


def test_a_token_over_another_head_is_refused(tmp_path: Path, two: Two) -> None:
    made, served = two[0]
    with home(tmp_path, row("local", served, made)) as house:
        note(house)
        sign_now(house, "stop")

        def swapped(url: str, query: bytes, *, halted: Any) -> bytes:
            from asn1crypto import tsp

            asked = tsp.TimeStampReq.load(query)
            asked["message_imprint"]["hashed_message"] = bytes(32)
            return made.reply(asked.dump(force=True))

        (outcome,), _ = keeper(house, ask=swapped).step()
        assert outcome.error is not None and outcome.error.key == "time.imprint" and attested(house) == []


def test_anothers_root_is_refused_and_without_a_pin_it_is_kept_as_unchecked(tmp_path: Path, two: Two) -> None:
    (one, served), (other, _) = two
    with home(tmp_path, row("pinned", served, other), row("unpinned", served, one, pinned=False)) as house:
        note(house)
        sign_now(house, "stop")
        found = {outcome.authority.name: outcome for outcome in keeper(house).step()[0]}
        assert found["pinned"].error is not None and found["pinned"].error.key == "time.untrusted"
        (entry,) = attested(house)
        assert entry.open["authority"] == "unpinned" and entry.open["trusted"] is False and "root" not in entry.open


def test_weeks_without_a_network_end_in_one_request(tmp_path: Path, two: Two) -> None:
    clock = Clock()
    down = True
    calls: list[str] = []

    def ask(url: str, query: bytes, *, halted: Any) -> bytes:
        calls.append(url)
        if down:
            raise Unavailable("time.unreachable", why="no network")
        return asking.ask(url, query, halted=halted)

    with home(tmp_path, *rows(two), clock=clock) as house:
        ours = keeper(house, ask=ask)
        for day in range(21):
            note(house, str(day))
            sign_now(house, "stop")
            for _ in range(24):
                clock.seconds += 3600
                ours.step()
        asked = len(calls) // 2
        assert 3 * 21 <= asked <= 5 * 21, "every six hours or so, for ever"
        assert patience.read(house.home.asked)["local0"].error == "time.unreachable"
        down = False
        clock.seconds += 6 * 3600
        calls.clear()
        outcomes, _ = ours.step()
        assert [outcome.error for outcome in outcomes] == [None, None] and len(calls) == 2
        newest = anchoring.newest_head(house)
        assert newest is not None and {entry.open["size"] for entry in attested(house)} == {newest.size}


def test_politeness_across_restarts_and_across_heads(tmp_path: Path, two: Two) -> None:
    clock = Clock()
    for start in range(4):
        with home(tmp_path, *rows(two[:1], rest=100), clock=clock) as house:
            note(house, str(start))
            sign_now(house, "stop")
            _, wait = keeper(house).step()
            assert wait <= 60
        clock.seconds += 30
    assert len(two[0][1].asked) == 1, "a new head and a new process, but within the authority's rest"
    clock.seconds += 100
    with home(tmp_path, *rows(two[:1], rest=100), clock=clock) as house:
        keeper(house).step()
        assert len(two[0][1].asked) == 2 and len(attested(house)) == 2


@pytest.mark.parametrize("harm", ["lost", "noise", "list", "future"])
def test_the_small_file_may_be_lost_or_broken(tmp_path: Path, two: Two, harm: str) -> None:
    clock = Clock()
    with home(tmp_path, *rows(two[:1]), clock=clock) as house:
        note(house)
        sign_now(house, "stop")
        state = house.home.asked
        if harm == "noise":
            state.write_bytes(b"\xff{")
        elif harm == "list":
            state.write_text("[1]")
        elif harm == "future":
            state.write_text(json.dumps({"local0": {"tried": "2099-01-01T00:00:00Z", "wait": 15}}))
            assert keeper(house).step()[1] <= 15
            clock.seconds -= 3600
            assert keeper(house).step()[0] == []
            state.unlink()
        keeper(house).step()
        assert len(attested(house)) == 1


def test_one_that_cannot_be_meant_keeps_nobody_else_waiting(tmp_path: Path, two: Two) -> None:
    made, served = two[0]
    broken: dict[str, str | int] = {"name": "broken", "url": served.url, "root": "nothing.pem"}
    with home(tmp_path, broken, row("local", served, made), use=("broken", "nobody", "local")) as house:
        note(house)
        sign_now(house, "stop")
        keeper(house).step()
        known = patience.read(house.home.asked)
        assert [entry.open["authority"] for entry in attested(house)] == ["local"]
        assert known["broken"].error == "time.root-file" and known["nobody"].error == "time.unknown"


@pytest.mark.parametrize(("off_s", "sign"), [(7200, 1), (-7200, -1), (0, 0)])
def test_a_clock_that_contradicts_a_token_is_told(tmp_path: Path, two: Two, off_s: int, sign: int) -> None:
    def wrong() -> Moment:
        now = system()
        return replace(now, wall=now.wall + timedelta(seconds=off_s))

    with home(tmp_path, *rows(two[:1]), clock=wrong) as house:
        note(house)
        sign_now(house, "stop")
        keeper(house).step()
        (found,) = recheck(house)
    assert found.state == "good" and (found.clock_ms > 0) - (found.clock_ms < 0) == sign
    assert not sign or 7100_000 < abs(found.clock_ms) < 7300_000


def test_a_hundred_idle_minutes_add_nothing(tmp_path: Path, two: Two) -> None:
    """No loop of head, token, entry, head: a token's own entry is nothing new to be signed."""
    clock = Clock()
    with home(tmp_path, *rows(two), clock=clock) as house:
        note(house)
        sign_now(house, "15 minutes")
        ours = keeper(house)
        ours.step()
        size = house.ledger.size()
        heads = house.home.heads.read_bytes()
        for minute in range(1, 101):
            clock.seconds += 60
            if minute % 15 == 0:
                sign_now(house, "15 minutes")
            ours.step()
        assert house.ledger.size() == size and house.home.heads.read_bytes() == heads
        assert [len(served.asked) for _, served in two] == [1, 1]
        note(house, "work goes on")
        sign_now(house, "15 minutes")
        ours.step()
        assert house.ledger.size() == size + 4 and [len(served.asked) for _, served in two] == [2, 2]
