"""A home whose ledger holds pictures with their descriptions, as a recorder leaves it, made without one; and the finder over it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from provenance import facts
from provenance.clock import Clock
from provenance.config import Config, Home
from provenance.daemon.describing import describe
from provenance.daemon.finder import Finder
from provenance.daemon.house import House, create

TIME = "2026-11-22T00:00:00.000000Z"


class Pictured:
    """Say pictures in the order in which they were recorded, then ask for their likenesses."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.house: House = create(Home(folder), Config(), clock)
        self.known: dict[str, str] = {}
        self._facts: list[facts.Fact] = []
        self._blobs: list[bytes] = []

    def record(
        self, name: str, data: bytes, was: str | None = None, *, describe_it: bool = True, inputs: tuple[dict[str, str], ...] = ()
    ) -> str:
        """A file as captured (or changed, with `was`) and described, unless told otherwise. inputs: that it names. Returns its SHA-256."""
        sha = hashlib.sha256(data).hexdigest()
        common = {"size": len(data), "media_type": "image/png", "container": "png", "parsed": "plain", "mtime": TIME, "seen_at": TIME}
        kind = facts.FileCaptured(sha256=sha, path=f"/out/{name}", inputs=inputs or None, **common)  # type: ignore[arg-type]
        self._facts.append(kind if was is None else facts.FileChanged(sha256=sha, was=was, path=f"/out/{name}", **common))  # type: ignore[arg-type]
        found = describe(data, sha) if describe_it else None
        if found is not None:
            self._blobs.append(found[1])
            self._facts.append(found[0])
        self.known[sha] = name
        return sha

    def write(self) -> None:
        """Make what was recorded durable, all in one commit, and let the views catch up."""
        self.house.keep(self._blobs)
        if self._facts:
            self.house.append(self._facts)
        self._facts, self._blobs = [], []
        self.house.views.catch_up(self.house.ledger)

    def finder(self) -> Finder:
        """A finder that has taken in all that was recorded. Close it."""
        self.write()
        found = Finder(self.house.home.views, self.house.home.blobs, self.house.home.path / "alike")
        while found.sync():
            pass
        return found

    def close(self) -> None:
        self.house.close()
