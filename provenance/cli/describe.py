"""`prov describe`: pause and resume describing, see what waits, and ask which recorded picture a file looks like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance import config, words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import Unavailable, Unreadable

if TYPE_CHECKING:
    from provenance.daemon.house import House

PAUSE = "describe.paused"
MOST_BYTES = 256 * 1024 * 1024
HELP = help_of("cli.describe") + "\n\n" + help_of("cli.describe.long")
COUNTS = {
    "described": "SELECT count(*) AS n FROM described",
    "waiting": "SELECT count(DISTINCT sha256) AS n FROM versions WHERE (media_type LIKE 'image/%' AND media_type != 'image/x-xcf' "
    "OR media_type = 'application/x-krita') AND parsed != 'unparsed' "
    "AND sha256 NOT IN (SELECT sha256 FROM described WHERE version >= 2) AND sha256 NOT IN (SELECT sha256 FROM undescribed)",
    "undescribed": "SELECT count(*) AS n FROM undescribed",
    "links": "SELECT count(*) AS n FROM likenesses",
}


@click.group(name="describe", help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Descriptions."""


@cli_command("describe.pause")
def pause() -> None:
    try:
        _mark().write_bytes(b"")
    except OSError as error:
        raise Unavailable("home.unwritable", path=str(_mark().parent), why=error.strerror or "") from error
    out.say("cli.describe.paused")


@cli_command("describe.resume")
def resume() -> None:
    try:
        _mark().unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable("home.unwritable", path=str(_mark().parent), why=error.strerror or "") from error
    out.say("cli.describe.resumed", "good")


@cli_command("describe.status")
@as_json
def status(as_json: bool) -> None:
    with at_home(read_only=True) as house:
        found: dict[str, Any] = {name: house.views.ask(sql)[0]["n"] for name, sql in COUNTS.items()}
        found["state"] = "off" if not house.config.previews else "paused" if _mark().exists() else "on"
    if as_json:
        out.json_line(found)
        return
    lang = words.language()
    shown = {**found, "state": words.say(f"cli.describe.state.{found['state']}", lang)}
    out.table([(words.say(f"cli.describe.row.{name}", lang), str(shown[name])) for name in ("state", *COUNTS)])


@cli_command("describe.find")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def find(file: Path, as_json: bool) -> None:
    content = _read(file)
    with at_home(read_only=True) as house:
        found = _like(house, content)
        named = [(one, _name(house, one["parent"])) for one in found]
    if as_json:
        for one, name in named:
            out.json_line({**one, "name": name})
        return
    lang = words.language()
    if not named:
        out.say("pixels.none", "quiet")
    for one, name in named:
        grade = words.say("pixels.grade.same" if one["how"] == "same pixels" else "pixels.grade.alike", lang)
        out.echo(f"{grade}  {one['parent'][:12]}  {words.visible(name)}")
        if "agreeing" in one:
            out.say("pixels.measured", "quiet", **one)
    if any("agreeing" in one for one, _ in named):
        _say_rate()


def _say_rate() -> None:
    from provenance.views.family_rates import likeness, sentence

    if said := sentence(likeness().get("id"), words.language()):
        out.echo(said, "quiet")


def _like(house: House, content: bytes) -> list[dict[str, Any]]:
    """Catch up with all descriptions, then search. Raises Busy `pixels.busy`, Unreadable."""
    from provenance.daemon.finder import Finder

    house.views.catch_up(house.ledger)
    finder = Finder(house.home.views, house.home.blobs, house.home.path / "alike")
    try:
        while finder.sync():
            pass
        return finder.like(content)
    finally:
        finder.close()


def _name(house: House, sha256: str) -> str:
    rows = house.views.ask("SELECT name FROM versions WHERE sha256 = :s ORDER BY seq LIMIT 1", s=sha256)
    return str(rows[0]["name"]) if rows else ""


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Unreadable("pixels.file-too-large", path=str(file))
        return file.read_bytes()
    except OSError as error:
        raise Unavailable("file.unreadable", path=str(file), why=error.strerror or "") from error


def _mark() -> Path:
    home = config.home()
    if not home.ledger.exists():
        raise Unavailable("home.missing", home=str(home.path))
    return home.path / PAUSE


for one in (pause, resume, status, find):
    command.add_command(one)
