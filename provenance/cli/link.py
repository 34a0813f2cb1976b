"""`prov link PICTURE --from PICTURE`: what only the person knows of where a picture came from. STATED, and shown as such."""

from __future__ import annotations

import click

from provenance import facts
from provenance.cli import out, pick
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput

MOST = 100  # characters of the word that says how


@cli_command("link")
@click.argument("ref", metavar="FILE|ID")
@click.option("--from", "sources", multiple=True, required=True, metavar="FILE|ID", help=help_of("cli.link.from"))
@click.option("--how", default="edited", show_default=True, help=help_of("cli.link.how"))
@click.option("--why", default=None, help=help_of("cli.link.why"))
@as_json
def command(ref: str, sources: tuple[str, ...], how: str, why: str | None, as_json: bool) -> None:
    how = how.strip()[:MOST]
    if not how:
        raise BadInput("link.empty")
    with at_home() as house:
        child, parents = pick.picture(house, ref), pick.pictures(house, sources)
        if child in parents:
            raise BadInput("link.itself")
        entries = house.tell(*(facts.LinkStated(parent=parent, child=child, how=how, why=why) for parent in parents))
    if as_json:
        out.json_line({"child": child, "parents": list(parents), "how": how, "entries": [entry.seq for entry in entries]})
    else:
        out.say("cli.link.done", "good", count=len(entries))
