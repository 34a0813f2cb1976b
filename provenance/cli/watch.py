"""`prov watch`: record in the foreground, one live line per capture."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from provenance import config, words
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.cli.init import checked
from provenance.config import Config
from provenance.daemon import keyfiles, reminding
from provenance.daemon.house import House, create, open_house
from provenance.errors import BadInput, Unavailable
from provenance.seal.vault import keychain


@cli_command("watch")
@click.argument("folders", nargs=-1, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
@click.option("--quiet", "-q", is_flag=True, help=help_of("cli.watch.quiet"))
def command(folders: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    from provenance.daemon.recorder import Recorder

    house = opened(folders)
    try:
        roots = house.config.roots if not folders else checked(folders)
        if not roots:
            raise BadInput("watch.no-folder")
        ready = None if quiet or as_json else lambda: out.say("cli.watch.ready", "quiet", count=len(roots))
        recorder = Recorder(house, roots, heard=None if quiet else (json_line if as_json else reminded(house)), ready=ready)
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                signal.signal(number, lambda *_: recorder.stop())
        count = recorder.run()
        if not (quiet or as_json):
            out.say("cli.watch.done", "quiet", count=count)
    finally:
        house.close()


def opened(folders: tuple[str, ...]) -> House:
    """The home; made now when folders are named and there is none. Folders named are remembered in prov.toml."""
    home = config.home()
    try:
        house = open_house(home)
    except Unavailable as error:
        if not folders or error.key not in ("home.missing", "home.no-ledger"):
            raise
        house = create(home, Config(roots=checked(folders)), vault=keyfiles.wanted(keyfiles.AUTO, keychain()))
        out.say("cli.init.done", "good", home=str(home.path))
        return house
    if folders:
        roots = tuple(dict.fromkeys((*house.config.roots, *checked(folders))))
        if roots != house.config.roots:
            house.config = replace(house.config, roots=roots)
            config.write(home, house.config)
    return house


def reminded(house: House) -> Callable[[Any, Any], None]:
    """The live line, and, where prov.toml asks for it, one quiet line when the work goes long without a word; looked at once a minute."""
    looked = float("-inf")

    def heard(taken: Any, entry: Any) -> None:
        nonlocal looked
        live_line(taken, entry)
        now = house.clock()
        if house.config.remind and now.mono_ms - looked >= 60_000:
            looked = now.mono_ms
            minutes = reminding.once(house.home, now.wall, house.config.remind, timedelta(minutes=house.config.sitting_minutes))
            if minutes:
                out.say("cli.remind", "quiet", minutes=minutes)

    return heard


def live_line(taken: Any, entry: Any) -> None:
    """`02:30:11  captured  ComfyUI_00012_.png  ComfyUI  seed 123  model.safetensors`."""
    reading = taken.reading
    seed = () if reading is None else (f"seed {seed}" for seed in reading.seeds[:1])
    said = () if reading is None else (reading.generator, *seed, *(m.name for m in reading.models[:1]))
    kind = out.styled(out.pad(words.say(f"kind.{entry.kind}", words.language()), 9), "good")
    name = out.pad(words.visible(Path(taken.path).name), 28)
    used = 8 + 2 + 9 + 2 + out.width(name) + 2
    out.echo(f"{entry.at[11:19]}  {kind}  {name}  {out.clipped(words.visible('  '.join(filter(None, said))), used)}".rstrip())


def json_line(taken: Any, entry: Any) -> None:
    """One object a capture: seq, at, kind, sha256, path."""
    out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "sha256": taken.sha256, "path": taken.path})
