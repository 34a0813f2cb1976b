"""What several commands share: opening the home, and options that mean the same everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from provenance import words
from provenance.errors import BadInput

if TYPE_CHECKING:
    from provenance.daemon.house import House


@contextmanager
def at_home(*, read_only: bool = False) -> Iterator[House]:
    """The open home, closed afterwards."""
    from provenance.daemon.house import open_house  # here: SQLAlchemy alone costs twenty times a bare start, and `prov status` needs none

    house = open_house(read_only=read_only)
    try:
        yield house
    finally:
        house.close()


def piped() -> str:
    """All that comes through standard input, as text whatever its encoding. Raises BadInput `input.no-text`."""
    from provenance.daemon.conversing import decoded

    raw = getattr(sys.stdin, "buffer", None)
    try:
        return decoded(raw.read()) if raw is not None else sys.stdin.read()
    except BadInput as error:
        raise BadInput("input.no-text") from error


def help_of(key: str) -> str:
    """A command's or option's help in the user's language."""
    return words.say(key, words.language())


def as_json(function: Callable[..., Any]) -> Callable[..., Any]:
    """The `--json` option."""
    return click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))(function)


def cli_command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command whose help is the message `cli.<name>` and, below it, `cli.<name>.long` where there is one."""
    text = help_of(f"cli.{name}")
    if words.known(f"cli.{name}.long"):
        text += "\n\n" + help_of(f"cli.{name}.long")
    return click.command(name=name.rpartition(".")[2], help=text, context_settings={"help_option_names": ["-h", "--help"]})
