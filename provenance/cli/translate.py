"""`prov translate WORK --to zh`: texts in another language as a table for a person to fill in, and what was filled in into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput

if TYPE_CHECKING:
    from provenance.daemon.translating import Asked


@cli_command("translate")
@click.argument("what", nargs=-1, required=True, metavar="WORK|FILE|ID...")
@click.option("--to", "lang", default="zh", show_default=True, metavar="LANGUAGE", help=help_of("cli.translate.to"))
@click.option("--output", "-o", "target", type=click.Path(dir_okay=False), help=help_of("cli.translate.output"))
@click.option("--from", "source", type=click.Path(), help=help_of("cli.translate.from"))
@click.option("--by", metavar="NAME", help=help_of("cli.translate.by"))
@as_json
def command(what: tuple[str, ...], lang: str, target: str | None, source: str | None, by: str | None, as_json: bool) -> None:
    from provenance.cli.export import choose
    from provenance.daemon import translating

    if target and source:
        raise BadInput("translate.either")
    if source and not by:
        raise BadInput("translate.nobody")
    lang = translating.tag(lang)
    with at_home() as house:
        rows = translating.asked(house, choose(house, what), lang)
        if source:
            given = translating.filled(Path(source))
            entries = translating.record(house, rows, given, lang, by or "")
            strange = len(given.keys() - {row.id for row in rows})
            if as_json:
                out.json_line({"entries": [entry.seq for entry in entries], "filled": len(given), "unknown": strange, "lang": lang})
                return
            out.say("cli.translate.done", "good", count=len(entries), by=by or "")
            if strange:
                out.say("cli.translate.strange", "strong", count=strange)
            return
        if target:
            translating.save(rows, Path(target))
    if as_json:
        for row in rows:
            out.json_line({"id": row.id, "field": row.field, "entries": list(row.entries), "text": row.text,
                           "translation": row.translation or None, "by": row.translator or None})  # fmt: skip
        return
    if target:
        out.say("cli.translate.saved", "good", count=len(rows), path=target)
        return
    _listed(rows)


def _listed(rows: Sequence[Asked]) -> None:
    """Each text on a line, with who translated it."""
    language = words.language()
    if not rows:
        out.say("cli.translate.none", "quiet")
        return
    nobody = words.say("cli.translate.untranslated", language)
    out.table([(f"#{row.entries[0]}", words.visible(row.translator) or nobody, words.visible(row.text)) for row in rows])
