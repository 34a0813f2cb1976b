"""OpenAI: ChatGPT, the image API (gpt-image, DALL-E) and Sora, by their C2PA manifests, which hold no prompt."""

from __future__ import annotations

from provenance.errors import Unreadable
from provenance.readers import credentials
from provenance.readers.credentials import Origin, mentions, origin_of
from provenance.readers.reading import About, Model, Reading, Texts

NAME = "OpenAI"
KEYS = credentials.KEYS
ABOUT = About(
    where="C2PA manifest in PNG, JPEG, WebP, MP4",
    reads="the product (ChatGPT, OpenAI Media Service API, Sora, ...) and the model, as the manifest names them",
    leaves="the prompt and all settings: OpenAI does not write them",
    source="files of 2024 to 2026 from ChatGPT, the API and Sora",
    tried="real and own files",
)
_PRODUCTS = ("ChatGPT", "OpenAI", "Sora", "DALL·E", "DALL-E")


def claims(texts: Texts) -> bool:
    """Whether a generative step is signed by OpenAI, or claimed by one of its products."""
    return mentions(texts, *_PRODUCTS) and (origin := origin_of(texts)) is not None and _ours(origin)


def _ours(origin: Origin) -> bool:
    return origin.issuer.startswith("OpenAI") or (not origin.issuer and origin.generator.startswith(_PRODUCTS))


def read(texts: Texts, file_name: str = "") -> Reading:
    """The product that signed and the model it named. Raises Unreadable `reader.credentials`."""
    origin = origin_of(texts)
    if origin is None:
        raise Unreadable("reader.credentials", vendor=NAME)
    model = f"{origin.agent} {origin.agent_version or ''}".strip()
    return Reading(
        generator=origin.generator or NAME,
        models=(Model(model, "api"),) if model and model != origin.generator else (),
    )
