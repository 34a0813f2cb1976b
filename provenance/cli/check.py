"""`prov check WORK`: what to look at again before publishing, and the person's answers as entries."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from provenance import words
from provenance.cli import out, preview
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput
from provenance.review.finding import ANSWERS as SAID
from provenance.review.finding import HINT, REFUSAL, WARNING

if TYPE_CHECKING:
    from provenance.cli.keys import Keyboard
    from provenance.daemon.checking import Checked
    from provenance.daemon.comparing import Compared
    from provenance.daemon.house import House
    from provenance.review.finding import Finding

ANSWERS = {said.replace(" ", "-"): said for said in SAID}
KEYS = dict(zip("lcn", SAID, strict=True))
LATER = ("s", "\r", "\n", " ")
MOST_ENTRIES = 8


@cli_command("check")
@click.argument("what", nargs=-1, required=True, metavar="WORK|FILE|ID...")
@click.option("--against", "folders", multiple=True, type=click.Path(), metavar="FOLDER", help=help_of("cli.check.against"))
@click.option("--answer", "answers", multiple=True, metavar="CODE=ANSWER[:WORDS]", help=help_of("cli.check.answer"))
@click.option("--yes", is_flag=True, help=help_of("cli.check.yes"))
@as_json
def command(what: tuple[str, ...], folders: tuple[str, ...], answers: tuple[str, ...], yes: bool, as_json: bool) -> int:
    from provenance.cli.export import choose
    from provenance.daemon import checking

    given = [_parsed(text) for text in answers]
    with at_home() as house:
        chosen = choose(house, what)
        if not chosen.pictures:
            raise BadInput("export.nothing", work=chosen.title)
        places = (*folders, *(folder for folder in house.config.check if folder not in folders))
        compared = _compared(house, chosen, places, as_json)
        checked = checking.look(house, chosen, compared)
        sure = [(_meant(checked, code), answer, said) for code, answer, said in given]  # before anything is written
        checked = checking.write_down(house, checked, places)
        for found, answer, said in sure:
            checking.answer(house, checked, found, (answer, "given", said))
        checked = checking.again(house, checked)
        if yes:
            told = {one.ident for found, _, _ in sure for one in found}
            rest = tuple(one for one in checked.open if one.ident not in told)
            checking.answer(house, checked, rest, ("looked at", "all at once", ""))
            checked = checking.again(house, checked)
        if not as_json:
            _show(checked, compared)
            if not yes and not answers and sys.stdin.isatty():
                checked = _asked(house, checked)
    _told(checked, as_json)
    return checked.exit_code


def _compared(house: House, chosen: Any, places: tuple[str, ...], quiet: bool) -> Compared | None:
    from provenance.daemon import comparing

    if not places:
        return None
    with out.progress(words.say("cli.check.bar", words.language()), 0, quiet=quiet) as bar:
        return comparing.compare(house, chosen, places, bar.reach)


def _parsed(text: str) -> tuple[str, str, str]:
    """`CODE=ANSWER[:WORDS]`. Raises BadInput `review.answer`."""
    code, equals, rest = text.partition("=")
    answer, _, said = rest.partition(":")
    if not equals or not code.strip() or answer.strip() not in ANSWERS:
        raise BadInput("review.answer", text=text)
    return code.strip(), ANSWERS[answer.strip()], said.strip()


def _meant(checked: Checked, code: str) -> tuple[Finding, ...]:
    """The findings of a code, of a code and its subject, or of a number. Raises BadInput `review.no-such`."""
    found = tuple(one for one in checked.findings if code in (one.code, f"{one.code}/{one.subject}", one.ident))
    if not found:
        raise BadInput("review.no-such", code=code)
    return found


def _show(checked: Checked, compared: Compared | None) -> None:
    from provenance.review.checks import TOPICS

    for topic in TOPICS:
        group = [one for one in checked.findings if one.topic == topic]
        if group:
            out.say(f"cli.check.topic.{topic}", "strong")
        for one in group:
            _line(checked, one)
            if compared is not None and one.topic == "alike" and one.subject in compared.previews and sys.stdout.isatty():
                _drawn(compared.previews[one.subject])


def _line(checked: Checked, one: Finding) -> None:
    lang = words.language()
    mark = words.say("cli.check.answered" if one.ident in checked.closed else f"cli.check.level.{one.level}", lang)
    style = "bad" if one.level == REFUSAL else "" if one.level == WARNING and one.ident not in checked.closed else "quiet"
    label = f"{one.code}/{one.subject}" if one.topic == "name" else one.code
    out.echo(f"  {mark}  {words.visible(label)}", style)
    wide = max(40, (shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 4000) - 6)
    for line in out.wrapped(one.said(lang), wide):
        out.echo(f"      {line}")
    if one.entries:
        more = f" … {len(one.entries)}" if len(one.entries) > MOST_ENTRIES else ""
        out.echo("      " + " ".join(f"#{seq}" for seq in one.entries[:MOST_ENTRIES]) + more, "quiet")
    for stands in one.authorities:
        for line in out.wrapped(stands.said(lang), wide):  # where it was read stands in `--json`, and in the entry
            out.echo(f"      {line}", "quiet")


def _drawn(picture: bytes) -> None:
    how = preview.way(os.environ, terminal=True)
    click.echo(preview.shown([picture], how, shutil.get_terminal_size((80, 24)).columns), nl=False)


def _asked(house: House, checked: Checked) -> Checked:
    """One key for each open warning; what was answered is on record when the next is asked."""
    from provenance.cli.keys import END, keyboard
    from provenance.daemon import checking

    if not checked.open:
        return checked
    out.say("cli.check.keys", "quiet")
    with keyboard() as keys:
        for one in checked.open:
            _line(checked, one)
            key = _key(keys)
            if key in ("q", END):
                break
            if key in LATER:
                continue
            click.echo("      " + words.say("cli.check.words", words.language()) + " ", nl=False)
            (entry,) = checking.answer(house, checked, (one,), (KEYS[key], "one by one", keys.line().strip()))
            said = words.say(f"cli.check.answer.{KEYS[key].replace(' ', '-')}", words.language())
            out.say("cli.check.said", "good", answer=said, seq=entry.seq)
    return checking.again(house, checked)


def _key(keys: Keyboard) -> str:
    from provenance.cli.keys import END

    while True:
        key, _ = keys.key()
        if key in KEYS or key in LATER or key in ("q", END):
            return key
        out.say("cli.check.unknown", "quiet")


def _told(checked: Checked, as_json: bool) -> None:
    assert checked.entry is not None
    seq, still = checked.entry.seq, checked.open
    if as_json:
        for one in checked.findings:
            out.json_line(_row(checked, one))
        out.json_line({"seq": seq, "pictures": len(checked.material.pictures), "refused": len(checked.refused), "open": len(still),
                       "compared": checked.material.compared, "exit": checked.exit_code})  # fmt: skip
        return
    warned = sum(one.level == WARNING for one in checked.findings)
    hints = sum(one.level == HINT for one in checked.findings)
    style = "bad" if checked.refused else "strong" if still else "good"
    out.say("cli.check.done", style, seq=seq, refused=len(checked.refused), open=len(still), answered=warned - len(still), hints=hints)
    if not still and not checked.refused:
        out.say("cli.check.clear", "good")


def _row(checked: Checked, one: Finding) -> dict[str, Any]:
    return {
        "finding": one.ident, "code": one.code, "level": one.level, "subject": one.subject, "answered": one.ident in checked.closed,
        "said": {lang: one.said(lang) for lang in ("en", "zh")}, "pictures": list(one.pictures), "entries": list(one.entries),
        "authorities": [stands.row() for stands in one.authorities],
    }  # fmt: skip
