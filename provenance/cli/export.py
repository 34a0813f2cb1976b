"""`prov export WORK|FILE... -o OUT.zip`: the bundle for a lawyer, and for the expert who checks it."""

from __future__ import annotations

from pathlib import Path

import click

from provenance import words
from provenance.bundle import printing, withhold
from provenance.cli import key_author, out, pick, policed, withholding
from provenance.cli.common import at_home, cli_command, help_of
from provenance.config import FORUMS
from provenance.daemon.exporting import hand_over
from provenance.daemon.house import House
from provenance.daemon.stamping import SECONDS, Stamped, failure, stamp_newest
from provenance.errors import BadInput
from provenance.seal import author
from provenance.seal.author import Author
from provenance.views import selection


@cli_command("export")
@click.argument("what", nargs=-1, required=True, metavar="WORK|FILE|ID...")
@click.option("--output", "-o", "target", type=click.Path(dir_okay=False), help=help_of("cli.export.output"))
@withholding.options
@click.option("--lang", type=click.Choice(["both", "zh", "en"]), default="both", show_default=True, help=help_of("cli.export.lang"))
@click.option("--forum", type=click.Choice(FORUMS), help=help_of("cli.export.forum"))
@click.option("--no-film", is_flag=True, help=help_of("cli.export.no-film"))
@click.option("--no-pdf", is_flag=True, help=help_of("cli.export.no-pdf"))
@click.option("--annex/--no-annex", default=True, help=help_of("cli.export.annex"))
@policed.option
@click.option("--sign", is_flag=True, help=help_of("cli.export.sign"))
@key_author.PASSPHRASE_FD
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(  # noqa: PLR0913, PLR0917 - one for each option
    what: tuple[str, ...], target: str | None, withheld: tuple[str, ...], reasons: str | None, why: str, previews: str,
    privileged: tuple[int, ...], lang: str, forum: str | None, no_film: bool, no_pdf: bool, annex: bool, override: bool, sign: bool,
    descriptor: int | None, as_json: bool,
) -> None:
    with at_home() as house:
        fields, also = withholding.asked(house, withheld, reasons, previews)
        chosen = choose(house, what)
        if not chosen.pictures:
            raise BadInput("export.nothing", work=chosen.title)
        policed.let_pass(house, chosen, "export", (override, why), quiet=as_json)
        chosen = choose(house, what) if override else chosen  # with the entry that says so
        signing = unlocked(house, descriptor) if sign else None
        stamped: list[Stamped] = []
        with out.progress(words.say("cli.export.bar", words.language()), 0) as bar:
            done, entry = hand_over(
                house, chosen, Path(target) if target else None, withheld=fields, why=why,
                languages=("zh", "en") if lang == "both" else (lang,), author=signing, step=bar.reach, annex=annex,
                forum=forum, film=not no_film, pdf=not no_pdf,
                also=also, privileged=frozenset(privileged),
                stamp=lambda: stamped.append(stamp_newest(house, _asking if not as_json else lambda names: None)),
            )
    if as_json:
        hidden = [*sorted(fields), *withhold.items(also)]
        out.json_line({"path": str(done.path), "bundle": done.bundle, "seal": done.seal, "size": done.size, "pictures": list(done.pictures),
                       "absent": list(done.absent), "withheld": hidden, "seq": entry.seq if entry else None,
                       "exhibits": done.exhibits, "without": [{"file": name, "lang": lang} for name, lang, _ in done.without],
                       "unstamped": [name for one in stamped for name in one.without]})
        return
    for one in stamped:
        _told(one)
    out.say("cli.export.done", "good", path=str(done.path), count=len(done.pictures))
    if done.exhibits:
        out.say("cli.export.exhibits", "quiet", count=done.exhibits)
    for name, error in {name: error for name, _, error in done.without if name == printing.PDF}.items():
        out.say("cli.export.without", "strong", file=name, why=words.say(error.key, words.language(), **error.params))
    if done.absent:
        out.say("cli.export.absent", "quiet", count=len(done.absent))
    withholding.told(done)
    out.say("cli.export.next", "quiet", path=str(done.path))


def _asking(names: tuple[str, ...]) -> None:
    out.say("cli.export.stamping", "quiet", names=", ".join(names), seconds=round(SECONDS))


def _told(stamped: Stamped) -> None:
    """What came of asking for a stamp: silence where all answered."""
    for outcome in stamped.outcomes:
        if (error := failure(outcome)) is not None:
            out.echo(f"{words.visible(outcome.authority.name)}: {words.say(error.key, words.language(), **error.params)}", "quiet")
    if stamped.without:
        out.say("cli.export.unstamped", "strong", names=", ".join(stamped.without))


def unlocked(house: House, descriptor: int | None) -> Author:
    """The author's key, opened. Raises BadInput `author.none`, `author.passphrase`."""
    if author.known(house.home.keys) is None:
        raise BadInput("author.none")
    return author.unlock(house.home.keys, key_author.passphrase(descriptor))


def choose(house: House, what: tuple[str, ...]) -> selection.Selection:
    """One work by name or id, or pictures. A name that is both a file here and a work means the work."""
    if len(what) == 1:
        try:
            return selection.of_work(house.views, what[0])
        except BadInput as error:
            if error.key == "work.ambiguous":
                raise
            try:
                return selection.of_pictures(house.views, pick.pictures(house, what))
            except BadInput as second:
                raise (BadInput("export.unknown", what=what[0]) if second.key == "pick.unknown" else second) from error
    return selection.of_pictures(house.views, pick.pictures(house, what))
