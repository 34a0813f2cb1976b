"""How long an authority is left alone: its own rest, and a patience that grows and never ends."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.timed import Clock

from provenance.daemon import patience
from provenance.daemon.patience import MOST_SECONDS, Tried
from provenance.errors import Unavailable

DOWN = Unavailable("time.unreachable", why="no network")


@given(st.integers(1, 60), st.floats(0, 1), st.integers(0, 300))
def test_it_doubles_to_six_hours_and_chance_takes_half_at_most(failures: int, chance: float, rest: int) -> None:
    now, tried = Clock()(), None
    for _ in range(failures):
        tried = patience.after(tried, now, rest, DOWN, lambda: chance)
    whole = min(MOST_SECONDS, 60 * 2 ** min(failures - 1, 20))
    assert tried is not None and tried.failures == failures and tried.error == "time.unreachable"
    assert max(rest, whole / 2 - 1) <= tried.wait <= max(rest, whole) <= MOST_SECONDS
    assert patience.after(tried, now, rest, None, lambda: chance) == Tried(now.stamp, rest)


@given(st.integers(0, MOST_SECONDS), st.integers(-(10**7), 10**7))
def test_a_clock_that_is_moved_makes_nobody_wait_longer(wait: int, moved: int) -> None:
    clock = Clock()
    tried = Tried(clock().stamp, wait)
    clock.seconds += moved
    left = patience.waiting(tried, clock())
    assert 0 <= left <= wait and (left == 0) == (moved >= wait or wait == 0)
    assert patience.resting(tried, 15, clock()) <= min(wait, 15)


def test_a_request_under_way_keeps_the_failures_before_it(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "asked.json"
    failed = patience.after(None, clock(), 15, DOWN, lambda: 0.0)
    patience.remember(path, "a", failed)
    patience.remember(path, "b", Tried(clock().stamp, 1))
    clock.seconds += 100
    patience.remember(path, "a", patience.begun(patience.read(path)["a"], clock(), 15))
    again = patience.read(path)
    assert again["a"].failures == 1 and again["a"].tried == clock().stamp and again["a"].wait == failed.wait and "b" in again
    assert again["a"].params == {"why": "no network"}
