"""`prov demo`: a small sitting in a temporary folder, recorded, exported and verified; your own home is not touched."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from provenance.bundle.verdict import Trust
from provenance.cli import out, verify
from provenance.cli.common import cli_command, help_of
from provenance.cli.watch import live_line
from provenance.errors import BadInput


@cli_command("demo")
@click.option("--folder", type=click.Path(file_okay=False), help=help_of("cli.demo.folder"))
def command(folder: str | None) -> int:
    from provenance.daemon.demo import play

    where = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="prov-demo-"))
    where.mkdir(parents=True, exist_ok=True)
    if any(where.iterdir()):
        raise BadInput("demo.not-empty", path=str(where))
    played = play(where.absolute(), live_line, lambda key: out.say(key, "strong"))
    out.say("demo.verify", "strong")
    what, verdict = verify.judge(played.bundle, Trust(), quick=False)
    verify.show(what, played.bundle, verdict)
    out.echo("")
    out.say("demo.look")
    out.echo(f"  {played.bundle}")
    out.echo(f"  PROV_HOME={played.home.path} prov log")
    return verdict.exit_code
