"""What kind of model lies in a folder of which name, in any tool; and in which kinds of folder a model of a kind is looked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ANY = "any"

_FOLDERS: Mapping[str, str] = MappingProxyType({
    "checkpoints": "checkpoint", "stable-diffusion": "checkpoint", "stablediffusion": "checkpoint",
    "diffusion_models": "diffusion", "diffusionmodels": "diffusion", "diffusion-models": "diffusion", "unet": "diffusion",
    "unet_gguf": "diffusion", "diffusers": "diffusers", "svd": "checkpoint",
    "loras": "lora", "lora": "lora", "lycoris": "lora",
    "vae": "vae", "vae_approx": "vae_approx", "vae-approx": "vae_approx", "approxvae": "vae_approx",
    "text_encoders": "text_encoder", "text_encoder": "text_encoder", "text-encoder": "text_encoder", "textencoders": "text_encoder",
    "clip": "text_encoder", "clip_gguf": "text_encoder", "te": "text_encoder",
    "embeddings": "embedding", "embedding": "embedding", "textualinversion": "embedding",
    "hypernetworks": "hypernetwork", "hypernetwork": "hypernetwork",
    "controlnet": "controlnet", "controlnets": "controlnet", "control": "controlnet",
    "t2i_adapter": "controlnet", "t2iadapter": "controlnet",
    "controlnetpreprocessor": "annotator", "ipadapter": "ipadapter", "ip_adapter": "ipadapter", "ipadapters15": "ipadapter",
    "ipadaptersxl": "ipadapter",
    "upscale_models": "upscaler", "latent_upscale_models": "upscaler", "esrgan": "upscaler", "realesrgan": "upscaler", "swinir": "upscaler",
    "bsrgan": "upscaler", "dat": "upscaler", "hat": "upscaler", "scunet": "upscaler", "ldsr": "upscaler",
    "gfpgan": "face_restorer", "codeformer": "face_restorer", "facerestore_models": "face_restorer",
    "clip_vision": "clip_vision", "clipvision": "clip_vision", "style_models": "style_model", "stylemodels": "style_model",
    "gligen": "gligen", "photomaker": "photomaker", "model_patches": "model_patch", "modelpatches": "model_patch",
    "audio_encoders": "audio_encoder", "audioencoders": "audio_encoder", "ultralytics": "detector", "adetailer": "detector",
    "afterdetailer": "detector", "animatediff_models": "motion", "animatediff": "motion", "sams": "segmenter", "sam": "segmenter",
})

_SEARCHED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "checkpoint": ("checkpoint", "diffusion", "diffusers"), "diffusion": ("diffusion", "checkpoint", "diffusers"),
    "vae": ("vae", "vae_approx"), "module": ("vae", "text_encoder"), "controlnet": ("controlnet", "model_patch"),
    "detector": ("detector", "segmenter"), "upscaler": ("upscaler", "face_restorer"),
})


def of_folder(name: str) -> str:
    """The kind of what lies in a model folder of this name; its own name in lower case where no tool is known for it."""
    return _FOLDERS.get(name.lower(), name.lower())


def of_path(rel: str) -> str:
    """The kind told by the first folder of a relative path (with slashes) that is known; ANY where none is."""
    return next((_FOLDERS[part.lower()] for part in rel.split("/")[:-1] if part.lower() in _FOLDERS), ANY)


def searched(kind: str | None) -> tuple[str, ...] | None:
    """The kinds of folder to look in, in order; None for all of them (no kind given, or one that has no folder of its own)."""
    if kind is not None and kind in _SEARCHED:
        return _SEARCHED[kind]
    return (kind,) if kind is not None and kind in _FOLDERS.values() else None
