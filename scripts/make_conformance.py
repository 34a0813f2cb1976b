#!/usr/bin/env python3
"""Write the conformance set: bundles that every verifier must judge alike, and the right answers.

    python scripts/make_conformance.py OUT        write good/, bad/, roots/, authorities/ and expected.json into OUT, which must not exist
    python scripts/make_conformance.py --expected write tests/conformance/expected.json anew, after a change of the format

The same bytes everywhere: keys, salts and clocks are fixed, public and worthless. The bundles are not in the repository (some 4,000 small
files); their digests and answers are, in tests/conformance/expected.json, and a test makes the set and compares.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXPECTED = ROOT / "tests" / "conformance" / "expected.json"


def main() -> int:
    """Make it."""
    parser = argparse.ArgumentParser(description="Write the conformance set.")
    parser.add_argument("out", nargs="?", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--expected", action="store_true", help="write tests/conformance/expected.json anew")
    options = parser.parse_args()
    if (options.out is None) != options.expected or (options.out and options.out.exists()):
        parser.error("name a folder that does not exist, or --expected")
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    conformance: Any = importlib.import_module("support.conformance")
    made = conformance.build()
    if options.expected:
        EXPECTED.parent.mkdir(exist_ok=True)
        EXPECTED.write_text(conformance.expected(made, answers(made)), encoding="utf-8")
        return 0
    conformance.write(options.out, made)
    (options.out / "expected.json").write_bytes(EXPECTED.read_bytes())
    print(f"{len(made.cases)} bundles in {options.out}")
    return 0


def answers(made: Any) -> dict[str, Any]:
    """What the package says of each; the test compares the other verifiers with it."""
    from tempfile import TemporaryDirectory

    verifiers: Any = importlib.import_module("support.verifiers")
    with TemporaryDirectory() as folder:
        return {
            case.place: verifiers.package(
                case.write(Path(folder) / case.place), case.key or None, made.asked.roots, made.asked.authorities, case.witnesses
            )
            for case in made.cases
        }


if __name__ == "__main__":
    raise SystemExit(main())
