"""The A1111 family: stable-diffusion-webui 1.10, Forge and its forks, SD.Next. Program folder and `--data-dir`, config.json, webui-user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance.capture import tool_settings as settings
from provenance.capture.tool import A1111, FORGE, SDNEXT, Environ, Folders, Tool, folders_in, outermost, tried

_OUTPUTS = (
    "outdir_samples", "outdir_txt2img_samples", "outdir_img2img_samples", "outdir_extras_samples", "outdir_control_samples",
    "outdir_grids", "outdir_txt2img_grids", "outdir_img2img_grids", "outdir_control_grids", "outdir_save", "outdir_video",
)
_OPTIONS = (
    ("checkpoint", "ckpt-dir"), ("lora", "lora-dir"), ("lora", "lora-dirs"), ("vae", "vae-dir"), ("embedding", "embeddings-dir"),
    ("text_encoder", "text-encoder-dir"), ("hypernetwork", "hypernetwork-dir"), ("controlnet", "controlnet-dir"),
    ("lora", "lyco-dir"), ("upscaler", "esrgan-models-path"), ("upscaler", "realesrgan-models-path"), ("checkpoint", "ckpt-dirs"),
    ("vae", "vae-dirs"), ("text_encoder", "text-encoder-dirs"),
)
_CONFIG = (  # SD.Next keeps these in config.json
    ("checkpoint", "ckpt_dir"), ("diffusers", "diffusers_dir"), ("vae", "vae_dir"), ("diffusion", "unet_dir"), ("text_encoder", "te_dir"),
    ("lora", "lora_dir"), ("lora", "lyco_dir"), ("embedding", "embeddings_dir"), ("hypernetwork", "hypernetwork_dir"),
    ("controlnet", "control_dir"), ("upscaler", "esrgan_models_path"),
)


def webui(base: Path, environ: Environ) -> Tool | None:
    """A folder with webui.py and modules/; or a data folder: models/Stable-diffusion beside config.json or outputs."""
    program = (base / "webui.py").is_file() and (base / "modules").is_dir()
    models = base / "models" / "Stable-diffusion"
    if not program and not (models.is_dir() and ((base / "config.json").is_file() or (base / "outputs").is_dir())):
        return None
    notes: list[str] = []
    users = [base / name for name in ("webui-user.sh", "webui-user.bat", "webui.settings.bat")]
    options: Mapping[str, str] = tried(notes, lambda: settings.launch_options(users, environ)) or {}
    data = Path(settings.below(base, options["data-dir"], environ)) if options.get("data-dir") else base
    config: Mapping[str, Any] = tried(notes, lambda: settings.json_of(data / "config.json")) or {}
    return Tool(
        _kind(base),
        str(base),
        outermost(_outputs(base, data, config, environ)),
        tuple(_named(base, config, ("outdir_init_images",), environ)),
        (),
        tuple(dict.fromkeys(_models(base, data, options, config, environ, notes))),
        tuple(notes),
    )


def _kind(base: Path) -> str:
    if (base / "installer.py").is_file():
        return SDNEXT
    return FORGE if (base / "modules_forge").is_dir() else A1111


def _named(base: Path, config: Mapping[str, Any], names: tuple[str, ...], environ: Environ) -> Iterator[str]:
    for name in names:
        value = config.get(name)
        if isinstance(value, str) and value.strip():
            yield settings.below(base, value, environ)


def _outputs(base: Path, data: Path, config: Mapping[str, Any], environ: Environ) -> Iterator[str]:
    yield str(data / "outputs")
    if (data / "output").is_dir():  # Forge Neo
        yield str(data / "output")
    if _kind(base) != SDNEXT:
        yield str(data / "log" / "images")  # what the person saved with the Save button
    yield from _named(base, config, _OUTPUTS, environ)


def _models(
    base: Path, data: Path, options: Mapping[str, str], config: Mapping[str, Any], environ: Environ, notes: list[str]
) -> Iterator[tuple[str, str]]:
    for kind, option in _OPTIONS:
        if options.get(option):
            yield kind, settings.below(base, options[option], environ)
    for kind, name in _CONFIG:
        yield from ((kind, path) for path in _named(base, config, (name,), environ))
    moved = [options.get("models-dir"), config.get("models_dir")]
    roots = [Path(settings.below(base, text, environ)) for text in moved if isinstance(text, str) and text.strip()]
    for models in dict.fromkeys((*roots, data / "models", base / "models")):
        yield from folders_in(models)
    for folder in dict.fromkeys((data, base)):
        yield from _beside(folder)
    if options.get("forge-ref-a1111-home"):
        other = Path(settings.below(base, options["forge-ref-a1111-home"], environ))
        yield from (*folders_in(other / "models"), *_beside(other))
    if options.get("forge-ref-comfy-home"):
        yield from folders_in(Path(settings.below(base, options["forge-ref-comfy-home"], environ)) / "models")
    if options.get("forge-ref-comfy-yaml"):
        named = Path(settings.below(base, options["forge-ref-comfy-yaml"], environ))
        for folders in tried(notes, lambda: settings.extra_model_paths(named, environ)) or ():
            yield from folders


def _beside(folder: Path) -> Folders:
    """Model folders outside `models`."""
    return (
        ("embedding", str(folder / "embeddings")),
        ("controlnet", str(folder / "extensions" / "sd-webui-controlnet" / "models")),
    )
