"""`prov terms`: what services and licences say of input, output and training, in which version, and which bears on a picture."""

from __future__ import annotations

from typing import Any

import click

from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.cli.terms_said import applied_json, applied_said, found_json, found_said, lang, phrase, statement_json, texts, version_json

HELP = help_of("cli.terms") + "\n\n" + help_of("cli.terms.long")


@click.group(name="terms", help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Terms and licences."""


@cli_command("terms.list")
@as_json
def list_(as_json: bool) -> None:
    from provenance.terms.profile import profiles
    from provenance.views import agreed

    with at_home(read_only=True) as house:
        mine = agreed.saved(house.views)
    rows = [(one, document) for one in profiles() for document in one.documents]
    if as_json:
        for one, document in rows:
            out.json_line({"id": one.id, "kind": one.kind, "name": {"en": one.name.en, "zh": one.name.zh}, "document": document.title,
                           "versions": [version_json(version) for version in document.versions]})  # fmt: skip
        for saved in mine:
            out.json_line({"id": saved.platform, "kind": "recorded", "seq": saved.seq, "at": saved.at, "sha256": saved.sha256 or None,
                           "title": saved.title, "plan": saved.plan, "accepted": saved.accepted, "stated": saved.stated})  # fmt: skip
        return
    newest = ((one, document, document.versions[-1]) for one, document in rows)
    out.table([
        (one.id, phrase(f"kind.{one.kind}"), last.label or phrase("unknown"), phrase(f"read.{last.read}"), last.looked,
         f"{one.name.text(lang())}: {document.title}")
        for one, document, last in newest
    ])  # fmt: skip
    for saved in mine:
        out.say("cli.terms.mine", seq=saved.seq, platform=saved.platform, at=saved.at[:10], plan=saved.plan or "-",
                accepted=saved.accepted or "-", sha256=saved.sha256[:16] or "-")  # fmt: skip


@cli_command("terms.show")
@click.argument("platform", metavar="PLATFORM")
@click.option("--on", "on", metavar="DATE", help=help_of("cli.terms.on"))
@as_json
def show(platform: str, on: str | None, as_json: bool) -> None:
    from provenance.terms import force, profile

    one = profile.profile(platform)
    if on:
        found = force.all_in_force(one, force.day(on))
    else:
        found = tuple(force.Found(document, version) for document in one.documents for version in reversed(document.versions))
    if as_json:
        for row in found:
            out.json_line({"id": one.id, "kind": one.kind, "on": on, **found_json(row)})
        return
    out.echo(one.name.text(lang()), "strong")
    for row in found:
        found_said(row, gaps=one.kind == profile.SERVICE)
    for flag in one.flags:
        out.echo(f"  {out.pad(f'{flag.flag} = {flag.value}', 32)}  {texts((flag.means,))[0]}")


@cli_command("terms.diff")
@click.argument("platform", metavar="PLATFORM")
@click.argument("one", metavar="FROM")
@click.argument("other", metavar="TO")
@as_json
def diff(platform: str, one: str, other: str, as_json: bool) -> None:
    from provenance.terms import force, profile

    chosen = profile.profile(platform)
    days = force.day(one), force.day(other)
    for document in chosen.documents:
        before, after = (force.in_force(document, on) for on in days)
        known = before.version is not None and after.version is not None
        changes = force.difference(before.version, after.version) if before.version and after.version else ()
        if as_json:
            rows = [{"field": c.field, "before": [statement_json(s) for s in c.before], "after": [statement_json(s) for s in c.after]}
                    for c in changes]  # fmt: skip
            told = [found_json(row, statements=False) for row in (before, after)]
            out.json_line({"id": chosen.id, "from": told[0], "to": told[1], "known": known, "changes": rows if known else None})
            continue
        out.echo(document.title, "strong")
        for on, row in zip(days, (before, after), strict=True):
            label = (row.version.label or phrase("undated")) if row.version else phrase("none-known")
            out.echo(f"  {on}  {'  '.join((label, *(phrase('mark.' + code) for code in row.marks)))}")
        if known and not changes:
            out.say("cli.terms.same", "quiet")
        for change in changes:
            out.echo(f"  {phrase('field.' + change.field)}")
            for sign, said in (("-", change.before), ("+", change.after)):
                for text in texts(said) or [phrase("not-found")]:
                    out.echo(f"    {sign} {text}")


@cli_command("terms.record")
@click.argument("platform", metavar="PLATFORM")
@click.option("--file", "file", type=click.Path(), help=help_of("cli.terms.file"))
@click.option("--plan", help=help_of("cli.terms.plan"))
@click.option("--accepted", metavar="DATE", help=help_of("cli.terms.accepted"))
@as_json
def record(platform: str, file: str | None, plan: str | None, accepted: str | None, as_json: bool) -> None:
    from provenance.daemon import agreeing

    with at_home() as house:
        done = agreeing.record(house, platform, file, plan, accepted)
    dates = list(done.page.dates) if done.page else []
    if as_json:
        out.json_line({
            "platform": done.platform,
            "entries": [{"seq": one.seq, "at": one.at, "kind": one.kind} for one in done.entries],
            "sha256": done.entries[0].open.get("sha256"),
            "title": done.page.title if done.page else None,
            "dates": [{"date": date, "said": said} for date, said in dates],
        })
        return
    out.say("cli.terms.recorded", "good", seq=done.entries[0].seq, platform=done.platform)
    if done.page is not None and done.page.title:
        out.say("cli.terms.title", title=done.page.title)
    for date, said in dates:
        out.say("cli.terms.date", "quiet", date=date, said=said)
    if file and not dates:
        out.say("cli.terms.no-dates", "quiet")


@cli_command("terms.of")
@click.argument("ref", metavar="FILE|ID")
@as_json
def of(ref: str, as_json: bool) -> None:
    from provenance.cli import pick
    from provenance.views import agreed

    with at_home(read_only=True) as house:
        sha256 = pick.picture(house, ref)
        rows: list[dict[str, Any]] = agreed.of_picture(house.views, sha256)
    if as_json:
        for row in rows:
            out.json_line({"sha256": sha256, **applied_json(row)})
        return
    if not rows:
        out.say("cli.terms.nothing", "quiet")
    for row in rows:
        applied_said(row)


for _one in (list_, show, diff, record, of):
    command.add_command(_one)
