"""`prov init`: make the home, the key and the ledger; find the folders of installed tools."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from provenance import config, data, words
from provenance.capture import installed, tools
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.cli.time import askable, switch
from provenance.config import Config, Time
from provenance.daemon import keyfiles
from provenance.daemon.house import create, whole
from provenance.errors import BadInput
from provenance.seal import keys, recovery
from provenance.seal.authorities import recommended
from provenance.seal.vault import keychain


@cli_command("init")
@click.argument("folders", nargs=-1, type=click.Path())
@click.option("--yes", "-y", is_flag=True, help=help_of("cli.init.yes"))
@click.option("--key", "how", type=click.Choice(["auto", "keychain", "file"]), default="auto", help=help_of("cli.init.keep"))
@click.option("--time", "times", multiple=True, metavar="NAME", help=help_of("cli.init.time"))
@click.option("--no-time", is_flag=True, help=help_of("cli.init.no-time"))
def command(folders: tuple[str, ...], yes: bool, how: str, times: tuple[str, ...], no_time: bool) -> None:
    home = config.home()
    if whole(home):
        raise BadInput("home.exists", home=str(home.path))
    roots = chosen(folders, yes=yes)
    askable(home, Time(), times)
    house = create(home, Config(roots=roots), vault=keyfiles.wanted(how, keychain()))
    try:
        out.say("cli.init.done", "good", home=str(home.path))
        out.say(f"cli.init.key.{keys.protection(home.keys)}", fingerprint=house.signer.fingerprint[:16])
        out.say("cli.key.store", "strong", path=str(home.keys / recovery.FILE))
        for root in roots:
            out.say("cli.init.root", path=root)
        times = () if no_time else times or asked_for_time(yes=yes)
        if times:
            switch(house, times)
        out.say("cli.init.next" if roots else "cli.init.no-root", "quiet")
    finally:
        house.close()


def chosen(folders: tuple[str, ...], *, yes: bool) -> tuple[str, ...]:
    """The folders to watch: those named, else those of the tools found, asked for once on a terminal unless `yes`."""
    if folders:
        return checked(folders)
    found = [(tool.kind, root) for tool in installed.installed(Path.home(), os.environ) for root in tool.roots]
    if not found or yes or not sys.stdin.isatty():
        return tuple(dict.fromkeys(root for _, root in found))
    out.say("cli.init.found")
    for kind, root in found:
        out.echo(f"  {kind:<10} {root}")
    return tuple(dict.fromkeys(root for _, root in found)) if click.confirm(help_of("cli.init.ask"), default=True) else ()


def asked_for_time(*, yes: bool) -> tuple[str, ...]:
    """The recommended time authorities, where a person at a terminal says yes to them. No, and nobody there, mean: nobody is asked."""
    names = recommended(data.read("authorities.json"))
    if yes or not sys.stdin.isatty():
        return ()
    return names if click.confirm(words.say("cli.init.ask-time", words.language(), names=", ".join(names)), default=False) else ()


def checked(folders: tuple[str, ...]) -> tuple[str, ...]:
    """Folders as absolute paths. Raises BadInput `folder.missing`; a tool's base folder stands for its own output folders."""
    roots: list[str] = []
    for folder in folders:
        path = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay as the user named them
        if not path.is_dir():
            raise BadInput("folder.missing", path=folder)
        tool = tools.recognise(path)
        roots += list(tool.roots) if tool is not None and tool.roots else [str(path)]
    return tuple(dict.fromkeys(roots))
