"""Family trees at 100,000 pictures: what `prov tree` costs beyond its start, and what a restart costs with nothing and little new.

    .venv/bin/python scripts/bench_family.py [--pictures 100000]

The entries are made by the ledger's own code and folded by the views' own folds; only the pictures themselves are not there. Every fifth
picture names an input: four of five by the hash of its bytes, as ComfyUI does, one by its name alone; chains of ten go from picture to
picture; one sketch is the input of a thousand; some are copied, renamed, replaced in place.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from provenance import clock, facts
from provenance.ledger.store import Ledger
from provenance.views import family_tree
from provenance.views.store import Views

TIME = "2026-11-22T00:00:00.000000Z"
BATCH = 1_000


def sha(name: str) -> str:
    """A hash as a file of this name would have it."""
    return hashlib.sha256(name.encode()).hexdigest()


def picture(number: int) -> Iterator[facts.Fact]:
    """The entries about one picture."""
    path, generated = f"/ai/ComfyUI/output/{number // 1000:04}/ComfyUI_{number:06}_.png", number % 5 != 4
    inputs = []
    if number % 5 == 0:
        sketch = f"sketch_{number // 5000:03}.png" if number % 100 else "sketch_000.png"
        inputs.append({"name": sketch, "role": "image", "sha256": sha(sketch) if number % 25 else None})
    elif number % 10:
        before = f"{(number - 1) // 1000:04}/ComfyUI_{number - 1:06}_.png [output]"
        inputs.append({"name": before, "role": "image", "sha256": sha(str(number - 1))})
    yield facts.FileCaptured(
        **file(str(number), path), parsed="read" if generated else "plain", generator="ComfyUI" if generated else None,
        prompts=(f"a lighthouse, study {number}",) if generated else None, seeds=(str(number),) if generated else None,
        inputs=tuple(inputs) or None, carriers=({"name": "tEXt:prompt", "sha256": sha(f"t{number}"), "size": 900},) if generated else None,
    )  # fmt: skip
    yield facts.FileDescribed(
        of=sha(str(number)), width=64, height=64, form="rgb8", pixels=sha(f"p{number}"), dhash=sha(f"d{number}")[:16],
        phash=sha(f"h{number}")[:16], preview=sha(f"v{number}"), decoder="made up",
    )  # fmt: skip
    if number % 5 == 4 and number % 10:
        yield facts.LikenessFound(
            child=sha(str(number)), parent=sha(str(number - 1)), how="looks alike", method="made up", share="0.9", rate="none"
        )
    if number % 50 == 7:
        yield facts.FileRenamed(sha256=sha(str(number)), size=9, mtime=TIME, seen_at=TIME, path=path + ".kept.png", was_path=path)
    if number % 50 == 9:
        yield facts.FileCaptured(**file(str(number), path.replace("output", "kept")), parsed="plain", same_bytes_as=1)


def file(name: str, path: str) -> dict[str, Any]:
    """What is the same in all file entries."""
    return {"sha256": sha(name), "size": 9, "media_type": "image/png", "container": "png", "mtime": TIME, "seen_at": TIME, "path": path}


def story(first: int, last: int) -> Iterator[facts.Fact]:
    """Entries of pictures `first` to `last`; the sketches come before what is made from them."""
    for number in range(first, last):
        if number % 5000 == 0:
            name = f"sketch_{number // 5000:03}.png"
            yield facts.FileCaptured(**file(name, f"/ai/ComfyUI/input/{name}"), parsed="plain")
        yield from picture(number)


def fill(ledger: Ledger, first: int, last: int) -> None:
    """Append the entries of some pictures, many in one commit."""
    batch: list[facts.Fact] = []
    for fact in story(first, last):
        batch.append(fact)
        if len(batch) >= BATCH:
            ledger.append(batch)
            batch = []
    ledger.append(batch)


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of one call."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000)
    count = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger.create(Path(folder) / "ledger.db", "creative-provenance/bench", clock.system)
        ledger.append([facts.LedgerOpened(software="prov", public_key=sha("k"), vkey="v", key_protection="k")])
        fill(ledger, 0, count)
        path = Path(folder) / "views.db"
        views = Views(path)
        whole = spent(lambda: views.catch_up(ledger))
        size = path.stat().st_size >> 20
        print(f"{ledger.size()} entries of {count} pictures; views made from nothing: {whole / 1000:.1f} s CPU, {size} MiB")
        views.close()
        again(path, ledger, count, whole)
        trees(Views(path), count)


def again(path: Path, ledger: Ledger, count: int, whole: float) -> None:
    """A restart: the views are opened and caught up, with nothing new, then with a hundred pictures."""
    nothing = [spent(lambda: Views(path).catch_up(ledger)) for _ in range(5)]
    fill(ledger, count, count + 100)
    views, new = Views(path), ledger.size()
    little = spent(lambda: views.catch_up(ledger))
    assert views.catch_up(ledger) == 0 and new == ledger.size()
    print(f"restart, nothing new: {min(nothing):.1f} ms CPU; with 100 new pictures: {little:.1f} ms CPU, 1/{whole / little:.0f} of all")


def trees(views: Views, count: int) -> None:
    """`prov tree` without its start: the middle, the slowest, and the sketch of a thousand children."""
    chosen = [sha(str(n)) for n in range(3, count, max(count // 300, 1))]
    family_tree.tree(views, chosen[:1])
    times = sorted(spent(partial(family_tree.tree, views, [one])) for one in chosen)
    print(f"tree of a picture: median {statistics.median(times):.2f} ms CPU, slowest of {len(times)} {times[-1]:.2f}")
    for name in ("sketch_000.png", "sketch_001.png"):
        found = family_tree.tree(views, [sha(name)])
        best = min(spent(partial(family_tree.tree, views, [sha(name)])) for _ in range(5))
        print(f"tree of {name}: {len(found.nodes)} pictures told, {found.cut.get(sha(name), 0)} or more left out: {best:.1f} ms CPU")


if __name__ == "__main__":
    main()
