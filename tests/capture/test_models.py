"""One read gives every hash; a file that changes meanwhile gives none; a hostile header costs nothing."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.modelfiles import framed, safetensors

from provenance.capture import one_read
from provenance.capture.models import hash_model, label_of, lower_priority, probe, shape_of
from provenance.errors import ProvError, Unavailable, Unreadable


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def written(folder: Path, data: bytes, name: str = "m.safetensors") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_the_recorded_sitting_gives_its_true_hashes(session: Path) -> None:
    for truth in json.loads((session / "truth.json").read_text())["models"]:
        got = hash_model(str(session / truth["path"]))
        assert (got.sha256, got.autov2, got.autov3) == (truth["sha256"], truth["autov2"], truth["autov3"])
        assert (got.payload_sha256, got.header_sha256, got.size) == (truth["payload_sha256"], truth["header_sha256"], truth["size"])
        # the sitting's record keeps what tools write for short files: the hash of nothing
        assert got.autov1 == (None if truth["autov1"] == "e3b0c442" else truth["autov1"])
        assert {k: v for k, v in got.header.items() if isinstance(v, str)}.items() <= truth["metadata"].items()


@pytest.mark.parametrize("size", [0, 1, 8, 9, 1 << 20, (1 << 20) + 1, 0x110000, one_read.BLOCK - 9, one_read.BLOCK, 5 * one_read.BLOCK + 3])
def test_every_hash_is_of_the_bytes_it_is_named_for(tmp_path: Path, size: int) -> None:
    data = safetensors({"w": os.urandom(size)}, {"ss_output_name": "x"})
    n = int.from_bytes(data[:8], "little")
    got = hash_model(written(tmp_path, data))
    assert got.sha256 == sha(data) and got.autov2 == sha(data)[:10] and got.size == len(data)
    assert got.header_sha256 == sha(data[: 8 + n])
    assert got.payload_sha256 == (sha(data[8 + n :]) if size else None)
    window = data[0x100000:0x110000]
    assert got.autov1 == (sha(window)[:8] if window else None)
    assert got.shape == shape_of(str(tmp_path / "m.safetensors")) and got.warnings == ()


def test_a_header_longer_than_a_block_is_followed(tmp_path: Path) -> None:
    data = safetensors({"w": b"tensor" * 1000}, {"modelspec.title": "t", "noise": "n" * (one_read.BLOCK + 77)})
    n = int.from_bytes(data[:8], "little")
    got = hash_model(written(tmp_path, data))
    assert (got.payload_sha256, got.header) == (sha(data[8 + n :]), {"modelspec.title": "t"})


@pytest.mark.parametrize(
    "data",
    [
        framed(b"{}", length=2**63), framed(b"{}", length=10**12), framed(b"[1]"), framed(b"{" + b"\xff" * 9 + b"}"), framed(b"{" * 90_000),
        framed(b'{"a":' * 90_000 + b"1"), framed(b'{"__metadata__":[]}'), framed(b"{}", length=3), framed(b""), b"", b"abc",
        framed(b'{"n":' + b"9" * 9000 + b"}"), framed(b'{"a":"' + b"\x00" + b'"}'), framed(b'{"a":[' + b"1," * 4_000_001 + b"1]}"),
    ],
    ids=range(14),
)
def test_a_hostile_header_gives_a_warning_and_the_file_hash(tmp_path: Path, data: bytes) -> None:
    got = hash_model(written(tmp_path, data))
    assert got.sha256 == sha(data)
    assert (got.payload_sha256, got.autov3, got.header_sha256, got.header) == (None, None, None, {})
    assert got.warnings and got.warnings[0].startswith("safetensors.header ")


def test_other_formats_are_not_expected_to_have_a_header(tmp_path: Path) -> None:
    assert hash_model(written(tmp_path, b"PK\x03\x04" + bytes(99), "m.ckpt")).warnings == ()
    assert hash_model(written(tmp_path, b"GGUF" + bytes(99), "m.gguf")).payload_sha256 is None


def test_the_header_is_kept_in_part(tmp_path: Path) -> None:
    tags = json.dumps({"10_anna": {"anna": 24}})
    metadata = {
        "ss_steps": "1200", "modelspec.title": "Ink", "sshs_model_hash": "ab" * 32, "format": "pt", "ss_number": 7, "ss_bad": "\ud800",
        "ss_tag_frequency": tags, "ss_dataset_dirs": "C:/Users/anna", "prompt": "{}", "workflow": "{}", "ss_long": "x" * 5000,
    }
    got = hash_model(written(tmp_path, safetensors({"w": b"1"}, metadata))).header
    assert "format" not in got and got["ss_steps"] == "1200" and got["ss_number"] == "7" and got["ss_bad"] == "\ud800"
    assert got["ss_tag_frequency"] == {"sha256": sha(tags.encode()), "size": len(tags)}
    assert {name for name, value in got.items() if isinstance(value, dict)} == {
        "ss_tag_frequency", "ss_dataset_dirs", "prompt", "workflow", "ss_long",
    }
    assert "anna" not in json.dumps(got)


def test_many_header_values_stay_within_one_entry(tmp_path: Path) -> None:
    metadata = {f"ss_{n:05}": "y" * 4000 for n in range(2000)}
    got = hash_model(written(tmp_path, safetensors({"w": b"1"}, metadata))).header
    assert len(json.dumps(got)) < 65_535


def test_a_file_written_to_meanwhile_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, os.urandom(3 * one_read.BLOCK), "m.pt")

    def grow(done: int, size: int) -> None:
        with Path(path).open("ab") as file:
            file.write(b"more")

    with pytest.raises(Unreadable, match=r"model\.changed"):
        hash_model(path, progress=grow)


def test_a_file_cut_meanwhile_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, os.urandom(9 * one_read.BLOCK), "m.pt")
    with pytest.raises(Unreadable, match=r"model\.changed"):
        hash_model(path, progress=lambda done, size: os.truncate(path, one_read.BLOCK))


def test_what_is_no_file_is_refused_in_words(tmp_path: Path) -> None:
    paths = [(tmp_path, "model.folder"), (tmp_path / "none", "model.unreadable")]
    if hasattr(os, "mkfifo"):  # a pipe must not hold the reader for ever
        os.mkfifo(tmp_path / "pipe")
        paths.append((tmp_path / "pipe", "model.unreadable"))
    for path, key in paths:
        with pytest.raises(Unreadable) as caught:
            hash_model(str(path))
        assert caught.value.key == key
        with pytest.raises(Unreadable) as caught:
            probe(str(path))
        assert caught.value.key == key
    with pytest.raises(Unreadable, match=r"model\.unreadable"):
        hash_model("a\0b")
    with pytest.raises(Unreadable, match=r"model\.unreadable"):
        probe("a\0b")
    assert probe(written(tmp_path, b"1")) == shape_of(str(tmp_path / "m.safetensors"))
    assert shape_of("a\0b") is None and shape_of(str(tmp_path)) is None


def test_it_stops_when_asked_and_leaves_no_thread(tmp_path: Path) -> None:
    path = written(tmp_path, os.urandom(4 * one_read.BLOCK), "m.pt")
    with pytest.raises(Unavailable, match=r"model\.stopped"):
        hash_model(path, stop=lambda: True)
    assert not [t for t in threading.enumerate() if t.name == "prov-sha256"]


def test_progress_ends_at_the_size(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    size = 2 * one_read.BLOCK + 5
    hash_model(written(tmp_path, bytes(size), "m.pt"), progress=lambda done, of: told.append((done, of)))
    assert told == [(one_read.BLOCK, size), (2 * one_read.BLOCK, size), (size, size)]


@pytest.mark.skipif(not hasattr(os, "getpriority") or os.uname().sysname != "Linux", reason="nice per thread is Linux's")
def test_the_hashing_threads_give_way_and_the_caller_does_not(tmp_path: Path) -> None:
    seen: list[int] = []

    def begin() -> None:
        lower_priority()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    hash_model(written(tmp_path, b"x"), on_thread=begin)
    assert seen == [max(10, before)] * 2
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_a_label_is_read_from_the_header_alone(tmp_path: Path) -> None:
    assert label_of(written(tmp_path, safetensors({"w": b"1"}, {"ss_output_name": "ink"}))) == "ink"
    for data in (b"", framed(b"{}", length=2**62), framed(b"{]"), safetensors({"w": b"1"}, {"ss_output_name": 7})):
        assert label_of(written(tmp_path, data)) is None
    assert label_of(str(tmp_path)) is None and label_of(str(tmp_path / "none")) is None


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 2**64 - 1) | st.none())
def test_no_bytes_escape_the_errors_tree(tmp_path_factory: pytest.TempPathFactory, header: bytes, length: int | None) -> None:
    data = framed(header, length=length)
    path = written(tmp_path_factory.mktemp("h"), data)
    try:
        assert hash_model(path).sha256 == sha(data)
    except ProvError as error:  # pragma: no cover
        pytest.fail(str(error))
