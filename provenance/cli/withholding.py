"""The options by which a person says what a bundle leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from provenance.bundle import withhold
from provenance.bundle.request import Exported
from provenance.cli import out, pick
from provenance.cli.common import help_of
from provenance.daemon.house import House
from provenance.errors import BadInput

MOST = 1 << 20  # bytes of a file of reasons


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--withhold`, `--withhold-file`, `--why`, `--previews`, `--include-privileged`."""
    for option in (
        click.option("--include-privileged", "privileged", multiple=True, type=click.IntRange(min=0), metavar="ENTRY",
                     help=help_of("cli.export.privileged")),
        click.option("--previews", type=click.Choice([withhold.KEEP, withhold.BLUR, withhold.DROP]), default=withhold.KEEP,
                     show_default=True, help=help_of("cli.export.previews")),
        click.option("--why", default="", help=help_of("cli.export.why")),
        click.option("--withhold-file", "reasons", type=click.Path(), help=help_of("cli.export.withhold-file")),
        click.option("--withhold", "withheld", multiple=True, metavar="WHAT,...", help=help_of("cli.export.withhold")),
    ):  # fmt: skip
        command = option(command)
    return command


def asked(house: House, withheld: tuple[str, ...], reasons: str | None, previews: str) -> tuple[frozenset[str], withhold.Also]:
    """What these options ask for. Raises BadInput `withhold.unknown`, `withhold.file`, and as `pick.picture`."""
    items = [(item, "") for item in split(withheld)]
    if reasons is not None:
        items += withhold.of_file(_text(reasons), reasons)
    return withhold.asked(items, lambda ref: pick.pictures(house, (ref,))[0], previews)


def split(withheld: tuple[str, ...]) -> list[str]:
    """The items of `--withhold`; a comma in a picture's file name parts nothing."""
    parts = (part for one in withheld for part in ([one] if one.startswith(withhold.PICTURE) else one.split(",")))
    return [part.strip() for part in parts if part.strip()]


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST + 1)
        if len(data) > MOST:
            raise BadInput("withhold.file", path=path)
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("withhold.file", path=path) from error


def told(done: Exported) -> None:
    """What a person must know of what was withheld: what others show, and what could not be looked for."""
    if done.shared:
        out.say("cli.export.shared", "strong", count=done.shared)
    if done.unsought:
        out.say("cli.export.unsought", "quiet", count=done.unsought)
