"""Sittings: live file entries with no long pause between them. A calendar day cuts nothing, nor does a stop of the recorder.

What was found later has its own sittings, by the time that the file system claimed for the files; the two never mix. Times are this
machine's wall clock; where it was set back no pause is seen. Only the rows of the sitting asked for are read, but to number sittings all
times are.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from provenance import clock, facts
from provenance.errors import BadInput
from provenance.views.store import Views

GAP = timedelta(minutes=30)
LATER = "i"  # before the number of a sitting of imported files
BATCH = 500
_SITTINGS = """
WITH timed AS (
    SELECT seq, {time} AS at,
        CAST(strftime('%s', substr({time}, 1, 19)) AS INTEGER) * 1000000 + CAST(substr({time}, 21, 6) AS INTEGER) AS us
    FROM versions WHERE {which}
), cut AS (
    SELECT seq, at, CASE WHEN us - lag(us) OVER (ORDER BY {order}) <= :gap THEN 0 ELSE 1 END AS begins FROM timed
), numbered AS (
    SELECT seq, at, sum(begins) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS n FROM cut
)
SELECT n, min(at) AS since, max(at) AS until, min(seq) AS first, max(seq) AS last, count(*) AS files FROM numbered GROUP BY n ORDER BY n
"""
"""Stamps have six decimals (clock.stamp), so that microseconds are exact; a lag of nothing (the first row) begins a sitting."""
_LIVE = f"kind != '{facts.FileImported.KIND}'"
_IMPORTED = f"kind = '{facts.FileImported.KIND}'"


@dataclass(frozen=True)
class Sitting:
    """One sitting. name: `1`, `2`, ... in order; `i1`, ... for files found later, by the times that they claim: another import may renumber
    those. since, until: of its first and last file. first, last: entries of its files. files: how many. imported: by claimed times."""

    name: str
    since: str
    until: str
    first: int
    last: int
    files: int
    imported: bool = False

    def has(self, seqs: Sequence[int]) -> bool:
        """Whether any of these entries, ascending, stands in it."""
        at = bisect_left(seqs, self.first)
        return at < len(seqs) and seqs[at] <= self.last


def sittings(views: Views, gap: timedelta = GAP) -> list[Sitting]:
    """All sittings seen live, oldest first."""
    return _all(views, _SITTINGS.format(time="at", order="seq", which=_LIVE), gap, imported=False)


def imported(views: Views, gap: timedelta = GAP) -> list[Sitting]:
    """Sittings of files found later, by their file times. Their entries may lie anywhere: `first` and `last` are the lowest and highest."""
    return _all(views, _SITTINGS.format(time="mtime", order="at, seq", which=_IMPORTED), gap, imported=True)


def _all(views: Views, sql: str, gap: timedelta, *, imported: bool) -> list[Sitting]:
    rows = views.ask(sql, gap=gap // timedelta(microseconds=1))
    prefix = LATER if imported else ""
    return [Sitting(f"{prefix}{r['n']}", r["since"], r["until"], r["first"], r["last"], r["files"], imported) for r in rows]


def live(views: Views, hashes: Iterable[str]) -> list[int]:
    """Entries in which these files were seen live, ascending."""
    sql = f"SELECT seq FROM versions WHERE sha256 IN (SELECT value FROM json_each(:hashes)) AND {_LIVE} ORDER BY seq"
    return [row["seq"] for row in views.ask(sql, hashes=json.dumps(list(hashes)))]


def around(views: Views, seq: int, gap: timedelta = GAP) -> Sitting | None:
    """The sitting that a live file entry belongs to, its number not asked for (`name` ""); None for an entry that is no live file."""
    if not views.ask(f"SELECT seq FROM versions WHERE seq = :seq AND {_LIVE}", seq=seq):
        return None
    before, after = (list(_neighbours(views, seq, gap, back)) for back in (True, False))
    rows = [*reversed(before), *after[1:]]
    return Sitting("", min(at for _, at in rows), max(at for _, at in rows), rows[0][0], rows[-1][0], len(rows))


def last(views: Views, gap: timedelta = GAP) -> Sitting | None:
    """The newest sitting seen live, its number not asked for; None where nothing was seen live."""
    rows = views.ask(f"SELECT seq FROM versions WHERE {_LIVE} ORDER BY seq DESC LIMIT 1")
    return around(views, rows[0]["seq"], gap) if rows else None


def _neighbours(views: Views, seq: int, gap: timedelta, back: bool) -> Iterator[tuple[int, str]]:
    """Live file entries from `seq` on, one way, until a pause."""
    sign, order = ("<=", "DESC") if back else (">=", "ASC")
    at, from_ = None, seq
    sql = f"SELECT seq, at FROM versions WHERE seq {sign} :seq AND {_LIVE} ORDER BY seq {order} LIMIT {BATCH}"
    while rows := views.ask(sql, seq=from_):
        for row in rows:
            now = clock.parse(row["at"])
            if at is not None and (at - now if back else now - at) > gap:
                return
            yield row["seq"], row["at"]
            at = now
        from_ = rows[-1]["seq"] + (-1 if back else 1)


def named(views: Views, name: str, gap: timedelta = GAP) -> Sitting:
    """A sitting by its name. Raises BadInput `sitting.unknown`."""
    for one in imported(views, gap) if name.lower().startswith(LATER) else sittings(views, gap):
        if one.name == name.lower():
            return one
    raise BadInput("sitting.unknown", sitting=name)


def of_day(views: Views, day: str, gap: timedelta = GAP) -> list[Sitting]:
    """Live sittings that have a file on a day (UTC), `YYYY-MM-DD`. Raises BadInput `sitting.day`."""
    if len(day) != 10:
        raise BadInput("sitting.day", day=day)
    try:
        clock.parse(f"{day}T00:00:00Z")
    except BadInput as error:
        raise BadInput("sitting.day", day=day) from error
    return [one for one in sittings(views, gap) if one.since[:10] <= day <= one.until[:10]]


@dataclass(frozen=True)
class Span:
    """What a story tells of: entries from `first` to before `stop` (None: the end), without those before the sitting that are not later
    than `after` (they belong to the sitting before), and without those behind it that are later than `until` (they belong to the next)."""

    first: int
    stop: int | None
    after: str
    until: str


def span(views: Views, one: Sitting, gap: timedelta = GAP) -> Span:
    """A live sitting's own entries, what was said before it since the sitting before, and what followed within a pause's length. What came
    later belongs to the next sitting, or to this one if it is the last: so every entry is told once."""
    live = f"SELECT seq, at FROM versions WHERE {_LIVE} AND seq"
    before = views.ask(f"{live} < :seq ORDER BY seq DESC LIMIT 1", seq=one.first)
    behind = views.ask(f"{live} > :seq ORDER BY seq LIMIT 1", seq=one.last)
    return Span(
        before[0]["seq"] + 1 if before else 0,
        behind[0]["seq"] if behind else None,
        clock.stamp(clock.parse(before[0]["at"]) + gap) if before else "",
        clock.stamp(clock.parse(one.until) + gap) if behind else "~",
    )
