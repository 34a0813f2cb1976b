"""`prov ledger salvage OLD --to NEW_HOME`: the good beginning of a damaged ledger, beside a new ledger that names it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.config import Home


@cli_command("ledger.salvage")
@click.argument("old", type=click.Path(exists=True), metavar="OLD")
@click.option("--to", "target", required=True, type=click.Path(file_okay=False), metavar="NEW_HOME", help=help_of("cli.ledger.salvage.to"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def salvage(old: str, target: str, as_json: bool) -> None:
    from provenance.daemon import salvage as saving

    home = Home(Path(target).absolute())
    with out.progress(words.say("cli.verify.bar", words.language()), 0) as bar:
        done = saving.salvage(Path(old), home, step=bar.reach)
    if as_json:
        fact = dataclasses.asdict(done.fact) if done.fact else {}
        out.json_line({"home": str(home.path), "folder": str(done.folder) if done.folder else None, "finished": done.fact is None, **fact})
        return
    if done.fact is None:
        out.say("cli.restore.finished", "good", home=str(home.path))
        return
    out.say("cli.ledger.salvage.done", "good", count=done.fact.entries_kept, home=str(home.path))
    if done.fact.first_bad is not None:
        out.say("cli.ledger.salvage.stopped", "strong", seq=done.fact.first_bad, code=done.fact.why)
    if done.fact.values_lost:
        out.say("cli.ledger.salvage.values", "strong", count=done.fact.values_lost)
    if done.fact.later_size is not None:
        out.say("cli.ledger.salvage.later", "bad", later=done.fact.later_size)
    out.say("cli.ledger.salvage.where", "quiet", path=str(done.folder))
