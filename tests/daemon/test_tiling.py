"""`export-tiles`: written once, grown later, never over anything."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from provenance.daemon import tiling
from provenance.errors import BadInput, Damaged
from provenance.ledger import merkle, tiles
from provenance.seal import keys, snapshot

SIGNER = keys.Signer.of_seed("prov.local/tiles", bytes(range(32)))


def source(entries: list[bytes], size: int) -> tiling.Source:
    leaves = [merkle.leaf_hash(raw) for raw in entries]
    head = snapshot.Snapshot(SIGNER.name, size, merkle.root(leaves[:size]))
    return tiling.Source(
        snapshot.sign(head, SIGNER), head, lambda start, stop: leaves[start:stop], lambda start, stop: entries[start:stop],
        lambda count: merkle.root(leaves[:count]),
    )  # fmt: skip


def held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 513])
def test_what_is_written_is_what_the_checkpoint_says(tmp_path: Path, size: int) -> None:
    entries = [b"entry %d" % n for n in range(size)]
    done = tiling.export(tmp_path / "t", source(entries, size))
    assert (done.size, done.before, done.kept) == (size, None, 0) and done.written == len(held(tmp_path / "t"))
    head = snapshot.open_snapshot((tmp_path / "t" / "checkpoint").read_bytes(), SIGNER.verifier)
    assert list(tiles.check(tiling.reader(tmp_path / "t"), head.size, head.root)) == []
    again = tiling.export(tmp_path / "t", source(entries, size))
    assert (again.written, again.before) == (0, size)


def test_a_large_tree_with_three_levels(tmp_path: Path) -> None:
    entries = [b"%d" % n for n in range(65_537)]
    tiling.export(tmp_path / "t", source(entries, 65_537))
    there = held(tmp_path / "t")
    assert len(there["tile/1/000"]) == 8192 and len(there["tile/2/000.p/1"]) == 32 and there["tile/entries/256.p/1"] == b"\0\00565536"
    assert there["tile/2/000.p/1"] == merkle.root([merkle.leaf_hash(raw) for raw in entries[:65_536]])


def test_it_grows_and_older_checkpoints_stay_readable(tmp_path: Path) -> None:
    entries = [b"%d" % n for n in range(600)]
    kept: dict[str, bytes] = {}
    for size in (3, 200, 256, 300, 600):
        done = tiling.export(tmp_path, source(entries, size))
        there = held(tmp_path)
        assert {name: there[name] for name in kept if name != "checkpoint"} == {n: d for n, d in kept.items() if n != "checkpoint"}
        assert done.size == size
        kept = there
    for size in (3, 200, 256, 300):
        root = merkle.root([merkle.leaf_hash(raw) for raw in entries[:size]])
        assert list(tiles.check(tiling.reader(tmp_path), size, root)) == []


def test_another_ledger_and_another_history_are_refused(tmp_path: Path) -> None:
    entries = [b"%d" % n for n in range(300)]
    tiling.export(tmp_path, source(entries, 300))
    before = held(tmp_path)
    for other, size in (([b"x", *entries[1:]], 300), (entries, 299), ([*entries[:299], b"y"], 300)):
        with pytest.raises(Damaged):
            tiling.export(tmp_path, source(other, size))
    stranger = source(entries, 300)
    head = snapshot.Snapshot("prov.local/other", 300, stranger.head.root)
    with pytest.raises(Damaged) as caught:
        tiling.export(tmp_path, tiling.Source(stranger.note, head, stranger.leaves, stranger.entries, stranger.root_at))
    assert caught.value.key == "tiles.other" and held(tmp_path) == before


def test_a_folder_of_the_user_s_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(BadInput) as caught:
        tiling.export(tmp_path, source([b"1"], 1))
    assert caught.value.key == "tiles.folder" and held(tmp_path) == {"holiday.jpg": b"x"}


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "tile/1/000.p/1", "tile/0/001.p/44", "checkpoint"])
def test_a_damaged_file_is_named_and_not_written_over(tmp_path: Path, name: str) -> None:
    entries = [b"%d" % n for n in range(300)]
    tiling.export(tmp_path, source(entries, 300))
    raw = bytearray((tmp_path / name).read_bytes())
    raw[30] ^= 1
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(Damaged):
        tiling.export(tmp_path, source(entries, 300))
    assert (tmp_path / name).read_bytes() == raw


def test_a_killed_export_is_finished_by_the_next(tmp_path: Path) -> None:
    entries = [b"%d" % n for n in range(700)]
    good = source(entries, 700)

    def broken(start: int, stop: int) -> list[bytes]:
        if start >= 512:
            raise KeyboardInterrupt
        return entries[start:stop]

    with pytest.raises(KeyboardInterrupt):
        tiling.export(tmp_path, tiling.Source(good.note, good.head, good.leaves, broken, good.root_at))
    assert not (tmp_path / "checkpoint").exists() and (tmp_path / "tile/entries/001").exists()
    (tmp_path / f"checkpoint.{os.getpid()}.new").write_bytes(b"half")
    assert tiling.export(tmp_path, good).before is None
    assert base64.b64encode(good.head.root) in (tmp_path / "checkpoint").read_bytes()
