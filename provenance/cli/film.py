"""`prov film WORK|SITTING -o OUT.webp`: how it came about, as a film of its entries; also as a contact sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput

if TYPE_CHECKING:
    from provenance.daemon.filming import Made
    from provenance.film.scene import Film


@cli_command("film")
@click.argument("what", metavar="WORK|SITTING")
@click.option("--output", "-o", "target", type=click.Path(dir_okay=False), help=help_of("cli.film.output"))
@click.option("--contact", type=click.Path(dir_okay=False), help=help_of("cli.film.contact"))
@click.option("--seconds", type=click.IntRange(1, 36_000), help=help_of("cli.film.seconds"))
@click.option("--withhold", "withheld", multiple=True, metavar="FIELD,...", help=help_of("cli.film.withhold"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=help_of("cli.film.lang"))
@as_json
def command(
    what: str, target: str | None, contact: str | None, seconds: int | None, withheld: tuple[str, ...], lang: str | None, as_json: bool
) -> None:
    from provenance.bundle import withhold
    from provenance.daemon import filming

    if target is None and contact is None:
        raise BadInput("film.no-output")
    for name, kinds, key in ((target, filming.FILMS, "film.format"), (contact, filming.SHEETS, "film.sheet-format")):
        if name is not None and Path(name).suffix.lower() not in kinds:
            raise BadInput(key, name=Path(name).name)
    asked = [name.strip() for part in withheld for name in part.split(",") if name.strip()]
    fields, spoken = withhold.fields(asked), lang or words.language()
    made = []
    with at_home() as house:
        film = filming.planned(house, filming.subject(house, what, spoken), spoken, fields, seconds, asked)
        with out.progress(words.say("cli.film.bar", words.language()), 0, quiet=as_json) as bar:
            if target is not None:
                made.append(filming.make_film(house, film, Path(target), spoken, fields, bar.reach))
            if contact is not None:
                made.append(filming.make_sheet(house, film, Path(contact), spoken, fields))
        unseen = filming.unseen(film)
    for one in made:
        (_json if as_json else _told)(one)
    if not as_json:
        _remarks(film, unseen)


def _json(one: Made) -> None:
    f = one.fact
    out.json_line({
        "path": str(one.path), "form": f.form, "sha256": f.sha256, "size": f.size, "media_type": f.media_type, "first": f.first,
        "last": f.last, "shown": f.shown, "left_out": f.left_out, "ms": f.ms, "withheld": list(f.withheld),
        "seq": one.entry.seq if one.entry else None,
    })  # fmt: skip


def _told(one: Made) -> None:
    f = one.fact
    if f.ms is None:
        out.say("cli.film.sheet", "good", path=str(one.path), pictures=f.shown, first=f.first, last=f.last)
    else:
        out.say("cli.film.done", "good", path=str(one.path), scenes=f.shown, seconds=round(f.ms / 1000), first=f.first, last=f.last)


def _remarks(film: Film, unseen: int) -> None:
    if film.left_out:
        out.say("cli.film.left", "quiet", count=film.left_out)
    if unseen:
        out.say("cli.film.unseen", "quiet", count=unseen)
