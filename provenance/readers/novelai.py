"""NovelAI, V1 to V4.5: the JSON under `Comment`, in text chunks, in EXIF, or hidden in the pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.flat import lists_of
from provenance.readers.jsontext import Num, loads, plain
from provenance.readers.reading import About, Control, Model, Part, Pass, Reading, Texts
from provenance.readers.texts import key_of, under

NAME = "NovelAI"
KEYS = frozenset({"comment", "usercomment"})
ABOUT = About(
    where="PNG `Comment`, `Source`, `Description`; WebP EXIF UserComment and Software; stealth LSB in PNG and lossless WebP",
    reads="prompt and negative, characters with their places and negatives, all sampling settings, model, vibe transfer and references",
    leaves="which tags the site's quality and UC presets added, what the prompt randomizer chose from: the file does not tell",
    source="NovelAI/novelai-image-metadata 3d9c7b7; files of V4.5; V1 to V3 as other tools' test data quotes them",
    tried="real and own files",
)

_MARKS = ('"signed_hash"', '"request_type"', '"n_samples"', '"v4_prompt"')
_LIFTED = frozenset({
    "prompt", "uc", "steps", "height", "width", "scale", "seed", "sampler", "noise_schedule", "v4_prompt", "v4_negative_prompt",
})  # fmt: skip
_FROM_PICTURE = ("img2img", "infilling", "inpaint", "enhance")


def claims(texts: Texts) -> bool:
    """Whether a `Comment` is NovelAI's: by the name in `Software` or `Source`, else by settings that only NovelAI writes."""
    return any(_own(name, text, texts) for name, text in under(texts, KEYS))


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the first such comment. Raises Unreadable `reader.json`, `reader.novelai`."""
    text = next((text for name, text in under(texts, KEYS) if _own(name, text, texts)), None)
    if text is None:
        raise Unreadable("reader.novelai")
    beside, comment = _opened(text)
    if not isinstance(comment, dict):
        raise Unreadable("reader.novelai")
    beside = {**_beside(texts), **beside}
    return _reading(comment, beside)


def _own(name: str, text: str, texts: Texts) -> bool:
    if '"' not in text[:200] or not text.lstrip("\ufeff\0 \t\r\n").startswith("{"):
        return False
    if '\\"seed\\"' in text and '"Comment"' in text:  # the EXIF form: all text keys in one JSON
        return '"NovelAI' in text or '\\"uc\\"' in text
    if '"seed"' not in text or '"c"' in text[:40]:  # Draw Things has a `uc` as well, and its prompt under `c`
        return False
    return ('"uc"' in text and any(mark in text for mark in _MARKS)) or (key_of(name) == "comment" and _named(texts))


def _named(texts: Texts) -> bool:
    return any(text.startswith("NovelAI") for _, text in under(texts, ("software", "source")))


def _opened(text: str) -> tuple[dict[str, str], Any]:
    """The texts beside the comment, and the comment: JSON itself, or JSON text inside the EXIF form's JSON."""
    found = loads(text)
    if isinstance(found, dict) and isinstance(found.get("Comment"), str):
        return {str(key): value for key, value in found.items() if isinstance(value, str) and key != "Comment"}, loads(found["Comment"])
    return {}, found


def _beside(texts: Texts) -> dict[str, str]:
    """`Description`, `Source`, `Generation time`, as text chunks or by their EXIF names (there `Software` holds the source)."""
    found: dict[str, str] = {}
    for name, text in texts:
        key = {"imagedescription": "description", "documentname": "title"}.get(key_of(name), key_of(name))
        key = "source" if key == "software" and text.startswith("NovelAI Diffusion") else key
        if key in ("description", "source", "title", "generation time"):
            found.setdefault(key.capitalize(), text.lstrip("\0"))
    return found


