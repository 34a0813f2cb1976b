"""`prov say`: a remark while working, typed, from a file, or as a voice note."""

from __future__ import annotations

import sys

import click

from provenance.cli import out, pick
from provenance.cli.common import as_json, at_home, cli_command, help_of, piped


@cli_command("say")
@click.argument("text", nargs=-1)
@click.option("--file", "file", type=click.Path(), help=help_of("cli.say.file"))
@click.option("--about", multiple=True, metavar="FILE|ID", help=help_of("cli.say.about"))
@click.option("--work", "work_ref", help=help_of("cli.opt.work"))
@click.option("--for-counsel", "privileged", is_flag=True, help=help_of("cli.note.for-counsel"))
@as_json
def command(
    text: tuple[str, ...], file: str | None, about: tuple[str, ...], work_ref: str | None, privileged: bool, as_json: bool
) -> None:
    from provenance.daemon import saying
    from provenance.views import ask

    said = " ".join(text) if text or file else _heard()
    with at_home() as house:
        pictures = pick.pictures(house, about)
        work = ask.work(house.views, work_ref)["work"] if work_ref else None
        entry = saying.note(house, said, file, pictures, work, privileged=privileged)
    if as_json:
        row = {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "way": entry.open.get("way"), "kept": entry.open.get("kept")}
        out.json_line(row | {"about": list(pictures), "work": work, "privileged": privileged})
        return
    out.say(f"cli.say.done.{entry.open['way']}", "good", seq=entry.seq)
    if privileged:
        out.say("cli.note.privileged", "quiet")


def _heard() -> str:
    """One line from a terminal, all of a pipe."""
    return sys.stdin.readline() if sys.stdin.isatty() else piped()
