"""How often an edited picture is found again, and how often a link is false, among many made pictures.

Usage: python scripts/bench_likeness.py [--pictures 5000] [--edits 60] [--write] [--processes 2]. `--edits`: descendants of each kind.
Among the pictures are near-duplicates: three of four belong to a prompt that others share, with shapes moved a little or not at all and
other textures. Everything is made here from numbers, nothing is downloaded. `--write` keeps the figures in provenance/data/likeness.json,
from where reports quote them. Exit code 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import picture_kit as kit

from provenance.pixels import alike, index
from provenance.pixels.describe import described
from provenance.pixels.load import Picture
from provenance.pixels.look import Look, look

RESAVED, COMPOSITE = "saved again without loss", "composite of two"
KINDS = (RESAVED, *kit.EDITS, COMPOSITE)
AIMS = {RESAVED: 0.98, "resize 0.35-2": 0.98, "crop 70-95 %": 0.98, "painted over 5-40 %": 0.90}
MOST_FALSE = 0.001
TARGET = Path(__file__).resolve().parents[1] / "provenance" / "data" / "likeness.json"


@dataclass(frozen=True)
class Stored:
    """A picture of the collection, as the recorder knows it: by its description alone."""

    preview: bytes
    size: tuple[int, int]
    pixels: str


@dataclass(frozen=True)
class Outcome:
    """One search. kind: of edit, "" for a picture that has no parent here. parents: wanted. found: given. number: of the job."""

    kind: str
    number: int
    parents: frozenset[int]
    found: tuple[int, ...]
    seconds: float


def numbered(number: int) -> tuple[int, int, float]:
    """Prompt, seed and jitter of picture `number`: of four, one stands alone, two are of one prompt, one has their exact layout."""
    group, place = divmod(number, 4)
    if place == 3:
        return 1_000_000 + number, 1, 0.02
    return group, place, 0.0 if place == 2 else 0.02


def made(number: int) -> kit.Pixels:
    """Picture `number` of the collection."""
    prompt, seed, jitter = numbered(number)
    return kit.picture(prompt, seed, jitter=jitter)


def stored(image: kit.Pixels) -> Stored:
    """What describing leaves of a picture."""
    found = described(Picture(image, "rgb8", image.tobytes(), 1, False, "PNG"))
    return Stored(found.preview, (found.width, found.height), found.pixels)


def one(number: int) -> tuple[Stored, index.Signature]:
    """A picture, described and signed."""
    cv2.setNumThreads(1)
    kept = stored(made(number))
    return kept, index.signature(look(kept.preview, kept.size))


def edited(kind: str, number: int, count: int) -> tuple[kit.Pixels, frozenset[int]]:
    """A descendant of one picture of `count` (or of two), and which."""
    rng = np.random.default_rng([number, KINDS.index(kind), 99])
    parent = int(rng.integers(count))
    if kind == RESAVED:
        return made(parent), frozenset((parent,))
    if kind != COMPOSITE:
        return kit.EDITS[kind](made(parent), rng), frozenset((parent,))
    other = int(rng.integers(count))
    return kit.composite(made(parent), made(other), rng), frozenset((parent, other))


class Collection:
    """All that is known of the pictures: descriptions and the index, as after an evening's work."""

    def __init__(self, known: Sequence[tuple[Stored, index.Signature]]) -> None:
        self.stored = [kept for kept, _ in known]
        signed = [found for _, found in known]
        self.pieces = [index.piece(at, signed[at : at + index.MOST]) for at in range(0, len(signed), index.MOST)]

    def fetch(self, number: int) -> Look:
        """The Look of one, from its preview."""
        return look(self.stored[number].preview, self.stored[number].size)

    def find(self, kept: Stored, own: int) -> tuple[int, ...]:
        """Parents of a picture; `own` is its number, or -1 where it is not of the collection. Equal digests first, as the recorder does."""
        same = [n for n, other in enumerate(self.stored) if other.pixels == kept.pixels and n != own]
        if same:
            return (same[0],)
        child = look(kept.preview, kept.size)
        return tuple(f.number for f in alike.search(child, self.pieces, self.fetch, allowed=lambda n: n != own))


def task(collection: Collection, kind: str, number: int) -> Outcome:
    """One search, timed."""
    cv2.setNumThreads(1)
    if kind:
        image, parents = edited(kind, number, len(collection.stored))
        kept, own = stored(image), -1
    else:
        kept, parents, own = collection.stored[number], frozenset(), number
    begun = time.process_time()
    found = collection.find(kept, own)
    return Outcome(kind, number, parents, found, time.process_time() - begun)


