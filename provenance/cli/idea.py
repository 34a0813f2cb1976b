"""`prov idea TEXT`: what a person has in mind, before the first run if it is said before."""

from __future__ import annotations

import click

from provenance.cli import key_author, out
from provenance.cli.common import as_json, at_home, cli_command, help_of, piped


@cli_command("idea")
@click.argument("text", default="")
@click.option("--file", "files", multiple=True, type=click.Path(), help=help_of("cli.idea.file"))
@click.option("--work", metavar="NAME", help=help_of("cli.idea.work"))
@click.option("--for-counsel", "privileged", is_flag=True, help=help_of("cli.note.for-counsel"))
@click.option("--sign", is_flag=True, help=help_of("cli.sign"))
@key_author.PASSPHRASE_FD
@as_json
def command(
    text: str, files: tuple[str, ...], work: str | None, privileged: bool, sign: bool, descriptor: int | None, as_json: bool
) -> None:
    from provenance.daemon import saying, stating

    text = piped() if text == "-" else text
    with at_home() as house:
        key = stating.ready(house, key_author.unlocked(house, descriptor)) if sign else None
        done = saying.idea(house, text, files, work, privileged=privileged)
        ideas = [one.seq for one in done.entries if one.kind == "idea.stated/1"]
        signed = [stating.sign(house, key, seq).seq for seq in ideas] if key else []
    entry = next(one for one in done.entries if one.kind == "idea.stated/1")
    if as_json:
        entries = [one.seq for one in done.entries]
        out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "entries": entries, "work": done.work,
                       "work_named_now": done.named, "earlier": done.earlier, "sitting_since": done.sitting, "privileged": privileged}
                      | ({"signed": signed} if sign else {}))  # fmt: skip
        return
    out.say("cli.idea.done", "good", seq=entry.seq)
    if privileged:
        out.say("cli.note.privileged", "quiet")
    for of, seq in zip(ideas, signed, strict=False):
        out.say("cli.sign.done", "good", of=of, seq=seq)
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
