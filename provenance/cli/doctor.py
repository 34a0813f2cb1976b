"""`prov doctor`: what is not seen, and why."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from provenance import clock, config, words
from provenance.capture import tools, watch
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.cli.time_said import span, when
from provenance.config import Config, Home
from provenance.daemon import lock, patience, status, unanchored
from provenance.errors import ProvError, Unavailable

GOOD, WARN, BAD = "good", "warn", "bad"
LOW_DISK = 2 * 1024**3
FONTS = ("NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy-", "msyh", "simsun", "simhei", "PingFang", "STHeiti", "Hiragino",
         "DroidSansFallback")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/System/Library/Fonts", "/Library/Fonts",
                "C:/Windows/Fonts")
MOST_FOLDERS = 200_000
LONG = 24 * 3600  # seconds without a trusted time, with something recorded in them, that are worth a note


@dataclass(frozen=True)
class Check:
    """One thing looked at. key: its message; params fill it."""

    level: str
    key: str
    params: dict[str, object]


@cli_command("doctor")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
@click.option("--code-hash", "own", is_flag=True, help=help_of("cli.doctor.code"))
def command(as_json: bool, own: bool) -> int:
    if own:
        return _own(as_json)
    checks = list(examine(config.home()))
    lang = words.language()
    for check in checks:
        text = words.say(check.key, lang, **check.params)
        if as_json:
            out.json_line({"level": check.level, "check": check.key, "text": text})
        else:
            mark = {GOOD: out.styled("ok  ", "good"), WARN: out.styled("note", "strong"), BAD: out.styled("BAD ", "bad")}[check.level]
            out.echo(f"{mark}  {text}")
    return 1 if any(check.level == BAD for check in checks) else 0


def _own(as_json: bool) -> int:
    """The SHA-256 of the program's own files, as `recorder.started` states it."""
    from provenance.daemon.codehash import code_hash

    found = code_hash()
    if found is None:
        raise Unavailable("doctor.no-code")
    out.json_line({"code": found}) if as_json else out.echo(found)
    return 0


def examine(home: Home) -> Iterator[Check]:
    """Everything worth saying, in the order of the path."""
    try:
        settings = config.load(home)
    except ProvError as error:
        yield Check(BAD, error.key, error.params)
        settings = Config()
    else:
        yield Check(GOOD, "doctor.home", {"home": str(home.path)})
    yield from _recorder(home)
    if not settings.roots:
        yield Check(BAD, "doctor.no-root", {})
    for root in settings.roots:
        yield from _root(root)
    yield from _rules(settings)
    yield from _limits(settings)
    yield from _models(settings)
    yield from _disk(home)
    yield from _clock()
    yield from _time(home)
    yield Check(GOOD, "doctor.sqlite", {"version": sqlite3.sqlite_version})
    yield Check(GOOD, "doctor.font", {}) if _font() else Check(WARN, "doctor.no-font", {})


def _recorder(home: Home) -> Iterator[Check]:
    pid = lock.holder(home.lock)
    state = status.read(home.status) or {}
    if pid is None:
        yield Check(WARN, "doctor.not-running", {})
        return
    yield Check(GOOD, "doctor.running", {"pid": pid})
    for path in state.get("unwatched", ()):
        yield Check(BAD, "doctor.unwatched", {"path": path})
    if state.get("trouble"):
        yield Check(BAD, state["trouble"], {})


def _root(root: str) -> Iterator[Check]:
    path = Path(root)
    if not path.is_dir():
        # a tool makes some of its folders when it first needs them, and ComfyUI takes temp/ away at each end: the recorder waits for them
        waits = any(tools.recognise(above) for above in list(path.parents)[:3] if above.is_dir())
        yield Check(WARN, "doctor.root-waits", {"path": root}) if waits else Check(BAD, "doctor.root-missing", {"path": root})
    elif not os.access(path, os.R_OK | os.X_OK):
        yield Check(BAD, "doctor.root-denied", {"path": root})
    elif _network(path):
        yield Check(WARN, "doctor.root-network", {"path": root})
    else:
        yield Check(GOOD, "doctor.root", {"path": root})


