"""Dreamina (ByteDance): JSON in EXIF UserComment of pictures and in the tags of films, beside or without the label of GB 45438."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.credentials import mapping
from provenance.readers.jsontext import loads, plain
from provenance.readers.reading import About, Reading, Texts
from provenance.readers.texts import by_key, under

NAME = "Dreamina"
KEYS = frozenset({"usercomment", "artwork", "comment", "description", "information", "aigcinfo", "©cmt"})
ABOUT = About(
    where="EXIF UserComment of JPEG, PNG, WebP; MP4 keys com.apple.quicktime.artwork, comment, information",
    reads="that Dreamina made it; product, kind of export, label type, identifiers (rest)",
    leaves="prompt, model and settings: not written. The 64 hex digits in EXIF Artist stay in rest: they identify a person",
    source="files of the web service of 2026",
    tried="own files",
)
_MARK = "dreamina"
_MAX = 65_536  # an artwork may be a picture


def documents(texts: Texts, *marks: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects among the texts in which ByteDance's programs write what they did, so far as they hold one of the marks."""
    for _, text in under(texts, KEYS):
        if len(text) < _MAX and any(mark in text for mark in marks):
            try:
                found = mapping(loads(text))
            except Unreadable:
                continue
            if found:
                yield found


def claims(texts: Texts) -> bool:
    """Whether a document says source or product `dreamina`."""
    return next(_ours(texts), None) is not None


def _ours(texts: Texts) -> Iterator[Mapping[str, Any]]:
    for document in documents(texts, _MARK):
        info, data = mapping(document.get("aigc_info", document)), mapping(document.get("data", document))
        if _MARK in (info.get("source_info"), data.get("product")):
            yield document


def read(texts: Texts, file_name: str = "") -> Reading:
    """The documents, merged, in `rest`; Artist too. Raises Unreadable `reader.dreamina`."""
    found: dict[str, Any] = {}
    for document in _ours(texts):
        found = {**plain(dict(document)), **found}
    if not found:
        raise Unreadable("reader.dreamina")
    artist = by_key(texts, "artist")
    return Reading(generator=NAME, rest=found | ({"artist": artist} if artist else {}))
