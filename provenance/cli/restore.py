"""`prov restore FOLDER`: a backup put back into an empty home; never a fork."""

from __future__ import annotations

from pathlib import Path

import click

from provenance import config, words
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.config import Home


@cli_command("restore")
@click.argument("folder", type=click.Path(file_okay=False), metavar="FOLDER")
@click.option("--to", "target", type=click.Path(file_okay=False), metavar="HOME", help=help_of("cli.restore.to"))
@click.option("--head", "heads", multiple=True, type=click.Path(exists=True), metavar="FILE", help=help_of("cli.restore.head"))
@click.option("--new-ledger", is_flag=True, help=help_of("cli.restore.new-ledger"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(folder: str, target: str | None, heads: tuple[str, ...], new_ledger: bool, as_json: bool) -> int:
    from provenance.daemon.restore import restore

    home = Home(Path(target).absolute()) if target else config.home()
    with out.progress(words.say("cli.restore.bar", words.language()), 0) as bar:
        done = restore(Path(folder), home, heads=[Path(one) for one in heads], new_ledger=new_ledger, step=bar.reach)
    made = done.manifest
    if as_json:
        out.json_line({
            "home": str(home.path), "finished": made is None, "log": made.log if made else None, "size": made.size if made else None,
            "made_at": made.made_at if made else None, "missing": list(done.lacking), "predecessor": done.predecessor,
            "later_size": done.later, "keys": done.key,
        })
        return 3 if done.lacking else 0
    if made is None:
        out.say("cli.restore.finished", "good", home=str(home.path))
        return 0
    at = made.made_at[:19].replace("T", " ")
    if done.predecessor:
        out.say("cli.restore.closed", "good", home=str(home.path), size=made.size, at=at)
    else:
        out.say("cli.restore.done", "good", home=str(home.path), size=made.size, at=at)
        out.say("cli.restore.older", "strong")
        if not done.key:
            out.say("cli.restore.no-key", "bad")
    if done.lacking:
        out.say("cli.restore.lacking", "bad", count=len(done.lacking))
    return 3 if done.lacking else 0
