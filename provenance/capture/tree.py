"""The watched folders below the roots: which folder stands behind which inotify watch descriptor."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import Any

from inotify_simple import flags

from provenance.capture.look import identity
from provenance.capture.names import Names

# No MODIFY: a 45 MB picture would send 700 of them, and the kernel queue is what a burst overflows.
MASK = (
    flags.CLOSE_WRITE | flags.MOVED_TO | flags.MOVED_FROM | flags.CREATE | flags.DELETE | flags.DELETE_SELF | flags.MOVE_SELF
    | flags.ONLYDIR | flags.EXCL_UNLINK
)


class Tree:
    """Folders by watch descriptor and back. Prefixes end with a slash, so that a path is one concatenation.

    Symlinked folders are not followed (they may loop, or lead out of what the user named); a root that is itself a symlink is.
    unwatched: folder -> why there is no watch on it: an error name (ENOSPC: the watch limit is reached), or "symlink".
    """

    def __init__(self, inotify: Any, names: Names) -> None:
        self._inotify = inotify
        self._names = names
        self.prefixes: dict[int, str] = {}
        self._descriptors: dict[str, int] = {}
        self.unwatched: dict[str, str] = {}

    def holds(self, folder: str) -> bool:
        """Whether a live watch stands on this folder."""
        return _prefix(folder) in self._descriptors

    def grow(self, folder: str, *, root: bool = False) -> Iterator[str]:
        """Watch a folder and all below it, and tell the files already there.

        Each folder is watched before it is listed: what is made in between is told twice rather than never.
        """
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            if not self._watch(here, follow=root and here == folder):
                continue
            try:
                with os.scandir(here) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if not self._names.skips_folder(entry.name):
                                waiting.append(entry.path)
                        elif not self._names.skips_file(entry.name):
                            if entry.is_symlink() and entry.is_dir():
                                self.unwatched[entry.path] = "symlink"
                            else:
                                yield entry.path
            except OSError as error:
                self._refused(here, error)

    def _watch(self, folder: str, *, follow: bool) -> bool:
        """Put a watch on one folder; False where that failed or where the same folder is already watched under another path."""
        try:
            descriptor: int = self._inotify.add_watch(folder, MASK if follow else MASK | flags.DONT_FOLLOW)
        except OSError as error:
            self._refused(folder, error)
            return error.errno == errno.ENOSPC and not follow  # the files already inside can still be told, once
        prefix = _prefix(folder)
        before = self.prefixes.get(descriptor)
        if before is not None and before != prefix and (at := identity(before)) is not None and at == identity(folder):
            return False  # a bind mount, or two roots that are one folder: the first name stays, and no loop is walked
        if before is not None and self._descriptors.get(before) == descriptor:
            del self._descriptors[before]
        self.prefixes[descriptor] = prefix
        self._descriptors[prefix] = descriptor
        self.unwatched.pop(folder, None)
        return True

    def _refused(self, folder: str, error: OSError) -> None:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):  # gone meanwhile: its parent tells that
            self.unwatched[folder] = errno.errorcode.get(error.errno or 0, "EIO")

    def rename(self, old: str, new: str) -> bool:
        """Folder `old` and all below now stand at `new`; False where `old` was not watched. `grow(new)` then repairs what raced."""
        was, now = _prefix(old), _prefix(new)
        below = [(number, prefix) for number, prefix in self.prefixes.items() if prefix.startswith(was)]
        for number, prefix in below:
            if self._descriptors.get(prefix) == number:
                del self._descriptors[prefix]
            fresh = now + prefix[len(was):]
            self.prefixes[number] = fresh
            self._descriptors[fresh] = number
        return bool(below)

    def prune(self, folder: str) -> None:
        """Take the watches off a folder and all below it: it has left the roots, and its paths would lie."""
        start = _prefix(folder)
        for number in [number for number, prefix in self.prefixes.items() if prefix.startswith(start)]:
            self.release(number)
            self.forget(number)
        for path in [path for path in self.unwatched if path.startswith(start)]:
            del self.unwatched[path]

    def forget(self, descriptor: int) -> None:
        """The kernel has dropped this watch."""
        prefix = self.prefixes.pop(descriptor, None)
        if prefix is not None and self._descriptors.get(prefix) == descriptor:
            del self._descriptors[prefix]

    def release(self, descriptor: int) -> None:
        """Ask the kernel to drop a watch; one that is already dropped is no error."""
        try:
            self._inotify.rm_watch(descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise

    def rebuild(self, roots: list[str]) -> None:
        """Watch everything anew after lost events: folders may have come, gone and changed names unheard."""
        before = set(self.prefixes)
        self.prefixes.clear()
        self._descriptors.clear()
        self.unwatched.clear()
        for root in roots:
            for _ in self.grow(root, root=True):
                pass
        for descriptor in before - set(self.prefixes):
            self.release(descriptor)


def _prefix(folder: str) -> str:
    return folder if folder.endswith("/") else folder + "/"
