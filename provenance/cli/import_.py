"""`prov import PATH...`: an old archive, recorded as found now and not seen being made. Stop it and go on at any time."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import at_home, cli_command, help_of
from provenance.daemon.sealing import sign_now
from provenance.errors import BadInput


@cli_command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(paths: tuple[str, ...], as_json: bool) -> int:
    from provenance.daemon.importing import import_paths

    roots = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - links stay as the user named them
    for given, root in zip(paths, roots, strict=True):
        if not Path(root).exists():
            raise BadInput("folder.missing", path=given)
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with at_home() as house:
        label = words.say("cli.import.bar", words.language())
        done = import_paths(house, roots, progress=lambda total: out.progress(label, total), stop=stop)
        if done.recorded:
            sign_now(house, "import")
    if as_json:
        out.json_line({"recorded": done.recorded, "known": done.known, "unreadable": done.unreadable, "stopped": done.stopped})
    else:
        out.say("cli.import.done", "good", recorded=done.recorded, known=done.known, unreadable=done.unreadable)
        if done.stopped:
            out.say("cli.import.stopped", "quiet")
    return 130 if done.stopped else 0
