"""`prov time`: whom to ask for the time, and what they said. Off until the user says yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from provenance import config, data, words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.cli.time_asking import accept, check, now, request
from provenance.cli.time_said import anchored, when
from provenance.config import Config, Home, Time
from provenance.daemon import anchoring, patience, unanchored
from provenance.daemon.calendars import waiting
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.seal.authorities import Authority, calendars, recommended

HELP = help_of("cli.time") + "\n\n" + help_of("cli.time.long")


@click.group(name="time", help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Trusted time."""


@cli_command("time.list")
@as_json
def list_(as_json: bool) -> None:
    with at_home(read_only=True) as house:
        rows = [_row(house, name) for name in anchoring.names(house.config.time)]
        found = unanchored.gather(house.home, house.clock)
    if as_json:
        for row in rows:
            out.json_line(row)
        out.json_line({"summary": found})
        return
    lang = words.language()
    shown: list[tuple[str, ...]] = []
    for row in rows:
        flags = [words.say(f"cli.time.flag.{name}", lang) for name in ("qualified", "by_hand", "pinned", "calendar") if row[name]]
        if row["waiting"]:
            flags.append(words.say("cli.time.flag.waiting", lang, count=row["waiting"]))
        last = when(row["last"]) if row["last"] else "-"
        if row["block"] is not None:
            last = words.say("cli.time.block", lang, block=row["block"])
        state = words.say(row["error"], lang, **row["params"]) if row["error"] else last
        shown.append(("*" if row["chosen"] else " ", row["name"], row["jurisdiction"] or "-", ", ".join(flags) or "-", state))
    out.table(shown)
    out.echo("")
    out.table([*anchored(found)])
    if not found["use"]:
        out.say("cli.time.how-on", "quiet", names=" ".join(recommended(data.read("authorities.json"))))


def _row(house: House, name: str) -> dict[str, Any]:
    """One authority for `list`: what it is, whether it is chosen, its last answer by its own time, its last failure."""
    tried = patience.read(house.home.asked).get(name)
    seen = house.views.ask("SELECT time, trusted FROM anchors WHERE authority = :name ORDER BY seq DESC LIMIT 1", name=name)
    blocks = house.views.ask("SELECT max(block) AS block FROM promises WHERE authority = :name", name=name)
    try:
        one, wrong = anchoring.named(house.home, house.config.time, name), None
    except BadInput as error:
        one, wrong = Authority(name, "", {}), error
    return {
        "name": name, "chosen": name in house.config.time.use, "label": one.label.get(words.language(), name), "url": one.url,
        "kind": one.kind, "jurisdiction": one.jurisdiction, "qualified": one.qualified, "by_hand": one.by_hand and wrong is None,
        "calendar": one.calendar, "waiting": len(waiting(house, name)), "block": blocks[0]["block"] if blocks else None,
        "pinned": bool(one.roots), "roots": list(one.roots), "last": seen[0]["time"] if seen else None,
        "last_checked": bool(seen[0]["trusted"]) if seen else None,
        "error": wrong.key if wrong else tried.error if tried else "",
        "params": {key: str(value) for key, value in wrong.params.items()} if wrong else dict(tried.params) if tried else {},
    }  # fmt: skip


@cli_command("time.on")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--ots", is_flag=True, help=help_of("cli.time.on.ots"))
def on(names: tuple[str, ...], ots: bool) -> None:
    with at_home() as house:
        listed = data.read("authorities.json")
        if ots:  # beside who is asked already: a second anchor takes nobody's place
            names = (*(names or house.config.time.use or recommended(listed)), *calendars(listed))
        switch(house, names or recommended(listed))


@cli_command("time.off")
def off() -> None:
    with at_home() as house:
        _choose(house, ())
        out.say("cli.time.is-off")


def askable(home: Home, settings: Time, names: tuple[str, ...]) -> list[Authority]:
    """The authorities of these names, each once. Raises BadInput `time.unknown`, `time.root-file`, `time.url`, `time.only-by-hand`."""
    chosen = [anchoring.named(home, settings, name) for name in dict.fromkeys(names)]
    for one in chosen:
        if one.by_hand:
            raise BadInput("time.only-by-hand", name=one.name)
    return chosen


def switch(house: House, names: tuple[str, ...]) -> None:
    """Choose authorities, and say what leaves the machine and to whom. Raises as `askable`."""
    chosen = askable(house.home, house.config.time, names)
    _choose(house, tuple(one.name for one in chosen))
    announce(chosen)


def announce(chosen: list[Authority]) -> None:
    """What leaves the machine, and to whom."""
    lang = words.language()
    out.say("cli.time.leaves", "strong")
    for one in chosen:
        pinned = "" if one.roots or one.calendar else "  " + words.say("cli.time.no-pin", lang)
        out.echo(f"  {words.visible(one.name)}  {words.visible(one.label.get(lang, one.name))}  {words.visible(one.url)}{pinned}")
    if any(one.calendar for one in chosen):
        out.say("cli.time.calendars", "quiet")
    if len(chosen) == 1:
        out.say("cli.time.two-better", "quiet")


def _choose(house: House, names: tuple[str, ...]) -> None:
    # The setting first: a crash here leaves a setting that the ledger does not tell of yet, and the recorder's next start tells of it.
    fresh: Config = replace(house.config, time=Time(names, house.config.time.authorities))
    config.write(house.home, fresh)
    house.config = fresh
    anchoring.say_choice(house, names)


for part in (list_, on, off, now, request, accept, check):
    command.add_command(part)
