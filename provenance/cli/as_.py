"""`prov as NAME`: who is at the machine from now on; alone, who was said to be."""

from __future__ import annotations

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput


@cli_command("as")
@click.argument("name", default=None, required=False)
@click.option("--nobody", is_flag=True, help=help_of("cli.as.nobody"))
@as_json
def command(name: str | None, nobody: bool, as_json: bool) -> None:
    from provenance.daemon import saying
    from provenance.views import people

    if nobody and name is not None:
        raise BadInput("as.both")
    if name is None and not nobody:
        with at_home(read_only=True) as house:
            now = people.acting(house.views)
        if as_json:
            row = {"person": now["person"], "name": now["name"], "seq": now["seq"], "since": now["at"]} if now else {"person": None}
            out.json_line(row)
        elif now:
            since = words.say("cli.as.since", words.language(), at=now["at"][:16].replace("T", " "), seq=now["seq"])
            out.echo(f"{words.visible(now['name'])}  {since}")
        else:
            out.say("cli.as.none", "quiet")
        return
    with at_home() as house:
        entries = saying.act_as(house, name)
    last = entries[-1]
    if as_json:
        out.json_line({"seq": last.seq, "at": last.at, "kind": last.kind, "person": last.open.get("person"), "new": len(entries) > 1})
    elif name is None:
        out.say("cli.as.left", "good", seq=last.seq)
    else:
        out.say("cli.as.new" if len(entries) > 1 else "cli.as.done", "good", seq=last.seq, name=name.strip())
