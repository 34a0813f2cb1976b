"""Made-up ComfyUI canvases."""

from __future__ import annotations

from typing import Any


def box(number: int, kind: str, values: Any = None, inputs: tuple[tuple[str, str, int | None], ...] = (), **more: Any) -> dict[str, Any]:
    """One node of a canvas; inputs: (name, type, link)."""
    sockets = [{"name": name, "type": sort, "link": link} for name, sort, link in inputs]
    return {"id": number, "type": kind, "mode": 0, "inputs": sockets, "widgets_values": values} | more


def canvas(*extra: dict[str, Any], seed: int = 11, text: str = "a paper boat", **more: Any) -> dict[str, Any]:
    """A canvas of the plain graph, with a bypassed LoRA between loader and sampler."""
    nodes = [
        box(4, "CheckpointLoaderSimple", ["paper.safetensors"]),
        box(
            10,
            "LoraLoader",
            ["ink.safetensors", 1, 1],
            (("model", "MODEL", 1), ("clip", "CLIP", 2)),
            mode=4,
            outputs=[{"type": "MODEL"}, {"type": "CLIP"}],
        ),
        box(6, "CLIPTextEncode", [text], (("clip", "CLIP", 3),), title="the boat"),
        box(7, "CLIPTextEncode", ["blurry"], (("clip", "CLIP", 3),)),
        box(5, "EmptyLatentImage", [512, 768, 1]),
        box(
            3,
            "KSampler",
            [seed, "randomize", 20, 7, "euler", "karras", 1],
            (("model", "MODEL", 4), ("positive", "CONDITIONING", 5), ("negative", "CONDITIONING", 6), ("latent_image", "LATENT", 7)),
        ),
        box(8, "VAEDecode", None, (("samples", "LATENT", 8), ("vae", "VAE", 9))),
        box(9, "SaveImage", ["ComfyUI"], (("images", "IMAGE", 10),)),
        *extra,
    ]
    links = [
        [1, 4, 0, 10, 0, "MODEL"],
        [2, 4, 1, 10, 1, "CLIP"],
        [3, 10, 1, 6, 0, "CLIP"],
        [4, 10, 0, 3, 0, "MODEL"],
        [5, 6, 0, 3, 1, "CONDITIONING"],
        [6, 7, 0, 3, 2, "CONDITIONING"],
        [7, 5, 0, 3, 3, "LATENT"],
        [8, 3, 0, 8, 0, "LATENT"],
        [9, 4, 2, 8, 1, "VAE"],
        [10, 8, 0, 9, 0, "IMAGE"],
    ]
    return {"nodes": nodes, "links": links} | more
