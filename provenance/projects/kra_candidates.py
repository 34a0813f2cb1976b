"""What krita-ai-diffusion keeps in a Krita document: the pictures that it offered, and which of them the person put to use.

Annotation `ai_diffusion/ui.json`, `history`: each job with `slot`, `offsets` and `in_use` (`{"0": true}`); `ai_diffusion/result<slot>.webp`
holds the job's pictures one behind the other, each beginning at its offset (persistence.py, versions 1.14 to 1.40).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from provenance.pixels import digest
from provenance.projects import raster
from provenance.projects.bounds import MOST_TEXT, Budget, Spent
from provenance.projects.zips import Archive

MOST_JOBS, MOST_PICTURES = 500, 2_000
_STATE = ("annotations/ai_diffusion/ui.json", "annotations/ai_diffusion/ui")
MOST_BLOB = 64 * 1024 * 1024


@dataclass(frozen=True)
class Candidate:
    """One picture that was offered. job: as the plug-in names it. number: within the job, from 0. in_use: as the plug-in wrote it.
    width, height, pixels: of the kept copy, which the plug-in may have packed with loss; None where it could not be decoded."""

    job: str
    number: int
    in_use: bool
    width: int | None = None
    height: int | None = None
    pixels: str | None = None


def read(archive: Archive, budget: Budget) -> tuple[Candidate, ...]:
    """Every picture of the history, in its order; empty without the plug-in."""
    place = next((name for name in archive.names if name.endswith(_STATE)), None)
    if place is None:
        return ()
    try:
        state = json.loads(archive.get(place, MOST_TEXT) or b"")
    except (ValueError, RecursionError):
        budget.tell("ai_diffusion")
        return ()
    history = state.get("history") if isinstance(state, dict) else None
    folder, found = place.rpartition("/")[0], list[Candidate]()
    for job in history[:MOST_JOBS] if isinstance(history, list) else ():
        if isinstance(job, Mapping):
            found.extend(_job(job, folder, archive, budget))
    return tuple(found[:MOST_PICTURES])


def _job(job: Mapping[str, Any], folder: str, archive: Archive, budget: Budget) -> Iterator[Candidate]:
    offsets, slot, used = job.get("offsets"), job.get("slot"), job.get("in_use")
    if not isinstance(offsets, list) or not all(isinstance(one, int) and one >= 0 for one in offsets) or not isinstance(slot, int):
        return
    name = f"{folder}/result{slot}"
    blob = archive.get(f"{name}.webp", MOST_BLOB) or archive.get(name, MOST_BLOB) or b""
    chosen = {key for key, value in used.items() if value is True} if isinstance(used, Mapping) else set()
    for number, (start, end) in enumerate(pairwise([*offsets[:MOST_PICTURES], len(blob)])):
        one = Candidate(str(job.get("id", ""))[:100], number, str(number) in chosen)
        try:
            samples = raster.decoded(blob[start:end], budget)
        except Spent:
            yield one
        else:
            height, width = samples.shape[:2]
            yield Candidate(one.job, number, one.in_use, width, height, digest.pixels(raster.picture_of(samples)))
