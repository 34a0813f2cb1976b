"""`prov key show|export|rotate|lost|revoke|keep`: the ledger's key and the one after it. `prov key author`: a person's own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from provenance import clock, words
from provenance.cli import key_author, out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError


@click.group(name="key", help=help_of("cli.key"), context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Keys."""


@cli_command("key.show")
@as_json
def show(as_json: bool) -> None:
    from provenance.seal import recovery, succession

    with at_home(read_only=True) as house:
        line, how = house.line(), _kept(house)
        stored = house.home.keys / recovery.FILE
        lying = str(stored) if stored.exists() else None
    said = [reign.statement for reign in line.reigns]
    keys = [succession.fingerprint(reign.verifier.public) for reign in line.reigns]
    if as_json:
        rows = [
            {"fingerprint": key, "vkey": reign.verifier.vkey, "entry": max(reign.after, 0), "event": one.event if one else "opened",
             "since": one.since or None if one else None, "prepared": reign.committed}
            for key, reign, one in zip(keys, line.reigns, said, strict=True)
        ]
        out.json_line({"keys": rows, "kept": how, "next_key": line.current.next_key or None, "next_key_file": lying})
        return
    lang = words.language()
    lines: list[tuple[str, ...]] = []
    for key, reign, one in zip(keys, line.reigns, said, strict=True):
        came = words.say(f"cli.key.row.{one.event if one else 'first'}", lang, since=one.since[:19] if one else "")
        now = words.say("cli.key.row.current", lang) if reign is line.current else ""
        lines.append((f"#{max(reign.after, 0)}", key, now, came))
    out.table(lines)
    out.say("cli.key.kept", how=words.say(f"cli.key.how.{how}", lang))
    committed = line.current.next_key
    out.say("cli.key.next.committed" if committed else "cli.key.next.none", fingerprint=committed[:16])
    if lying:
        out.say("cli.key.store", "strong", path=lying)


def _kept(house: House) -> str:
    from provenance.seal import keys

    try:
        return keys.protection(house.home.keys)
    except ProvError:
        return "missing"


@cli_command("key.export")
@click.option("--pem", is_flag=True, help=help_of("cli.key.export.pem"))
def export(pem: bool) -> None:
    from provenance.seal.ed25519 import pem as as_pem

    with at_home(read_only=True) as house:
        key = house.line().current.verifier
    out.echo(as_pem(key.public).decode().rstrip("\n") if pem else key.vkey)


NEXT = click.option("--next", "stored", type=click.Path(), help=help_of("cli.key.next"))
YES = click.option("--yes", "-y", is_flag=True, help=help_of("cli.key.yes"))


@cli_command("key.rotate")
@NEXT
@as_json
def rotate(stored: str | None, as_json: bool) -> None:
    _change("rotated", stored, as_json=as_json)


@cli_command("key.lost")
@NEXT
@YES
@as_json
def lost(stored: str | None, yes: bool, as_json: bool) -> None:
    _sure(yes)
    _change("lost", stored, as_json=as_json)


@cli_command("key.revoke")
@click.option("--since", required=True, metavar="TIME", help=help_of("cli.key.since"))
@NEXT
@YES
@as_json
def revoke(since: str, stored: str | None, yes: bool, as_json: bool) -> None:
    try:
        stamp = clock.stamp(clock.parse(since))
    except (BadInput, OverflowError) as error:
        raise BadInput("key.bad-since", text=since) from error
    _sure(yes)
    _change("revoked", stored, since=stamp, as_json=as_json)


def _sure(yes: bool) -> None:
    if not yes and sys.stdin.isatty():
        click.confirm(help_of("cli.key.sure"), abort=True)


def _seed(stored: str | None) -> bytes | None:
    """The next key: from the file that was stored, or typed (an argument would be seen by everybody on the machine); None: at home."""
    from provenance.seal import recovery

    if stored is None:
        return None
    if stored == "-":
        hidden = sys.stdin.isatty()
        return recovery.decode(click.prompt(help_of("cli.key.code"), hide_input=True) if hidden else sys.stdin.readline())
    path = Path(stored)
    if not path.is_file():
        raise BadInput("key.no-next", path=stored)
    return recovery.find(path.read_text(encoding="utf-8", errors="replace"))


def _change(event: str, stored: str | None, *, since: str = "", as_json: bool) -> None:
    from provenance.daemon import rotation
    from provenance.seal import recovery, succession

    seed = _seed(stored)
    with at_home() as house:
        done = rotation.rotate(house, event, seed, since=since)
        path = str(house.home.keys / recovery.FILE)
    key = succession.fingerprint(done.line.current.verifier.public)
    said = done.entry.open
    if as_json:
        out.json_line({"seq": done.entry.seq, "event": event, "old_key": said["old_key"], "new_key": key, "next_key": said["next_key"],
                       "prepared": done.prepared, "counted": said.get("counted"), "next_key_file": path})
        return
    message = {"rotated": "cli.key.rotated", "lost": "cli.key.lost.done", "revoked": "cli.key.revoked"}[event]
    out.say(message, "good", seq=done.entry.seq, fingerprint=key[:16], since=since[:19], count=said.get("counted", 0))
    if not done.prepared:
        out.say("cli.key.unprepared", "quiet")
    out.say("cli.key.store", "strong", path=path)


@cli_command("key.keep")
@click.argument("how", metavar="keychain|file", type=click.Choice(["keychain", "file"]))
def keep(how: str) -> None:
    from provenance.daemon import rotation

    with at_home() as house:
        kept = rotation.keep(house, how)
    out.say("cli.key.kept", "good", how=words.say(f"cli.key.how.{kept}", words.language()))


for part in (show, export, rotate, lost, revoke, keep, key_author.command):
    command.add_command(part)
