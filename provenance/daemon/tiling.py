"""The ledger written out as C2SP tiles (ledger/tiles.py), so that programs nobody here wrote can check all of it. Edge.

Incremental: a full tile never changes, so that one which is there is compared and kept. The checkpoint is written last, and only after
the whole directory was read again as a stranger would: what it says is then there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.ledger import tiles
from provenance.ledger.tiles import CHECKPOINT, WIDTH, Tile
from provenance.seal import files, witnessing
from provenance.seal.snapshot import Snapshot

RUN = 64  # tiles of leaf hashes that are asked of the ledger at once


@dataclass(frozen=True)
class Source:
    """A ledger, as far as tiles need it. note: the signed head's bytes. head: what it says. leaves, entries: from start to before stop.
    root_at: the tree's root over the first n entries."""

    note: bytes
    head: Snapshot
    leaves: Callable[[int, int], Sequence[bytes]]
    entries: Callable[[int, int], Iterable[bytes]]
    root_at: Callable[[int], bytes]


@dataclass(frozen=True)
class Exported:
    """size: entries the checkpoint covers. before: what the directory covered, None when it was new. written, kept: files."""

    size: int
    before: int | None
    written: int
    kept: int


def export(folder: Path, source: Source, progress: Callable[[int, int], None] = lambda done, total: None) -> Exported:
    """Write what is not there yet.

    Raises:
        BadInput: `tiles.folder` for a folder with other things in it. Unavailable: `file.trouble`.
        Damaged: `tiles.other` where the directory is another ledger's, or another history's; `tiles.wrong` where a file in it is not what
            the ledger says. Nothing that is there is written over, but for the checkpoint.
    """
    try:
        before = _before(folder, source)
        writer = _Writer(folder)
        _write(writer, source, progress)
        wrong = next(tiles.check(reader(folder), source.head.size, source.head.root), None)
        if wrong is not None:
            raise Damaged("tiles.wrong", path=str(folder / wrong.name), why=wrong.why)
        # A crash before this line: more tiles than the old checkpoint needs, which harms no reader.
        if (folder / CHECKPOINT).exists() and (folder / CHECKPOINT).read_bytes() == source.note:
            return Exported(source.head.size, before, writer.written, writer.kept + 1)
        files.put(folder / CHECKPOINT, source.note, 0o644)
    except OSError as error:
        raise Unavailable("file.trouble", path=str(error.filename or folder), why=error.strerror or "") from error
    return Exported(source.head.size, before, writer.written + 1, writer.kept)


def reader(folder: Path) -> tiles.Read:
    """A directory, file by file. Raises OSError but for a file that is not there."""

    def read(name: str) -> bytes | None:
        try:
            return (folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return read


def _before(folder: Path, source: Source) -> int | None:
    """How many entries the directory covers; None for a new one. What is there must be of this ledger."""
    folder.mkdir(parents=True, exist_ok=True)
    foreign = sorted({item.name for item in folder.iterdir()} - {CHECKPOINT, "tile"})
    foreign = [name for name in foreign if not name.startswith(CHECKPOINT + ".")]  # a checkpoint that a crash left half written
    if foreign:
        raise BadInput("tiles.folder", path=str(folder), name=foreign[0])
    raw = reader(folder)(CHECKPOINT)
    if raw is None:
        return None
    try:
        head = witnessing.claimed(raw)
    except BadInput as error:
        raise Damaged("tiles.wrong", path=str(folder / CHECKPOINT), why="checkpoint") from error
    if head.origin != source.head.origin or head.size > source.head.size or source.root_at(head.size) != head.root:
        raise Damaged("tiles.other", path=str(folder), origin=head.origin, size=head.size)
    return head.size


def _write(writer: _Writer, source: Source, progress: Callable[[int, int], None]) -> None:
    size = source.head.size
    below: list[bytes] = []
    run = WIDTH * RUN
    for start in range(0, size, run):
        leaves = source.leaves(start, min(start + run, size))
        for at in range(0, len(leaves), WIDTH):
            mine = leaves[at : at + WIDTH]
            tile = Tile(0, (start + at) // WIDTH, len(mine))
            if not writer.has(tile.entries):
                writer.put(tile.entries, tiles.pack(source.entries(tile.first, tile.first + tile.width)))
            writer.put(tile.name, b"".join(mine))
            below += tiles.above(mine)
        progress(min(start + run, size), size)
    for level in range(1, tiles.levels(size)):
        for tile in tiles.tiles(size, level):
            writer.put(tile.name, b"".join(below[tile.number * WIDTH : tile.number * WIDTH + tile.width]))
        below = tiles.above(below)


class _Writer:
    """Puts files under their names, whole, and never another file over one that is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.written = self.kept = 0

    def has(self, name: str) -> bool:
        """Whether a file is there; it is compared when all is read again."""
        there = (self._folder / name).exists()
        self.kept += there
        return there

    def put(self, name: str, data: bytes) -> None:
        path = self._folder / name
        if path.exists():
            if path.read_bytes() != data:
                raise Damaged("tiles.wrong", path=str(path), why="hashes")
            self.kept += 1
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        # Not synced one by one: after a power cut a tile may be empty, which the next reading finds; the ledger still has it all.
        fresh.write_bytes(data)
        fresh.replace(path)
        self.written += 1
