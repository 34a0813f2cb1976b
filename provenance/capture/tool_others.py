"""Fooocus (2.5), SwarmUI (0.9), InvokeAI (4 to 6): folders as their settings give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance.capture import model_kinds
from provenance.capture import tool_settings as settings
from provenance.capture.tool import FOOOCUS, INVOKEAI, SWARMUI, Environ, Tool, folders_in, tried

_FOOOCUS = (
    ("checkpoint", "path_checkpoints", "checkpoints"), ("lora", "path_loras", "loras"), ("embedding", "path_embeddings", "embeddings"),
    ("vae", "path_vae", "vae"), ("vae_approx", "path_vae_approx", "vae_approx"), ("upscaler", "path_upscale_models", "upscale_models"),
    ("inpaint", "path_inpaint", "inpaint"), ("controlnet", "path_controlnet", "controlnet"),
    ("clip_vision", "path_clip_vision", "clip_vision"),
)
_SWARM = (
    ("checkpoint", "SDModelFolder", "Stable-Diffusion"), ("lora", "SDLoraFolder", "Lora"), ("vae", "SDVAEFolder", "VAE"),
    ("embedding", "SDEmbeddingFolder", "Embeddings"), ("controlnet", "SDControlNetsFolder", "controlnet"),
    ("text_encoder", "SDClipFolder", "clip"), ("clip_vision", "SDClipVisionFolder", "clip_vision"),
)


def fooocus(base: Path, environ: Environ) -> Tool | None:
    """A folder with fooocus_version.py. config.txt (JSON) may name one folder or several per kind."""
    if not (base / "fooocus_version.py").is_file():
        return None
    notes: list[str] = []
    config: Mapping[str, Any] = tried(notes, lambda: settings.json_of(base / "config.txt")) or {}
    outputs = _listed(base, config.get("path_outputs"), environ) or [str(base / "outputs")]
    folders = [
        (kind, path)
        for kind, name, usual in _FOOOCUS
        for path in _listed(base, config.get(name), environ) or [str(base / "models" / usual)]
    ]
    return Tool(FOOOCUS, str(base), tuple(outputs), (), (), tuple(dict.fromkeys(folders)), tuple(notes))


def _listed(base: Path, value: Any, environ: Environ) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    return [settings.below(base, text, environ) for text in texts if isinstance(text, str) and text.strip()]


def swarmui(base: Path, environ: Environ) -> Tool | None:
    """A folder with src/SwarmUI.csproj or SwarmUI.sln. Data/Settings.fds may move the output and the model roots (`;` between several)."""
    if not ((base / "src" / "SwarmUI.csproj").is_file() or (base / "SwarmUI.sln").is_file()):
        return None
    notes: list[str] = []
    names = ("ModelRoot", "OutputPath", *(name for _, name, _ in _SWARM))
    said: Mapping[str, str] = tried(notes, lambda: settings.fds_values(base / "Data" / "Settings.fds", names)) or {}
    roots = [Path(settings.below(base, text, environ)) for text in _split(said.get("ModelRoot", "Models"))]
    named = [(kind, text) for kind, name, usual in _SWARM for text in _split(said.get(name, usual))]
    folders = [(kind, settings.below(root, text, environ)) for root in roots for kind, text in named]
    folders += [folder for root in roots for folder in folders_in(root)]
    output = settings.below(base, said.get("OutputPath", "Output"), environ)
    return Tool(SWARMUI, str(base), (output,), (), (), tuple(dict.fromkeys(folders)), tuple(notes))


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def invokeai(base: Path, environ: Environ) -> Tool | None:
    """A root folder: invokeai.yaml, or databases/invokeai.db. Uploads and intermediates lie among the outputs."""
    if not ((base / "invokeai.yaml").is_file() or (base / "databases" / "invokeai.db").is_file()):
        return None
    notes: list[str] = []
    said: Mapping[str, Any] = tried(notes, lambda: settings.yaml_of(base / "invokeai.yaml")) or {}
    config = dict(_flat(said))
    outputs = Path(settings.below(base, _text(config, "outputs_dir", "outdir") or "outputs", environ))
    models = settings.below(base, _text(config, "models_dir") or "models", environ)
    return Tool(INVOKEAI, str(base), (str(outputs / "images"),), (), (), ((model_kinds.ANY, models),), tuple(notes))


def _text(config: Mapping[str, Any], *names: str) -> str | None:
    return next((config[name] for name in names if isinstance(config.get(name), str) and config[name].strip()), None)


def _flat(config: Mapping[Any, Any], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """All named values; version 3 kept them in sections (InvokeAI: Paths: outdir)."""
    for name, value in config.items():
        if isinstance(value, dict) and depth < 3:
            yield from _flat(value, depth + 1)
        elif isinstance(name, str):
            yield name, value
