"""Adobe Firefly, alone or inside Photoshop, Express and Lightroom: by C2PA manifests that name a generative step, and only by these."""

from __future__ import annotations

from provenance.errors import Unreadable
from provenance.readers import credentials
from provenance.readers.credentials import mentions, origin_of
from provenance.readers.reading import About, Reading, Texts

NAME = "Adobe Firefly"
KEYS = credentials.KEYS
ABOUT = About(
    where="C2PA manifest in PNG, JPEG, WebP, PSD, MP4",
    reads="that Firefly made the picture or a part of it; its version and operation (text_to_image, ...); the program around it",
    leaves="the prompt: Adobe does not write it. A manifest of Photoshop without a generative step is an edit, not a generator",
    source="files of Firefly and Photoshop of 2023 to 2025",
    tried="real and own files",
)
_VERSIONS = ("com.adobe.firefly.version", "firefly.version")
_OPERATIONS = ("com.adobe.firefly.operation", "firefly.operation")


def claims(texts: Texts) -> bool:
    """Whether a generative step is signed by Adobe, or taken by Firefly under another's signature."""
    origin = origin_of(texts) if mentions(texts, "Adobe") else None
    return origin is not None and (origin.issuer.startswith("Adobe") or origin.agent.startswith(NAME))


def read(texts: Texts, file_name: str = "") -> Reading:
    """Firefly with its version where the step names it, else the program that signed. Raises Unreadable `reader.credentials`."""
    origin = origin_of(texts)
    if origin is None:
        raise Unreadable("reader.credentials", vendor=NAME)
    program = origin.generator.replace("_", " ")
    parameters = origin.parameters()
    version = next((str(parameters[key]) for key in _VERSIONS if key in parameters), None)
    operation = next((str(parameters[key]) for key in _OPERATIONS if key in parameters), None)
    firefly = "Firefly" in origin.agent or "Firefly" in program
    told = {"operation": operation, "program": program, "source_type": origin.action.get("digitalSourceType")}
    return Reading(
        generator=NAME if firefly else program or "Adobe",
        version=version,
        rest={key: str(value) for key, value in told.items() if value},
    )
