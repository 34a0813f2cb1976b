"""The roots: they vanish (an unmounted disk, a temp folder made anew) and return, and both are told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provenance.capture.look import identity
from provenance.capture.stations import ROOT_BACK, ROOT_GONE, Sighting
from provenance.capture.tree import MASK, Tree
from provenance.clock import Moment


class Roots:
    """Keeps each root watched while it is there, and its nearest existing ancestor while it is not."""

    def __init__(self, roots: Sequence[str], tree: Tree, inotify: Any) -> None:
        self.all = list(roots)
        self._tree = tree
        self._inotify = inotify
        self._present: dict[str, tuple[int, int]] = {}
        self._told_gone: set[str] = set()
        self._sentinels: dict[str, int] = {}

    @property
    def present(self) -> list[str]:
        """The roots that are there, as far as the last check knows."""
        return list(self._present)

    @property
    def away(self) -> bool:
        """Whether a root is not there."""
        return bool(self._told_gone)

    def is_sentinel(self, descriptor: int) -> bool:
        """Whether this watch stands on the ancestor of a root that is away."""
        return descriptor in self._sentinels.values()

    def start(self, at: Moment) -> list[Sighting]:
        """Watch what is there. A root that is not is told as ROOT_GONE; the others need no words."""
        self._told_gone = set(self.all)
        self.check(at)
        return [Sighting(ROOT_GONE, root, at.mono_ms, at.stamp) for root in self.all if root not in self._present]

    def check(self, at: Moment) -> list[Sighting]:
        """Compare every root with what stands at its path now.

        Asked after an event on a root or a sentinel, and every two seconds: an ancestor that is renamed sends no event at all.
        """
        told: list[Sighting] = []
        for root in self.all:
            now = identity(root)
            # the inode alone does not tell: ext4 gives a folder that is made anew the number of the one just removed
            if root in self._present and (now != self._present[root] or not self._tree.holds(root)):
                del self._present[root]
                self._tree.prune(root)
            if root in self._present:
                continue
            if root not in self._told_gone:
                told.append(Sighting(ROOT_GONE, root, at.mono_ms, at.stamp))
                self._told_gone.add(root)
            if self._restore(root):
                self._told_gone.discard(root)
                told.append(Sighting(ROOT_BACK, root, at.mono_ms, at.stamp))
        return told

    def _restore(self, root: str) -> bool:
        """Watch a root that was away if it is there again; else guard the folder in which its next part must appear."""
        for _ in range(100):  # each round the path got longer or shorter in between
            found = identity(root)
            if found is not None:
                for _ in self._tree.grow(root, root=True):
                    pass  # the files are the scan's: nobody watched when they were made
                if self._tree.holds(root) and identity(root) == found:
                    self._present[root] = found
                    self._release(root)
                    return True
                return False
            ancestor = _nearest(root)
            self._guard(root, ancestor)
            if _nearest(root) == ancestor:
                return False
        return False

    def _guard(self, root: str, ancestor: str) -> None:
        try:
            # the whole mask: on a folder that the tree watches too, a narrower one would replace it
            descriptor: int = self._inotify.add_watch(ancestor, MASK)
        except OSError:
            return  # the check every two seconds serves
        if self._sentinels.get(root) != descriptor:
            self._release(root)
            self._sentinels[root] = descriptor

    def _release(self, root: str) -> None:
        descriptor = self._sentinels.pop(root, None)
        if descriptor is not None and descriptor not in self._tree.prefixes and not self.is_sentinel(descriptor):
            self._tree.release(descriptor)


def _nearest(path: str) -> str:
    """The folder itself, or the nearest one above it that is there."""
    return next((str(folder) for folder in (Path(path), *Path(path).parents) if identity(str(folder))), "/")
