"""`prov log`: the entries, newest first for people; one object a line, in order, for scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import at_home, cli_command, help_of
from provenance.daemon.house import House
from provenance.views.fold import folder_and_name, plain

FOLLOW_SECONDS = 0.5


@cli_command("log")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.log.json"))
@click.option("--limit", "-n", type=click.IntRange(min=1), help=help_of("cli.log.limit"))
@click.option("--since", type=click.IntRange(min=0), default=0, help=help_of("cli.log.since"))
@click.option("--kind", "kinds", multiple=True, help=help_of("cli.log.kind"))
@click.option("--follow", "-f", is_flag=True, help=help_of("cli.log.follow"))
def command(as_json: bool, limit: int | None, since: int, kinds: tuple[str, ...], follow: bool) -> None:
    with at_home(read_only=True) as house:
        show = _print_json if as_json else _print_line
        if not as_json and not follow:
            for record in _newest(house, since, kinds, limit):
                show(record)
            return
        size = house.ledger.size()
        first = max(since, size - limit) if limit and not kinds else since
        for record in house.ledger.records(first, size, kinds=_full(kinds)):
            show(record)
        while follow:
            time.sleep(FOLLOW_SECONDS)
            now = house.ledger.size()
            for record in house.ledger.records(size, now, kinds=_full(kinds)):
                show(record)
            size = now


def _newest(house: House, since: int, kinds: tuple[str, ...], limit: int | None) -> Iterator[Any]:
    """From the end, in steps, so that `prov log | head` on a long ledger is quick."""
    left, stop = limit, house.ledger.size()
    while stop > since and left != 0:
        start = max(since, stop - 500)
        for record in reversed(list(house.ledger.records(start, stop, kinds=_full(kinds)))):
            yield record
            if left is not None:
                left -= 1
                if not left:
                    return
        stop = start


def _full(kinds: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(kind if "/" in kind else f"{kind}/1" for kind in kinds) or None


def line(record: Any) -> dict[str, Any]:
    """An entry with its values, as `prov log --json` prints it."""
    entry = record.entry
    return {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "class": entry.open.get("class"), "open": dict(entry.open),
            "sealed": dict(record.values)}


def _print_json(record: Any) -> None:
    out.json_line(line(record))


def _print_line(record: Any) -> None:
    entry = record.entry
    kind = words.say(f"kind.{entry.kind}", words.language()) if words.known(f"kind.{entry.kind}") else entry.kind
    out.echo(f"{out.styled(f'#{entry.seq:<6}', 'quiet')} {entry.at[:10]} {entry.at[11:19]}  {out.pad(entry.open.get('class', '?'), 8)}  "
             f"{out.pad(kind, 12)}  {words.visible(gist(record))}".rstrip())


def gist(record: Any) -> str:
    """What an entry is about, in one line."""
    o, v = record.entry.open, record.values
    name = folder_and_name(plain(v.get("path")))[1]
    text = plain(v.get("text")) or plain(v.get("why")) or ("" if name else plain(v.get("name")))
    said = [name, f"<- {folder_and_name(plain(v['was_path']))[1]}" if v.get("was_path") else "", str(o.get("decision", "")),
            _pictures(o.get("pictures") or o.get("about")), text, str(o.get("reason", "")) if not name else "",
            f"{o['found']} of {o['found'] + o['missing']}" if "missing" in o else "", str(o.get("size", "")) if "root" in o else ""]
    first = plain((v.get("prompts") or ("",))[0])
    return "  ".join(part for part in (*said, first[:80]) if part)


def _pictures(hashes: Any) -> str:
    return " ".join(h[:12] for h in (hashes or ())[:3]) + (" ..." if len(hashes or ()) > 3 else "")
