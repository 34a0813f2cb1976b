"""`prov note`: the person's own words, with the time they were said."""

from __future__ import annotations

import click

from provenance import facts
from provenance.cli import key_author, out, pick
from provenance.cli.common import at_home, cli_command, help_of, piped
from provenance.errors import BadInput
from provenance.views import ask


@cli_command("note")
@click.argument("text")
@click.argument("pictures", nargs=-1, metavar="[FILE|ID]...")
@click.option("--work", "work_ref", help=help_of("cli.opt.work"))
@click.option("--for-counsel", "privileged", is_flag=True, help=help_of("cli.note.for-counsel"))
@click.option("--sign", is_flag=True, help=help_of("cli.sign"))
@key_author.PASSPHRASE_FD
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(
    text: str, pictures: tuple[str, ...], work_ref: str | None, privileged: bool, sign: bool, descriptor: int | None, as_json: bool
) -> None:
    from provenance.daemon import stating

    text = piped() if text == "-" else text
    if not text.strip():
        raise BadInput("note.empty")
    with at_home() as house:
        about = pick.pictures(house, pictures)
        work = ask.work(house.views, work_ref)["work"] if work_ref else None
        key = stating.ready(house, key_author.unlocked(house, descriptor)) if sign else None
        (entry,) = house.tell(facts.NoteAdded(text=text, about=about or None, work=work, privileged=privileged or None))
        signed = stating.sign(house, key, entry.seq).seq if key else None
    if as_json:
        row = {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "about": list(about), "work": work, "privileged": privileged}
        out.json_line(row | ({"signed": signed} if sign else {}))
        return
    out.say("cli.note.done", "good", seq=entry.seq, count=len(about))
    if privileged:
        out.say("cli.note.privileged", "quiet")
    if signed is not None:
        out.say("cli.sign.done", "good", of=entry.seq, seq=signed)
