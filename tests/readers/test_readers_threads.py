"""No state between readings: the failure kept in mind is a reader that gave one image's prompt to another under load."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from reader_builders import infotext, shared, texts

from provenance.capture.understand import understood
from provenance.readers import attempt
from provenance.readers.reading import Reading


def answer(path: Path) -> tuple[Reading | None, tuple[str, ...], tuple[str, ...]]:
    read = understood(str(path))
    return read.reading, read.problems, read.specimen.container.warnings


@pytest.mark.slow
def test_the_corpus_ten_times_in_eight_threads_says_the_same_each_time() -> None:
    where = shared("PROV_CORPUS", "corpus")
    paths = sorted(path for path in where.rglob("*") if path.is_file() and path.stat().st_size < 2_000_000)
    first = {path: answer(path) for path in paths}
    assert len(paths) > 200 and sum(found[0] is not None for found in first.values()) > 150
    shuffled = [path for round_ in range(10) for path in random.Random(round_).sample(paths, len(paths))]
    with ThreadPoolExecutor(8) as pool:
        for path, found in zip(shuffled, pool.map(answer, shuffled), strict=True):
            assert found == first[path], path


def test_hundreds_of_small_files_in_eight_threads() -> None:
    files = [infotext(f"Steps: {n}, Sampler: Euler, Seed: {n}", positive=f"boat {n}") for n in range(1, 150)]
    files += [texts({"1": {"class_type": "KSampler", "inputs": {"seed": n, "steps": 5}}}) for n in range(1, 150)]
    first = [attempt(found) for found in files]
    places = random.Random(1).sample(range(len(files)), len(files)) * 4
    with ThreadPoolExecutor(8) as pool:
        for place, found in zip(places, pool.map(lambda place: attempt(files[place]), places), strict=True):
            assert found == first[place]
