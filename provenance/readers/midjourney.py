"""Midjourney: the prompt with its parameters and the job's id, in the picture's description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.reading import TYPED, About, Control, InputFile, Reading, Texts, Written
from provenance.readers.texts import by_key, under

NAME = "Midjourney"
KEYS = frozenset({"description", "imagedescription"})
ABOUT = About(
    where="PNG `Description`, `Author`, `Creation Time`; XMP dc:description and Iptc4xmpExt in PNG, JPEG and WebP",
    reads="prompt without parameters, negative (`--no`), seed, version, reference pictures with weights, job id, author, time",
    leaves="the seed where it was not asked for, and the pixel size: the file does not tell",
    source="files of 2024 and the parameter list of docs.midjourney.com (V1 to V7, Niji); the XMP namespace of IPTC Extension",
    tried="real and own files",
)

_MARK = "Job ID:"
_LISTS = frozenset({"no", "sref", "cref", "oref"})
_REFERENCES = (("sref", "style", "sw"), ("cref", "reference", "cw"), ("oref", "reference", "ow"))
_FULL = {"version": "v", "aspect": "ar", "stylize": "s", "chaos": "c", "quality": "q", "style_reference": "sref"}.get


def claims(texts: Texts) -> bool:
    """Whether a description ends in `Job ID: <uuid>`. A file's name, an author or a GUID alone claims nothing."""
    return any(_MARK in text and job(text) is not None for _, text in under(texts, KEYS))


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the first description that has a job id. Raises Unreadable `reader.midjourney` where there is none."""
    text = next((text for _, text in under(texts, KEYS) if job(text) is not None), None)
    if text is None:
        raise Unreadable("reader.midjourney")
    prompt, written = _split(text[: text.rindex(_MARK)].strip())
    flags = flags_of(written)
    controls = tuple(_controls(flags))
    pictures = tuple(InputFile(word, "image") for word in _leading(prompt))
    rest, warnings = _rest(texts, file_name, text, written, flags)
    return Reading(
        generator=NAME,
        version=_version(flags),
        prompts=(prompt,) if prompt else (),
        negative_prompts=_given(flags, "no"),
        seeds=_given(flags, "seed"),
        inputs=(*pictures, *(InputFile(item.image, "image") for item in controls if item.image)),
        texts=(Written("prompt", prompt, TYPED),) if prompt else (),
        controls=controls,
        dialect="midjourney",
        rest=rest,
        warnings=warnings,
    )


def job(text: str) -> str | None:
    """The id that ends a description, lower case; None where what follows the last `Job ID:` is no UUID."""
    tail = text[text.rfind(_MARK) + len(_MARK) :].strip("\0 \r\n\t").lower() if _MARK in text else ""
    groups = tail.split("-")
    right = [len(group) for group in groups] == [8, 4, 4, 4, 12] and all(char in "0123456789abcdef" for group in groups for char in group)
    return tail if right else None


def flags_of(written: str) -> dict[str, str]:
    """`--v 6 --ar 3:2 --tile` by name without the dashes (short names as Midjourney's page gives them), values as written."""
    found: dict[str, str] = {}
    for piece in (" " + written).split(" --")[1:]:
        name, _, value = piece.partition(" ")
        name = _FULL(name.lower()) or name.lower()
        if name in found and name in _LISTS:
            found[name] = f"{found[name]} {value.strip()}"
        else:
            found.setdefault(name, value.strip())
    return found


def _split(text: str) -> tuple[str, str]:
    """Prompt and parameters: Midjourney refuses a prompt in which `--word` is no parameter, so the first one begins them."""
    at = 0
    while (at := text.find("--", at)) >= 0:
        if (at == 0 or text[at - 1].isspace()) and text[at + 2 : at + 3].isalpha():
            return text[:at].strip(), " ".join(text[at:].split())
        at += 2
    return text, ""


def _version(flags: dict[str, str]) -> str | None:
    if "niji" in flags:
        return f"niji {flags['niji']}".strip()
    return flags.get("v") or None


def _given(flags: dict[str, str], name: str) -> tuple[str, ...]:
    return (flags[name],) if flags.get(name) else ()


def _leading(prompt: str) -> Iterator[str]:
    """Addresses of pictures: Midjourney takes them at the head of the prompt only."""
    for word in prompt.split():
        if not word.startswith(("https://", "http://", "<https://")):
            return
        yield word.strip("<>,")


def _controls(flags: dict[str, str]) -> Iterator[Control]:
    """References: an address is a picture, anything else (`--sref 2213253170`) the code of a style, kept as its model."""
    for name, kind, weight in _REFERENCES:
        for word in flags.get(name, "").split():
            value, _, own = word.partition("::")
            is_address = value.startswith(("http://", "https://"))
            image, model = (value, None) if is_address else (None, value)
            yield Control(kind, model=model, weight=own or flags.get(weight), image=image)


def _rest(texts: Texts, file_name: str, text: str, written: str, flags: dict[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    job_id = text[text.rindex(_MARK) + len(_MARK) :].strip("\0 \r\n\t")
    rest: dict[str, Any] = {"mj_flags": written, "job_id": job_id}
    for name, keys in (("author", ("author",)), ("created", ("creation time",)), ("digital_source_type", ("digitalsourcetype",))):
        if value := by_key(texts, *keys):
            rest[name] = value
    if flags:
        rest["flags"] = flags
    if job_id.lower() in file_name.lower():
        rest["file_name_has_job_id"] = True
    guid = by_key(texts, "digimageguid")
    if guid and guid.strip().lower() != job_id.lower():
        return rest | {"DigImageGUID": guid}, ("disagreement description/xmp job_id",)
    return rest, ()
