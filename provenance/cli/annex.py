"""`prov annex WORK -o FILE`: the record of a work or of pictures as W3C PROV-JSON."""

from __future__ import annotations

import json
from pathlib import Path

import click

from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput


@cli_command("annex")
@click.argument("what", nargs=-1, required=True, metavar="WORK|FILE|ID...")
@click.option("--output", "-o", "target", required=True, type=click.Path(dir_okay=False), help=help_of("cli.annex.output"))
@click.option("--withhold", "withheld", multiple=True, metavar="FIELD,...", help=help_of("cli.export.withhold"))
@as_json
def command(what: tuple[str, ...], target: str, withheld: tuple[str, ...], as_json: bool) -> None:
    from provenance.bundle import withhold
    from provenance.cli.export import choose
    from provenance.daemon.annexing import write

    fields = withhold.fields(name.strip() for part in withheld for name in part.split(",") if name.strip())
    with at_home(read_only=True) as house:
        chosen = choose(house, what)
        if not chosen.pictures:
            raise BadInput("export.nothing", work=chosen.title)
        document = json.loads(write(house, chosen, fields, Path(target)))
    counts = {part: len(document.get(part, {})) for part in ("entity", "activity", "agent")}
    if as_json:
        out.json_line({"path": target, **counts, "withheld": sorted(fields)})
    else:
        out.say("cli.annex.done", "good", path=target, entities=counts["entity"], activities=counts["activity"])