def _reading(comment: dict[str, Any], beside: Mapping[str, str]) -> Reading:
    prompt = _caption(comment, "v4_prompt") or _text(comment, "prompt") or beside.get("Description", "").lstrip("\0") or None
    negative = _caption(comment, "v4_negative_prompt") or _text(comment, "uc")
    differing = _differing(comment, prompt, negative)
    source = beside.get("Source")
    wide, high = _number(comment, "width"), _number(comment, "height")
    step = Pass(
        role="base",
        seed=_number(comment, "seed"),
        steps=_number(comment, "steps"),
        cfg=_number(comment, "scale"),
        sampler=_text(comment, "sampler"),
        scheduler=_text(comment, "noise_schedule"),
        denoise=_number(comment, "strength") if _from_picture(comment) else None,
        size=f"{wide}x{high}" if wide and high else None,
        model=source,
        prompts=(0,) if prompt else (),
        negatives=(0,) if negative else (),
    )
    return Reading(
        generator=NAME,
        prompts=_one(prompt),
        negative_prompts=_one(negative),
        models=(Model(source, "api"),) if source else (),
        passes=(step,),
        parts=tuple(_characters(comment)),
        controls=tuple(_controls(comment)),
        dialect="novelai",
        rest=_rest(comment, beside) | {key: _text(comment, key) for key, _ in differing},
        warnings=tuple(f"disagreement {key}/v4_{field}" for key, field in differing),
        **lists_of((step,)),
    )


def _from_picture(comment: Mapping[str, Any]) -> bool:
    """Whether `strength` counts: V1 wrote one for pictures made from words alone too."""
    kind = (_text(comment, "request_type") or "").lower()
    return any(word in kind for word in _FROM_PICTURE)


def _differing(comment: Mapping[str, Any], prompt: str | None, negative: str | None) -> tuple[tuple[str, str], ...]:
    """Older keys that say something else than the V4 ones, which are what the picture was made from."""
    pairs = (("prompt", prompt, "prompt prompt"), ("uc", negative, "negative_prompt negative"))
    return tuple((key, field) for key, text, field in pairs if (_text(comment, key) or text) != text)


# --- characters ------------------------------------------------------------------------------------------------------------------


def _block(comment: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    block = comment.get(key)
    return block if isinstance(block, dict) else {}


def _caption(comment: Mapping[str, Any], key: str) -> str | None:
    return _text(_block(_block(comment, key), "caption"), "base_caption")


def _captions(comment: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = _block(_block(comment, key), "caption").get("char_captions")
    return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list) else []


def _characters(comment: Mapping[str, Any]) -> Iterator[Part]:
    """Character prompts with the negatives of the same place in the list. Their places count only where `use_coords` is set."""
    placed = _block(comment, "v4_prompt").get("use_coords") is True
    wanted, unwanted = _captions(comment, "v4_prompt"), _captions(comment, "v4_negative_prompt")
    for at in range(max(len(wanted), len(unwanted))):
        own = wanted[at] if at < len(wanted) else {}
        prompt, negative = _text(own, "char_caption"), _text(unwanted[at], "char_caption") if at < len(unwanted) else None
        if prompt or negative:
            yield Part("character", prompt, negative, _place(own) if placed else None)


def _place(caption: Mapping[str, Any]) -> str | None:
    centers = caption.get("centers")
    found = [f"{c['x']},{c['y']}" for c in centers if isinstance(c, dict) and {"x", "y"} <= c.keys()] if isinstance(centers, list) else []
    return " ".join(found) or None


# --- references and the rest -----------------------------------------------------------------------------------------------------


def _controls(comment: Mapping[str, Any]) -> Iterator[Control]:
    """Vibe transfer (one or several), precise references of V4.5, and the ControlNet of V1 and V2."""
    vibes = _numbers(comment, "reference_strength_multiple") or _numbers(comment, "reference_strength")
    for strength in vibes:
        yield Control("style", weight=strength)
    for strength in _numbers(comment, "director_reference_strengths"):
        yield Control("reference", weight=strength)
    if model := _text(comment, "controlnet_model"):
        yield Control("controlnet", model=model, weight=_number(comment, "controlnet_strength"))


def _rest(comment: Mapping[str, Any], beside: Mapping[str, str]) -> dict[str, Any]:
    rest = {key: plain(value) for key, value in comment.items() if key not in _LIFTED}
    for key in ("v4_prompt", "v4_negative_prompt"):
        flags = {name: plain(value) for name, value in _block(comment, key).items() if name != "caption"}
        centers = [plain(item.get("centers")) for item in _captions(comment, key) if item.get("centers")]
        if flags or centers:
            rest[key] = flags | ({"centers": centers} if centers else {})
    return rest | {key: text for key, text in beside.items() if key in ("Generation time", "Software", "Title")}


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return str(value) if isinstance(value, str) and not isinstance(value, Num) and value else None


def _number(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return str(value) if isinstance(value, Num) else None


def _numbers(values: Mapping[str, Any], key: str) -> list[str]:
    value = values.get(key)
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items[:100] if isinstance(item, Num)]


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
