"""inotify's events (man 7 inotify) as Sightings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from inotify_simple import flags

from provenance.capture.names import Names
from provenance.capture.roots import Roots
from provenance.capture.stations import APPEARED, CLOSED, GONE, MOVED, OVERFLOW, Sighting
from provenance.capture.tree import Tree
from provenance.clock import Moment

GRACE_MS = 100  # the kernel sends the two halves of a rename back to back; a read may end between them

# plain integers: an IntEnum's & costs a microsecond, and every event pays it several times
_CLOSE_WRITE, _CREATE, _DELETE = int(flags.CLOSE_WRITE), int(flags.CREATE), int(flags.DELETE)
_MOVED_FROM, _MOVED_TO, _ISDIR = int(flags.MOVED_FROM), int(flags.MOVED_TO), int(flags.ISDIR)
_IGNORED, _OVERFLOW = int(flags.IGNORED), int(flags.Q_OVERFLOW)
_SELF = int(flags.DELETE_SELF | flags.MOVE_SELF | flags.UNMOUNT)


@dataclass(frozen=True)
class _Left:
    """The first half of a rename."""

    path: str
    folder: bool
    skipped: bool
    at: Moment


class Translator:
    """Keeps the tree true to the events as they come, and tells what they mean. Used by the reading thread alone."""

    def __init__(self, tree: Tree, roots: Roots, names: Names) -> None:
        self._tree = tree
        self._roots = roots
        self._names = names
        self._left: dict[int, _Left] = {}

    @property
    def unpaired(self) -> bool:
        """Whether half a rename waits for its other half."""
        return bool(self._left)

    def translate(self, events: Iterable[Any], at: Moment) -> list[Sighting]:
        """One read of the kernel's queue, in order, as Sightings that carry the moment `at` of that read."""
        told: list[Sighting] = []
        mono, stamp, prefixes, skips = at.mono_ms, at.stamp, self._tree.prefixes, self._names.skips_file
        look_at_roots = False
        for descriptor, mask, cookie, name in events:
            prefix = prefixes.get(descriptor)
            if mask & (_SELF | _IGNORED | _OVERFLOW) or prefix is None:
                if mask & _OVERFLOW:
                    told += self._overflow(at)
                elif mask & _IGNORED:
                    self._tree.forget(descriptor)
                look_at_roots = True
                continue
            path = prefix + name
            if self._left and not mask & _MOVED_TO:
                told += self._reused(path)
            if mask & _ISDIR or mask & (_MOVED_FROM | _MOVED_TO):
                told += self._folder_or_move(path, name, mask, cookie, at)
            elif mask & _CLOSE_WRITE:
                if not skips(name):
                    told.append(Sighting(CLOSED, path, mono, stamp))
            elif mask & _CREATE:
                if not skips(name):
                    told.append(Sighting(APPEARED, path, mono, stamp))
            elif mask & _DELETE and not skips(name):
                told.append(Sighting(GONE, path, mono, stamp))
            look_at_roots |= self._roots.away and self._roots.is_sentinel(descriptor)
        told += self.expired(at)
        if look_at_roots:
            told += self._roots.check(at)
        return told

    def expired(self, at: Moment) -> list[Sighting]:
        """Halves of renames whose other half never came: they left the roots."""
        old = [cookie for cookie, left in self._left.items() if at.mono_ms - left.at.mono_ms >= GRACE_MS]
        return [sighting for cookie in old for sighting in self._departed(self._left.pop(cookie))]

    def _reused(self, path: str) -> list[Sighting]:
        """The old name is in use again before the rename's other half came: say first that it went."""
        again = [cookie for cookie, left in self._left.items() if left.path == path]
        return [sighting for cookie in again for sighting in self._departed(self._left.pop(cookie))]

    def _departed(self, left: _Left) -> list[Sighting]:
        if left.folder:
            self._tree.prune(left.path)
        if left.skipped:
            return []
        return [_sighting(GONE, left.path + "/" if left.folder else left.path, left.at)]

    def _folder_or_move(self, path: str, name: str, mask: int, cookie: int, at: Moment) -> Iterable[Sighting]:
        folder = bool(mask & _ISDIR)
        skipped = bool(self._names.skips_folder(name) if folder else self._names.skips_file(name))
        if mask & _MOVED_FROM:
            self._left[cookie] = _Left(path, folder, skipped, at)
            return ()
        if mask & _MOVED_TO:
            left = self._left.pop(cookie, None)
            if left is not None and not left.skipped:
                return self._renamed(left, path, skipped, at)
            return () if skipped else self._arrived(path, folder, at)
        if mask & _CREATE and not skipped:
            return self._arrived(path, folder, at)
        return ()  # a removed folder was empty: its files told their own end

    def _arrived(self, path: str, folder: bool, at: Moment) -> Iterator[Sighting]:
        """From outside, or from a name that is passed over."""
        if folder:
            for inside in self._tree.grow(path):
                yield _sighting(APPEARED, inside, at)
        else:
            yield _sighting(CLOSED, path, at)

    def _renamed(self, left: _Left, path: str, skipped: bool, at: Moment) -> Iterator[Sighting]:
        if skipped:
            yield from self._departed(left)
        elif not left.folder:
            yield _sighting(MOVED, path, at, left.path)
        else:
            # a folder that was renamed before its creation was heard was never watched: then its files are new to everybody
            known = self._tree.rename(left.path, path)
            for inside in self._tree.grow(path):
                was = left.path + inside[len(path):]
                yield _sighting(MOVED, inside, at, was) if known else _sighting(APPEARED, inside, at)

    def _overflow(self, at: Moment) -> list[Sighting]:
        """The kernel dropped events. Watch all anew first, so that a scan asked for now misses nothing that comes after it."""
        gone = [sighting for left in self._left.values() for sighting in self._departed(left)]
        self._left.clear()
        self._tree.rebuild(self._roots.present)
        return gone + [_sighting(OVERFLOW, root, at) for root in self._roots.present]


def _sighting(what: str, path: str, at: Moment, was: str | None = None) -> Sighting:
    return Sighting(what, path, at.mono_ms, at.stamp, was)
