"""The demo's own pictures and models: small, made here, written as a generator writes them."""

from __future__ import annotations

import json
import math
import random
import struct
from pathlib import Path
from typing import Any

CHECKPOINT, LORA = "lighthouse_v1.safetensors", "ink_wash.safetensors"
SIZE = (384, 256)


def model_folders(base: Path) -> None:
    """A ComfyUI base folder with two small but valid model files (safetensors: u64 header length, JSON header, tensor bytes)."""
    for kind, name, metadata in (
        ("checkpoints", CHECKPOINT, {"modelspec.title": "Lighthouse (demo)"}),
        ("loras", LORA, {"ss_output_name": "ink_wash", "ss_base_model_version": "sd_v1"}),
    ):
        folder = base / "models" / kind
        folder.mkdir(parents=True)
        payload = random.Random(name).randbytes(64 * 1024)
        header = json.dumps(
            {"__metadata__": metadata, "w": {"dtype": "F16", "shape": [len(payload) // 2], "data_offsets": [0, len(payload)]}}
        ).encode()
        (folder / name).write_bytes(struct.pack("<Q", len(header)) + header + payload)
    (base / "output").mkdir()
    (base / "input").mkdir()


def graph(prompt: str, seed: int, lora: str | None) -> dict[str, Any]:
    """An API graph as ComfyUI 0.3 saves it under `prompt`: loader, optional LoRA, two texts, sampler, decoder, saver."""
    source = "10" if lora else "4"
    nodes: dict[str, Any] = {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": CHECKPOINT}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": SIZE[0], "height": SIZE[1], "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": prompt, "clip": [source, 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry, watermark", "clip": [source, 1]}},
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": seed,
                "steps": 20,
                "cfg": 6.5,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1.0,
                "model": [source, 0],
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
            },
        },
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "lighthouse"}},
    }
    if lora:
        nodes["10"] = {
            "class_type": "LoraLoader",
            "inputs": {"lora_name": lora, "strength_model": 0.8, "strength_clip": 0.6, "model": ["4", 0], "clip": ["4", 1]},
        }
    return nodes


def write_comfy(path: Path, prompt: str, seed: int, lora: str | None = None) -> None:
    """Straight onto the final name, as ComfyUI does."""
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", json.dumps(graph(prompt, seed, lora)))
    paint(seed, dusk="dusk" in prompt, ink=lora is not None).save(path, pnginfo=info, compress_level=4)


def touch_up(source: Path, target: Path) -> None:
    """The artist's own hand in an editor: light in the window, saved under a new name, the generator's words lost."""
    from PIL import Image, ImageDraw

    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((270, 78, 282, 92), fill=(255, 226, 130))
    fresh = target.with_name(target.name + ".tmp")
    picture.save(fresh, "PNG")
    fresh.replace(target)


def paint(seed: int, *, dusk: bool, ink: bool) -> Any:
    """A lighthouse on a cliff, drawn by arithmetic from the seed."""
    from PIL import Image, ImageDraw

    rng = random.Random(seed)
    width, height = SIZE
    picture = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(picture)
    top, low = ((46, 42, 84), (226, 130, 96)) if dusk else ((120, 170, 214), (226, 236, 240))
    for y in range(height):
        t = y / height
        draw.line((0, y, width, y), fill=tuple(round(a + (b - a) * t) for a, b in zip(top, low, strict=True)))
    for n in range(4):
        base, phase, lift = 168 + n * 22, rng.uniform(0, 6.3), rng.uniform(4, 11)
        wave = [(x, base + lift * math.sin(x / rng.uniform(26, 34) + phase)) for x in range(0, width + 8, 8)]
        draw.polygon([*wave, (width, height), (0, height)], fill=(30 + n * 6, 60 + n * 12, 92 + n * 14) if not ink else (34 + n * 16,) * 3)
    cliff = rng.randint(-10, 10)
    draw.polygon([(220 + cliff, height), (244 + cliff, 150), (310, 140), (width, 176), (width, height)], fill=(52, 46, 44))
    draw.polygon([(264, 146), (268, 84), (286, 84), (290, 146)], fill=(236, 232, 222))
    draw.rectangle((262, 72, 292, 84), fill=(150, 48, 44))
    return picture
