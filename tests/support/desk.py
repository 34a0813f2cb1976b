"""A ledger and its views, to which a test says facts one after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from provenance import facts
from provenance.clock import Clock, Moment
from provenance.ledger.store import Ledger
from provenance.views.store import Views

TIME = "2026-11-22T00:00:00.000000Z"


class Desk:
    """A ledger whose clock can be moved on, and its views."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock, self._later = clock, timedelta(0)
        self.ledger = Ledger.create(folder / "ledger.db", "creative-provenance/test", self.now)
        self.views = Views(folder / "views.db")
        self.say(facts.LedgerOpened(software="prov", public_key="0" * 64, vkey="x", key_protection="file-0600"))
        self.say(facts.RecorderStarted(software="prov", python="3", system="s", sqlite="3", watcher="inotify", journal="wal"))

    def now(self) -> Moment:
        moment = self._clock()
        return replace(moment, wall=moment.wall + self._later)

    def pass_time(self, minutes: int) -> None:
        self._later += timedelta(minutes=minutes)

    def say(self, *said: facts.Fact) -> list[int]:
        entries = self.ledger.append(said)
        self.views.catch_up(self.ledger)
        return [entry.seq for entry in entries]

    def picture(self, sha256: str, name: str, **more: Any) -> int:
        """One file entry; `name` may be a whole path, `found` makes it one found later, `was` one that took another's place."""
        kind = facts.FileImported if "found" in more else facts.FileChanged if "was" in more else facts.FileCaptured
        usual: dict[str, Any] = {
            "size": 1, "media_type": "image/png", "container": "png", "parsed": "read", "mtime": TIME, "seen_at": TIME,
            "path": name if "/" in name or "\\" in name else f"/out/{name}",
        }  # fmt: skip
        return self.say(kind(sha256=sha256, **(usual | more)))[0]

    def described(
        self, sha256: str, pixels: str, *, size: tuple[int, int] = (64, 64), dhash: str = "1" * 16, animated: bool = False
    ) -> int:
        """What its pixels are."""
        width, height = size
        fact = facts.FileDescribed(
            of=sha256, width=width, height=height, form="rgb8", pixels=pixels, dhash=dhash, phash=dhash, preview="f" * 64, decoder="test",
            animated=animated or None,
        )  # fmt: skip
        return self.say(fact)[0]

    def alike(self, parent: str, child: str, share: str = "0.9") -> int:
        """What a comparison found."""
        found = facts.LikenessFound(child=child, parent=parent, how="looks alike", method="test/1", share=share, rate="test")
        return self.say(found)[0]

    def close(self) -> None:
        self.views.close()
        self.ledger.close()
