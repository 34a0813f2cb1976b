"""Importing an archive against hashing it, and checking a ledger against hashing it."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench_kit import PATIENCE, Place, Row, interleaved, middle, new_place, openssl, pictures

from provenance import facts
from provenance.clock import system
from provenance.config import Config, Home
from provenance.ledger import check


def importing(base: Path, quick: bool) -> list[Row]:
    """400 pictures of 1 to 2 MB: hashed, read, committed; each round into a new home."""
    count, rounds = (60, 3) if quick else (400, 5)
    files = pictures(base / "archive", count)
    size = sum(path.stat().st_size for path in files)
    homes = iter([new_place(base, f"import{number}") for number in range(2 * rounds)])

    def command() -> None:
        next(homes).prov("import", "--json", str(base / "archive"))

    found = interleaved({
        "openssl": openssl(files), "function": lambda: _import_here(next(homes).home, base / "archive", count), "command": command,
    }, rounds)
    rows = []
    for name, what, aim in (("function", "its work, in a process that runs", 0.8), ("command", "the whole command, start included", None)):
        walls = found.ratios("openssl", name, lambda s: s.wall)
        cpus = found.ratios(name, "openssl", lambda s: s.cpu)
        rows.append(Row(
            f"import {count} files, {size / 1e6:.0f} MB: {what}", f"{count / found.wall(name):.0f} files/s",
            f"openssl {count / found.wall('openssl'):.0f} files/s", statistics.median(walls), f">= {aim}" if aim else "",
            statistics.median(walls) >= aim if aim else None, f"speed x{middle(walls)}, CPU x{middle(cpus)}",
        ))
    shutil.rmtree(base / "archive")
    return rows


def _import_here(home: Path, archive: Path, count: int) -> None:
    from provenance.daemon.house import open_house
    from provenance.daemon.importing import import_paths

    house = open_house(Home(home))
    try:
        done = import_paths(house, [str(archive)], progress=_unseen, stop=threading.Event())
    finally:
        house.close()
    if done.recorded != count:
        raise RuntimeError(f"{done.recorded} of {count} files were recorded")


class _Bar:
    def advance(self) -> None:
        """Nobody looks."""


@contextmanager
def _unseen(_total: int) -> Iterator[Any]:
    yield _Bar()


def verifying(base: Path, quick: bool) -> list[Row]:
    """A ledger of 100,000 file entries, checked in this process and by the command."""
    count, rounds = (10_000, 3) if quick else (100_000, 5)
    place = Place(base / "verify" / "home", base)
    place.home.mkdir(parents=True)
    bytes_of_it = _long_ledger(place, count)
    openssl_run = openssl([bytes_of_it])
    size = bytes_of_it.stat().st_size
    ledger = place.home / "ledger.db"
    variants: dict[str, Callable[[], object]] = {"openssl": openssl_run, "quick": lambda: _check(ledger, "quick")}
    found = interleaved(variants, rounds)
    walls = found.ratios("openssl", "quick", lambda s: s.wall)
    cpus = found.ratios("quick", "openssl", lambda s: s.cpu)
    rows = [Row(
        f"check of {count} entries, {size / 1e6:.0f} MB: chain and columns", f"{count / found.wall('quick'):.0f} entries/s",
        f"openssl {size / found.wall('openssl') / 1e9:.2f} GB/s", statistics.median(walls), ">= 0.5", statistics.median(walls) >= 0.5,
        f"speed x{middle(walls)}, CPU x{middle(cpus)}; {size / count:.0f} bytes an entry: hashing grows with them, the rest does not",
    )]
    full = interleaved({"openssl": openssl_run, "full": lambda: _check(ledger, "full"), "command": lambda: _prov_verify(place)}, 1)
    for name, what in (("full", "and every byte of form, every sealed value"), ("command", "the same as `prov verify`, start included")):
        rows.append(Row(
            f"check of {count} entries: {what}", f"{count / full.wall(name):.0f} entries/s",
            f"openssl {size / full.wall('openssl') / 1e9:.2f} GB/s", full.wall("openssl") / full.wall(name), note="one round",
        ))
    return rows


def _check(ledger: Path, depth: Any) -> None:
    faults = list(check.check(ledger, depth=depth))
    if faults:
        raise RuntimeError(f"a good ledger has faults: {faults[:3]}")


def _prov_verify(place: Place) -> None:
    words = place.argv("verify", "--json", str(place.home / "ledger.db"))
    done = subprocess.run(words, env=place.environ, capture_output=True, check=False, timeout=PATIENCE)
    if done.returncode:
        raise RuntimeError(f"prov verify: exit {done.returncode}: {done.stdout[-300:]!r}")


def _long_ledger(place: Place, count: int) -> Path:
    """A ledger of `count` file entries in a home, and a file of all its entries' bytes."""
    from provenance.daemon.house import create
    from provenance.daemon.sealing import sign_now

    house = create(Home(place.home), Config(), system)
    out = place.home / "entries.bytes"
    try:
        for start in range(1, count, 1000):
            house.ledger.append([_fact(number) for number in range(start, min(start + 1000, count))])
        sign_now(house, "stop")
        with out.open("wb") as file:
            for entry in house.ledger.entries():
                file.write(entry.raw)
    finally:
        house.close()
    return out


def _fact(number: int) -> facts.FileCaptured:
    name = f"ComfyUI_{number:06}_.png"
    sha = os.urandom(32).hex()
    return facts.FileCaptured(
        sha256=sha, size=1_400_000 + number, media_type="image/png", container="png", parsed="read", mtime="2026-11-22T02:30:00.000000Z",
        seen_at="2026-11-22T02:30:00.000000Z", path=f"/home/someone/ComfyUI/output/2026-11-22/{name}", generator="ComfyUI",
        prompts=("a lighthouse on a cliff at dusk, storm clouds, warm window light, " * 4,), negative_prompts=("blurry, watermark",),
        seeds=(str(10**18 + number),), steps=("20",), cfgs=("6.5",), samplers=("euler",), schedulers=("normal",), sizes=("1024x1024",),
        models=({"name": "sd_xl_base_1.0.safetensors", "kind": "checkpoint"},), loras=({"name": "ink_wash.safetensors", "weight": "0.8"},),
        carriers=({"name": "png:tEXt:prompt", "sha256": sha, "size": 4_000}, {"name": "png:tEXt:workflow", "sha256": sha, "size": 38_000}),
    )
