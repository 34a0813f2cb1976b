"""Comparing folders with what was recorded: the answer to lost events, to a stopped recorder and to a folder that was away."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from provenance.capture.look import shape_of
from provenance.capture.names import Names, names
from provenance.capture.stations import Shape
from provenance.config import IGNORED, IGNORED_FOLDERS

_WINDOWS = os.name == "nt"
Refused = Callable[[str, str], None]
Recorded = TypeVar("Recorded")


@dataclass(frozen=True)
class New:
    """A file that is not recorded. It may still be being written: offer it to the settler as FOUND."""

    path: str
    shape: Shape


@dataclass(frozen=True)
class Other:
    """A recorded file whose shape is another now."""

    path: str
    shape: Shape


@dataclass(frozen=True)
class Missing:
    """A recorded file that does not stand there as a regular file any more."""

    path: str


Difference = New | Other | Missing


@dataclass(frozen=True)
class _Listing:
    """One folder: its regular files that are not passed over, the names of all its regular files, and the folders to go on to."""

    files: list[tuple[str, Shape]]
    taken: set[str]
    folders: list[str]


def walk(
    root: str, ignore: Sequence[str] = IGNORED, ignore_folders: Sequence[str] = IGNORED_FOLDERS, *, refused: Refused | None = None,
    chosen: Names | None = None,
) -> Iterator[tuple[str, Shape]]:
    """Every regular file below a root, folder by folder, names in order; symlinks are not followed.

    Args:
        ignore, ignore_folders: patterns for bare names that are passed over.
        refused: told (path, error name) of each folder or file that the system does not show, e.g. EACCES, ENAMETOOLONG.
        chosen: the patterns, compiled already.
    """
    for folder, listing in _folders(root, chosen or names(ignore, ignore_folders), refused):
        start = _start(folder)
        for name, shape in listing.files:
            yield start + name, shape


def differences(
    root: str, known: Callable[[str], Mapping[str, Recorded]], *, folders: Callable[[], Iterable[str]] = tuple,
    same: Callable[[Shape, Recorded], bool] = lambda shape, recorded: shape == recorded,
    ignore: Sequence[str] = IGNORED, ignore_folders: Sequence[str] = IGNORED_FOLDERS, refused: Refused | None = None,
) -> Iterator[Difference]:
    """Compare a tree with what was recorded; memory holds one folder at a time.

    Args:
        known: folder -> what is recorded of the files directly in it, by bare name.
        folders: every folder below the root in which something is recorded: those that are gone are found by it.
        same: whether a file's shape is the recorded one.
        refused: as for `walk`. Of a folder that the system does not show, nothing is said to be missing.
    """
    for folder, listing in _folders(root, names(ignore, ignore_folders), refused):
        start, recorded = _start(folder), known(folder)
        for name, shape in listing.files:
            before = recorded.get(name)
            if before is None:
                yield New(start + name, shape)
            elif not same(shape, before):
                yield Other(start + name, shape)
        for name in sorted(recorded.keys() - listing.taken):
            yield Missing(start + name)
    for folder in folders():
        if _gone(folder):
            yield from (Missing(_start(folder) + name) for name in sorted(known(folder)))


def _folders(root: str, chosen: Names, refused: Refused | None) -> Iterator[tuple[str, _Listing]]:
    tell = refused or _unheard
    waiting = [str(Path(root).absolute())]
    while waiting:
        folder = waiting.pop()
        try:
            listing = _list(folder, chosen.skips_file, chosen.skips_folder, tell)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                tell(folder, errno.errorcode.get(error.errno or 0, "EIO"))
            continue
        waiting += [_start(folder) + name for name in sorted(listing.folders, reverse=True)]
        listing.files.sort()
        yield folder, listing


def _list(folder: str, skips_file: Callable[[str], object], skips_folder: Callable[[str], object], tell: Refused) -> _Listing:
    files: list[tuple[str, Shape]] = []
    taken: set[str] = set()
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if entry.is_file(follow_symlinks=False):
                if skips_file(name):
                    taken.add(name)
                    continue
                try:
                    # on Windows a listing knows neither device nor inode
                    files.append((name, shape_of(os.lstat(entry.path) if _WINDOWS else entry.stat(follow_symlinks=False))))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    tell(entry.path, errno.errorcode.get(error.errno or 0, "EIO"))
                taken.add(name)
            elif entry.is_dir(follow_symlinks=False) and not skips_folder(name):
                folders.append(name)
    return _Listing(files, taken, folders)


def _gone(folder: str) -> bool:
    try:
        return not stat.S_ISDIR(os.lstat(folder).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False


def _start(folder: str) -> str:
    return folder if folder.endswith(os.sep) else folder + os.sep


def _unheard(path: str, why: str) -> None:
    """Nobody wants to know."""
