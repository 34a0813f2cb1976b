"""A work of many runs, written down quickly: real PNGs of a generator, read as the recorder reads them, many facts in one commit."""

from __future__ import annotations

import json
from collections.abc import Callable

from support.evening import Evening, txt2img
from support.imagefiles import png

from provenance import facts, readers
from provenance.capture.collect import collect
from provenance.capture.intake import LIVE, blobs_of, decide, texts_of
from provenance.daemon.describing import describe

WORK = "b16b00b5cafe0001"
WORDS = ("harbour", "dusk", "cranes", "fog", "lantern", "gull", "rope", "tide", "steel", "rain", "moss", "brick", "copper", "sail")
BATCH = 50


def words(number: int) -> str:
    """The prompt of a run: a word changes at every fifth, so that most differ from the run before by the seed alone."""
    turn = number // 5
    return "a painting of a " + ", ".join(WORDS[(turn * (n + 3) + n) % len(WORDS)] for n in range(6))


def fill(one: Evening, count: int, prompt: Callable[[int], str] = words, *, title: str = "Harbour", size: int = 64) -> tuple[str, ...]:
    """Record a work of `count` runs, a third of them chosen, a tenth rejected with a reason; the pictures' hashes in order.

    Args:
        prompt: of a run by its number from 0. size: pixels of a side.
    """
    one.say(facts.WorkNamed(work=WORK, name=title), facts.IdeaStated(text="a harbour that nobody leaves", work=WORK))
    shas: list[str] = []
    for first in range(0, count, BATCH):
        told: list[facts.Fact] = []
        one.at(60.0 + 20 * first)
        fresh = []
        for number in range(first, min(first + BATCH, count)):
            path = one.out / f"run_{number:05}.png"
            path.write_bytes(_picture(number, prompt(number), size))
            specimen, _ = collect(str(path))
            reading, problems = readers.attempt(texts_of(specimen.container), path.name)
            one.house.keep([carrier.raw for carrier in blobs_of(specimen.container)])
            fact = decide(specimen, reading, problems, found=LIVE, seen_at="2026-11-22T20:00:00.000000Z", before=None, twin=None)
            described = describe(path.read_bytes(), specimen.sha256)
            assert fact is not None and described is not None
            one.house.keep([described[1]])
            told += [fact, described[0]]
            fresh.append(specimen.sha256)
        told.append(facts.WorkFiled(work=WORK, pictures=tuple(fresh)))
        told += [facts.DecisionMade(decision="rejected", pictures=(sha,), why=f"too {WORDS[n % 14]}") for n, sha in enumerate(fresh[::10])]
        told += [facts.NoteAdded(about=(fresh[-1],), work=WORK, text=f"the {WORDS[first // BATCH % 14]} is what I look for")]
        one.house.ledger.append(told)
        shas += fresh
    one.say(facts.DecisionMade(decision="chosen", pictures=(shas[-1],), why="the light falls as I meant it"))
    return tuple(shas)


def _picture(number: int, prompt: str, size: int) -> bytes:
    graph = txt2img(number, prompt)
    canvas = {"nodes": [{"id": n, "type": "Note", "pos": [n, n], "widgets_values": [prompt]} for n in range(8)], "seed": str(number)}
    return png({"prompt": json.dumps(graph), "workflow": json.dumps(canvas)}, size=(size, size), seed=number)
