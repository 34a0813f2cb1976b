"""Text files beside a picture: A1111, Forge and SD.Next write `<stem>.txt`."""

from __future__ import annotations

import codecs

from provenance.carriers.carrier import MAX_TEXT, Carrier
from provenance.carriers.text import decode

NAME = "sidecar:txt"


def names(image_name: str) -> tuple[str, ...]:
    """The bare names a sidecar of this picture may have. `picture.v2.png` -> `("picture.v2.txt",)`; a .txt has none."""
    stem, dot, ending = image_name.rpartition(".")
    if dot and ending.lower() == "txt":
        return ()
    return (f"{stem or image_name}.txt",)


def sidecar_text(data: bytes) -> Carrier:
    """A sidecar as a carrier. UTF-16 by its byte order mark, else UTF-8 (a mark is passed over), else Latin-1; never raises.

    Args:
        data: the whole file. Beyond MAX_TEXT bytes it is kept as a blob, without text.
    """
    if len(data) > MAX_TEXT:
        return Carrier(NAME, data)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        order = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return Carrier(NAME, data, data[2 : len(data) & ~1].decode(order, "surrogatepass"))
    return Carrier(NAME, data, decode(data.removeprefix(codecs.BOM_UTF8)))
