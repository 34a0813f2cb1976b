"""Google's generative pictures (Gemini, Imagen, Veo), by their C2PA manifests or by the credit line of IPTC and XMP."""

from __future__ import annotations

from provenance.readers import credentials
from provenance.readers.credentials import AI_TYPES, mentions, origin_of
from provenance.readers.jsontext import plain
from provenance.readers.reading import About, Reading, Texts
from provenance.readers.texts import all_by_key

NAME = "Google AI"
KEYS = frozenset({*credentials.KEYS, "credit"})
ABOUT = About(
    where="C2PA manifest in PNG, JPEG, WebP, MP4; IPTC Credit and XMP photoshop:Credit",
    reads="that Google's generative AI made it or a part of it, and the steps the manifest describes (watermarks, conversion)",
    leaves="prompt, model and settings: Google does not write them. SynthID is only told where the manifest tells of it",
    source="files of Gemini of 2026; credit line: documentation only",
    tried="real files (C2PA), own files (credit line)",
)
_CREDITS = ("Made with Google AI", "Edited with Google AI")
_DESCRIBED = "Google Generative AI"


def claims(texts: Texts) -> bool:
    """Whether a generative step is signed by Google, or the credit line says it."""
    origin = origin_of(texts) if mentions(texts, "Google") else None
    return (origin is not None and origin.issuer.startswith("Google")) or _credit(texts) is not None


def _credit(texts: Texts) -> str | None:
    return next((text.strip() for text in all_by_key(texts, "credit") if text.strip() in _CREDITS), None)


def read(texts: Texts, file_name: str = "") -> Reading:
    """The name that the manifest or the credit line gives."""
    origin, credit = origin_of(texts), _credit(texts)
    rest = {"credit": credit} if credit else {}
    if origin is None or not origin.issuer.startswith("Google"):
        return Reading(generator=NAME, rest=rest)
    named = f"{origin.action.get('description', '')} {origin.agent}"
    steps = [plain(step["description"]) for manifest in origin.chain for step in manifest.get("actions", ()) if step.get("description")]
    kind = origin.action.get("digitalSourceType")
    return Reading(
        generator=_DESCRIBED if _DESCRIBED in named else NAME,
        rest=rest | ({"steps_described": steps} if steps else {}) | ({"source_type": kind} if kind in AI_TYPES else {}),
    )
