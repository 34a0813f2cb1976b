"""ComfyUI: a checkout, the Windows portable, or a base folder (`--base-directory`, the Desktop app). Layout: ComfyUI 0.3.64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from provenance.capture import tool_settings as settings
from provenance.capture.tool import COMFYUI, Environ, Folders, Tool, folders_in, tried

_FIRST = ("text_encoders", "clip", "unet", "diffusion_models", "controlnet", "t2i_adapter")  # the order of folder_paths.py
_SAVED = (("checkpoint", "checkpoints"), ("text_encoder", "clip"), ("vae", "vae"), ("diffusion", "diffusion_models"), ("lora", "loras"))


def comfyui(base: Path, environ: Environ) -> Tool | None:
    """A folder with ComfyUI's program, or one that holds models/checkpoints beside output or input."""
    program = (base / "main.py").is_file() and ((base / "comfy").is_dir() or (base / "folder_paths.py").is_file())
    data = (base / "models" / "checkpoints").is_dir() and ((base / "output").is_dir() or (base / "input").is_dir())
    if not program and not data:
        return None
    notes: list[str] = []
    first: Folders = ()
    after: Folders = ()
    for path in (_own_paths(base), *desktop_paths(base, environ)):
        extra = tried(notes, partial(settings.extra_model_paths, path, environ))
        if extra is not None:
            first, after = (*extra[0], *first), (*after, *extra[1])
    saved = tuple((kind, str(base / "output" / name)) for kind, name in _SAVED)
    folders = dict.fromkeys((*first, *folders_in(base / "models", _FIRST), *after, *saved))
    return Tool(
        COMFYUI, str(base), (str(base / "output"),), (str(base / "input"),), (str(base / "temp"),), tuple(folders), tuple(notes)
    )


def _own_paths(base: Path) -> Path:
    """The file that ComfyUI reads beside main.py: newer versions ignore the old name where the new one is."""
    new = base / "extra_paths.yaml"
    return new if new.is_file() else base / "extra_model_paths.yaml"


def desktop_paths(base: Path | None, environ: Environ) -> Iterator[Path]:
    """The Desktop app's extra_models_config.yaml, if it names `base` (any, where None) as its base folder."""
    for path in _desktop_files(environ):
        named = desktop_base(path, environ)
        if named is not None and (base is None or base == named):
            yield path


def desktop_base(path: Path, environ: Environ) -> Path | None:
    """The base folder that a Desktop app's settings name."""
    said: Mapping[str, Any] = tried([], lambda: settings.yaml_of(path)) or {}
    section = said.get("comfyui")
    text = section.get("base_path") if isinstance(section, dict) else None
    return Path(settings.below(path.parent, text, environ)) if isinstance(text, str) else None


def _desktop_files(environ: Environ) -> Iterator[Path]:
    """Electron's user data folder on Windows, macOS and Linux."""
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    folders = [environ.get("APPDATA"), environ.get("XDG_CONFIG_HOME")]
    if home:
        folders += [f"{home}/Library/Application Support", f"{home}/.config"]
    for folder in dict.fromkeys(filter(None, folders)):
        yield Path(folder, "ComfyUI", "extra_models_config.yaml")
