"""`prov disclose BUNDLE`: later, and of the same snapshot, what was withheld."""

from __future__ import annotations

from pathlib import Path

import click

from provenance import words
from provenance.cli import key_author, out, pick, withholding
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput


@cli_command("disclose")
@click.argument("bundle", type=click.Path(), metavar="BUNDLE")
@click.option("--field", "fields", multiple=True, metavar="NAME[@ENTRY],...", help=help_of("cli.disclose.field"))
@click.option("--picture", "pictures", multiple=True, metavar="FILE|ID", help=help_of("cli.disclose.picture"))
@click.option("--previews", is_flag=True, help=help_of("cli.disclose.previews"))
@click.option("--output", "-o", "target", type=click.Path(dir_okay=False), help=help_of("cli.disclose.output"))
@click.option("--sign", is_flag=True, help=help_of("cli.export.sign"))
@key_author.PASSPHRASE_FD
@as_json
def command(  # noqa: PLR0913, PLR0917 - one for each option
    bundle: str, fields: tuple[str, ...], pictures: tuple[str, ...], previews: bool, target: str | None, sign: bool, descriptor: int | None,
    as_json: bool,
) -> None:
    from provenance.bundle.withhold import PICTURE
    from provenance.cli.export import unlocked
    from provenance.daemon.disclosing import disclose

    if not Path(bundle).exists():
        raise BadInput("verify.missing", path=bundle)
    with at_home() as house:
        found = pick.pictures(house, pictures) if pictures else ()
        items = [*withholding.split(fields), *(PICTURE + sha256 for sha256 in found), *(["previews"] if previews else [])]
        author = unlocked(house, descriptor) if sign else None
        with out.progress(words.say("cli.export.bar", words.language()), 0) as bar:
            shown = disclose(house, Path(bundle), items, Path(target) if target else None, author=author, step=bar.reach)
    done = shown.done
    if as_json:
        out.json_line({"path": str(done.path), "bundle": done.bundle, "seal": done.seal, "size": done.size, "shows": items,
                       "withheld": list(shown.left), "seq": shown.entry.seq if shown.entry else None})  # fmt: skip
        return
    out.say("cli.disclose.done", "good", fields=", ".join(items), path=str(done.path))
    if shown.left:
        out.say("cli.disclose.left", fields=", ".join(shown.left))
    else:
        out.say("cli.disclose.none", "quiet")
    withholding.told(done)
    out.say("cli.export.next", "quiet", path=str(done.path))
