"""The ledger as static files that others' tools read: C2SP tlog-tiles (https://c2sp.org/tlog-tiles). Pure.

`checkpoint` is the signed head. `tile/<L>/<N>` holds up to 256 hashes of complete subtrees of 256^L leaves, `tile/entries/<N>` up to 256
entries, each behind its length (two bytes, big endian). A tile that is not full yet is `<N>.p/<W>`, W its width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from provenance.errors import BadInput
from provenance.ledger import merkle

WIDTH = 256
MAX_ENTRY = 0xFFFF
CHECKPOINT = "checkpoint"

Read = Callable[[str], bytes | None]
"""A file's bytes by its name in the directory, None where there is none."""


@dataclass(frozen=True)
class Tile:
    """Where a tile stands. level: 0 for leaf hashes. number: within the level. width: 1 to 256 hashes."""

    level: int
    number: int
    width: int

    @property
    def name(self) -> str:
        """Of the tile of hashes: `tile/0/x001/x234/067` or `tile/1/000.p/17`."""
        return f"tile/{self.level}/{_numbered(self.number, self.width)}"

    @property
    def entries(self) -> str:
        """Of the bundle of entries under a tile of level 0."""
        return f"tile/entries/{_numbered(self.number, self.width)}"

    @property
    def first(self) -> int:
        """The first leaf below it."""
        return int(self.number * WIDTH ** (self.level + 1))


def _numbered(number: int, width: int) -> str:
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03d}")
    return "/".join(reversed(parts)) + (f".p/{width}" if width < WIDTH else "")


def tiles(size: int, level: int = 0) -> Iterator[Tile]:
    """The tiles of one level for a tree of `size` leaves, in order; none where the level has none."""
    full, rest = divmod(size // WIDTH**level, WIDTH)
    yield from (Tile(level, number, WIDTH) for number in range(full))
    if rest:
        yield Tile(level, full, rest)


def levels(size: int) -> int:
    """How many levels a tree of `size` leaves has tiles on."""
    count = 0
    while size:
        size //= WIDTH
        count += 1
    return count


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries. Raises BadInput `tiles.entry` for one of more than 65,535 bytes."""
    parts = []
    for raw in entries:
        if len(raw) > MAX_ENTRY:
            raise BadInput("tiles.entry", size=len(raw))
        parts += [len(raw).to_bytes(2, "big"), raw]
    return b"".join(parts)


def unpack(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BadInput `tiles.bundle` for bytes that end too early."""
    found, at = [], 0
    while at < len(data):
        stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or stop > len(data):
            raise BadInput("tiles.bundle")
        found.append(data[at + 2 : stop])
        at = stop
    return found


def above(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes one level up: of each full run of 256. What is left over has none yet."""
    return [merkle.root(hashes[at : at + WIDTH]) for at in range(0, len(hashes) // WIDTH * WIDTH, WIDTH)]


@dataclass(frozen=True)
class Wrong:
    """A file of the directory that is missing or not what the tree says. name: "" where the whole tree has another root."""

    name: str
    why: str  # "missing", "entries", "hashes", "root"


def check(read: Read, size: int, root: bytes) -> Iterator[Wrong]:
    """Read a directory as a stranger would, entries first, and compare it with a signed head. Memory: 32 bytes for each 256 entries.

    Args:
        read: a file by name; for a partial tile that is gone, the full one is asked for and cut. size, root: of the head.
    """
    below: list[bytes] = []  # hashes of the level above 0
    frontier = merkle.Frontier()
    for tile in tiles(size):
        bundle = _fetch(read, tile, entries=True)
        hashes = _fetch(read, tile, entries=False)
        mine = [merkle.leaf_hash(raw) for raw in bundle] if bundle is not None else None
        if bundle is None or hashes is None:
            yield Wrong(tile.entries if bundle is None else tile.name, "missing")
        elif len(mine or ()) != tile.width:
            yield Wrong(tile.entries, "entries")
        elif mine != hashes:
            yield Wrong(tile.name, "hashes")
        leaves = mine if mine is not None and len(mine) == tile.width else hashes
        if leaves is None or len(leaves) != tile.width:
            return  # nothing above can be told without these
        frontier = frontier.extend(leaves)
        below += above(leaves)
    for level in range(1, levels(size)):
        for tile in tiles(size, level):
            mine, hashes = below[tile.number * WIDTH : tile.number * WIDTH + tile.width], _fetch(read, tile, entries=False)
            if hashes != mine:
                yield Wrong(tile.name, "missing" if hashes is None else "hashes")
        below = above(below)
    if frontier.root() != root:
        yield Wrong("", "root")


def _fetch(read: Read, tile: Tile, *, entries: bool) -> list[bytes] | None:
    """A tile's hashes or entries; None where it is missing. What is not a tile of that width is an empty list."""
    for one in dict.fromkeys((tile, Tile(tile.level, tile.number, WIDTH))):
        data = read(one.entries if entries else one.name)
        if data is None:
            continue
        try:
            found = unpack(data) if entries else [data[at : at + 32] for at in range(0, len(data), 32)]
        except BadInput:
            return []
        whole = len(found) == one.width and (entries or len(data) == 32 * one.width)
        return found[: tile.width] if whole else []
    return None
