"""Tiles: others' logs read, others' bytes written, every shape of tree, every broken file named."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from provenance.errors import BadInput
from provenance.ledger import merkle, tiles
from provenance.ledger.tiles import Tile
from provenance.seal import note, snapshot

TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def files_of(entries: list[bytes]) -> dict[str, bytes]:
    """A directory as the definition has it: each hash straight from MTH(D[a:b])."""
    leaves, found, size = [merkle.leaf_hash(raw) for raw in entries], {}, len(entries)
    for level in range(tiles.levels(size)):
        span = 256**level
        for tile in tiles.tiles(size, level):
            at = tile.number * 256 * span
            found[tile.name] = b"".join(merkle.root(leaves[at + i * span : at + (i + 1) * span]) for i in range(tile.width))
    for tile in tiles.tiles(size):
        found[tile.entries] = tiles.pack(entries[tile.first : tile.first + tile.width])
    return found


def test_the_names_of_the_specification() -> None:
    assert Tile(0, 1234067, 256).name == "tile/0/x001/x234/067" and Tile(0, 0, 256).entries == "tile/entries/000"
    assert Tile(1, 0, 17).name == "tile/1/000.p/17" and Tile(63, 999, 1).name == "tile/63/999.p/1"
    assert Tile(0, 1000, 9).name == "tile/0/x001/000.p/9"
    shape = {level: [tile.width for tile in tiles.tiles(70_000, level)] for level in range(tiles.levels(70_000))}
    assert shape == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert [[tile.name for tile in tiles.tiles(256, level)] for level in range(tiles.levels(256))] == [["tile/0/000"], ["tile/1/000.p/1"]]
    assert list(tiles.tiles(0)) == [] and tiles.levels(0) == 0


def test_a_real_log_of_tessera_is_read_and_would_be_written_the_same(vectors: Path) -> None:
    folder = vectors / "tessera-log" / "testdata" / "log"
    key = note.parse_vkey(TESSERA)
    entries: list[bytes] = []
    for number in range(16):
        head = snapshot.open_snapshot((folder / f"checkpoint.{number}").read_bytes(), key)
        assert head.size == number

        def read(name: str) -> bytes | None:
            path = folder / name
            return path.read_bytes() if path.is_file() else None

        assert list(tiles.check(read, head.size, head.root)) == []
        if number:
            entries = tiles.unpack((folder / f"tile/entries/000.p/{number}").read_bytes())
        for name, data in files_of(entries).items():
            assert (folder / name).read_bytes() == data, name
    assert len(entries) == 15


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513])
def test_every_shape_is_read_back(size: int) -> None:
    entries = [b"entry %d" % n for n in range(size)]
    found = files_of(entries)
    root = merkle.root([merkle.leaf_hash(raw) for raw in entries])
    assert list(tiles.check(found.get, size, root)) == []
    assert [one.why for one in tiles.check(found.get, size, bytes(32))] == ["root"]
    for name in found:
        gone = {other: data for other, data in found.items() if other != name}
        assert [one for one in tiles.check(gone.get, size, root) if one.name == name], name
        bent = found | {name: found[name][:-1] + bytes([found[name][-1] ^ 1])}
        assert list(tiles.check(bent.get, size, root)), name
        short, long = found | {name: found[name][:-1]}, found | {name: found[name] + b"\0"}
        assert list(tiles.check(short.get, size, root)) and list(tiles.check(long.get, size, root)), name


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one() -> None:
    entries = [b"%d" % n for n in range(256)]
    found = files_of(entries)
    root = merkle.root([merkle.leaf_hash(raw) for raw in entries[:100]])
    assert list(tiles.check(found.get, 100, root)) == []
    wide = files_of(entries[:101])
    swapped = {name.replace("/101", "/100"): data for name, data in wide.items()}
    assert list(tiles.check(swapped.get, 100, root)), "a partial tile has exactly the width it is named by"


def test_entries_are_packed_with_their_lengths() -> None:
    entries = [b"", b"x", b"y" * 65_535]
    assert tiles.unpack(tiles.pack(entries)) == entries and tiles.pack([b"one", b"two"]) == b"\0\3one\0\3two"
    with pytest.raises(BadInput):
        tiles.pack([b"z" * 65_536])
    for broken in (b"\0", b"\0\2a", b"\0\1ab"):
        with pytest.raises(BadInput):
            tiles.unpack(broken)


def test_a_root_of_the_published_log() -> None:
    leaves = [merkle.leaf_hash(raw) for raw in (b"one", b"two", b"three")]
    assert base64.b64encode(merkle.root(leaves)) == b"Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk="
