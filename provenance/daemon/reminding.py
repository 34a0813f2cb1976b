"""One quiet line, once in a sitting, where the work goes long without a word on record. Off unless prov.toml asks for it.

Read with the standard library alone, so that `prov status` stays quick; nothing is written to the ledger.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import datetime, timedelta

from provenance import clock, facts
from provenance.config import Home
from provenance.errors import ProvError

MARK = "reminded"  # a file of the home: of which sitting it was said
MOST = 20_000  # captures of one sitting that are looked at
LIVE = (facts.FileCaptured.KIND, facts.FileChanged.KIND)
WORDS = (facts.NoteAdded.KIND, facts.IdeaStated.KIND, facts.ConversationStated.KIND)


def overdue(db: sqlite3.Connection, now: datetime, remind: int, gap: timedelta) -> tuple[str, int] | None:
    """(when the sitting began, minutes without a word), or None where nothing is to be said.

    Args:
        db: the ledger, read only. now: the wall clock. remind: minutes of work without a word that are long; 0: never. gap: ends a sitting.
    """
    if not remind:
        return None
    marks = ",".join("?" * len(LIVE))
    begin = last = None
    for (at,) in db.execute(f"SELECT at FROM entries WHERE kind IN ({marks}) ORDER BY seq DESC LIMIT {MOST}", LIVE):
        time = clock.parse(at)
        if (begin or now) - time > gap:
            break
        last, begin = last or time, time
    if begin is None or last is None:
        return None
    since = max(begin, _last_word(db) or begin)
    minutes = int((now - since).total_seconds() // 60)
    return (clock.stamp(begin), minutes) if minutes >= remind else None


def _last_word(db: sqlite3.Connection) -> datetime | None:
    """When a person last gave a reason: an idea, a note, a talk, or a decision with a why."""
    marks = ",".join("?" * len(WORDS))
    found = [row[0] for row in db.execute(f"SELECT at FROM entries WHERE kind IN ({marks}) ORDER BY seq DESC LIMIT 1", WORDS)]
    query = "SELECT at, bytes FROM entries WHERE kind = ? ORDER BY seq DESC LIMIT 200"
    found += [at for at, raw in db.execute(query, (facts.DecisionMade.KIND,)) if "why" in json.loads(raw).get("sealed", {})][:1]
    return max((clock.parse(at) for at in found), default=None)


def once(home: Home, now: datetime, remind: int, gap: timedelta) -> int:
    """Minutes to remind of, 0 where nothing is to be said or it was said in this sitting already. It counts as said from now on."""
    if not remind:
        return 0
    try:
        with contextlib.closing(sqlite3.connect(f"{home.ledger.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as db:
            found = overdue(db, now, remind, gap)
    except (sqlite3.Error, ValueError, ProvError):  # a reminder is never worth an error
        return 0
    if found is None or _said(home) == found[0]:
        return 0
    with contextlib.suppress(OSError):
        (home.path / MARK).write_text(found[0], encoding="ascii")
    return found[1]


def _said(home: Home) -> str:
    try:
        return (home.path / MARK).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
