#!/usr/bin/env python3
"""Run me at a release: makes two small bundles with this version and keeps them, so that every later verifier is tried on them.

    python scripts/keep_release.py            into tests/bundle/released/<version>/, which must not exist
    python scripts/keep_release.py --again    make those of a version anew that is not released yet

The key is made for it and thrown away. What is kept is never changed after the release; a later version that judges it otherwise is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RELEASED = ROOT / "tests" / "bundle" / "released"


def main() -> int:
    """Make and keep them."""
    parser = argparse.ArgumentParser(description="Keep bundles of this version for ever.")
    parser.add_argument("--again", action="store_true", help="write over those of a version that is not released yet")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    version: str = importlib.import_module("provenance").__version__
    target = RELEASED / version
    if target.exists() and not options.again:
        parser.error(f"{target.relative_to(ROOT)} is there already: what was released is never changed")
    released: Any = importlib.import_module("support.released")
    verifiers: Any = importlib.import_module("support.verifiers")
    with TemporaryDirectory() as folder:
        made = released.make(Path(folder))
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        answers = {}
        for name, data in made.items():
            (target / name).write_bytes(data)
            word, codes = verifiers.package(target / name)
            answers[name] = (word, sorted(codes.elements()))
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    (target / "expected.json").write_text(released.expected(answers, digests), encoding="utf-8")
    for name, data in made.items():
        print(f"{target.relative_to(ROOT)}/{name}: {len(data) // 1024} KiB, {answers[name][0]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
