"""`prov read FILE...`: what a file says of its making. Needs no home and no ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from provenance import words
from provenance.capture.intake import textual
from provenance.capture.understand import Understood, understood
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.cli.read_raw import raw_record, raw_shown
from provenance.cli.read_shown import shown
from provenance.errors import BadInput, ProvError
from provenance.readers.show import as_record

MANY = 20  # files from which on a terminal is told how far it is


@cli_command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
@click.option("--raw", is_flag=True, help=help_of("read.opt.raw"))
@click.option("--all", "everything", is_flag=True, help=help_of("read.opt.all"))
def command(files: tuple[str, ...], as_json: bool, raw: bool, everything: bool) -> int:
    worst = 0
    quiet = len(files) < MANY or sys.stdout.isatty()  # where the answers scroll by, they are the progress
    with out.progress(words.say("read.bar", words.language()), 0 if quiet else len(files), quiet=quiet) as bar:
        for file in files:
            try:
                _tell(file, as_json, raw, everything)
            except ProvError as error:
                worst = max(worst, error.exit_code)
                out.error(error)
            bar.advance()
    return worst


def _tell(file: str, as_json: bool, raw: bool, everything: bool) -> None:
    read = opened(file)
    if raw:
        found = raw_record(read.specimen, file)
        out.json_line(found) if as_json else raw_shown(found, everything)
    elif as_json:
        out.json_line(recorded(read, file))
    else:
        shown(recorded(read, file), everything)


def record(file: str) -> dict[str, Any]:
    """One file as the object of `prov read --json`. Raises Unreadable for what is no readable file, BadInput for a folder."""
    return recorded(opened(file), file)


def opened(file: str) -> Understood:
    """A file read and understood; a link is followed, for it was named by hand. Raises Unreadable, BadInput `read.folder`."""
    try:
        path = Path(file)
        if path.is_dir():
            raise BadInput("read.folder", path=file)
        target = str(path.resolve()) if path.is_symlink() else file
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, a loop of links: collect says so in its own words
        target = file
    return understood(target, check=True)


def recorded(read: Understood, file: str) -> dict[str, Any]:
    """What was understood of a file as the object of `prov read --json`: numbers as text, every key always there."""
    container = read.specimen.container
    found = as_record(read.reading, container.container, file)
    found["rest"] = textual(found["rest"])
    found["warnings"] = list(dict.fromkeys([*container.warnings, *read.problems, *found["warnings"]]))
    return found | {
        "sha256": read.specimen.sha256,
        "media_type": container.media_type,
        "width": container.width,
        "height": container.height,
    }
