"""Made-up files of sites and plug-ins: what Stability Matrix, TensorArt, Civitai and krita-ai-diffusion put beside a graph or alone."""

from __future__ import annotations

import json
from typing import Any

from reader_builders import base, node

from provenance.readers.reading import Texts

INFOTEXT = (
    "a paper boat, #note\r\n<lora:ink:0.7>\nNegative prompt: blurry\r\n\nSteps: 20, Sampler: Euler Ancestral Karras, CFG scale: 5, "
    "Seed: 963, Size: 768x1152, Model hash: A5F5, Model: paper.safetensors"
)
FIELDS: dict[str, Any] = {
    "PositivePrompt": "a paper boat, #note\r\n<lora:ink:0.7>",
    "NegativePrompt": "blurry\r\n",
    "Steps": 20,
    "Sampler": "Euler Ancestral Karras",
    "CfgScale": 5,
    "Seed": 963,
    "Height": 1152,
    "Width": 768,
    "ModelHash": "A5F5",
    "ModelName": "paper.safetensors",
    "FrameCount": 0,
    "Lossless": False,
    "Fps": 12,
}
PROJECT: dict[str, Any] = {
    "Version": 2,
    "ProjectType": "TextToImage",
    "State": {
        "Modules": {"$values": [{"IsEnabled": True, "$type": "UpscalerModule"}, {"IsEnabled": False, "$type": "HiresFixModule"}]},
        "Model": {"SelectedModelName": "paper.safetensors", "ClipSkip": 2, "IsClipSkipEnabled": True},
        "Sampler": {
            "Steps": 20,
            "CfgScale": 5,
            "Width": 512,
            "Height": 768,
            "SelectedSampler": {"Name": "euler_ancestral"},
            "SelectedScheduler": {"Name": "karras"},
        },
        "Prompt": {"Prompt": "a typed boat", "NegativePrompt": ""},
        "Seed": {"Seed": "963", "IsRandomizeEnabled": False},
    },
}


def graph(prompt: str = "a paper boat, \r\n", negative: str = "blurry\r\n", **sampler: Any) -> dict[str, Any]:
    """The graph that a site ran."""
    numbers = {"seed": 963, "steps": 20, "cfg": 5.0, "sampler_name": "euler_ancestral", "scheduler": "karras"} | sampler
    made = base(n6=node("CLIPTextEncode", text=prompt, clip=("4", 1)), n7=node("CLIPTextEncode", text=negative, clip=("4", 1)))
    made["3"]["inputs"].update(numbers)
    return made


def stability_matrix(**only: Any) -> Texts:
    """`parameters`, `parameters_json`, `smproj`, `prompt` as given; all four by default."""
    given = only or {"prompt": graph(), "parameters": INFOTEXT, "parameters_json": FIELDS, "smproj": PROJECT}
    return tuple(
        (f"tEXt:{key.replace('_', '-')}", value if isinstance(value, str) else json.dumps(value)) for key, value in given.items()
    )


def generation_data(**changes: Any) -> str:
    """TensorArt's JSON, with the NUL it writes after it."""
    data = {
        "prompt": "a paper boat",
        "negativePrompt": "blurry, ",
        "width": 512,
        "height": 768,
        "imageCount": 1,
        "steps": 20,
        "cfgScale": 5,
        "seed": "-1",
        "clipSkip": 2,
        "baseModel": {"label": "v2", "type": "BASE_MODEL", "modelFileName": "Paper-XL", "hash": "AB12"},
        "models": [{"label": "ink", "type": "LORA", "modelFileName": "Ink", "weight": 0.8, "hash": "CD34"}],
        "ksamplerName": "euler_ancestral",
        "schedule": "karras",
    }
    return json.dumps(data | changes, ensure_ascii=False) + "\0"


def krita_job(number: int, *, used: bool = False, **metadata: Any) -> dict[str, Any]:
    """One entry of the history as persistence.py writes it (1.26 and later)."""
    made = {
        "prompt": f"a boat, {{red|blue}} {number}",
        "prompt_eval": f"a boat, red {number}",
        "prompt_final": f"a boat, red {number}, ink style",
        "negative_prompt": "blurry",
        "negative_prompt_final": "blurry",
        "style": "ink.json",
        "checkpoint": "paper.safetensors",
        "sampler": "Default - DPM++ 2M",
        "steps": 20,
        "guidance": 7.0,
        "strength": 0.6,
        "loras": [{"name": "ink.safetensors", "weight": 0.7}],
    }
    params = {
        "bounds": [0, 64, 512, 768],
        "name": "a boat",
        "regions": [],
        "metadata": made | metadata,
        "seed": 4294967295 - number,
        "has_mask": True,
        "frame": [0, 0, 0],
    }
    in_use = {"0": False, "1": True} if used else {}
    return {"id": f"job-{number}", "slot": number, "offsets": [0, 5000], "params": params, "kind": "diffusion", "in_use": in_use}


def krita_document(*jobs: dict[str, Any], name: str = "annotations/ai_diffusion/ui.json", **more: Any) -> Texts:
    """Carriers of a .kra with the plug-in's state."""
    state = {"version": 1, "workspace": 0, "root": {"positive": "", "negative": ""}, "regions": [], "control": [], "history": list(jobs)}
    return (
        ("kra:mimetype", "application/x-krita"),
        ("kra:maindoc.xml", "<DOC/>"),
        (f"kra:my v1.2/{name}", json.dumps(state | more, indent=2)),
    )
