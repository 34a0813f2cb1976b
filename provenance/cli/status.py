"""`prov status`: one screen. Reads with the standard library only, so that it answers at once."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from datetime import timedelta
from typing import Any

import click

from provenance import clock, config, words
from provenance.cli import coverage, out
from provenance.cli.common import cli_command, help_of
from provenance.cli.time_said import anchored
from provenance.cli.witness_said import refusal, witnessed
from provenance.daemon import held, lock, reminding, seen_by, status, unanchored
from provenance.errors import Damaged, ProvError, Unavailable

WEEK = timedelta(days=7)


@cli_command("status")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(as_json: bool) -> None:
    found = gather(config.home())
    if as_json:
        out.json_line(found)
        return
    lang = words.language()
    shown = {
        "alive": words.say("cli.status.yes" if found["alive"] else "cli.status.no", lang, pid=found["pid"]),
        "last_capture": f"{_when(found['last_capture'])}  {words.visible(found['last_name'])}".strip() if found["last_capture"] else "-",
        "backlog": str(found["backlog"]),
        **({"describing": _describing(found, lang)} if any(found["describing"]) or found["describing_paused"] else {}),
        "entries": str(found["entries"]),
        "last_snapshot": words.say("cli.status.snapshot", lang, at=_when(found["last_snapshot"]["at"]), size=found["last_snapshot"]["size"])
        if found["last_snapshot"]
        else "-",
        "coverage": coverage.line(found["coverage"]),
        "disk": words.say("cli.status.space", lang, used=_size(found["disk_bytes"]), free=_size(found["disk_free"])),
        "home": found["home"],
    }
    if found["holds"]:
        shown["hold"] = words.say("cli.status.held", lang, at=_when(found["holds"][0]["at"]))
    rows = [(words.say(f"cli.status.{name}", lang), value) for name, value in shown.items()]
    out.table([*rows, *anchored(found["time"]), *witnessed(found["witnesses"])])
    for one in found["witnesses"]["refused"]:
        out.echo(refusal(one), "bad")
    for root in found["roots"]:
        out.echo("  " + words.visible(root), "quiet")
    if found["kept_over"]:
        out.say("cli.status.over-budget", "strong")
    if found["trouble"]:
        out.echo(words.say(found["trouble"], lang), "bad")
    for path in found["unwatched"]:
        out.say("cli.status.unwatched", "bad", path=path)
    _remind(config.home())


def _remind(home: config.Home) -> None:
    """Where prov.toml asks for it: one quiet line, once in a sitting."""
    with contextlib.suppress(ProvError):
        settings = config.load(home)
        minutes = reminding.once(home, clock.system().wall, settings.remind, timedelta(minutes=settings.sitting_minutes))
        if minutes:
            out.say("cli.remind", "quiet", minutes=minutes)


def _describing(found: dict[str, Any], lang: str) -> str:
    waiting, finding = found["describing"]
    key = "cli.status.describing.paused" if found["describing_paused"] else "cli.status.describing.waiting"
    return words.say(key, lang, waiting=waiting, finding=finding)


def gather(home: config.Home) -> dict[str, Any]:
    """What is known without asking the recorder. Raises Unavailable `home.missing`, Damaged `ledger.damaged`."""
    if not home.ledger.exists():
        raise Unavailable("home.missing", home=str(home.path))
    pid = lock.holder(home.lock)
    state = status.read(home.status) or {}
    entries, snapshot, last, covered = _ledger(home, pid is not None)
    disk = os.statvfs(home.path) if hasattr(os, "statvfs") else None
    return {
        "home": str(home.path),
        "alive": pid is not None,
        "pid": pid,
        "started": state.get("started") if pid is not None else None,
        "alive_at": state.get("alive_at"),
        "last_capture": last[0],
        "last_name": last[1] or state.get("last_name", ""),
        "backlog": state.get("backlog", 0) if pid is not None else 0,
        "models_waiting": state.get("models_waiting", 0) if pid is not None else 0,
        "describing": state.get("describing", [0, 0]) if pid is not None else [0, 0],
        "describing_paused": (home.path / "describe.paused").exists(),
        "entries": entries,
        "last_snapshot": snapshot,
        "coverage": covered,
        "disk_bytes": used(str(home.path)),
        "disk_free": disk.f_bavail * disk.f_frsize if disk else None,
        "roots": state.get("roots", []),
        "unwatched": state.get("unwatched", []),
        "trouble": state.get("trouble", "") if pid is not None else "",
        "watcher": state.get("watcher", ""),
        "time": unanchored.gather(home),
        "witnesses": seen_by.gather(home),
        "holds": held.gather(home),
        "kept_over": bool(state.get("kept_over")) and pid is not None,
    }


def _ledger(home: config.Home, alive: bool) -> tuple[int, dict[str, Any] | None, tuple[str | None, str], dict[str, Any]]:
    try:
        # a crash may have left a journal that must be rolled back first, which a connection opened read-only cannot do
        mode = "rw" if os.access(home.ledger, os.W_OK) and os.access(home.path, os.W_OK) else "ro"
        db = sqlite3.connect(f"{home.ledger.absolute().as_uri()}?mode={mode}", uri=True, timeout=10)
        try:
            db.execute("PRAGMA query_only = ON")
            size = db.execute("SELECT coalesce(max(seq) + 1, 0) FROM entries").fetchone()[0]
            row = db.execute("SELECT bytes FROM entries WHERE kind = 'snapshot.signed/1' ORDER BY seq DESC LIMIT 1").fetchone()
            last = db.execute(
                "SELECT e.at, d.value FROM entries e LEFT JOIN disclosures d ON d.seq = e.seq AND d.name = 'path' "
                "WHERE e.kind IN ('file.captured/1', 'file.changed/1') ORDER BY e.seq DESC LIMIT 1"
            ).fetchone()
            now = clock.system().wall
            covered = coverage.lately(coverage.of_rows(db, now if alive else None), now - WEEK)
        finally:
            db.close()
    except sqlite3.Error as error:
        raise Damaged("ledger.corrupt", path=str(home.ledger)) from error
    entry = json.loads(row[0]) if row else None
    snapshot = {"at": entry["at"], "size": entry["open"]["size"], "seq": entry["seq"]} if entry else None
    return size, snapshot, (last[0], _name(last[1])) if last else (None, ""), covered


def _name(value: bytes | None) -> str:
    path = json.loads(value) if value else ""
    return os.path.basename(path.replace("\\", "/")) if isinstance(path, str) else "?"  # noqa: PTH119


def used(folder: str) -> int:
    """Bytes of all files below a folder."""
    total = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                total += used(entry.path)
                continue
            with contextlib.suppress(FileNotFoundError):  # the recorder's unfinished files come and go
                total += entry.stat(follow_symlinks=False).st_size
    return total


def _when(stamp: str | None) -> str:
    return f"{stamp[:10]} {stamp[11:19]} UTC" if stamp else "-"


def _size(count: int | None) -> str:
    if count is None:
        return "?"
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"
