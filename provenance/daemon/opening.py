"""The first sentences of a run: what runs here, and what became of the run before."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence

from provenance import canon, clock, facts
from provenance.capture import watch
from provenance.clock import Moment
from provenance.config import Home
from provenance.daemon import status
from provenance.daemon.clocks import JUMP_MS, asleep, stepped
from provenance.daemon.codehash import code_hash
from provenance.daemon.heartbeat import Beat
from provenance.daemon.house import SOFTWARE, House
from provenance.daemon.known import Known
from provenance.ledger.schema import journal

ALIVE = """
SELECT at FROM (SELECT max(seq) AS seq, at FROM versions WHERE kind != 'file.imported/1' UNION ALL SELECT max(seq), at FROM moves
UNION ALL SELECT max(seq), at FROM losses UNION ALL SELECT max(seq), at FROM coverage) WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1
"""
LAST = "SELECT kind, at, reason FROM coverage WHERE kind IN ('recorder.started/1', 'recorder.stopped/1') ORDER BY seq DESC LIMIT 1"


def started(house: House, roots: Sequence[str], now: Moment) -> facts.RecorderStarted:
    """What runs here. What the system does not tell is left out; whether it is a virtual machine or a container is not guessed."""
    follows = clock.synchronised()
    return facts.RecorderStarted(
        software=SOFTWARE, python=platform.python_version(), system=f"{platform.system()} {platform.release()}",
        sqlite=sqlite3.sqlite_version, watcher=watch.watcher_name(), journal=journal(house.ledger.path), code=code_hash(),
        zone=clock.zone(now.wall), clock_synchronised=None if follows is None else "yes" if follows[0] else "no",
        clock_error_ms=follows[1] if follows is not None and follows[0] else None, host=platform.node(), account=account(),
        roots=tuple(canon.path(root) for root in roots),
    )


def account() -> str | None:
    """The operating system's name for whom this process runs as; not what the environment claims, where the system can be asked."""
    try:
        import pwd
    except ImportError:  # Windows
        import getpass

        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return None
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        return str(os.getuid())


def interruption(known: Known, home: Home, beat: Beat | None, now: Moment) -> Iterator[facts.GapNoticed]:
    """The gap since the last run; nothing in a ledger that no recorder ran on.

    "stopped": it said so. Else it was killed, crashed, or lost its power: "restarted" where the machine was booted anew since its last beat
    (which came first, nobody saw), "crashed" where it was not.
    """
    rows = known.ask(LAST)
    if not rows:
        return
    if rows[0]["kind"] == facts.RecorderStopped.KIND:
        yield facts.GapNoticed(reason="stopped", since=rows[0]["at"], until=now.stamp)
        return
    since = _last_alive(known, home, rows[0]["at"], beat, now)
    if beat is None or not beat.boot or not now.boot or beat.wall < rows[0]["at"]:  # none of that run, or no name of a boot
        yield facts.GapNoticed(reason="crashed", since=since, until=now.stamp)
    elif beat.boot != now.boot:
        yield facts.GapNoticed(reason="restarted", since=since, until=now.stamp, boot_before=beat.boot)
    else:
        yield facts.GapNoticed(reason="crashed", since=since, until=now.stamp, asleep_ms=asleep(beat.moment(), now) or None)


def _last_alive(known: Known, home: Home, started_at: str, beat: Beat | None, now: Moment) -> str:
    """When a recorder that never said it stopped was last known to run: its heartbeat, or the last entry that only a recorder writes
    (a note may have been made, or an archive imported, while none ran)."""
    state = status.read(home.status) or {}
    rows = known.ask(ALIVE)
    last = rows[0]["at"] if rows else started_at
    beats = (state.get("alive_at"), beat.wall if beat else None)
    return max(started_at, last, *(one for one in beats if isinstance(one, str) and one <= now.stamp))


def set_back(beat: Beat | None, now: Moment) -> Iterator[facts.ClockJumped]:
    """That the wall clock was set while no recorder ran: within one boot by how much, else only that it went back."""
    if beat is None:
        return
    before = beat.moment()
    same = bool(now.boot) and before.boot == now.boot and now.mono_ms >= before.mono_ms
    step = stepped(before, now) if same else min(0, round((now.wall - before.wall).total_seconds() * 1000))
    if abs(step) > JUMP_MS:
        yield facts.ClockJumped(wall_before=before.stamp, wall_after=now.stamp, by_ms=step)
