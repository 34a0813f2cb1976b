"""A ledger in a temporary folder, and small facts to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provenance.clock import Clock
from provenance.facts import Fact, FileCaptured, NoteAdded
from provenance.ledger.store import Ledger

ORIGIN = "prov.local/test"


@pytest.fixture
def home(tmp_path: Path, clock: Clock) -> Path:
    """The path of an empty, closed ledger."""
    path = tmp_path / "ledger.db"
    Ledger.create(path, ORIGIN, clock).close()
    return path


@pytest.fixture
def ledger(home: Path, clock: Clock) -> Iterator[Ledger]:
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
