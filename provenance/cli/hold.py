"""`prov hold`: while a dispute lasts, no original is let go."""

from __future__ import annotations

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of

HELP = help_of("cli.hold") + "\n\n" + help_of("cli.hold.long")


@click.group(name="hold", help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Litigation holds."""


@cli_command("hold.start")
@click.option("--why", required=True, help=help_of("cli.hold.why"))
@as_json
def start(why: str, as_json: bool) -> None:
    from provenance.daemon import holding

    with at_home() as house:
        entry, before = holding.start(house, why)
    if as_json:
        out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "before": before.seq if before else None})
        return
    out.say("cli.hold.started", "good", seq=entry.seq)
    if before is not None:
        out.say("cli.hold.already", "quiet", at=_when(before.at), seq=before.seq)


@cli_command("hold.end")
@click.argument("seq", type=click.IntRange(min=0), required=False, metavar="[ENTRY]")
@click.option("--why", default="", help=help_of("cli.hold.why"))
@as_json
def end(seq: int | None, why: str, as_json: bool) -> None:
    from provenance.daemon import holding

    with at_home() as house:
        entry, left = holding.end(house, seq, why)
    if as_json:
        out.json_line({"seq": entry.seq, "at": entry.at, "kind": entry.kind, "hold": entry.open["hold"], "left": left})
        return
    out.say("cli.hold.ended", "good", hold=entry.open["hold"], seq=entry.seq)
    if left:
        out.say("cli.hold.left", "strong", count=left)


@cli_command("hold.show")
@as_json
def show(as_json: bool) -> None:
    from provenance.views import holding

    with at_home(read_only=True) as house:
        found = holding.ever(house.views)
    if as_json:
        for one in found:
            out.json_line({"seq": one.seq, "at": one.at, "ended": one.ended or None, "why": one.why})
        return
    if not found:
        out.say("cli.hold.none", "quiet")
        return
    lang = words.language()
    rows: list[tuple[str, ...]] = []
    for one in found:
        key = "cli.hold.row.ended" if one.ended else "cli.hold.row"
        rows.append((str(one.seq), words.say(key, lang, at=_when(one.at), ended=_when(one.ended)), words.visible(one.why)))
    out.table(rows)


def _when(stamp: str) -> str:
    return f"{stamp[:10]} {stamp[11:19]} UTC" if stamp else ""


for one in (start, end, show):
    command.add_command(one)
