"""The settler as a table: time, sighting, shape, end mark -> settled. Rows follow what real writers were seen to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.capture.settle import MARK_MS, STILL_MS, Settler
from provenance.capture.stations import (
    APPEARED,
    CLOSED,
    FOUND,
    GONE,
    MOVED,
    OVERFLOW,
    ROOT_BACK,
    ROOT_GONE,
    TOUCHED,
    Settled,
    Shape,
    Sighting,
)

P, Q = "/out/a.png", "/out/b.png"


def shape(size: int, mtime: int = 1, ino: int = 7) -> Shape:
    return Shape(1, ino, size, mtime)


def sighting(what: str, at: int = 0, path: str = P, was: str | None = None) -> Sighting:
    return Sighting(what, path, at, f"t{at}", was)


# (ms, what was sighted or None for a timer, shape then, mark then, how it settled or None)
Row = tuple[int, str | None, Shape | None, bool | None, str | None]
WRITERS: dict[str, list[Row]] = {
    "Pillow, new file": [(0, APPEARED, shape(0), None, None), (90, CLOSED, shape(900), True, "closed")],
    "Pillow over an existing file": [(0, CLOSED, shape(900, 2), True, "closed")],
    "a format without an end mark": [(0, CLOSED, shape(50), None, "closed")],
    "A1111: temporary name, then renamed": [(0, CLOSED, shape(900), True, "closed")],
    "exiftool over the name": [(0, CLOSED, shape(920, 3, 8), True, "closed")],
    "ImageMagick: an empty file is closed first": [
        (0, APPEARED, shape(0), None, None), (1, CLOSED, shape(0), None, None), (40, CLOSED, shape(900), True, "closed"),
    ],
    "GIMP: closed, opened again, closed": [(0, CLOSED, shape(800), True, "closed"), (5, CLOSED, shape(880, 2), True, "closed")],
    "GIMP: caught between the two": [(0, CLOSED, shape(800), False, None), (5, CLOSED, shape(880, 2), True, "closed")],
    "Krita: O_TMPFILE, then a link": [(0, APPEARED, shape(900), True, None), (MARK_MS, None, shape(900), True, "end mark")],
    "hard link of a format without an end mark": [
        (0, APPEARED, shape(900), None, None), (MARK_MS, None, shape(900), None, None), (STILL_MS, None, shape(900), None, "still"),
    ],
    "slow writer": [
        (0, APPEARED, shape(0), None, None), (2_000, None, shape(100), False, None), (4_000, None, shape(200, 2), False, None),
        (6_000, None, shape(300, 3), False, None), (6_500, CLOSED, shape(400, 4), True, "closed"),
    ],
    "a writer that never closes, on a system that tells touches": [
        (0, APPEARED, shape(10), False, None), (200, TOUCHED, shape(20, 2), False, None), (400, TOUCHED, shape(30, 3), True, None),
        (600, None, shape(30, 3), True, None), (700, None, shape(30, 3), True, "end mark"),
    ],
    "held open": [
        (0, APPEARED, shape(70), False, None), (STILL_MS, None, shape(70), False, "still"), (90_000, CLOSED, shape(90, 2), True, "closed"),
    ],
    "0 bytes": [(0, APPEARED, shape(0), None, None), (1, CLOSED, shape(0), None, None), (1 + STILL_MS, None, shape(0), None, "still")],
    "cut off by a full disk": [
        (0, CLOSED, shape(500), False, None), (1_000, None, shape(500), False, None), (2_000, None, shape(500), False, "still"),
    ],
    "an end mark that comes late": [
        (0, CLOSED, shape(500), False, None), (1_900, None, shape(900, 2), True, None), (2_200, None, shape(900, 2), True, "end mark"),
    ],
    "same size, other time: still growing or edited": [
        (0, APPEARED, shape(500, 1), None, None), (2_000, None, shape(500, 2), None, None), (4_000, None, shape(500, 2), None, "still"),
    ],
    "replaced by another file of the same size": [
        (0, APPEARED, shape(5, 1, 7), True, None), (300, None, shape(5, 1, 8), True, None), (600, None, shape(5, 1, 8), True, "end mark"),
    ],
    "gone before it was looked at": [(0, APPEARED, None, None, None), (300, None, None, None, None)],
    "gone while it was waited for": [
        (0, APPEARED, shape(5), False, None), (2_000, None, None, None, None), (9_000, None, shape(5), True, None),
    ],
}


@pytest.mark.parametrize("name", WRITERS)
def test_each_writer_settles_when_it_is_done(name: str) -> None:
    settler = Settler()
    for at, what, now, mark, how in WRITERS[name]:
        done = settler.looked(P, now, mark, at) if what is None else settler.offer(sighting(what, at), now, mark, at)
        assert [item.how for item in done] == ([how] if how else []), f"{name} at {at} ms"
        assert all(item.path == P for item in done)


def test_what_settled_is_not_waited_for() -> None:
    settler = Settler()
    settler.offer(sighting(APPEARED), shape(0), None, 0)
    settler.offer(sighting(CLOSED, 5), shape(9), True, 5)
    assert len(settler) == 0 and settler.next_due_ms() is None and settler.due(10**9) == []


def test_the_loop_can_sleep_exactly_until_the_next_look() -> None:
    settler = Settler()
    assert settler.next_due_ms() is None
    settler.offer(sighting(APPEARED), shape(9), True, 100)
    settler.offer(sighting(CLOSED, path=Q), shape(0), None, 50)
    assert settler.next_due_ms() == 400
    assert settler.due(399) == []
    assert settler.due(400) == [P]
    assert settler.looked(P, shape(9), True, 400)[0].how == "end mark"
    assert settler.next_due_ms() == 2_050
    assert settler.due(2_050) == [Q]


def test_a_path_that_nobody_answered_for_is_asked_for_again() -> None:
    settler = Settler()
    settler.offer(sighting(APPEARED), shape(9), True, 0)
    assert settler.due(300) == [P]
    assert settler.due(300) == []
    assert settler.due(300 + MARK_MS) == [P]


def test_settled_says_when_and_what_was_last_sighted() -> None:
    settler = Settler()
    settler.offer(sighting(APPEARED, 1), shape(0), None, 1)
    assert settler.offer(sighting(CLOSED, 8), shape(4), True, 8) == [Settled(P, "closed", "t8", CLOSED)]


def test_a_rename_settles_under_the_new_name_and_says_the_old() -> None:
    settler = Settler()
    assert settler.offer(sighting(MOVED, 3, Q, was=P), shape(4), True, 3) == [Settled(Q, "renamed", "t3", MOVED, was=P)]


def test_a_rename_takes_what_was_pending_with_it() -> None:
    settler = Settler()
    settler.offer(sighting(APPEARED), shape(4), False, 0)
    settler.offer(sighting(MOVED, 3, Q, was=P), shape(4), False, 3)
    assert settler.due(3_000) == [Q]
    assert settler.looked(Q, shape(4), False, 3_000) == [Settled(Q, "still", "t3", MOVED, was=P)]


def test_two_renames_at_once_lead_back_to_the_first_name() -> None:
    settler = Settler()
    assert settler.offer(sighting(MOVED, 3, Q, was=P), None, None, 3) == []
    assert settler.origin(Q) == P
    assert settler.offer(sighting(MOVED, 3, "/out/c.png", was=Q), shape(4), True, 4)[0].was == P


def test_found_by_a_scan_settles_by_the_timer_and_stays_found() -> None:
    settler = Settler()
    settler.offer(sighting(FOUND), shape(4), True, 0)
    assert settler.looked(P, shape(4), True, 300)[0].what == FOUND


def test_a_scan_does_not_make_a_live_file_a_found_one() -> None:
    settler = Settler()
    settler.offer(sighting(APPEARED), shape(4), True, 0)
    settler.offer(sighting(FOUND, 10), shape(4), True, 10)
    assert settler.looked(P, shape(4), True, 300)[0].what == APPEARED


def test_gone_is_no_longer_waited_for_nor_what_lies_in_a_folder_that_went() -> None:
    settler = Settler()
    for path in (P, "/out/sub/x.png", "/out/sub2/y.png"):
        settler.offer(sighting(APPEARED, path=path), shape(4), True, 0)
    settler.offer(sighting(GONE, path=P), None, None, 1)
    settler.offer(sighting(GONE, path="/out/sub/"), None, None, 1)
    assert settler.due(300) == ["/out/sub2/y.png"]
    settler.offer(sighting(ROOT_GONE, path="/out"), None, None, 2)
    assert len(settler) == 0


@pytest.mark.parametrize("what", [OVERFLOW, ROOT_BACK])
def test_what_is_no_file_settles_nothing(what: str) -> None:
    settler = Settler()
    assert settler.offer(sighting(what, path="/out"), None, None, 0) == [] and len(settler) == 0


STEPS = st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from([CLOSED, APPEARED, TOUCHED, FOUND, MOVED, GONE, None]),
                           st.sampled_from([P, Q]), st.integers(0, 3), st.sampled_from([True, False, None])), max_size=30)


@settings(deadline=None)
@given(STEPS)
def test_nothing_is_ever_lost(steps: list[tuple[int, str | None, str, int, bool | None]]) -> None:
    """Whatever happens, a file that is sighted and then left alone settles, with its last shape, within two timers."""
    settler, now = Settler(), 0
    for wait, what, path, size, mark in steps:
        now += wait
        if what is None:
            for due in settler.due(now):
                settler.looked(due, shape(size), mark, now)
        else:
            settler.offer(sighting(what, now, path, was=Q if path == P and what == MOVED else None), shape(size), mark, now)
    settler.offer(sighting(APPEARED, now), shape(9, 99), False, now)
    assert drain(settler, now, lambda path: (shape(9, 99), False)) >= {P}
    assert len(settler) == 0


@settings(deadline=None)
@given(st.integers(2, 20), st.integers(1, 5_000))
def test_a_growing_file_is_never_settled_by_a_timer(rounds: int, step: int) -> None:
    settler = Settler()
    settler.offer(sighting(APPEARED), shape(0), None, 0)
    for number in range(1, rounds):
        assert settler.looked(P, shape(number, number), True, number * step) == []


def drain(settler: Settler, now: int, at: Callable[[str], tuple[Shape | None, bool | None]]) -> set[str]:
    settled: set[str] = set()
    for _ in range(20):
        due = settler.next_due_ms()
        if due is None:
            break
        now = max(now, due)
        for path in settler.due(now):
            settled |= {item.path for item in settler.looked(path, *at(path), now)}
    return settled
