"""A ledger in a temporary folder, under a clock that ticks one second a look."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance.clock import Moment
from provenance.facts import Fact, FileCaptured, NoteAdded
from provenance.ledger.store import Ledger

ORIGIN = "prov.local/test"


@pytest.fixture
def clock() -> Callable[[], Moment]:
    """From 2026-01-01, one second for each look."""
    ticks = itertools.count()

    def look() -> Moment:
        n = next(ticks)
        return Moment(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n), 1000 * n, 1000 * n, "00c0ffee")

    return look


@pytest.fixture
def home(tmp_path: Path, clock: Callable[[], Moment]) -> Path:
    """The path of an empty, closed ledger."""
    path = tmp_path / "ledger.db"
    Ledger.create(path, ORIGIN, clock).close()
    return path


@pytest.fixture
def ledger(home: Path, clock: Callable[[], Moment]) -> Iterator[Ledger]:
    """An empty, open ledger."""
    with Ledger.open(home, clock) as opened:
        yield opened


@pytest.fixture
def note() -> Callable[[str], Fact]:
    """A small fact with one sealed field."""
    return lambda text: NoteAdded(text=text)


@pytest.fixture
def picture() -> Callable[[int], Fact]:
    """A captured file with several sealed fields."""
    return lambda n: FileCaptured(
        sha256=f"{n:064x}", size=n, media_type="image/png", container="png", parsed="read", mtime="2026-01-01T00:00:00.000000Z",
        seen_at="2026-01-01T00:00:00.000000Z", path=f"/pictures/{n}.png", prompts=(f"a cat, number {n} 猫",), seeds=(str(2**64 - 1 - n),),
        rest={"z": "1", "😀": "2", "\ufb33": ["x", {"y": "z"}]},
    )


@pytest.fixture
def merkle_vectors() -> Path:
    """The folder of others' Merkle test vectors."""
    return vectors("merkle/testdata")


def vectors(name: str) -> Path:
    """A folder of others' test vectors, read in place; the test is skipped, and says so, where it is not there."""
    checkout = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("PROV_VECTORS") or checkout.parent / "shared" / "vectors") / name
    if not folder.exists():
        pytest.skip(f"NOT RUN: others' test vectors are missing ({name}); set PROV_VECTORS")
    return folder
