"""Large values by hash: the same bytes back, small where it helps, and never believed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.ledger import blobs as module
from provenance.ledger.blobs import Blobs, json_shape


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def workflow(seed: int, nodes: int = 120) -> bytes:
    """A graph as a tool would save it, always the same but for one seed."""
    dice = random.Random(3)
    graph = [
        {"id": n, "type": dice.choice(["KSampler", "CLIPTextEncode"]), "pos": [dice.random() * 900, dice.random() * 900],
         "inputs": [{"name": f"in {dice.randrange(99)}", "link": dice.randrange(500)} for _ in range(4)],
         "widgets_values": [dice.random(), f"text {dice.randrange(10**9)}"]}
        for n in range(nodes)
    ]
    graph[7]["widgets_values"] = [seed, "fixed"]
    return json.dumps({"nodes": graph}).encode()


def put_run(blobs: Blobs, seed: int) -> str:
    data = workflow(seed)
    return blobs.put(data, shape=json_shape(data.decode()))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.binary(max_size=3000) | st.binary(min_size=1, max_size=3).map(lambda b: b * 900), max_size=5))
def test_what_is_put_comes_back(tmp_path_factory: pytest.TempPathFactory, values: list[bytes]) -> None:
    store = Blobs(tmp_path_factory.mktemp("b"))
    names = store.put_many([(value, None) for value in values])
    assert names == [hashlib.sha256(value).hexdigest() for value in values]
    for name, value in zip(names, values, strict=True):
        assert store.has(name)
        assert store.get(name) == value
        with store.open_stream(name) as stream:
            assert stream.read() == value
    assert not list(store.folder.rglob("*.new"))


def test_a_run_that_differs_by_a_seed_costs_under_500_bytes(blobs: Blobs) -> None:
    put_run(blobs, 1)
    before, runs = blobs.size_on_disk(), [random.Random(7).randrange(2**64) + n for n in range(20)]
    names = [put_run(blobs, seed) for seed in runs]
    assert (blobs.size_on_disk() - before) / len(runs) < 500
    assert [blobs.get(name) for name in names] == [workflow(seed) for seed in runs]


def test_one_batch_shares_its_first_of_a_shape(blobs: Blobs) -> None:
    runs = [workflow(seed) for seed in range(10)]
    shape = json_shape(runs[0].decode())
    names = blobs.put_many([(run, shape) for run in runs])
    assert blobs.size_on_disk() < len(zstandard.compress(runs[0], 9)) + 10 * 500
    assert [blobs.get(name) for name in names] == runs


def test_zstd_itself_reads_what_is_written(blobs: Blobs) -> None:
    """The mark before the frame is a skippable one: any zstd reads past it, given the dictionary."""
    first, second = put_run(blobs, 1), put_run(blobs, 2)
    frame = (blobs.folder / second[:2] / f"{second[2:]}.zst").read_bytes()
    assert frame[:8] == bytes.fromhex("502a4d18 20000000".replace(" ", ""))
    assert frame[8:40].hex() == first
    dictionary = zstandard.ZstdCompressionDict(workflow(1), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    plain = zstandard.ZstdDecompressor(dict_data=dictionary).stream_reader(frame, read_across_frames=True).read()
    assert plain == workflow(2)


def test_what_is_there_is_not_written_again(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    name = blobs.put(b"x" * 1000)
    monkeypatch.setattr("provenance.ledger.files.write_all", lambda items: pytest.fail("written again") if items else None)
    assert blobs.put(b"x" * 1000) == name


def test_the_same_value_twice_in_a_batch(blobs: Blobs) -> None:
    names = blobs.put_many([(b"ab" * 600, None), (b"ab" * 600, "s"), (b"", None), (b"", None)])
    assert names[0] == names[1]
    assert blobs.get(names[0]) == b"ab" * 600
    assert blobs.get(names[2]) == b""


def test_changed_files_are_never_handed_out(blobs: Blobs) -> None:
    for data in (b"random" + random.Random(1).randbytes(500), b"packed " * 100):
        name = blobs.put(data)
        path = next(p for p in blobs.folder.rglob(f"{name[2:]}*"))
        good = path.read_bytes()
        for at in range(len(good)):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            try:
                assert blobs.get(name) == data  # a bit that zstd does not use
            except Damaged as error:
                assert error.key == "blobs.damaged"
        path.write_bytes(good[:-1])
        with pytest.raises(Damaged):
            blobs.get(name)


def _plant(blobs: Blobs, name: str, frame: bytes) -> None:
    path = blobs.folder / name[:2] / f"{name[2:]}.zst"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(frame)


def test_a_frame_that_unfolds_without_end_is_cut_off(blobs: Blobs) -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(40_000_000))
    assert len(bomb) < 10_000
    _plant(blobs, "ab" * 32, bomb)
    with pytest.raises(BadInput) as caught:
        blobs.get("ab" * 32, most=1_000_000)
    assert caught.value.key == "blobs.too-large"


@pytest.mark.parametrize("size_field", [b"\xff" * 8, b"\x00\x00\x00\x00\x00\x00\x00\x10"])
def test_a_frame_that_claims_a_huge_size_is_not_believed(blobs: Blobs, size_field: bytes) -> None:
    _plant(blobs, "ab" * 32, bytes.fromhex("28b52ffd") + b"\xe0" + size_field + b"\x01\x00\x00")
    with pytest.raises((Damaged, BadInput)):
        blobs.get("ab" * 32)


def test_dictionaries_in_a_circle_or_a_chain_are_refused(blobs: Blobs) -> None:
    mark = module._MARK
    frame = zstandard.compress(b"x" * 1000)
    _plant(blobs, "aa" * 32, mark + bytes.fromhex("aa" * 32) + frame)
    _plant(blobs, "bb" * 32, mark + bytes.fromhex("cc" * 32) + frame)
    _plant(blobs, "cc" * 32, mark + bytes.fromhex("bb" * 32) + frame)
    _plant(blobs, "dd" * 32, mark + bytes.fromhex("ee" * 32) + frame)
    _plant(blobs, "ff" * 32, mark + b"short")
    for name in ("aa", "bb", "cc", "dd", "ff"):
        with pytest.raises((Damaged, BadInput)):
            blobs.get(name * 32)


def test_a_shape_whose_dictionary_is_gone_goes_on(blobs: Blobs) -> None:
    first = put_run(blobs, 1)
    (blobs.folder / first[:2] / f"{first[2:]}.zst").unlink()
    second = put_run(blobs, 2)
    assert blobs.get(second) == workflow(2)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n", "ab/../" + "c" * 58])
def test_only_hashes_are_names(blobs: Blobs, name: str) -> None:
    for use in (blobs.get, blobs.has, blobs.remove, blobs.open_stream, blobs.has_original):
        with pytest.raises(BadInput):
            use(name)


def test_missing_and_too_large(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput) as caught:
        blobs.get("ab" * 32)
    assert caught.value.key == "blobs.missing"
    monkeypatch.setattr(module, "MAX_BLOB", 10)
    with pytest.raises(BadInput) as caught:
        blobs.put(b"x" * 11)
    assert caught.value.key == "blobs.too-large"


def test_originals_are_copied_listed_and_dropped(blobs: Blobs, tmp_path: Path) -> None:
    source, data = tmp_path / "a.png", random.Random(1).randbytes(3_000_000)
    source.write_bytes(data)
    sha = hashlib.sha256(data).hexdigest()
    kept = blobs.put(b"metadata " * 50)
    assert blobs.put_file(source, sha)
    with source.open("rb") as file:
        file.read(7)
        assert Blobs(tmp_path / "other").put_file(file.fileno(), sha)
    assert blobs.get(sha) == data
    assert list(blobs.originals()) == [(sha, len(data))]
    assert blobs.remove(sha)
    assert not blobs.remove(sha)
    assert not blobs.remove(kept), "only originals are dropped"
    assert blobs.has(kept)
    assert not blobs.has(sha)
    assert source.read_bytes() == data


def test_a_file_that_changed_since_is_not_kept(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(b"now")
    assert not blobs.put_file(source, hashlib.sha256(b"then").hexdigest())
    assert not [path for path in blobs.folder.rglob("*") if path.is_file()]
    with pytest.raises(BadInput) as caught:
        blobs.put_file(tmp_path / "gone.png", "ab" * 32)
    assert caught.value.key == "blobs.unreadable"


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_fault_leaves_nothing_half_made(blobs: Blobs, monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if call == "fsync":
            patch.setattr(os, "fsync", fail)
        elif call == "replace":
            patch.setattr(Path, "replace", fail)
        else:
            born = os.open
            patch.setattr(os, "open", lambda path, flags, *more: fail() if flags & os.O_CREAT else born(path, flags, *more))
        with pytest.raises(Unavailable) as caught:
            blobs.put_many([(b"one " * 99, None), (b"two " * 99, "s")])
        assert caught.value.key == ("blobs.disk-full" if number == errno.ENOSPC else "blobs.unwritable")
    left = [path for path in blobs.folder.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix == ".new"]
    for name in blobs.put_many([(b"one " * 99, None), (b"two " * 99, "s")]):
        assert blobs.get(name)


def test_bytes_are_synced_before_names(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is durable before its bytes would be an empty blob after a power cut."""
    calls: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (calls.append(f"sync {'d' if os.path.isdir(f'/proc/self/fd/{handle}') else 'f'}"), fsync(handle)))  # noqa: PTH112, E501
    monkeypatch.setattr(Path, "replace", lambda self, to: (calls.append("name"), replace(self, to)))
    blobs.put_many([(random.Random(n).randbytes(50), None) for n in range(3)])
    assert calls[:6] == ["sync f"] * 3 + ["name"] * 3
    assert set(calls[6:]) == {"sync d"}
    assert len(calls) - 6 >= 4, "each new folder and its parent"


def test_what_a_crash_left_is_tidied(blobs: Blobs) -> None:
    name = blobs.put(b"kept")
    (blobs.folder / name[:2] / "half.1.abcd.new").write_bytes(b"half")
    assert blobs.tidy() == 1
    assert blobs.get(name) == b"kept"


def test_shapes_tell_structures_apart_and_values_not() -> None:
    assert json_shape(workflow(1).decode()) == json_shape(workflow(2**64).decode())
    assert json_shape(workflow(1).decode()) != json_shape(workflow(1, nodes=121).decode())
    for text in ("", "{}", "no json " * 200, "[" * 100_000, "1" * 10_000, '"' + "\ud800" * 600 + '"x', "NaN " * 300):
        assert json_shape(text) is None
    assert json_shape(json.dumps({"\ud800": "x" * 600})) is not None
