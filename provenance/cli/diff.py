"""`prov diff BEFORE AFTER`: what was changed between two pictures, as areas in pixels and as a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from provenance import config, words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput, Unavailable, Unreadable

MOST_BYTES = 256 * 1024 * 1024


@cli_command("diff")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help=help_of("cli.diff.output"))
@click.option("--map", "alone", type=click.Path(dir_okay=False, path_type=Path), help=help_of("cli.diff.map"))
@click.option("--outlines", is_flag=True, help=help_of("cli.diff.outlines"))
@as_json
def command(before: str, after: str, output: Path | None, alone: Path | None, outlines: bool, as_json: bool) -> None:
    from provenance.daemon import mapping

    if outlines and alone is not None:
        raise BadInput("edits.no-map")

    one, two = _bytes(before), _bytes(after)
    for content in (one, two):
        mapping.picture(content)  # a file that is no picture is told as such, not as one that cannot be compared
    if outlines:
        _outlines(before, after, (one, two), output, as_json)
        return
    told, shown = mapping.mapped(one, two)
    written = [str(target) for target in (output, alone) if target is not None and shown]
    if output is not None and shown:
        _write(output, mapping.beside(one, two, shown), (before, after))
    if alone is not None and shown:
        _write(alone, shown, (before, after))
    if as_json:
        out.json_line({"before": before, "after": after, **told, "written": written})
    else:
        _say(told, written)


def _outlines(before: str, after: str, contents: tuple[bytes, bytes], output: Path | None, as_json: bool) -> None:
    """Where the outlines of BEFORE are found again in AFTER."""
    from provenance.daemon.outlines import compared
    from provenance.report.overlaid import line
    from provenance.views import family_rates

    told, shown = compared(*contents)
    written = [str(output)] if output is not None and shown else []
    if output is not None and shown:
        _write(output, shown, (before, after))
    if as_json:
        out.json_line({"before": before, "after": after, **told, "written": written})
        return
    lang = words.language()
    out.echo(line({"material": "files", **told}, words.visible(Path(before).name), lang))
    if told["outcome"] != "cannot compare":
        rows = [
            ("laid", words.say(f"report.word.laid.{told['laid']}", lang)),
            ("outline", words.say("edits.input.outline", lang, **told)),
            ("recurring", words.say("edits.input.places", lang, **told)),
            *(("written", words.visible(path)) for path in written),
        ]
        out.table([(words.say(f"cli.diff.row.{name}", lang), value) for name, value in rows])
        if rate := family_rates.outlines_sentence(told["rate"], lang):
            out.echo(rate, "quiet")


def _bytes(ref: str) -> bytes:
    """A file's bytes, or those of a recorded picture.

    Raises:
        Unavailable: `edits.gone`, `file.unreadable`. Unreadable: `pixels.file-too-large`. BadInput: as `pick.picture`.
    """
    path = Path(ref)
    if path.is_file():
        return _read(path)
    from provenance.cli import pick
    from provenance.daemon.describing import load
    from provenance.views.fold import unplain

    if not config.home().ledger.exists():
        raise BadInput("pick.unknown", ref=ref)
    with at_home(read_only=True) as house:
        sha256 = pick.picture(house, ref)
        places = house.views.ask("SELECT path FROM places WHERE sha256 = :s AND here = 1 LIMIT 20", s=sha256)
        for place in [unplain(row["path"]) for row in places] or [""]:
            content = load(house.blobs, sha256, place)
            if content is not None:
                return content
    raise Unavailable("edits.gone", ref=ref)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable("pixels.file-too-large", path=str(path))
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("file.unreadable", path=str(path), why=error.strerror or "") from error


def _write(target: Path, content: bytes, sources: tuple[str, str]) -> None:
    """Raises BadInput `edits.own-file` rather than write over a picture that is compared."""
    if target.exists() and any(Path(source).exists() and target.samefile(source) for source in sources):
        raise BadInput("edits.own-file", path=str(target))
    try:
        target.write_bytes(content)
    except OSError as error:
        raise Unavailable("edits.unwritable", path=str(target), why=error.strerror or "") from error


def _say(told: dict[str, Any], written: list[str]) -> None:
    lang = words.language()
    if told["outcome"] != "mapped":
        out.say("cli.diff.no", why=words.say(f"edits.why.{told['why']}", lang))
        return

    def say(key: str, **params: Any) -> str:
        return words.say(f"cli.diff.{key}", lang, **params)

    placed = words.say(f"edits.placed.{told['placed']}", lang)
    left, top, width, height = told["crop"]
    rows = [
        ("placed", words.say("edits.flipped", lang, placed=placed) if told["flipped"] else placed),
        ("crop", say("crop", left=left, top=top, width=width, height=height)),
        ("tone", words.say(f"edits.tone.{told['tone']}", lang) if told["tone"] != "none" else ""),
        ("saved", told["saved"] or ""),
        ("repainted", say("repainted", area=told["repainted"], count=told["regions"])),
        ("added", say("pixels", area=told["added"]) if told["added"] else ""),
        ("unchanged", say("pixels", area=told["unchanged"])),
        *(("written", words.visible(path)) for path in written),
    ]
    out.table([(say(f"row.{name}"), value) for name, value in rows if value])

