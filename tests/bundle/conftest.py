"""One good bundle for all tests of this room, and the three ways to check one."""

from __future__ import annotations

import pytest
from support import bundles


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> bundles.World:
    return bundles.make(tmp_path_factory.mktemp("world"))
