"""A work whose every sealed value is a word that stands nowhere else."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.evening import Evening, txt2img
from support.imagefiles import png

from provenance import facts

WORK = "00" * 7 + "0a"


class Canaries:
    """words: (entry, field) -> the word in it, filled as the work is written down."""

    def __init__(self, folder: Path) -> None:
        self.evening = Evening(folder)
        self.count = 0
        self.words: dict[tuple[int, str], list[str]] = {}
        self.house = self.evening.house

    def word(self) -> str:
        self.count += 1
        return f"zqx{self.count:03d}{hashlib.sha256(str(self.count).encode()).hexdigest()[:6]}k"

    def fill(self, kind: type[facts.Fact], **opened: Any) -> int:
        """A fact of this kind whose sealed fields each hold a word of their own, beside the values given."""
        made = {
            f.name: SHAPES.get(f.name, lambda word: word)(self.word())
            for f in dataclasses.fields(kind)
            if f.metadata.get("sealed") and f.name not in opened
        }
        seq = self.evening.say(kind(**made, **opened))
        record = self.house.ledger.record(seq)
        for name in made:
            self.words[seq, name] = sorted(set(re.findall("zqx[0-9a-f]{9}k", json.dumps(record.values[name]))))
        return seq

    def of(self, names: frozenset[str]) -> list[str]:
        return [word for (_, name), words in self.words.items() if name in names for word in words]


SHAPES: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("prompts", "negative_prompts", "seeds", "steps", "cfgs", "samplers", "schedulers", "denoises", "sizes", "problems",
                     "also_claimed", "roots"), lambda word: (word,)),
    "carriers": lambda word: ({"name": word, "sha256": "ab" * 32, "size": "9"},),
    **dict.fromkeys(("models", "loras", "controls"), lambda word: ({"name": word, "weight": "1"},)),
    "passes": lambda word: ({"sampler": word, "steps": "7"},),
    "inputs": lambda word: ({"name": word, "role": "img2img"},),
    "texts": lambda word: ({"role": "positive", "text": word, "origin": "TYPED", "where": "6"},),
    "parts": lambda word: ({"text": word},),
    "edits": lambda word: ({"name": word, "action": word},),
    "attestations": lambda word: ({"name": word, "state": "absent"},),
    **dict.fromkeys(("hashes", "rest", "aigc", "c2pa", "header"), lambda word: {"model": word}),
    "turns": lambda word: ({"role": "user", "text": word},),
    "layers": lambda word: ({"name": word, "kind": "paint", "depth": 0, "visible": True},),
    "candidates": lambda word: ({"job": word, "number": 0, "in_use": False},),
    "dates": lambda word: ({"date": "2026-01-02", "said": word},),
    "path": lambda word: f"/home/{word}u/out/{word}.png",
    "file": lambda word: f"{word}.txt",
}  # fmt: skip


def make(folder: Path) -> tuple[Canaries, list[str]]:
    """The work, and the SHA-256 of its three pictures: chosen, rejected, and one without any metadata."""
    one = Canaries(folder)
    stamp = "2026-11-22T20:00:00.000000Z"
    shas = []
    for number, texts in enumerate(({"parameters": "a word"}, {"prompt": json.dumps(txt2img(1))}, {})):
        data = png(dict(texts), seed=number)
        sha = hashlib.sha256(data).hexdigest()
        one.house.blobs.put_original(data, sha)
        shas.append(sha)
        claims = {} if number < 2 else {
            f.name: None for f in dataclasses.fields(facts.FileCaptured) if f.metadata.get("claimed")
        }  # fmt: skip
        one.fill(
            facts.FileCaptured, sha256=sha, size=len(data), media_type="image/png", container="png",
            parsed="read" if number < 2 else "plain", mtime=stamp, seen_at=stamp, width=64, height=64, **claims,
        )  # fmt: skip
    talk = b'[{"role":"user"}]'
    one.house.keep([talk])
    kept = hashlib.sha256(talk).hexdigest()
    one.fill(facts.WorkNamed, work=WORK)
    one.fill(facts.PersonNamed, person="00" * 8, relation="own work")
    one.fill(facts.IdeaStated, work=WORK)
    one.fill(facts.NoteAdded, work=WORK, way="typed")
    one.fill(facts.ConversationStated, sha256=kept, size=len(talk), kept=kept, form="json", count=1, turns_of_people=1, work=WORK)
    one.fill(facts.InputDeclared, sha256=shas[2], size=3, media_type="image/png", rights="mine", work=WORK)
    one.fill(facts.ModelSeen, sha256="cd" * 32, size=9, model_kind="checkpoint", autov2="cdcdcdcdcd", mtime=stamp)
    one.evening.say(facts.WorkFiled(work=WORK, pictures=tuple(shas)))
    one.fill(facts.DecisionMade, decision="chosen", pictures=(shas[0],))
    one.fill(facts.DecisionMade, decision="rejected", pictures=(shas[1],))
    one.fill(facts.LinkStated, parent=shas[2], child=shas[0], how="img2img")
    return one, shas
