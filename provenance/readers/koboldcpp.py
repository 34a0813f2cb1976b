"""KoboldCpp: one line of `Key: value` pairs between upright bars."""

from __future__ import annotations

from provenance.errors import Unreadable
from provenance.prompts.tags import tags
from provenance.readers.reading import TYPED, About, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import under

NAME = "KoboldCpp"
KEYS = frozenset({"parameters"})
ABOUT = About(
    where="PNG tEXt `parameters`: `Prompt: ... | NegativePrompt: ... | Steps: ... | Version: KoboldCpp`",
    reads="prompt, negative, seed, steps, cfg, sampler with its schedule, size, model, VAE, LoRA tags",
    leaves="the program's version: it writes its name there; where a prompt itself holds ` | NegativePrompt: `",
    source="LostRuins/koboldcpp otherarch/sdcpp/sdtype_adapter.cpp get_image_params",
    tried="own files",
)

_HEAD, _NEGATIVE, _SETTINGS, _END = "Prompt: ", " | NegativePrompt: ", " | Steps: ", "| Version: KoboldCpp"
_LIFTED = frozenset({"Steps", "CFGScale", "Seed", "Size", "Sampler", "Model", "VAE", "Version"})


def claims(texts: Texts) -> bool:
    """Whether a line begins and ends as the program writes it."""
    return any(_speaks(text) for _, text in under(texts, KEYS))


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the first such line. Raises Unreadable `reader.koboldcpp` where there is none."""
    line = next((text.strip("\0 \r\n\t") for _, text in under(texts, KEYS) if _speaks(text)), None)
    if line is None:
        raise Unreadable("reader.koboldcpp")
    at = line.rfind(_SETTINGS)
    prompt, marker, negative = line[len(_HEAD) : at].partition(_NEGATIVE)
    settings = dict(_pair(piece) for piece in line[at:].split("|") if ": " in piece)
    one = Pass(
        role="base",
        seed=settings.get("Seed"),
        steps=settings.get("Steps"),
        cfg=settings.get("CFGScale"),
        sampler=settings.get("Sampler"),
        size=settings.get("Size"),
        model=settings.get("Model"),
        prompts=(0,),
        negatives=(0,) if marker else (),
    )
    written = (("prompt", prompt), ("negative", negative))
    models = (Model(settings[key], kind) for key, kind in (("Model", "checkpoint"), ("VAE", "vae")) if settings.get(key))
    return Reading(
        generator=NAME,
        prompts=(prompt,),
        negative_prompts=(negative,) if marker else (),
        seeds=_one(one.seed),
        steps=_one(one.steps),
        cfgs=_one(one.cfg),
        samplers=_one(one.sampler),
        sizes=_one(one.size),
        models=tuple(models),
        loras=tuple(Lora(tag.name, tag.weight, tag.weight_te) for tag in tags(prompt, ("lora",))),
        passes=(one,),
        texts=tuple(Written(role, text, TYPED) for role, text in written if text),
        dialect="a1111",
        rest={key: value for key, value in settings.items() if key not in _LIFTED},
    )


def _speaks(text: str) -> bool:
    if not text.startswith(_HEAD):
        return False
    return text.rstrip("\0 \r\n\t").endswith(_END) and _SETTINGS in text


def _pair(piece: str) -> tuple[str, str]:
    key, _, value = piece.partition(": ")
    return key.strip(), value.strip()


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
