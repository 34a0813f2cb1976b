"""Black Forest Labs' API (FLUX), by its C2PA manifest. The `prompt` in it is the same words in every file, never what was asked."""

from __future__ import annotations

from provenance.errors import Unreadable
from provenance.readers import credentials
from provenance.readers.credentials import mentions, origin_of
from provenance.readers.jsontext import plain
from provenance.readers.reading import About, Model, Reading, Texts

NAME = "Black Forest Labs API"
KEYS = credentials.KEYS
ABOUT = About(
    where="C2PA manifest in PNG and JPEG",
    reads="the model (`Flux.2`, ...)",
    leaves="the prompt: the assertion c2pa.ai_generated_content holds the words `AI generated image` instead; they stay in rest",
    source="files of the API of 2026",
    tried="real and own files",
)


def claims(texts: Texts) -> bool:
    """Whether a generative step is signed by Black Forest Labs or claimed by its API."""
    origin = origin_of(texts) if mentions(texts, "Black Forest Labs") else None
    return origin is not None and (origin.issuer.startswith("Black Forest Labs") or origin.generator == NAME)


def read(texts: Texts, file_name: str = "") -> Reading:
    """The model as the manifest names it. Raises Unreadable `reader.credentials`."""
    origin = origin_of(texts)
    if origin is None:
        raise Unreadable("reader.credentials", vendor=NAME)
    content = origin.data("c2pa.ai_generated_content")
    model = str(content.get("model") or origin.agent)
    return Reading(
        generator=origin.generator or NAME,
        models=(Model(model, "api"),) if model else (),
        rest={"ai_generated_content": plain(dict(content))} if content else {},
    )