def _rules(settings: Config) -> Iterator[Check]:
    """The rules of prov.toml as they are understood, and those that can never fit."""
    from provenance.capture.marks.mark import OBSERVED
    from provenance.daemon.deciding import unused

    if not settings.rules:
        return
    said = (" ".join(f"{name}={text}" for name in config.RULE_KEYS if (text := getattr(rule, name))) for rule in settings.rules)
    yield Check(GOOD, "doctor.rules", {"count": len(settings.rules), "rules": "; ".join(f"{n}) {text}" for n, text in enumerate(said, 1))})
    for number in unused(settings.rules, settings.roots):
        yield Check(WARN, "doctor.rule-away", {"number": number, "folder": settings.rules[number - 1].folder})
    for number, rule in enumerate(settings.rules, 1):
        if rule.observed and rule.observed not in OBSERVED:
            yield Check(WARN, "doctor.rule-odd", {"number": number, "observed": rule.observed})


def _network(path: Path) -> bool:
    """Whether a folder lies on a network file system, where no events come from other machines (Linux: /proc/mounts)."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    best = max((m.split() for m in mounts if str(path.resolve()).startswith(m.split()[1])), key=lambda m: len(m[1]), default=["", "", ""])
    return best[2] in ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "drvfs")


def _limits(settings: Config) -> Iterator[Check]:
    limit = watch.limits().get("max_user_watches")
    if limit is None:
        return
    count = 0
    for root in settings.roots:
        for _ in os.walk(root):
            count += 1
            if count > MOST_FOLDERS:
                break
    yield Check(BAD if count > limit else GOOD, "doctor.watches", {"count": count, "limit": limit})


def _models(settings: Config) -> Iterator[Check]:
    from provenance.daemon.modelwork import model_folders

    folders = [folder for _, folder in model_folders(settings.roots, settings.model_folders)]
    here = [folder for folder in folders if Path(folder).is_dir()]
    yield Check(GOOD, "doctor.models", {"count": len(here)}) if here else Check(WARN, "doctor.no-models", {})
    for folder in settings.model_folders:
        if not Path(folder).is_dir():
            yield Check(BAD, "doctor.models-missing", {"path": folder})


def _disk(home: Home) -> Iterator[Check]:
    place = home.path if home.path.exists() else home.path.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        return
    yield Check(BAD if free < LOW_DISK else GOOD, "doctor.disk", {"free": f"{free / 1024**3:.1f}"})
    if home.path.exists() and not os.access(home.path, os.W_OK):
        yield Check(BAD, "doctor.read-only", {"home": str(home.path)})


def _clock() -> Iterator[Check]:
    now = clock.system()
    good = 2026 <= now.wall.year <= 2100
    yield Check(GOOD if good else BAD, "doctor.clock", {"at": now.stamp[:19]})


def _time(home: Home) -> Iterator[Check]:
    """Whom is asked for the time, how it goes, and how long entries stood without one."""
    if not home.ledger.exists():
        return
    try:
        found = unanchored.gather(home)
    except ProvError as error:
        yield Check(BAD, error.key, error.params)
        return
    last, wide, names = found["last"], found["longest"], ", ".join(found["use"])
    if not names:
        yield Check(WARN, "doctor.time-off", {})
    elif last:
        said = {"names": names, "at": when(last["time"]), "authority": last["authority"], "size": last["size"]}
        yield Check(GOOD, "doctor.time-last", said)
    else:
        yield Check(WARN, "doctor.time-none", {"names": names})
    tried = patience.read(home.asked)
    for name in found["use"]:
        one = tried.get(name)
        if one is not None and one.error:
            told = words.say(one.error, words.language(), **one.params)
            yield Check(WARN, "doctor.time-failed", {"name": name, "failures": one.failures, "at": one.tried[:16], "why": told})
    if wide and (names or last):
        entries = {"first": wide["bracket"]["first"], "last": wide["bracket"]["stop"] - 1}
        yield Check(GOOD if wide["seconds"] < LONG else WARN, "doctor.time-longest", {"span": span(wide["seconds"]), **entries})
    if found["promises"]:
        yield Check(GOOD, "doctor.time-promises", {"waiting": found["promises"]})


def _font() -> bool:
    """Whether a font with Chinese glyphs is installed; the report's page needs one on the machine that shows it."""
    for folder in FONT_FOLDERS:
        for _path, _folders, files in os.walk(Path(folder).expanduser()):
            if any(name.startswith(FONTS) for name in files):
                return True
    return False
