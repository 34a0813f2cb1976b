"""When an authority may be asked again: its own rest, and a growing patience after failures. Kept in a small file across restarts.

The file is advice: if it is lost or broken, the authorities are asked a little earlier than they might wish, and nothing else happens.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from provenance.clock import Moment, parse
from provenance.errors import ProvError

FIRST_SECONDS = 60
MOST_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Tried:
    """The last request to an authority. tried: when, RFC 3339 UTC. wait: seconds until the next one may be made. failures: in a row.
    error: the message key of the last failure, "" after a success. params: what fills that message."""

    tried: str
    wait: int
    failures: int = 0
    error: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> dict[str, Tried]:
    """What is known of each authority; nothing where the file cannot be read."""
    try:
        raw = json.loads(path.read_bytes())
        return {str(name): _tried(row) for name, row in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError, KeyError, ProvError):
        return {}


def _tried(row: Mapping[str, Any]) -> Tried:
    parse(row["tried"])
    params = {str(name): str(value) for name, value in dict(row.get("params", {})).items()}
    wait = min(max(int(row["wait"]), 0), MOST_SECONDS)
    return Tried(row["tried"], wait, int(row.get("failures", 0)), str(row.get("error", "")), params)


def remember(path: Path, name: str, tried: Tried) -> None:
    """Write down the last request to one authority, through a new file and a rename."""
    known = {**{key: asdict(value) for key, value in read(path).items()}, name: asdict(tried)}
    fresh = path.with_suffix(".json.new")
    with contextlib.suppress(OSError):  # a full disk: the patience of this process is then that of the next one, and no more
        fresh.write_text(json.dumps(known, ensure_ascii=True), encoding="ascii")
        fresh.replace(path)


def waiting(tried: Tried | None, now: Moment) -> float:
    """Seconds until an authority may be asked again, 0 for now. A clock that was put back never makes anybody wait longer than `wait`."""
    if tried is None:
        return 0.0
    due = parse(tried.tried) + timedelta(seconds=tried.wait)
    return min(max((due - now.wall).total_seconds(), 0.0), float(tried.wait))


def resting(tried: Tried | None, rest: int, now: Moment) -> float:
    """Seconds until a person may ask again: the authority's own rest, whatever failed before."""
    return min(waiting(tried, now), waiting(Tried(tried.tried, rest), now)) if tried is not None else 0.0


def begun(before: Tried | None, now: Moment, rest: int) -> Tried:
    """What is to be remembered while a request is under way: that it was made; failures before it still count."""
    return replace(before, tried=now.stamp) if before is not None and before.failures else Tried(now.stamp, rest)


def after(before: Tried | None, now: Moment, rest: int, error: ProvError | None, chance: Callable[[], float]) -> Tried:
    """What is to be remembered after a request.

    After a failure the patience doubles from a minute to six hours, for ever; `chance` (0 to 1) takes up to half of it away, so that
    many recorders that lost the same network do not all come back at once.
    """
    if error is None:
        return Tried(now.stamp, rest)
    failures = (before.failures if before else 0) + 1
    whole = min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(failures - 1, 20))
    wait = max(rest, round(whole * (1 - chance() / 2)))
    return Tried(now.stamp, min(wait, MOST_SECONDS), failures, error.key, {name: str(value) for name, value in error.params.items()})
