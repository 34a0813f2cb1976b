"""`prov work new|add|list|show`: pictures that belong together, named by the person."""

from __future__ import annotations

import secrets

import click

from provenance import facts, words
from provenance.cli import decisions, out, pick, statement, story
from provenance.cli.common import at_home, cli_command, help_of
from provenance.errors import BadInput
from provenance.views import ask, people, statements


@click.group(name="work", help=help_of("cli.work"), context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Works."""


@cli_command("work.new")
@click.argument("name")
@click.argument("pictures", nargs=-1, metavar="[FILE|ID]...")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def new(name: str, pictures: tuple[str, ...], as_json: bool) -> None:
    if not name.strip():
        raise BadInput("work.empty")
    with at_home() as house:
        if any(row["name"] == name for row in ask.works(house.views)):
            raise BadInput("work.exists", work=name)
        chosen = pick.pictures(house, pictures)
        work = secrets.token_hex(8)
        said: list[facts.Fact] = [facts.WorkNamed(work=work, name=name)]
        if chosen:
            said += facts.WorkFiled.batches(work, chosen)
        entries = house.tell(*said)
        if as_json:
            out.json_line({"work": work, "name": name, "entries": [e.seq for e in entries], "pictures": list(chosen)})
        else:
            out.say("cli.work.new.done", "good", name=name, work=work[:8], count=len(chosen))


@cli_command("work.add")
@click.argument("work")
@click.argument("pictures", nargs=-1, required=True, metavar="FILE|ID...")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def add(work: str, pictures: tuple[str, ...], as_json: bool) -> None:
    with at_home() as house:
        row = ask.work(house.views, work)
        chosen = pick.pictures(house, pictures)
        entry = house.tell(*facts.WorkFiled.batches(row["work"], chosen))[0]
        if as_json:
            out.json_line({"seq": entry.seq, "work": row["work"], "name": row["name"], "pictures": list(chosen)})
        else:
            out.say("cli.work.add.done", "good", name=row["name"], count=len(chosen))


@cli_command("work.list")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def list_(as_json: bool) -> None:
    with at_home(read_only=True) as house:
        rows = ask.works(house.views)
    if as_json:
        for row in rows:
            out.json_line(row)
    elif not rows:
        out.say("cli.work.none", "quiet")
    else:
        out.table([(row["work"][:8], row["at"][:10], str(row["pictures"]), words.visible(row["name"])) for row in rows])


@cli_command("work.show")
@click.argument("work")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def show(work: str, as_json: bool) -> None:
    from provenance.daemon.telling import Teller

    with at_home(read_only=True) as house:
        row = ask.work(house.views, work)
        items = ask.filed(house.views, row["work"])
        notes = house.views.ask("SELECT seq, at, text FROM notes WHERE work = :work ORDER BY seq", work=row["work"])
        told = list(Teller(house).work(row["work"]))
        stated = statements.of_work(house.views, row["work"])
        ideas, reasons = people.ideas(house.views, row["work"]), people.reasons(house.views, row["work"])
    if as_json:
        steps = [story.step_json(one.step) | {"others_between": one.between} for one in told if one.step is not None]
        out.json_line({**row, "pictures": items, "notes": notes, "ideas": ideas, "statements": stated, "reasons": reasons,
                       "steps": steps})
        return
    out.echo(f"{words.visible(row['name'])}  {row['work'][:8]}  #{row['seq']}", "strong")
    out.table(
        [
            (
                item["sha256"][:12], item["at"][:19].replace("T", " "), decisions.word(item["decision"]) if item["decision"] else "-",
                words.visible(item["name"] or ""),
            )
            for item in items
        ]
    )  # fmt: skip
    if ideas:
        out.say("cli.work.show.ideas", "strong")
    for idea in ideas:
        when = words.say("cli.work.show.idea.before" if idea["before"] else "cli.work.show.idea.after", words.language())
        text = words.visible(idea["text"] or idea["file"] or "")
        out.echo(f"  #{idea['seq']}  {idea['at'][:19].replace('T', ' ')}  {text}  ({when})")
    if not reasons:
        out.say("cli.work.show.no-reason", "quiet")
    out.say("cli.work.show.statements" if stated else "cli.work.show.no-statement", "strong" if stated else "quiet")
    for one in stated:
        statement.print_one(one)
    if told:
        out.say("cli.work.steps", "strong")
    for step in told:
        story.print_told(step, words.language(), dated=True)


for part in (new, add, list_, show):
    command.add_command(part)
