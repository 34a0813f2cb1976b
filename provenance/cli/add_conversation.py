"""`prov add-conversation FILE`: an exported chat, or a text, put on record with its turns."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from provenance import words
from provenance.cli import out, pick
from provenance.cli.common import at_home, cli_command, help_of
from provenance.errors import BadInput

if TYPE_CHECKING:
    from provenance.readers.conversation import Conversation

STDIN = "-"


@cli_command("add-conversation")
@click.argument("file", type=click.Path())
@click.option("--list", "only_list", is_flag=True, help=help_of("cli.add-conversation.list"))
@click.option("--only", multiple=True, metavar="N|ID|TITLE", help=help_of("cli.add-conversation.only"))
@click.option("--all", "everything", is_flag=True, help=help_of("cli.add-conversation.all"))
@click.option("--stated", is_flag=True, help=help_of("cli.add-conversation.stated"))
@click.option("--tool", metavar="NAME", help=help_of("cli.add-conversation.tool"))
@click.option("--title", help=help_of("cli.add-conversation.title"))
@click.option("--work", "work_ref", help=help_of("cli.opt.work"))
@click.option("--about", multiple=True, metavar="FILE|ID", help=help_of("cli.add-conversation.about"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    file: str, only_list: bool, only: tuple[str, ...], everything: bool, stated: bool, tool: str | None, title: str | None,
    work_ref: str | None, about: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    from provenance.daemon import conversing
    from provenance.views import ask

    if everything and only:
        raise BadInput("conversation.all-or-only")
    data = sys.stdin.buffer.read(conversing.MOST + 1) if file == STDIN else conversing.load(file)
    handed = conversing.read(data, None if file == STDIN else file)
    if only_list:
        for number, item in enumerate(handed.found, 1):
            _listed(number, item, as_json)
        return
    chosen = handed.found if everything else conversing.choose(handed.found, only)
    if title and len(chosen) > 1:
        raise BadInput("conversation.one-title")
    with at_home() as house:
        pictures = pick.pictures(house, about)
        work = ask.work(house.views, work_ref)["work"] if work_ref else None
        entries = conversing.record(house, handed, chosen, stated=stated, tool=tool, title=title, about=pictures, work=work)
    for entry, item in zip(entries, chosen, strict=True):
        if as_json:
            out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "about": list(pictures), "work": work} | _row(item, title))
        else:
            out.say(
                "cli.add-conversation.done",
                "good",
                seq=entry.seq,
                name=_name(item, title),
                count=len(item.turns),
                klass=entry.open["class"],
            )


def _row(item: Conversation, title: str | None = None) -> dict[str, Any]:
    return {
        "form": item.form, "title": title or item.title, "id": item.ident, "since": item.since, "until": item.until,
        "turns": len(item.turns),
        "turns_of_people": sum(turn.role == "user" for turn in item.turns), "branches": item.branches,
    }  # fmt: skip


def _name(item: Conversation, title: str | None = None) -> str:
    first = next((turn.text for turn in item.turns if turn.text.strip()), "")
    return out.cut(words.visible(title or item.title or " ".join(first.split())), 60)


def _listed(number: int, item: Conversation, as_json: bool) -> None:
    if as_json:
        out.json_line({"n": number} | _row(item))
    else:
        out.echo(
            f"{number:>5}  {out.pad(_name(item), 62)} {words.say('cli.add-conversation.turns', words.language(), count=len(item.turns))}"
        )
