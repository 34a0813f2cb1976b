"""How a coverage timeline is printed: bands of hours for people, spans for programs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance import clock, words
from provenance.cli import out

if TYPE_CHECKING:
    from provenance.views.timeline import Hole, Timeline

MARKS = {"full": "█", "some": "▄"}
MOST_DAYS = 14
MOST_HOLES = 5


def of_ledger(path: Path) -> Timeline | None:
    """The timeline that a ledger's own entries tell; None for a ledger whose entries cannot be read."""
    from provenance.errors import BadInput, Damaged
    from provenance.ledger.store import Ledger
    from provenance.views import timeline

    try:
        with Ledger.open(path, clock.system, read_only=True) as ledger:
            size = ledger.size()
            end = next((entry.at for entry in ledger.entries(size - 1, size)), None) if size else None
            return timeline.timeline(ledger.records(0, size, timeline.KINDS), end)
    except (BadInput, Damaged):
        return None  # what is wrong is named by the check


@dataclass(frozen=True)
class _Said:
    """An entry as the timeline takes it, read without the ledger's own room."""

    kind: str
    at: str
    open: Mapping[str, Any]
    sealed: Mapping[str, str]


@dataclass(frozen=True)
class _Row:
    entry: _Said
    values: Mapping[str, Any]


def of_rows(db: sqlite3.Connection, now: datetime | None) -> Timeline:
    """The timeline by plain SQLite, for `prov status`; the list of folders is left out. now: where a recorder is running."""
    from provenance.views import timeline

    marks = ",".join("?" * len(timeline.KINDS))
    rows = []
    for raw, path in db.execute(
        f"SELECT e.bytes, d.value FROM entries e LEFT JOIN disclosures d ON d.seq = e.seq AND d.name = 'path' WHERE e.kind IN ({marks}) "
        "ORDER BY e.seq", timeline.KINDS,
    ):
        entry = json.loads(raw)
        said = _Said(entry["kind"], entry["at"], entry["open"], entry["sealed"])
        rows.append(_Row(said, {"path": json.loads(path)} if path else {}))
    newest = db.execute("SELECT at FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    return timeline.timeline(rows, clock.stamp(now) if now else newest[0] if newest else None)


def lately(found: Timeline, since: datetime) -> dict[str, Any]:
    """What `prov status` says of it: the watched seconds since a time, and the longest gap; `line` makes words of it."""
    from provenance.views import timeline

    part = timeline.lately(found, since)
    return {
        "since": clock.stamp(since), "watched_seconds": round(part.watched.total_seconds()),
        "longest_gap": _hole(part.longest) if part.longest else None,
    }


def line(found: Mapping[str, Any]) -> str:
    """`lately` as one line."""
    lang, gap = words.language(), found["longest_gap"]
    watched = length(timedelta(seconds=found["watched_seconds"]))
    if gap is None:
        return words.say("cli.status.covered", lang, watched=watched)
    missed = length(timedelta(seconds=gap["seconds"]))
    why = _reason(gap["reason"], lang)
    return words.say("cli.status.covered-gap", lang, watched=watched, gap=missed, since=_short(gap["since"]), why=why)


def as_object(found: Timeline) -> dict[str, Any]:
    """The timeline for a script; times RFC 3339 UTC, lengths in seconds."""
    from provenance.views.timeline import days

    longest = found.longest
    return {
        "watched_seconds": round(found.watched.total_seconds()),
        "goes_on": found.open,
        "clock_jumps": found.jumps,
        "longest_gap": _hole(longest) if longest else None,
        "spans": [{"since": clock.stamp(s.since), "until": clock.stamp(s.until), "roots": list(s.roots)} for s in found.spans],
        "gaps": [_hole(hole) for hole in found.holes],
        "folders_away": [{**_hole(hole), "path": hole.path} for hole in found.folders],
        "days": [
            {"date": day.date, "hours": list(day.hours), "watched_seconds": round(day.watched.total_seconds())} for day in days(found)
        ],
    }


def _hole(hole: Hole) -> dict[str, Any]:
    return {
        "since": clock.stamp(hole.since), "until": clock.stamp(hole.until), "reason": hole.reason,
        "seconds": round((hole.until - hole.since).total_seconds()),
    }


def show(found: Timeline) -> None:
    """The timeline for people: the newest days as bands of 24 hours, the longest times without, and whose clock it was."""
    from provenance.views.timeline import days

    if not found.spans:
        out.say("cli.coverage.none")
        return
    shown = days(found)
    out.echo("")
    first, last = found.spans[0].since, found.spans[-1].until
    out.say("cli.coverage.title", "strong", since=_short(clock.stamp(first)), until=_short(clock.stamp(last)))
    if len(shown) > MOST_DAYS:
        out.say("cli.coverage.earlier", "quiet", count=len(shown) - MOST_DAYS)
    out.echo(f"  {'':10}  {'0     6     12    18':<24}", "quiet")
    for day in shown[-MOST_DAYS:]:
        out.echo(f"  {day.date}  {''.join(MARKS.get(hour, '·') for hour in day.hours)}  {length(day.watched)}")
    out.say("cli.coverage.key", "quiet")
    out.say("cli.coverage.watched", watched=length(found.watched), whole=length(last - first), count=len(found.spans))
    if found.holes:
        out.say("cli.coverage.longest", count=len(found.holes))
        _list(sorted(found.holes, key=lambda hole: hole.since - hole.until)[:MOST_HOLES])
    if found.folders:
        out.say("cli.coverage.folders", count=len(found.folders))
        _list(sorted(found.folders, key=lambda hole: hole.since - hole.until)[:MOST_HOLES])
    if found.jumps:
        out.say("cli.coverage.jumps", count=found.jumps)


def _list(holes: Sequence[Hole]) -> None:
    lang = words.language()
    out.table([
        (
            "  " + length(hole.until - hole.since), _short(clock.stamp(hole.since)), _short(clock.stamp(hole.until)),
            " ".join(filter(None, (_reason(hole.reason, lang), words.visible(hole.path)))),
        )
        for hole in holes
    ])


def _reason(reason: str, lang: str) -> str:
    key = f"cli.coverage.reason.{reason.replace(' ', '-')}"
    return words.say(key, lang) if words.known(key) else words.visible(reason)


def length(time: timedelta) -> str:
    """A length in the two units that say most: `3 d 4 h`, `2 h 5 min`, `40 s`."""
    lang, seconds = words.language(), int(time.total_seconds())
    parts = ((seconds // 86_400, "d"), (seconds // 3_600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    first = next((at for at, (count, _) in enumerate(parts) if count), 3)
    said = [words.say(f"cli.coverage.{unit}", lang, count=count) for count, unit in parts[first : first + 2] if count or first == 3]
    return " ".join(said)


def _short(stamp: str) -> str:
    return f"{stamp[:10]} {stamp[11:16]}"
