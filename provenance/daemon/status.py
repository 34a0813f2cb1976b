"""recorder.json: what the running recorder says of itself, for `prov status`. Advisory; the ledger is the truth."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class State:
    """alive_at: last heartbeat. backlog: files seen and not yet in the ledger. describing: pictures not yet described, and not yet
    looked for. trouble: a message key, "" when all is well. kept_over: originals take more than their budget, because of a hold."""

    pid: int
    started: str
    alive_at: str
    captured: int = 0
    backlog: int = 0
    last_capture: str = ""
    last_name: str = ""
    watcher: str = ""
    roots: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()
    models_waiting: int = 0
    describing: tuple[int, int] = (0, 0)
    describing_paused: bool = False
    trouble: str = ""
    kept_over: bool = False


def write(path: Path, state: State) -> None:
    """Replace the file whole; on a full disk, which is worth telling, write over the old one. Nothing durable depends on it."""
    fresh, data = path.with_suffix(".json.new"), json.dumps(asdict(state), ensure_ascii=True).encode("ascii")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
        return
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
    with contextlib.suppress(OSError), path.open("r+b") as file:  # its block is there already; a reader that meets a half reads none
        file.write(data)
        file.truncate()


def read(path: Path) -> dict[str, Any] | None:
    """The last state written, or None where there is none that can be read."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
