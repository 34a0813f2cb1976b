"""`prov witness`: look at other people's ledgers and put one's name under their heads; and ask others to do so for this one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from provenance import clock, config
from provenance.cli import out
from provenance.cli.common import as_json, cli_command, help_of
from provenance.cli.time_said import when
from provenance.cli.witness_asking import accept, ask, list_, read_file, request, write_file
from provenance.errors import BadInput, Unavailable

HELP = help_of("cli.witness") + "\n\n" + help_of("cli.witness.long")


@click.group(name="witness", help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Witnesses."""


def at_desk(function: Callable[..., Any]) -> Callable[..., Any]:
    """The `--folder` option."""
    option = click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help=help_of("cli.witness.folder"))
    return option(function)


def place(folder: Path | None) -> Path:
    """Where the witness of this machine keeps its key and what it saw."""
    return folder or config.home().path / "witness"


@cli_command("witness.init")
@click.argument("name")
@at_desk
def init(name: str, folder: Path | None) -> None:
    from provenance.daemon.desk import Desk

    desk = Desk.create(place(folder), name, clock.system)
    out.say("cli.witness.init.done", "good", path=str(desk.folder))
    out.say("cli.witness.init.key", vkey=desk.witness.vkey)
    out.say("cli.witness.init.file", "quiet")


@cli_command("witness.trust")
@click.argument("vkey")
@at_desk
def trust(vkey: str, folder: Path | None) -> None:
    from provenance.daemon.desk import Desk
    from provenance.seal import note

    fresh = Desk(place(folder), clock.system).trust(vkey)
    out.say("cli.witness.trust.done" if fresh else "cli.witness.trust.already", "good", origin=note.parse_vkey(vkey).name)


@cli_command("witness.logs")
@at_desk
@as_json
def logs(folder: Path | None, as_json: bool) -> None:
    from provenance.daemon.desk import Desk

    desk = Desk(place(folder), clock.system)
    rows = [{"origin": one.key.name, "vkey": one.key.vkey, "size": one.head.size if one.head else None} for one in desk.known()]
    if as_json:
        for row in rows:
            out.json_line(row)
        return
    out.say("cli.witness.init.key", vkey=desk.witness.vkey)
    out.table([(str(row["origin"]), "-" if row["size"] is None else str(row["size"])) for row in rows])


@cli_command("witness.serve")
@click.option("--host", default="127.0.0.1", show_default=True, help=help_of("cli.witness.serve.host"))
@click.option("--port", type=click.IntRange(0, 65_535), required=True, help=help_of("cli.witness.serve.port"))
@at_desk
def serve(host: str, port: int, folder: Path | None) -> None:
    from provenance.daemon.desk import Desk
    from provenance.daemon.desk_server import Server

    desk = Desk(place(folder), clock.system)
    desk.known()  # what cannot be read is told now, and not to the first who asks
    try:
        server = Server(desk, host, port)
    except OSError as error:
        raise Unavailable("witness.port", host=host, port=port, why=error.strerror or str(error)) from error
    with server:
        out.say("cli.witness.serve.at", "good", url=f"http://{host}:{server.server_address[1]}")
        out.say("cli.witness.init.key", vkey=desk.witness.vkey)
        sys.stdout.flush()
        server.serve_forever(poll_interval=0.2)


@cli_command("witness.sign")
@click.argument("asked", type=click.Path(dir_okay=False, path_type=Path), metavar="REQUEST")
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help=help_of("cli.witness.sign.output"))
@at_desk
def sign(asked: Path, target: Path, folder: Path | None) -> int:
    from provenance.daemon.desk import Desk
    from provenance.seal import cosign, witnessing

    if target.exists():
        raise BadInput("time.file-exists", path=str(target))  # before anything is remembered
    data = read_file(asked, witnessing.MAX_REQUEST)
    desk = Desk(place(folder), clock.system)
    answer = desk.answer(data)
    if answer.head is None:
        size = answer.body.strip() if answer.kind == witnessing.SIZE_TYPE else ""
        known = f"cli.witness.refused.{answer.status}"
        out.say(f"{known}.astray" if answer.astray and answer.status == 409 else known, "bad", size=size, why=answer.body.strip())
        return 1
    note = cosign.joined(witnessing.parse(data).note, [answer.body])
    write_file(target, note)
    said = cosign.cosigned(note, desk.witness)
    at = when(clock.stamp(datetime.fromtimestamp(said.time, UTC)))
    out.say("cli.witness.sign.done", "good", origin=said.head.origin, size=said.head.size, at=at, path=str(target))
    return 0


for part in (ask, request, accept, list_, init, trust, logs, serve, sign):
    command.add_command(part)
