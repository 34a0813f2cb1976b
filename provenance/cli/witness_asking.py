"""`prov witness ask | request | accept | list`: the owner's side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.cli.time_said import when
from provenance.cli.witness_said import refusal
from provenance.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from provenance.daemon.witnessed import Outcome

WITNESS = click.option("--witness", "vkey", metavar="VKEY|NAME", help=help_of("cli.witness.vkey"))


@cli_command("witness.ask")
@click.argument("url")
@WITNESS
@as_json
def ask(url: str, vkey: str | None, as_json: bool) -> None:
    from provenance.daemon import witness_post, witnessed

    with at_home() as house:
        outcome = witnessed.ask(house, url, witnessed.which(house, vkey), witness_post.post)
    _tell(outcome, as_json=as_json)


@cli_command("witness.request")
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help=help_of("cli.witness.request.output"))
@click.option("--old", type=click.IntRange(0), help=help_of("cli.witness.request.old"))
@WITNESS
def request(target: Path, old: int | None, vkey: str | None) -> None:
    from provenance.daemon import witnessed

    with at_home() as house:
        if old is None:  # a new witness has seen nothing
            old = witnessed.last(house, witnessed.which(house, vkey)) if vkey is not None or witnessed.known(house) else 0
        head = witnessed.newest(house)
        data = witnessed.request(house, head, old)
        key = house.line().at(head.size).vkey
    write_file(target, data)
    out.say("cli.witness.request.done", "good", path=str(target), size=head.size, old=old)
    out.say("cli.witness.request.trust", vkey=key)


@cli_command("witness.accept")
@click.argument("answer", type=click.Path(path_type=Path), metavar="FILE")
@WITNESS
@as_json
def accept(answer: Path, vkey: str | None, as_json: bool) -> None:
    from provenance.daemon import witnessed
    from provenance.seal import witnessing

    note = read_file(answer, witnessing.MAX_REQUEST)
    with at_home() as house:
        outcome = witnessed.accept(house, note, witnessed.which(house, vkey))
    _tell(outcome, as_json=as_json)


@cli_command("witness.list")
@as_json
def list_(as_json: bool) -> None:
    from provenance import facts

    with at_home(read_only=True) as house:
        told = list(house.ledger.entries(kinds=(facts.HeadWitnessed.KIND, facts.WitnessRefused.KIND)))
        key = house.line().current.verifier.vkey
    if as_json:
        for entry in told:
            said = {name: value for name, value in entry.open.items() if name not in ("class", "clock")}
            out.json_line({"seq": entry.seq, "kind": entry.kind, "at": entry.at, **said})
        return
    good = [entry for entry in told if entry.kind == facts.HeadWitnessed.KIND]
    if not told:
        out.say("cli.witness.none-yet", "quiet")
    out.table([(str(entry.seq), str(entry.open["witness"]), str(entry.open["size"]), when(entry.open["time"])) for entry in good])
    for entry in told:
        if entry.kind == facts.WitnessRefused.KIND:
            out.echo(f"{entry.seq}  {refusal({**entry.open, 'at': entry.at})}", "bad")
    out.say("cli.witness.key", vkey=key)


def read_file(path: Path, most: int) -> bytes:
    """A file that was carried here, no more of it than anything good has. Raises BadInput `file.unreadable`."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise BadInput("file.unreadable", path=str(path), why=error.strerror or "") from error


def write_file(path: Path, data: bytes) -> None:
    """A new file; an existing one is never overwritten. Raises BadInput `time.file-exists`, Unavailable `file.trouble`."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise BadInput("time.file-exists", path=str(path)) from error
    except OSError as error:
        raise Unavailable("file.trouble", path=str(path), why=error.strerror or "") from error


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    from datetime import UTC, datetime

    from provenance.clock import stamp

    said = outcome.said
    at = stamp(datetime.fromtimestamp(said.time, UTC))
    if as_json:
        row: dict[str, Any] = {"witness": said.witness.name, "vkey": said.witness.vkey, "size": said.head.size, "time": at}
        out.json_line(row | {"seq": outcome.seq, "forgot": outcome.forgot})
        return
    out.say("cli.witness.said", "good", name=said.witness.name, at=when(at), size=said.head.size, seq=outcome.seq)
    if outcome.forgot is not None:
        out.say("cli.witness.forgot", "bad", name=said.witness.name, size=outcome.forgot)
