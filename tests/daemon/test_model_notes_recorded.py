"""The recorder writes down what lies beside a model when it binds a picture to it; once, and again when that changed."""

from __future__ import annotations

import json
from pathlib import Path

from support.imagefiles import png
from support.modelfiles import safetensors
from support.recording import Recording, logged, of


def graph(seed: int) -> str:
    return json.dumps({
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "tiny.safetensors"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["4", 1]}},
        "3": {"class_type": "KSampler", "inputs": {
            "seed": seed, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["4", 0], "positive": ["6", 0], "negative": ["6", 0]}},
    })


def test_what_lies_beside_a_model_is_written_down_once_and_again_when_it_changed(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "tiny.safetensors").write_bytes(safetensors({"w": b"1234"}))
    beside = models / "tiny.civitai.info"
    beside.write_text(json.dumps({"id": 7, "modelId": 5, "model": {"allowCommercialUse": ["None"], "allowNoCredit": False}}))

    def bound(live: Recording, count: int) -> None:
        (live.out / f"{count}.png").write_bytes(png({"prompt": graph(count)}, seed=count))
        live.until(lambda log: len(of(log, "models.bound")) >= count)

    with Recording(tmp_path, model_folders=(str(models),)) as live:
        bound(live, 1)
        bound(live, 2)
    (first,) = of(logged(tmp_path), "model.noted")
    assert first["sealed"]["permissions"] == {"allowCommercialUse": "None", "allowNoCredit": "false"}
    assert first["open"]["class"] == "FILE_CLAIMED" and "path" not in first["open"]
    assert first["open"]["model"] == of(logged(tmp_path), "model.seen")[0]["open"]["sha256"]
    with Recording(tmp_path, model_folders=(str(models),)) as live:
        bound(live, 3)
        beside.write_text(json.dumps({"id": 7, "modelId": 5, "model": {"allowCommercialUse": ["Image"]}}))
        bound(live, 4)
    found = of(logged(tmp_path), "model.noted")
    assert [row["sealed"]["permissions"]["allowCommercialUse"] for row in found] == ["None", "Image"]
