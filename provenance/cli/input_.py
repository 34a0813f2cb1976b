"""`prov input FILE`: a sketch, photo, pose, mask or board that a person brings to the work, and whose it is."""

from __future__ import annotations

import click

from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput


@cli_command("input")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--mine", "rights", flag_value="mine", help=help_of("cli.input.mine"))
@click.option("--licensed", "rights", flag_value="licensed", help=help_of("cli.input.licensed"))
@click.option("--third-party", "rights", flag_value="third-party", help=help_of("cli.input.third-party"))
@click.option("--note", help=help_of("cli.input.note"))
@click.option("--licence", "--license", "licence", metavar="FILE|URL", help=help_of("cli.input.licence"))
@click.option("--work", "work_ref", help=help_of("cli.opt.work"))
@as_json
def command(
    files: tuple[str, ...], rights: str | None, note: str | None, licence: str | None, work_ref: str | None, as_json: bool
) -> None:
    from provenance.daemon import saying
    from provenance.views import ask

    if rights is None:
        raise BadInput("input.whose")
    with at_home() as house:
        work = ask.work(house.views, work_ref)["work"] if work_ref else None
        for path in files:
            entry = saying.declare(house, path, rights, note=note, licence=licence, work=work)
            used = entry.open.get("used_before")
            if as_json:
                row = {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "sha256": entry.open["sha256"], "rights": rights}
                out.json_line(row | {"kept": "kept" in entry.open, "used_before": used, "work": work})
                continue
            out.say("cli.input.done", "good", seq=entry.seq, path=path)
            if used is not None:
                out.say("cli.input.used", "strong", seq=used)
            if "kept" not in entry.open:
                out.say("cli.input.large", "strong", most=saying.MOST // 1024 // 1024)
