"""Shared fixtures: a clock that ticks, and where the shared material lies."""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from provenance.clock import Moment  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, the most of them before all: a worker that begins with one of them last keeps the others waiting."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])  # stable: the order within a file, and of equal files, stays


def pytest_make_parametrize_id(val: object) -> str | None:
    """A set's own text differs from process to process, and workers must call a test by one name."""
    return "{" + ",".join(sorted(map(str, val))) + "}" if isinstance(val, set | frozenset) else None


@pytest.fixture
def clock() -> Callable[[], Moment]:
    """A clock that begins on 2026-11-22T00:00:00Z and ticks one second each time it is read."""
    ticks = itertools.count()

    def read() -> Moment:
        n = next(ticks)
        return Moment(datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=n), 1_000_000 + n * 1000, 1_000_000 + n * 1000, "b0075eed")

    return read


def shared(name: str, variable: str) -> Path:
    """A folder of shared material, or a loud skip."""
    found = Path(os.environ.get(variable) or HERE.parent.parent / "shared" / name)
    if not found.is_dir():
        pytest.skip(
            f"LOUD: {variable} is not set and no shared material lies beside the checkout: {name} was NOT checked", allow_module_level=True
        )
    return found


@pytest.fixture(scope="session")
def corpus() -> Path:
    return shared("corpus", "PROV_CORPUS")


@pytest.fixture(scope="session")
def vectors() -> Path:
    return shared("vectors", "PROV_VECTORS")


@pytest.fixture(scope="session")
def session() -> Path:
    return shared("comfy-session", "PROV_SESSION")
