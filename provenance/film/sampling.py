"""A long film is thinned as it is planned: what was decided and said always stays, the runs between by an even stride. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from provenance.film.scene import Scene

MOST = 240  # scenes that may be left out, and are shown all the same
LONGEST = 300  # seconds of a film of which nobody said how long it is to run
SHORTEST = 200  # ms of one scene: below this nobody sees it


@dataclass
class Sampler:
    """Holds at most all kept scenes and twice `most` others, however many come. The same scenes give the same film."""

    most: int = MOST
    _scenes: list[tuple[int, Scene]] = field(default_factory=list)
    _stride: int = 1
    _others: int = 0
    _held: int = 0

    def offer(self, scene: Scene) -> None:
        """The next scene in order."""
        number = -1
        if not scene.kept:
            number = self._others
            self._others += 1
            if number % self._stride:
                return
            self._held += 1
        self._scenes.append((number, scene))
        if self._held > 2 * self.most:
            self._stride *= 2
            self._scenes = [(n, s) for n, s in self._scenes if n < 0 or n % self._stride == 0]
            self._held = sum(1 for n, _ in self._scenes if n >= 0)

    def scenes(self) -> tuple[list[Scene], int]:
        """The scenes of the film, each with how many before it were left out; and how many were left out in all."""
        others = [n for n, _ in self._scenes if n >= 0]
        if len(others) > self.most:  # evenly, the first and the last among them
            step = max(1, self.most - 1)
            others = [others[i * (len(others) - 1) // step] for i in range(self.most)] if self.most > 1 else others[: self.most]
        wanted, found, last = set(others), [], -1
        for number, scene in self._scenes:
            if number < 0:
                found.append(scene)
            elif number in wanted:
                found.append(dataclasses.replace(scene, skipped=number - last - 1))
                last = number
        return found, self._others - len(wanted)


def timed(scenes: Iterable[Scene], seconds: int | None) -> list[Scene]:
    """Scenes with their times scaled to `seconds` in all, none below SHORTEST; None: as they are, but no more than LONGEST in all."""
    found = list(scenes)
    whole = sum(scene.ms for scene in found)
    if seconds is None:
        if whole <= LONGEST * 1000:
            return found
        seconds = LONGEST
    return [dataclasses.replace(scene, ms=max(SHORTEST, scene.ms * seconds * 1000 // whole // 10 * 10)) for scene in found]
