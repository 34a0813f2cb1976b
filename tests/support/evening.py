"""An evening at the generator without a recorder: files are read as it would, and written down at times that the test says."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from support.imagefiles import png

from provenance import facts, readers
from provenance.capture.collect import collect
from provenance.capture.intake import LIVE, blobs_of, decide, texts_of
from provenance.clock import Moment
from provenance.config import Config, Home
from provenance.daemon.house import House, create

START = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


class Evening:
    """A home whose clock stands where `at` puts it (seconds from 2026-11-22T20:00:00Z)."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.out = folder / "out"
        self.out.mkdir()
        self._now = 0.0
        self._known: dict[str, int] = {}
        self.house: House = create(Home(folder / "home"), Config(roots=(str(self.out),), **settings), self._clock)

    def __enter__(self) -> Evening:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.house.close()

    def _clock(self) -> Moment:
        ms = int(self._now * 1000)
        return Moment(START + timedelta(seconds=self._now), 1_000_000 + ms, 1_000_000 + ms, "b0075eed")

    def at(self, seconds: float) -> Evening:
        """Put the clock; returns itself, so that what happens then can be written behind it."""
        self._now = seconds
        return self

    def save(self, name: str, data: bytes, found: str = LIVE) -> int:
        """A tool saves a file; returns the number of the entry."""
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        when = (START + timedelta(seconds=self._now)).timestamp()
        os.utime(path, (when, when))
        specimen, _ = collect(str(path))
        reading, problems = readers.attempt(texts_of(specimen.container), path.name)
        self.house.keep([carrier.raw for carrier in blobs_of(specimen.container)])
        twin = self._known.get(specimen.sha256)
        fact = decide(specimen, reading, problems, found=found, seen_at=self._clock().stamp, before=None, twin=twin)
        assert fact is not None
        (entry,) = self.house.tell(fact)
        self._known.setdefault(specimen.sha256, entry.seq)
        return entry.seq

    def say(self, *said: facts.Fact) -> int:
        """Something else is written down; returns the number of the first entry."""
        return self.house.tell(*said)[0].seq

    def webui(self, name: str, prompt: str, settings: str, negative: str = "", salt: int = 0) -> int:
        """A webui saves a PNG with its infotext. salt: other pixels."""
        words = f"{prompt}\n" + (f"Negative prompt: {negative}\n" if negative else "") + settings
        return self.save(name, png({"parameters": words}, seed=salt))

    def comfy(self, name: str, graph: Mapping[str, Any], canvas: Mapping[str, Any] | None = None, salt: int = 0) -> int:
        """ComfyUI saves a PNG with the graph that ran and its canvas."""
        texts = {"prompt": json.dumps(graph)} | ({"workflow": json.dumps(canvas)} if canvas is not None else {})
        return self.save(name, png(texts, seed=salt))


def node(cls: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    """A node of an API graph; a wire is written as (id, slot)."""
    found: dict[str, Any] = {"class_type": cls, "inputs": {k: list(v) if isinstance(v, tuple) else v for k, v in inputs.items()}}
    return found | ({"_meta": {"title": title}} if title else {})


def txt2img(
    seed: int = 1, prompt: str = "a red fox", negative: str = "", loras: Sequence[tuple[str, float]] = (), **more: Any
) -> dict[str, Any]:
    """The usual graph from text to picture, with LoRAs in a chain; more: values of its sampler."""
    graph = {"1": node("CheckpointLoaderSimple", ckpt_name="tiny.safetensors")}
    last = "1"
    for n, (name, weight) in enumerate(loras):
        graph[str(20 + n)] = node(
            "LoraLoader", lora_name=name, strength_model=weight, strength_clip=weight, model=(last, 0), clip=(last, 1)
        )
        last = str(20 + n)
    sampler: dict[str, Any] = {"steps": 20, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0} | more
    return graph | {
        "2": node("CLIPTextEncode", text=prompt, clip=(last, 1)),
        "3": node("CLIPTextEncode", text=negative, clip=(last, 1)),
        "4": node("EmptyLatentImage", width=512, height=512, batch_size=1),
        "5": node("KSampler", seed=seed, model=(last, 0), positive=("2", 0), negative=("3", 0), latent_image=("4", 0), **sampler),
        "6": node("VAEDecode", samples=("5", 0), vae=("1", 2)),
        "7": node("SaveImage", images=("6", 0), filename_prefix="ComfyUI"),
    }
