"""Shared fixtures: a clock that ticks, and where the shared material lies."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from provenance.clock import Moment  # noqa: E402


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
