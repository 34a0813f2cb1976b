"""What `prov export` and `prov publish` share: the policy of prov.toml is asked first, and what it says is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import help_of

if TYPE_CHECKING:
    from provenance.daemon.house import House
    from provenance.views.selection import Selection


def option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The `--override` option."""
    return click.option("--override", is_flag=True, help=help_of("cli.opt.override"))(function)


def let_pass(house: House, chosen: Selection, action: str, given: tuple[bool, str], *, quiet: bool) -> None:
    """Ask the policy; warnings go to standard error. given: (override, why). Raises as `policing.let_pass`."""
    if not house.config.policy.rules:
        return
    from provenance.daemon import policing

    for one in policing.let_pass(house, chosen, action, override=given[0], why=given[1]):
        if not quiet:
            out.line_error(words.say("policy.told", words.language(), said=one.said(words.language())))
