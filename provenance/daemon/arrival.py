"""Moving into an empty home: everything is made ready in one folder inside it, and then given its place, prov.toml last.

A crash while it is made ready leaves a folder that the next try throws away. A crash while the parts are moved leaves them for the
next try to move: they were whole and durable before the first was. A home without prov.toml is no home, so nothing works in between.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.bundle.home_check import PREDECESSORS
from provenance.config import Home
from provenance.errors import BadInput
from provenance.ledger import files

STAGE, READY = "restoring", "ready"
ORDER = ("blobs", PREDECESSORS, "keys", "heads.log", "ledger.db", "prov.toml")
HIDDEN = ("lost+found", ".DS_Store", "defect.txt")


def finished(home: Home) -> bool:
    """Go on with a move that a crash cut off, if there is one. Returns whether there was."""
    stage = home.path / STAGE
    if not (stage / READY).is_file():
        return False
    with files.trouble(home.path, "restore"):
        _move(home, stage)
    return True


@contextmanager
def arriving(home: Home) -> Iterator[Home]:
    """A home to be filled; it becomes `home` when the block ends well, and is thrown away when it does not.

    Raises:
        BadInput: `restore.not-empty` where anything lies in `home` already. Unavailable: `restore.unwritable`, `restore.disk-full`.
    """
    require_empty(home)
    stage = home.path / STAGE
    with files.trouble(home.path, "restore"):
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(stage, ignore_errors=True)  # what a crash left before anything was ready; nothing of a user's lies there
        stage.mkdir(mode=0o700)
        try:
            yield Home(stage)
            for path in stage.rglob("*"):
                files.sync(path)
            files.write_all({stage / READY: b""})
        except BaseException:
            shutil.rmtree(stage, ignore_errors=True)
            raise
        # From here on a crash is made good by `finished`.
        _move(home, stage)


def require_empty(home: Home) -> None:
    """Raise BadInput `restore.not-empty` where a home, or anything else, lies already."""
    if home.path.exists() and (not home.path.is_dir() or any(one.name not in (STAGE, *HIDDEN) for one in home.path.iterdir())):
        raise BadInput("restore.not-empty", path=str(home.path))


def _move(home: Home, stage: Path) -> None:
    for name in ORDER:
        if (stage / name).exists():
            if (home.path / name).exists():  # somebody began a home here meanwhile: neither is overwritten
                raise BadInput("restore.not-empty", path=str(home.path))
            (stage / name).rename(home.path / name)
            files.sync(home.path)
    shutil.rmtree(stage)
    files.sync(home.path)
