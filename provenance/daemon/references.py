"""In the helper's process: pictures of a person's own folders, searchable for as long as one check lasts. Nothing of them is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.errors import ProvError

if TYPE_CHECKING:
    from provenance.pixels.index import Signature
    from provenance.pixels.look import Look

ROUNDS = 6
MOST_PREVIEW = 16 * 1024 * 1024


class References:
    """Previews in a folder of the caller's, `<n>`, and an index of them in memory: some 3 KB a picture."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sizes: dict[int, tuple[int, int]] = {}
        self._order: list[int] = []
        self._signatures: list[Signature] = []
        self._look = lru_cache(maxsize=256)(self._look_of)

    def add(self, rows: Iterable[Mapping[str, int]]) -> int:
        """Take in pictures `{n, width, height}`; returns how many could be."""
        from provenance.pixels.index import signature

        taken = 0
        for row in rows:
            self._sizes[row["n"]] = (row["width"], row["height"])
            self._order.append(row["n"])
            seen = self._look_of(len(self._order) - 1)
            if seen is None:
                self._order.pop()
                continue
            self._signatures.append(signature(seen))
            taken += 1
        return taken

    def find(self, preview: bytes, size: tuple[int, int], known: Iterable[int] = ()) -> list[dict[str, Any]]:
        """Which of them a picture looks like an edit of, each with its `n` and what was measured. known: those that need not be found.

        A search names what explains a part of the picture that nothing else does; so it is asked again without what it named, until it
        names nothing more. Raises Unreadable as `pixels.load`.
        """
        from provenance.pixels import alike
        from provenance.pixels.geometry import told
        from provenance.pixels.index import MOST, piece
        from provenance.pixels.look import look

        child, most = look(preview, size), MOST
        pieces = [piece(at, self._signatures[at : at + most]) for at in range(0, len(self._signatures), most)]
        taken, found = set(known), list[dict[str, Any]]()
        for _ in range(ROUNDS if pieces else 0):
            new = alike.search(child, pieces, self._look, allowed=lambda at: self._order[at] not in taken)
            for one in new:
                parent, counts = self._look(one.number), one.placed.found
                taken.add(self._order[one.number])
                found.append({
                    "n": self._order[one.number], "method": alike.METHOD, "inliers": one.placed.inliers, "agreeing": counts.agreeing,
                    "compared": counts.compared, "share": f"{counts.agreeing / max(1, counts.compared):.3f}",
                    "transform": told(one.placed, child, parent) if parent is not None else "",
                })  # fmt: skip
            if not new:
                break
        return found

    def _look_of(self, at: int) -> Look | None:
        from provenance.pixels.look import look

        n = self._order[at]
        try:
            with (self.folder / str(n)).open("rb") as file:
                return look(file.read(MOST_PREVIEW), self._sizes[n])
        except (ProvError, OSError):
            return None
