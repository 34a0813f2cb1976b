"""`prov sittings`: when there was work, cut at pauses and not at midnight."""

from __future__ import annotations

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import at_home, cli_command, help_of


@cli_command("sittings")
@click.option("--imported", is_flag=True, help=help_of("cli.sittings.imported"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(imported: bool, as_json: bool) -> None:
    from provenance.cli import story
    from provenance.daemon import telling

    with at_home(read_only=True) as house:
        found = telling.Teller(house).sittings(imported)
    lang = words.language()
    if as_json:
        for one in found:
            out.json_line(telling.as_json(one))
    elif not found:
        out.say("cli.sittings.none", "quiet")
    else:
        for one in found:
            out.echo(f"{story.title(one, lang)}  {words.say('cli.sittings.files', lang, count=one.files)}")
