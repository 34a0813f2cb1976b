"""`prov who add|list`: who takes part, with which part, and for whom."""

from __future__ import annotations

from typing import Any

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput


@click.group(name="who", help=help_of("cli.who"), context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """People."""


@cli_command("who.add")
@click.argument("name")
@click.option("--part", metavar="TEXT", help=help_of("cli.who.part"))
@click.option("--own", "relation", flag_value="own work", help=help_of("cli.who.own"))
@click.option("--employed", "relation", flag_value="employed", help=help_of("cli.who.employed"))
@click.option("--commissioned", "relation", flag_value="commissioned", help=help_of("cli.who.commissioned"))
@click.option("--for", "for_whom", metavar="TEXT", help=help_of("cli.who.for"))
@click.option("--work", "work_ref", help=help_of("cli.who.work"))
@as_json
def add(
    name: str, part: str | None, relation: str | None, for_whom: str | None, work_ref: str | None, as_json: bool
) -> None:
    from provenance.daemon import saying
    from provenance.views import ask

    if for_whom and relation not in ("employed", "commissioned"):
        raise BadInput("who.for")
    with at_home() as house:
        work = ask.work(house.views, work_ref)["work"] if work_ref else None
        person, entry = saying.name_person(house, name, part=part, relation=relation, for_whom=for_whom, work=work)
    if as_json:
        out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "person": person, "work": work})
    else:
        out.say("cli.who.add.done", "good", seq=entry.seq, name=name.strip())


@cli_command("who.list")
@as_json
def list_(as_json: bool) -> None:
    from provenance.views import people

    with at_home(read_only=True) as house:
        rows = people.persons(house.views)
    lang = words.language()
    if as_json:
        for row in rows:
            out.json_line(row)
    elif not rows:
        out.say("cli.who.none", "quiet")
    else:
        out.table([
            (f"#{row['seq']}", words.visible(row["name"]), words.say("cli.who.acting", lang) if row["acting"] else "", _relation(row, lang),
             words.visible(row["part"] or ""))
            for row in rows
        ])  # fmt: skip


def _relation(row: dict[str, Any], lang: str) -> str:
    if not row["relation"]:
        return ""
    return words.say(f"cli.who.relation.{row['relation'].replace(' ', '-')}", lang, whom=row["for_whom"] or "-")


for part_ in (add, list_):
    command.add_command(part_)
