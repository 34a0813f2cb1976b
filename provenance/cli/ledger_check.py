"""`prov ledger check [HOME]`: quick, or every byte that is kept. Nothing is repaired."""

from __future__ import annotations

from pathlib import Path

import click

from provenance import config, words
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.config import Home
from provenance.errors import Unavailable


@cli_command("ledger.check")
@click.argument("folder", required=False, type=click.Path(), metavar="[HOME]")
@click.option("--deep", is_flag=True, help=help_of("cli.ledger.check.deep"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def check(folder: str | None, deep: bool, as_json: bool) -> int:
    from provenance.bundle.home_check import check_home, predecessors
    from provenance.cli.verify import as_object, show

    path = Path(folder) if folder else config.home().path
    home = Home(path.parent if path.is_file() else path)
    if not home.ledger.is_file():
        raise Unavailable("home.no-ledger", home=str(home.path))
    with out.progress(words.say("cli.verify.bar", words.language()), 0) as bar:
        verdict = check_home(home, deep=deep, progress=bar.reach)
    if as_json:
        names = [str(one) for one in predecessors(home)]
        out.json_line({**as_object("home", home.path, verdict), "deep": deep, "predecessors": names})
        return verdict.exit_code
    show("ledger", home.ledger, verdict)
    for one in predecessors(home):
        out.say("cli.ledger.check.predecessor", "quiet", path=str(one))
    if not deep:
        out.say("cli.ledger.check.quick", "quiet")
    return verdict.exit_code
