"""`prov stop`: ask the recorder to end, and wait until it has."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from provenance import config
from provenance.cli import out
from provenance.cli.common import cli_command
from provenance.daemon import lock
from provenance.errors import Busy

PATIENCE = 60.0


@cli_command("stop")
def command() -> None:
    home = config.home()
    pid = lock.holder(home.lock)
    if pid is None:
        out.say("cli.stop.none", "quiet")
        return
    # the file is enough everywhere; the signal is quicker where it does not kill (on Windows it would)
    signals = bool(pid) and os.name == "posix"
    with contextlib.suppress(*([OSError] if signals else [])):  # a full disk must not keep it running
        home.stop.write_text(str(pid), encoding="ascii")
    if signals:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
            os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while lock.holder(home.lock) is not None:
        if time.monotonic() > end:
            raise Busy("recorder.not-stopped", pid=pid)
        time.sleep(0.02)
    home.stop.unlink(missing_ok=True)
    out.say("cli.stop.done", "good")
