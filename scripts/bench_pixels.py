"""What describing a picture costs beside Pillow's bare decode of the same file: a ratio of CPU seconds, both in one run.

Usage: python scripts/bench_pixels.py [--rounds 15] [--side 1024]. The aim is 75/55 = 1.36: at least 55 pictures a second on a core
where decoding alone allows 75. Made pictures, nothing is downloaded; variants interleaved, the order turned each round, best and
median of all rounds.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

AIM = 75 / 55


def made(side: int, seed: int, rough: float) -> bytes:
    """A PNG with layered noise; `rough` 0 to 1: how much of it lies in the single pixels, which is what makes a PNG large and slow."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(seed)
    out = np.zeros((side, side, 3), np.float32)
    for cells in (4, 16, 64, 256):
        small = rng.standard_normal((cells, cells, 3), dtype=np.float32)
        out += cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC) * 40 * (4 / cells) ** 0.4
    out += rng.standard_normal((side, side, 3), dtype=np.float32) * 6 * rough
    file = io.BytesIO()
    Image.fromarray(np.clip(out + 128, 0, 255).astype(np.uint8)).save(file, "PNG", compress_level=4)
    return file.getvalue()


def bare(data: bytes) -> None:
    """Pillow's own decode, and nothing else."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()


def spent(run: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    begun = time.process_time()
    run()
    return time.process_time() - begun


def ratios(files: Sequence[bytes], rounds: int) -> tuple[list[float], list[float]]:
    """CPU seconds of each round for all files: decoding alone, and describing."""
    import cv2

    from provenance.pixels.describe import describe

    cv2.setNumThreads(1)
    variants: list[tuple[int, Callable[[bytes], object]]] = [(0, bare), (1, describe)]
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for which, run in variants if number % 2 else variants[::-1]:
            took = spent(lambda run=run: [run(data) for data in files])  # type: ignore[misc]
            if number:  # the first round warms up
                found[which].append(took / len(files))
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--side", type=int, default=1024)
    given = options.parse_args()
    met = True
    for name, rough in (("smooth", 0.35), ("rough", 1.0)):
        files = [made(given.side, seed, rough) for seed in range(4)]
        decode, whole = ratios(files, given.rounds)
        # each round's ratio is of the same moment, on a machine that others use, too; the best rounds of both may be of different ones
        ratio, middle = min(whole) / min(decode), statistics.median(b / a for a, b in zip(decode, whole, strict=True))
        met = met and middle <= AIM
        size = sum(map(len, files)) // len(files)
        print(
            f"{name:8} {size:>9,} bytes  decode {min(decode) * 1000:6.2f} ms  describe {min(whole) * 1000:6.2f} ms  "
            f"ratio {middle:.3f} (of the best rounds {ratio:.3f}; aim <= {AIM:.2f})"
            f"  {1 / min(whole):.0f} of {1 / min(decode):.0f} pictures/s"
        )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
