"""xAI Grok: JPEG files signed in EXIF. ImageDescription (and UserComment) is `Signature: <base64>`, Artist the picture's UUID."""

from __future__ import annotations

import re

from provenance.readers.reading import About, Reading, Texts
from provenance.readers.texts import all_by_key

NAME = "xAI Grok"
KEYS = frozenset({"imagedescription", "usercomment"})
ABOUT = About(
    where="EXIF ImageDescription, UserComment and Artist of JPEG",
    reads="that Grok made it",
    leaves="prompt and settings: not written. The signature is not checked: xAI's public key is not published",
    source="descriptions of real files of 2025 and 2026",
    tried="own files",
)
_SIGNATURE = re.compile(r"Signature: ([A-Za-z0-9+/]{64,}={0,2})\s*", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def claims(texts: Texts) -> bool:
    """Whether the signature and the UUID stand there together: a word like `Signature:` alone is anybody's."""
    return bool(_signatures(texts)) and bool(_ids(texts))


def _signatures(texts: Texts) -> list[str]:
    found = (text for text in all_by_key(texts, *KEYS) if text.startswith("Signature: "))
    return [match[1] for text in found if (match := _SIGNATURE.fullmatch(text))]


def _ids(texts: Texts) -> list[str]:
    return [text.strip() for text in all_by_key(texts, "artist") if _UUID.fullmatch(text.strip())]


def read(texts: Texts, file_name: str = "") -> Reading:
    """Grok; the signature and the UUID verbatim in `rest`."""
    return Reading(generator=NAME, rest={"artist": _ids(texts)[0], "signature": _signatures(texts)[0]})
