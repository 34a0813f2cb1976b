"""`prov find`: recorded pictures by prompt, model, LoRA, date."""

from __future__ import annotations

import re

import click

from provenance import clock, words
from provenance.cli import out
from provenance.cli.common import at_home, cli_command, help_of
from provenance.errors import BadInput
from provenance.views import ask

FIXED = 56  # columns of the other cells and 16 for the prompt: on a terminal the name gets what is left


@cli_command("find")
@click.argument("text", nargs=-1, metavar="[WORD]...")
@click.option("--model", default="", help=help_of("cli.find.model"))
@click.option("--lora", default="", help=help_of("cli.find.lora"))
@click.option("--since", default="", metavar="DATE", help=help_of("cli.find.since"))
@click.option("--until", default="", metavar="DATE", help=help_of("cli.find.until"))
@click.option("--limit", "-n", type=click.IntRange(min=1), default=50, show_default=True, help=help_of("cli.log.limit"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(text: tuple[str, ...], model: str, lora: str, since: str, until: str, limit: int, as_json: bool) -> None:
    with at_home(read_only=True) as house:
        rows = ask.find(house.views, text=text, model=model, lora=lora, since=_date(since), until=_date(until), limit=limit)
    if as_json:
        for row in rows:
            out.json_line(row)
    elif not rows:
        out.say("cli.find.none", "quiet")
    else:
        out.table([(f"#{row['seq']}", row["at"][:19].replace("T", " "), row["sha256"][:12], out.clipped(words.visible(row["name"]), FIXED),
                    words.visible((row["prompt"] or "").split("\n")[0][:70])) for row in rows])


def _date(text: str) -> str:
    """A day or a moment, UTC, as the beginning of a stamp."""
    if not text:
        return ""
    given = re.fullmatch(r"(\d{4})(-\d{2})?(-\d{2})?(?:[T ](\d{2}(?::\d{2}(?::\d{2})?)?))?", text)
    if given is None or (given[4] and not given[3]):
        raise BadInput("time.bad", text=text)
    clock.parse(f"{given[1]}{given[2] or '-01'}{given[3] or '-01'}T{given[4] or '00'}+00:00")
    return text.replace(" ", "T")
