"""`prov start`: the recorder in the background, one per home."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import click

from provenance import config
from provenance.cli import out
from provenance.cli.common import cli_command
from provenance.cli.watch import opened
from provenance.daemon import lock, status
from provenance.errors import BadInput, Busy, Unavailable

PATIENCE = 60.0


@cli_command("start")
@click.argument("folders", nargs=-1, type=click.Path())
def command(folders: tuple[str, ...]) -> None:
    house = opened(folders)
    roots = house.config.roots
    house.close()
    if not roots:
        raise BadInput("watch.no-folder")
    home = config.home()
    running = lock.holder(home.lock)
    if running is not None:
        raise Busy("recorder.busy", pid=running)
    pid = launch(home)
    out.say("cli.start.done", "good", pid=pid, count=len(roots))


def launch(home: config.Home) -> int:
    """Start `prov watch --quiet` in a session of its own and wait until it watches. Its output goes to recorder.log.

    Raises:
        Unavailable: `recorder.not-started` with the last line it said.
    """
    before = (status.read(home.status) or {}).get("started")
    with home.log.open("ab") as log:
        offset = log.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "provenance", "watch", "--quiet"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.path,
            env={**os.environ, "PROV_HOME": str(home.path)}, close_fds=True, **_apart(),
        )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        state = status.read(home.status)
        if state and state.get("pid") == process.pid and state.get("started") != before:
            return process.pid
        if process.poll() is not None:
            break
        time.sleep(0.05)
    said = home.log.read_bytes()[offset:].decode("utf-8", "replace").strip().splitlines()
    raise Unavailable("recorder.not-started", why=said[0] if said else f"exit {process.poll()}")


def _apart() -> dict[str, Any]:
    """So that closing the terminal does not end the recorder."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    return {"start_new_session": True}
