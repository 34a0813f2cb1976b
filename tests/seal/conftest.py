"""A key, and a pretended ledger: leaf hashes in a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provenance.ledger import merkle
from provenance.seal import keys

ORIGIN = "prov.local/test"


@dataclass
class Leaves:
    """What signing needs to know of a ledger."""

    leaves: list[bytes] = field(default_factory=list)

    def grow(self, count: int, mark: str = "") -> None:
        start = len(self.leaves)
        self.leaves += [merkle.leaf_hash(f"{mark}{n}".encode()) for n in range(start, start + count)]

    @property
    def size(self) -> int:
        return len(self.leaves)

    def root_at(self, size: int) -> bytes:
        assert size <= len(self.leaves), "asked beyond the end"
        return merkle.root(self.leaves[:size])


@pytest.fixture
def signer(tmp_path: Path) -> keys.Signer:
    return keys.create(tmp_path / "keys", ORIGIN)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "heads.log"


@pytest.fixture
def leaves() -> Leaves:
    return Leaves()
