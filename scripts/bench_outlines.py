"""Run me when pixels/visible.py changes: how often a person's input is found again in a picture made with it, and how often in one that
was not. Writes provenance/data/outlines.json with --write.

    .venv/bin/python scripts/bench_outlines.py --pairs 200
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import picture_kit as kit

from provenance import clock
from provenance.pixels.visible import METHOD, visible

OUT = Path(__file__).resolve().parents[1] / "provenance" / "data" / "outlines.json"
CLOSE = 0.004  # how far shapes move between the input and what is made with it, as a share of the width


def sketch(prompt: int) -> kit.Pixels:
    """A line drawing of the prompt's layout: dark lines on white."""
    picture = kit.picture(prompt, 9, jitter=CLOSE)
    soft = cv2.medianBlur(cv2.bilateralFilter(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 9, 60, 9), 9)
    lines = cv2.dilate(cv2.Canny(soft, 30, 80), np.ones((2, 2), np.uint8))
    paper = np.full(picture.shape, 250, np.uint8)
    paper[lines > 0] = 40
    return paper


def trial(number: int) -> dict[str, str]:
    """One picture, two inputs of its own layout, and two of another's; `recurs`, `chance` or why nothing is said."""
    output = kit.picture(number, 1, jitter=CLOSE)
    inputs = {
        "own sketch": sketch(number), "own photograph": kit.picture(number, 5, jitter=CLOSE),
        "other sketch": sketch(number + 100_000), "other photograph": kit.picture(number + 100_000, 5),
    }  # fmt: skip
    told = {}
    for name, one in inputs.items():
        found = visible(one, output)
        told[name] = found if isinstance(found, str) else "recurs" if found.recurs else "chance"
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    counts: dict[str, Counter[str]] = {}
    began = time.process_time()
    for number in range(asked.pairs):
        for name, outcome in trial(number).items():
            counts.setdefault(name, Counter())[outcome] += 1
    for name, count in counts.items():
        print(f"{name:18}", dict(count))
    print(f"{(time.process_time() - began) / asked.pairs / 4 * 1000:.0f} ms CPU a comparison, making the pictures included")
    told = {side: [counts[f"{side} {kind}"] for kind in ("sketch", "photograph")] for side in ("own", "other")}
    table = {
        "id": f"{METHOD} {clock.stamp(clock.system().wall)[:10]}", "method": METHOD, "pairs": 2 * asked.pairs, "unrelated": 2 * asked.pairs,
        "found": sum(one["recurs"] for one in told["own"]), "wrong": sum(one["recurs"] for one in told["other"]),
    }  # fmt: skip
    print(json.dumps(table))
    if asked.write:
        OUT.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
