"""`prov idea TEXT`: what a person has in mind, before the first run if it is said before."""

from __future__ import annotations

import sys

import click

from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of


@cli_command("idea")
@click.argument("text", default="")
@click.option("--file", "files", multiple=True, type=click.Path(), help=help_of("cli.idea.file"))
@click.option("--work", metavar="NAME", help=help_of("cli.idea.work"))
@as_json
def command(text: str, files: tuple[str, ...], work: str | None, as_json: bool) -> None:
    from provenance.daemon import saying

    text = sys.stdin.read() if text == "-" else text
    with at_home() as house:
        done = saying.idea(house, text, files, work)
    entry = next(one for one in done.entries if one.kind == "idea.stated/1")
    if as_json:
        entries = [one.seq for one in done.entries]
        out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "entries": entries, "work": done.work,
                       "work_named_now": done.named, "earlier": done.earlier, "sitting_since": done.sitting})  # fmt: skip
        return
    out.say("cli.idea.done", "good", seq=entry.seq)
    if done.named:
        out.say("cli.idea.named", "quiet", name=work or "", work=(done.work or "")[:8])
    if done.earlier is not None:
        out.say("cli.idea.after", "strong", earlier=done.earlier)
    elif done.work is not None:
        out.say("cli.idea.before", "quiet")
    else:
        out.say("cli.idea.no-work", "quiet")
    if done.earlier is None and done.sitting is not None:
        out.say("cli.idea.sitting", "strong", first=done.sitting)