def part(collection: Collection, jobs: Sequence[tuple[str, int]], end: Connection) -> None:
    """Some of the searches, in a process of its own that inherited the collection."""
    os.nice(5)
    end.send([task(collection, *job) for job in jobs])
    end.close()


def outcomes(collection: Collection, jobs: Sequence[tuple[str, int]], processes: int) -> list[Outcome]:
    """All searches, in any order."""
    if processes == 1:
        return [task(collection, *job) for job in jobs]
    forking = get_context("fork")
    ends = []
    for n in range(processes):
        mine, theirs = forking.Pipe(duplex=False)
        forking.Process(target=part, args=(collection, jobs[n::processes], theirs), daemon=True).start()
        theirs.close()
        ends.append(mine)
    return [outcome for end in ends for outcome in end.recv()]


def measured(results: Sequence[Outcome], pictures: int) -> dict[str, Any]:
    """The table of rates, as likeness.json holds it: counts as integers, shares as decimal text."""
    kinds: dict[str, Any] = {}
    links = wrong = 0
    for kind in KINDS:
        mine = [r for r in results if r.kind == kind]
        wanted, found = sum(len(r.parents) for r in mine), sum(len(r.parents & set(r.found)) for r in mine)
        kinds[kind] = {"sought": wanted, "found": found, "recall": f"{found / max(1, wanted):.4f}"}
        links += sum(len(r.found) for r in mine)
        wrong += sum(len(set(r.found) - r.parents) for r in mine)
    alone = [r for r in results if not r.kind]
    siblings = sum(1 for r in alone if r.found)
    return {
        "method": alike.METHOD,
        "pictures": pictures,
        "descendants": len(results) - len(alone),
        "kinds": kinds,
        "links": links,
        "wrong_links": wrong,
        "without_parent": len(alone),
        "falsely_linked": siblings,
        "false_rate": f"{siblings / max(1, len(alone)):.5f}",
    }


def run(pictures: int, edits: int, alone: int, processes: int) -> tuple[dict[str, Any], list[Outcome]]:
    """Make, search, count."""
    if processes == 1:
        known = [one(n) for n in range(pictures)]
    else:
        with ProcessPoolExecutor(processes) as pool:
            known = list(pool.map(one, range(pictures), chunksize=32))
    collection = Collection(known)
    jobs = [(kind, n) for kind in KINDS for n in range(edits)] + [("", n) for n in range(min(alone, pictures))]
    results = outcomes(collection, jobs, processes)
    return measured(results, pictures), results


def misses(results: Sequence[Outcome]) -> list[str]:
    """What went wrong, one line each."""
    wrong = [r for r in results if (r.parents - set(r.found)) or (set(r.found) - r.parents)]
    return [f"{r.kind or 'no parent':24} #{r.number}: wanted {sorted(r.parents)}, found {list(r.found)}" for r in wrong]


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--pictures", type=int, default=5000)
    options.add_argument("--edits", type=int, default=60)
    options.add_argument("--alone", type=int, default=3000, help="pictures without a parent that are searched for")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--misses", action="store_true", help="print each search that missed or was wrong")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    table, results = run(given.pictures, given.edits, given.alone, given.processes)
    for kind, row in table["kinds"].items():
        print(f"{kind:26} {row['found']:>4} of {row['sought']:<4} recall {row['recall']}  aim {AIMS.get(kind, '-')}")
    print(f"links of descendants: {table['links']}, of them to another picture: {table['wrong_links']}")
    print(f"pictures without a parent: {table['without_parent']}, linked all the same: {table['falsely_linked']} ({table['false_rate']})")
    times = sorted(r.seconds for r in results)
    print(f"CPU of a search: median {times[len(times) // 2] * 1000:.0f} ms, 95 % below {times[int(len(times) * 0.95)] * 1000:.0f} ms")
    if given.misses:
        print("\n".join(misses(results)))
    if given.write:
        table = {"id": f"{alike.METHOD} {date.today().isoformat()}", "date": date.today().isoformat(), **table}
        TARGET.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    low = [kind for kind, aim in AIMS.items() if float(table["kinds"][kind]["recall"]) < aim]
    return 1 if low or float(table["false_rate"]) >= MOST_FALSE else 0


if __name__ == "__main__":
    raise SystemExit(main())
