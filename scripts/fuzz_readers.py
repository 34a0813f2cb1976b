"""Hostile files through `prov read`, each in a process of its own; prints what cost most time and most memory, and whatever broke.

Usage: python scripts/fuzz_readers.py [--only WORDS] [--keys] [--flips N] [--corpus DIR] [--seed N] [--json]

- The cases of tests/support/hostilefiles.py: large, deep, lying, bursting files of every format.
- --keys: under every key that a reader looks into, 45 MB of each piece, and JSON 500 deep (takes an hour).
- --flips N: N damaged copies (flipped, cut, joined) of small files of the corpus, the same for the same seed.
Limits: exit code 0 or 2 and no traceback; under 256 MB in all; under 2 s of CPU for a file below 50 MB. Exit code 1 where one is passed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from scoring import samples  # noqa: E402
from support.hostilefiles import CASES, TEXTS, Cost, deep, filled, keys, read_apart  # type: ignore[import-not-found]  # noqa: E402

SECONDS, MEGABYTES, START = 2.0, 256.0, 60.0  # START: what a bare process with all of prov in it takes
SHOWN = 15


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="cases whose name has these words")
    options.add_argument("--keys", action="store_true")
    options.add_argument("--flips", type=int, default=0)
    options.add_argument("--corpus", type=Path, default=Path(os.environ.get("PROV_CORPUS") or ROOT.parent / "shared" / "corpus"))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true", dest="as_json")
    chosen = options.parse_args()
    if chosen.flips:
        return flips(chosen.corpus, chosen.flips, chosen.seed)
    cases = {name: build for name, build in {**CASES, **(dict(by_key()) if chosen.keys else {})}.items() if chosen.only in name}
    costs: dict[str, Cost] = {}
    for number, (name, build) in enumerate(cases.items(), 1):
        costs[name] = read_apart(build, "--json")
        if sys.stderr.isatty():
            print(f"\r{number}/{len(cases)}", end="", file=sys.stderr)
    bad = {name: broken for name, cost in costs.items() if (broken := beyond(cost))}
    if chosen.as_json:
        print(json.dumps({name: {**asdict(cost), "beyond": bad.get(name)} for name, cost in costs.items()}, ensure_ascii=False))
        return 1 if bad else 0
    for title, key in (("slowest", "cpu"), ("largest", "peak_mb")):
        print(f"{title}:")
        for name, cost in sorted(costs.items(), key=lambda item: getattr(item[1], key), reverse=True)[:SHOWN]:
            print(f"  {cost.cpu:7.2f} s  {cost.peak_mb:7.0f} MB  {cost.size_mb:6.1f} MB file  {name}")
    print(f"{len(costs)} cases, {len(bad)} beyond the limits")
    print(*(f"  {name}: {why}" for name, why in bad.items()), sep="\n")
    return 1 if bad else 0


def by_key() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every key of every reader, with each piece and with deep JSON."""
    for key in keys():
        yield f"JSON 500 deep under {key}", lambda key=key: deep(key)  # type: ignore[misc]
        for name, piece in TEXTS.items():
            yield f"45 MB of {name} under {key} alone", lambda key=key, piece=piece: filled(key, piece)  # type: ignore[misc]


def beyond(cost: Cost) -> str:
    """What limit it passed, or ""."""
    if cost.exit_code not in (0, 2) or "Traceback" in cost.said or "defect" in cost.said:
        return f"exit {cost.exit_code}: {cost.said.strip()[-300:]}"
    if cost.peak_mb + START > MEGABYTES:
        return f"{cost.peak_mb + START:.0f} MB"
    return f"{cost.cpu:.1f} s" if cost.cpu > SECONDS and cost.size_mb < 50 else ""


def flips(corpus: Path, count: int, seed: int) -> int:
    """Damaged copies of the corpus' small files, in this process: any exception is a defect, and so is a `reader.failed` or `failed`."""
    from provenance.capture.intake import texts_of
    from provenance.carriers import open_container
    from provenance.readers import attempt
    from provenance.readers.show import as_record

    chance = random.Random(seed)
    small = [path for item in samples(corpus) if (path := corpus / item.path).stat().st_size < 300_000]
    broken: dict[str, str] = {}
    for _ in range(count):
        path = chance.choice(small)
        data = damaged(path.read_bytes(), chance)
        try:
            container = open_container(data, size=len(data))
            reading, failed = attempt(texts_of(container), path.name)
            json.dumps(as_record(reading, container.container, path.name), default=str)
            wrong = [code for code in (*container.warnings, *failed) if code.startswith(("failed ", "reader.failed"))]
        except Exception as error:
            wrong = ["".join(traceback.format_exception(error))]
        for code in wrong:
            broken.setdefault(code, path.name)
    print(f"{count} damaged files of {len(small)}, {len(broken)} kinds of failure")
    print(*(f"  {name}: {code}" for code, name in broken.items()), sep="\n")
    return 1 if broken else 0


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A file with a few bytes changed, an end cut off, a piece moved, or two lengths made to lie."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        if not out:
            break
        at = chance.randrange(min(len(out), chance.choice((64, 512, 4_096, 1 << 30))))
        kind = chance.random()
        if kind < 0.6:
            out[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256), out[at] ^ 1 << chance.randrange(8)))
        elif kind < 0.75:
            del out[at : at + chance.choice((1, 4, 100, len(out)))]
        elif kind < 0.9:
            out[at:at] = out[at : at + chance.choice((1, 8, 200))]
        else:
            out[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
    return bytes(out)


if __name__ == "__main__":
    sys.exit(main())
