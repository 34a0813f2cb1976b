"""Vendors whose C2PA manifests differ by names only: Microsoft, ByteDance, Stability AI, Runway, Canva, Ideogram, and others."""

from __future__ import annotations

from types import MappingProxyType

from provenance.errors import Unreadable
from provenance.readers import credentials
from provenance.readers.credentials import Origin, origin_of, text_of_claim
from provenance.readers.reading import About, Model, Reading, Texts

NAME = "C2PA vendors"
KEYS = credentials.KEYS
ABOUT = About(
    where="C2PA manifest in any container",
    reads="the vendor by the organisation that signed a generative step, its software and, where it is named, its model",
    leaves="prompts: none of these vendors is known to write them. Amazon, Pika and Luma: no manifest of theirs was to be had",
    source="published manifests and descriptions of each vendor's files",
    tried="own files",
)

ISSUERS = MappingProxyType({
    "Microsoft": "Microsoft",
    "Stability AI": "Stability AI",
    "RUNWAY AI": "Runway",
    "Canva": "Canva",
    "Ideogram": "Ideogram",
    "Bria": "Bria",
    "Eleven Labs": "ElevenLabs",
    "xAI": "xAI",
    "fal-ai": "fal.ai",
    "Byteplus": "BytePlus (ByteDance)",
    "北京火山引擎科技有限公司": "Volcano Engine (ByteDance)",
    "Bytedance": "ByteDance",
    "TikTok": "TikTok",
})  # fmt: skip
"""How the organisation in a signer's certificate begins, letters in any case -> vendor."""

GENERATORS = MappingProxyType({
    "Microsoft_Responsible_AI": "Microsoft",
    "Grok Imagine": "xAI",
    "Dreamina": "Dreamina (ByteDance)",
    "Higgsfield": "Higgsfield",
    "Recraft": "Recraft",
    "Suno": "Suno",
    "CapCut": "CapCut (ByteDance)",
})  # fmt: skip
"""How the claim generator's name begins -> vendor: asked where the signer is none of the above."""

AGENTS = MappingProxyType({"Volcengine_Ark": "Volcano Engine (ByteDance)", "BytePlus_ModelArk": "BytePlus (ByteDance)"})
_WORDS = frozenset(start.lower() for table in (ISSUERS, GENERATORS, AGENTS) for start in table)


def claims(texts: Texts) -> bool:
    """Whether a generative step is signed or claimed by one of the vendors above."""
    origin = origin_of(texts)
    if origin is None:
        return False
    text = (text_of_claim(texts) or "").lower()
    return any(word in text for word in _WORDS) and _vendor(origin) is not None


def _vendor(origin: Origin) -> str | None:
    asked = ((origin.issuer, ISSUERS), (origin.agent, AGENTS), (origin.generator, GENERATORS))
    return next((vendor for text, table in asked for start, vendor in table.items() if text.lower().startswith(start.lower())), None)


def read(texts: Texts, file_name: str = "") -> Reading:
    """The vendor, its model where a parameter names it (`model_name`: Seedance, Seedream), and its software in `rest`.

    Raises:
        Unreadable: `reader.credentials`.
    """
    origin = origin_of(texts)
    vendor = _vendor(origin) if origin is not None else None
    if origin is None or vendor is None:
        raise Unreadable("reader.credentials", vendor=NAME)
    model = origin.parameters().get("model_name")
    told = {"software": f"{origin.agent} {origin.agent_version or ''}".strip(), "claim_generator": origin.generator}
    return Reading(
        generator=vendor,
        models=(Model(str(model), "api"),) if model else (),
        rest={key: value for key, value in told.items() if value},
    )
