"""Samsung Galaxy AI (Photo assist, ...), by its C2PA manifest: edits of photographs in which a model painted a part."""

from __future__ import annotations

from provenance.errors import Unreadable
from provenance.readers import credentials
from provenance.readers.credentials import mentions, origin_of
from provenance.readers.reading import About, Reading, Texts

NAME = "Samsung Galaxy AI"
KEYS = credentials.KEYS
ABOUT = About(
    where="C2PA manifest in PNG and JPEG",
    reads="the tool (`Photo assist`), the telephone, and whether all or a part was generated",
    leaves="what was asked for: it is not written",
    source="files of a Galaxy S25 of 2026",
    tried="real and own files",
)


def claims(texts: Texts) -> bool:
    """Whether a generative step is signed by a Samsung telephone."""
    origin = origin_of(texts) if mentions(texts, "Samsung") else None
    return origin is not None and origin.issuer.startswith("Samsung")


def read(texts: Texts, file_name: str = "") -> Reading:
    """The tool, and the telephone in `rest`. Raises Unreadable `reader.credentials`."""
    origin = origin_of(texts)
    if origin is None:
        raise Unreadable("reader.credentials", vendor=NAME)
    told = {"tool": origin.agent, "device": origin.generator, "source_type": origin.action.get("digitalSourceType")}
    return Reading(generator=NAME, version=origin.agent_version, rest={key: str(value) for key, value in told.items() if value})
