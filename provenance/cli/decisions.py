"""`prov decisions import|list`: what was decided elsewhere, brought in; and all that was decided, by whose word."""

from __future__ import annotations

from typing import Any

import click

from provenance import facts, words
from provenance.cli import out, pick
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput

RULES = "rules"
FROM = ("a1111", "swarmui", "invokeai", "iib", "eagle", "xmp", RULES)


@click.group(name="decisions", help=help_of("cli.decisions"), context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Decisions."""


@cli_command("decisions.import")
@click.argument("path", type=click.Path(), default=None, required=False)
@click.option("--from", "source", type=click.Choice(FROM), default=None, help=help_of("cli.decisions.from"))
@as_json
def import_(path: str | None, source: str | None, as_json: bool) -> None:
    from provenance.daemon.deciding import apply_rules, import_marks

    if (path is None) != (source == RULES):
        raise BadInput("marks.path")
    with at_home() as house, out.progress(words.say("cli.decisions.reading", words.language()), 0, quiet=as_json) as bar:
        done = import_marks(house, path, source or "", bar.advance) if path is not None else apply_rules(house)
    if as_json:
        places = [{"from": name, "path": place} for name, place in done.places]
        out.json_line({"entries": [e.seq for e in done.entries], "marks": done.pictures, "known": done.known,
                       "not_recorded": done.unknown, "read": places})  # fmt: skip
        return
    for name, place in done.places:
        out.say("cli.decisions.read", "quiet", source=name, path=place)
    out.say("cli.decisions.done", "good", marks=done.pictures, entries=len(done.entries), known=done.known)
    if done.unknown:
        out.say("cli.decisions.unknown", "strong", count=done.unknown)


@cli_command("decisions.list")
@click.argument("refs", nargs=-1, metavar="[FILE|ID]...")
@as_json
def list_(refs: tuple[str, ...], as_json: bool) -> None:
    with at_home(read_only=True) as house:
        hashes = pick.pictures(house, refs)
        rows = house.views.ask(
            "SELECT d.*, w.by AS withdrawn_by, (SELECT name FROM versions v WHERE v.sha256 = d.sha256 ORDER BY seq LIMIT 1) AS name "
            "FROM decisions d LEFT JOIN withdrawals w ON w.seq = d.seq ORDER BY d.seq, d.sha256"
        )
    rows = [row for row in rows if not hashes or row["sha256"] in hashes]
    if as_json:
        for row in rows:
            out.json_line(row)
    elif not rows:
        out.say("cli.decisions.none", "quiet")
    else:
        out.table([(f"#{row['seq']}", row["class"], words.visible(row["name"] or row["sha256"][:12]), said(row)) for row in rows])


def said(row: dict[str, Any]) -> str:
    """One decision as a line: a person's word, or what was seen and, apart from it, what a rule takes it to mean."""
    lang = words.language()
    if row["class"] == facts.STATED:
        text = word(row["decision"])
        parts = [text, words.visible(row["place"] or ""), words.visible(row["why"] or "")]
    else:
        seen = words.say(f"cli.observed.{row['observed'].replace(' ', '-')}", lang, value=row["value"] or "", place=row["place"] or "")
        if row["decision"]:
            meant = words.say("cli.decisions.meant", lang, meaning=word(row["decision"]), rule=row["rule"] or "?")
        else:
            meant = words.say("cli.decisions.not-meant", lang)
        parts = [row["tool"] or "", seen, meant]
    if row.get("withdrawn_by"):
        parts.append(words.say("cli.decisions.withdrawn", lang, seq=row["withdrawn_by"]))
    return "  ".join(part for part in parts if part)


def word(decision: str) -> str:
    """A decision's word in the user's language."""
    key = f"cli.show.{decision}"
    return words.say(key, words.language()) if words.known(key) else words.visible(decision)


for part in (import_, list_):
    command.add_command(part)
