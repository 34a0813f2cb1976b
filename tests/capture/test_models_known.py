"""A file is hashed once; a swap under the same name is seen; a damaged cache costs a reading, never a wrong hash."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from support.modelfiles import hashes, safetensors

from provenance.capture.model_cache import ModelCache
from provenance.capture.models import hash_model, shape_of
from provenance.capture.stations import Shape


def test_what_was_hashed_is_known_again_after_a_restart(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(safetensors({"w": b"123"}, {"ss_bad": "\ud800", "ss_output_name": "ink"}))
    got = hash_model(str(model))
    cache = ModelCache(tmp_path / "models.cache")
    assert cache.get(got.shape) is None
    cache.put(got)
    cache.close()
    again = ModelCache(tmp_path / "models.cache")
    assert again.get(got.shape) == got
    again.close()


def test_a_swap_under_the_same_name_is_another_file(tmp_path: Path) -> None:
    model, other = tmp_path / "m.pt", tmp_path / "other.pt"
    model.write_bytes(b"one" * 100)
    other.write_bytes(b"two" * 100)
    first = hash_model(str(model))
    os.utime(other, ns=(first.shape.mtime_ns, first.shape.mtime_ns))
    cache = ModelCache(tmp_path / "models.cache")
    cache.put(first)
    other.replace(model)  # same size, same time, same name
    now = shape_of(str(model))
    assert now is not None and cache.get(now) is None
    assert hash_model(str(model)).sha256 != first.sha256
    cache.close()


def test_a_rewrite_in_place_forgets_the_old_version(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path / "models.cache")
    cache.put(hashes("a" * 64, shape=Shape(1, 2**64 - 1, 3, 4)))
    cache.put(hashes("b" * 64, shape=Shape(1, 2**64 - 1, 3, 5)))
    assert cache.get(Shape(1, 2**64 - 1, 3, 4)) is None
    newer = cache.get(Shape(1, 2**64 - 1, 3, 5))
    assert newer is not None and newer.sha256 == "b" * 64
    cache.close()


@pytest.mark.parametrize("damage", [b"", b"not a database" * 200, b"SQLite format 3\x00" + b"\xff" * 5000], ids=["empty", "text", "torn"])
def test_a_damaged_cache_starts_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "models.cache"
    path.write_bytes(damage)
    cache = ModelCache(path)
    known = hashes()
    cache.put(known)
    assert cache.get(known.shape) == known
    cache.close()


def test_damage_while_it_is_open_is_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "models.cache"
    cache = ModelCache(path)
    cache.put(hashes())
    path.write_bytes(b"\x00" * path.stat().st_size)
    assert cache.get(Shape(9, 9, 9, 9)) is None
    cache.put(hashes())
    cache.close()


def test_a_row_that_was_tampered_with_is_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "models.cache"
    cache = ModelCache(path)
    cache.put(hashes("a" * 64))
    cache.close()
    db = sqlite3.connect(path)
    db.execute("UPDATE models SET body = replace(body, ?, ?)", ("a" * 64, "b" * 64))
    db.commit()
    db.close()
    again = ModelCache(path)
    assert again.get(hashes().shape) is None and again.by_hash("a" * 64) == ()
    again.close()


def test_an_older_or_newer_layout_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "models.cache"
    db = sqlite3.connect(path)
    db.executescript("CREATE TABLE models (x); PRAGMA user_version = 99;")
    db.close()
    cache = ModelCache(path)
    cache.put(hashes())
    assert cache.get(hashes().shape) == hashes()
    cache.close()


def test_a_cache_that_cannot_be_written_lives_in_memory(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path / "no folder" / "models.cache")
    cache.put(hashes())
    assert cache.get(hashes().shape) == hashes()
    cache.close()


def test_found_by_every_convention_bytes_before_labels(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path / "models.cache")
    real = hashes("1" * 64, payload_sha256="2" * 64, autov1="deadbeef", shape=Shape(1, 1, 1, 1))
    label = hashes("0" * 64, header={"sshs_model_hash": "2" * 64}, shape=Shape(1, 2, 1, 1))
    for known in (label, real):
        cache.put(known)
    for claim in ("deadbeef", "DEADBEEF", "1" * 10, "1" * 12, "1" * 64, "0x" + "1" * 64):
        assert cache.by_hash(claim) == (real,)
    for claim in ("2" * 12, "2" * 64, "0x" + "2" * 64):
        assert cache.by_hash(claim) == (real, label)
    for claim in ("", "1111111", "e3b0c442", "e3b0c44298", "blake3:" + "1" * 64, "1" * 63 + "x", "unknown", "' OR 1=1 --"):
        assert cache.by_hash(claim) == ()
    cache.close()


def test_two_threads_may_share_it(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path / "models.cache")
    failed: list[BaseException] = []

    def work(base: int) -> None:
        try:
            for n in range(base, base + 50):
                known = hashes(f"{n:064x}", shape=Shape(1, n, 1, 1))
                cache.put(known)
                assert cache.get(known.shape) == known
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(base,)) for base in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    cache.close()
