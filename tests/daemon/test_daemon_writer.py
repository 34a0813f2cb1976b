"""The one thread that writes: nothing that is hostile, and no refusal of the machine, loses a capture."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance import facts
from provenance.clock import Moment
from provenance.daemon.writer import Job, Writer
from provenance.errors import Damaged, Unavailable
from provenance.ledger.store import Ledger


def picture(name: str, **claims: Any) -> facts.FileCaptured:
    return facts.FileCaptured(
        sha256="a" * 64, size=1, media_type="image/png", container="png", parsed="read", mtime="2026-11-22T00:00:00.000000Z",
        seen_at="2026-11-22T00:00:00.000000Z", path=name, **claims)


class Desk:
    """A sink that can be told to refuse."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.refusals, self.kept = ledger, 0, list[bytes]()

    def keep(self, blobs: Any) -> None:
        self.kept += blobs

    def append(self, said: Any) -> Any:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("ledger.disk-full", path="x")
        return self.ledger.append(said)


@pytest.fixture
def desk(tmp_path: Path, clock: Callable[[], Moment]) -> Iterator[Desk]:
    ledger = Ledger.create(tmp_path / "ledger.db", "creative-provenance/test", clock)
    yield Desk(ledger)
    ledger.close()


def deep(levels: int) -> Any:
    value: Any = "end"
    for _ in range(levels):
        value = [value]
    return value


def test_a_hostile_claim_costs_only_the_claim(desk: Desk) -> None:
    heard: list[str] = []
    writer = Writer(desk, lambda _: None, lambda _: None)
    for n in range(5):
        rest = {"x": deep(40)} if n == 2 else None
        writer.submit(Job((picture(f"{n}.png", generator="A1111", rest=rest),), then=lambda e, n=n: heard.append(f"{n}:{e[0].seq}")))
    writer.start()
    writer.close()
    records = list(desk.ledger.records())
    assert [r.values["path"] for r in records] == [f"{n}.png" for n in range(5)]
    assert heard == [f"{n}:{n}" for n in range(5)]
    assert "generator" not in records[2].values and records[2].entry.open["parsed"] == "unparsed"
    assert "claims not written" in records[2].values["problems"][0]
    assert all(records[n].values["generator"] == "A1111" for n in (0, 1, 3, 4))


def test_a_machine_that_refuses_is_waited_for_and_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.daemon.writer.RETRY_SECONDS", 0.01)
    told: list[str] = []
    desk.refusals = 3
    writer = Writer(desk, lambda _: None, lambda error: told.append(error.key if error else "over"))
    writer.start()
    writer.submit(Job((picture("a.png"),)))
    writer.close()
    assert desk.ledger.size() == 1
    assert told == ["ledger.disk-full"] * 3 + ["over"]


def test_a_machine_that_never_gives_way_is_given_up_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.daemon.writer.RETRY_SECONDS", 0.01)
    desk.refusals = 10**9
    writer = Writer(desk, lambda _: None, lambda _: None)
    writer.start()
    writer.submit(Job((picture("a.png"),)))
    with pytest.raises(Unavailable):
        writer.close(patience=0.2)


def test_whoever_submits_after_a_defect_is_told(desk: Desk) -> None:
    def broken(_: Any) -> None:
        raise Damaged("heads.inconsistent", code="H002", size=1, path="x")

    writer = Writer(desk, broken, lambda _: None)
    writer.start()
    writer.submit(Job((picture("a.png"),)))
    writer.join(10)
    with pytest.raises(Damaged):
        writer.submit(Job((picture("b.png"),)))
    assert desk.ledger.size() == 1


def test_many_jobs_are_few_commits(desk: Desk) -> None:
    commits: list[int] = []
    writer = Writer(desk, lambda entries: commits.append(len(entries)), lambda _: None)
    done = threading.Event()
    for n in range(300):
        writer.submit(Job((picture(f"{n}.png"),), blobs=(str(n).encode(),)))
    writer.submit(Job((), then=lambda _: done.set()))
    writer.start()
    writer.close()
    assert done.is_set() and sum(commits) == 300 and len(commits) <= 3
    assert len(desk.kept) == 300
