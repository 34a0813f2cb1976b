"""`prov statement WORK [TEXT]`: a person's own words about a whole work, typed by that person; this program asks and writes none."""

from __future__ import annotations

import sys
from typing import Any

import click

from provenance import words
from provenance.cli import key_author, out
from provenance.cli.common import as_json, at_home, cli_command, help_of, piped
from provenance.errors import BadInput, ProvError


@cli_command("statement")
@click.argument("work")
@click.argument("text", default="")
@click.option("--file", "file", type=click.Path(), help=help_of("cli.statement.file"))
@click.option("--lang", metavar="TAG", help=help_of("cli.statement.lang"))
@click.option("--replaces", type=click.IntRange(min=0), metavar="SEQ", help=help_of("cli.statement.replaces"))
@click.option("--sign", is_flag=True, help=help_of("cli.sign"))
@key_author.PASSPHRASE_FD
@click.option("--show", is_flag=True, help=help_of("cli.statement.show"))
@as_json
def command(  # noqa: PLR0913, PLR0917 - one for each option
    work: str, text: str, file: str | None, lang: str | None, replaces: int | None, sign: bool, descriptor: int | None, show: bool,
    as_json: bool,
) -> None:
    if show:
        if text or file or lang or sign or replaces is not None:
            raise BadInput("statement.show-alone")
        _show(work, as_json)
        return
    if text and file:
        raise BadInput("statement.one-of")
    from provenance.daemon import stating
    from provenance.views import ask

    with at_home() as house:
        row = ask.work(house.views, work)
        signing = stating.ready(house, key_author.unlocked(house, descriptor)) if sign else None
    asks = not text and not file and sys.stdin.isatty()
    said = "" if file else _written(row["name"]) if asks else _given(text)  # nothing is held open while a person writes
    with at_home() as house:
        try:
            entry = stating.state(house, row["work"], said, file, lang=lang or stating.UNSAID, replaces=replaces)
        except ProvError:
            if asks and said:
                out.echo(said)  # nobody types it a second time
            raise
        signed = stating.sign(house, signing, entry.seq) if signing is not None else None
    _done(entry, signed.seq if signed else None, row["name"], as_json)


def _given(text: str) -> str:
    """The words themselves: as the argument, or from a pipe."""
    return text if text and text != "-" else piped()


def _written(name: str) -> str:
    """The words as a person types them into their own editor, below questions."""
    from provenance.daemon import stating

    asked = words.say("statement.template", words.language(), name=words.visible(name))
    return stating.typed(click.edit(asked, extension=".txt") or "")


def _done(entry: Any, signed: int | None, name: str, as_json: bool) -> None:
    o = entry.open
    if as_json:
        row = {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "work": o["work"], "lang": o["lang"], "way": o["way"]}
        out.json_line(row | {"kept": o.get("kept"), "replaces": o.get("replaces"), "signed": signed})
        return
    out.say("cli.statement.done", "good", seq=entry.seq, name=name)
    if "kept" in o:
        out.say("cli.statement.kept" if "text" in entry.sealed else "cli.statement.kept-only", "quiet", sha256=o["kept"])
    if o["lang"] == "und":
        out.say("cli.statement.no-lang", "quiet")
    if signed is not None:
        out.say("cli.sign.done", "good", of=entry.seq, seq=signed)
    else:
        out.say("cli.statement.unsigned", "quiet", seq=entry.seq)


def _show(work: str, as_json: bool) -> None:
    from provenance.views import ask, statements

    with at_home(read_only=True) as house:
        rows = statements.of_work(house.views, ask.work(house.views, work)["work"])
    if as_json:
        for row in rows:
            out.json_line(row)
        return
    if not rows:
        out.say("cli.statement.none", "quiet")
    for row in rows:
        print_one(row, whole=True)


def print_one(row: dict[str, Any], *, whole: bool = False) -> None:
    """A statement: entry, time, language, what stands for it, who signed; then its words, or the first line of them."""
    lang, by = words.language(), ", ".join(f"#{seq}" for seq in row["signed"])
    marks = [
        words.say("cli.statement.replaced", lang, seq=row["replaced_by"]) if row["replaced_by"] is not None else "",
        words.say("cli.statement.signed", lang, seqs=by) if by else words.say("cli.statement.not-signed", lang),
    ]
    tag = words.say("cli.statement.no-tag", lang) if row["lang"] == "und" else words.visible(row["lang"])
    head = (f"#{row['seq']}", row["at"][:19].replace("T", " "), tag, *filter(None, marks))
    out.echo(("" if whole else "  ") + "  ".join(head), "strong" if whole else "")
    text = row["text"] or (words.say("cli.statement.in-file", lang, sha256=row["kept"]) if row["kept"] else "")
    lines = text.splitlines()
    for line in lines if whole else lines[:1]:
        out.echo("    " + words.visible(line))
    if not whole and len(lines) > 1:
        out.echo("    …", "quiet")
