"""What `prov keep`, `reject`, `choose` and `publish` share: a decision, its pictures, its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from provenance import facts
from provenance.cli import out, pick, policed
from provenance.cli.common import at_home, cli_command, help_of


def decision(name: str, decided: str, *, where: bool = False) -> click.Command:
    """The command `name`, which writes `decision.made` with `decided`. where: whether it takes the place of a publication."""

    def run(pictures: tuple[str, ...], why: str | None, as_json: bool, place: str | None = None, override: bool = False) -> None:
        with at_home() as house:
            chosen = pick.pictures(house, pictures)
            if where and house.config.policy.rules:
                from provenance.daemon import policing

                policed.let_pass(house, policing.about(house, chosen), policing.PUBLISH, (override, why or ""), quiet=as_json)
            said = facts.DecisionMade.batches(chosen, decision=decided, why=why or None, where=place or None)
            entry, *more = house.tell(*said)
            if as_json:
                row = {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "decision": decided, "pictures": list(chosen), "why": why,
                       "more": [one.seq for one in more]}  # fmt: skip
                out.json_line(row | ({"where": place} if where else {}))
            else:
                out.say(f"cli.{name}.done", "good", seq=entry.seq, count=len(chosen))

    made: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))(run)
    if where:
        made = policed.option(made)
        made = click.option("--where", "place", metavar="URL|TEXT", help=help_of("cli.publish.where"))(made)
    made = click.option("--why", help=help_of("cli.opt.why"))(made)
    made = click.argument("pictures", nargs=-1, required=True, metavar="FILE|ID...")(made)
    return cli_command(name)(made)
