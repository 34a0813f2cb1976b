"""Files beside a picture that tell of its making: `<stem>.txt`, `.json`, `.swarm.json`, `.xmp`, and the day's `log.html` of Fooocus."""

from __future__ import annotations

import codecs

from provenance.carriers import xmp
from provenance.carriers.carrier import MAX_TEXT, Carrier
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode

NAME = "sidecar:txt"
LOG = "log.html"
MAX_SIDECAR, MAX_LOG = 1024 * 1024, 8 * 1024 * 1024  # bytes; a larger one is not read
_ENDINGS = ((".swarm.json", "sidecar:swarm"), (".json", "sidecar:json"), (".txt", NAME), (".xmp", "sidecar:xmp"))
_ENTRY = b'class="image-container"'


def names(image_name: str) -> tuple[str, ...]:
    """The bare names a sidecar of this picture may have, the likeliest first; none for a file that is one itself or a preview.

    `picture.v2.png` -> `picture.v2.txt` (A1111, SD.Next, Easy Diffusion), `picture.v2.json` (Easy Diffusion, Fooocus-MRE),
    `picture.v2.swarm.json` (SwarmUI), `picture.v2.png.json`, `picture.v2.xmp`, `picture.v2.png.xmp`, `log.html` (Fooocus).
    """
    if kind_of(image_name) is not None or image_name == LOG or ".swarmpreview." in image_name:
        return ()
    stem = image_name.rpartition(".")[0] or image_name
    found = [f"{stem}.txt", f"{stem}.json", f"{stem}.swarm.json", f"{image_name}.json", f"{stem}.xmp", f"{image_name}.xmp", LOG]
    return tuple(dict.fromkeys(found))


def kind_of(name: str) -> str | None:
    """The carrier's name of a file that is a sidecar by its ending: `x.swarm.json` -> `sidecar:swarm`; None for any other."""
    low = name.lower()
    return next((kind for ending, kind in _ENDINGS if low.endswith(ending)), None)


def sidecar_text(data: bytes, name: str = NAME) -> Carrier:
    """A sidecar as a carrier. UTF-16 by its byte order mark, else UTF-8 (a mark is passed over), else Latin-1; never raises.

    Args:
        data: the whole file. Beyond MAX_TEXT bytes it is kept as a blob, without text.
    """
    if len(data) > MAX_TEXT:
        return Carrier(name, data)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        order = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return Carrier(name, data, data[2 : len(data) & ~1].decode(order, "surrogatepass"))
    return Carrier(name, data, decode(data.removeprefix(codecs.BOM_UTF8)))


def carriers_of(data: bytes, name: str, image_name: str) -> tuple[Carrier, ...]:
    """What a sidecar tells of one picture.

    Args:
        data: the whole file. name: its bare name. image_name: the picture's, to find its entry in a log of many.
    Returns:
        One carrier of the text; for XMP the packet and its properties; for a log the picture's entry alone, or nothing.
    """
    if name == LOG:
        entry = log_entry(data, image_name)
        return () if entry is None else (sidecar_text(entry, "sidecar:log"),)
    kind = kind_of(name)
    if kind == "sidecar:xmp":
        finds = Finds()
        xmp.add(finds, data, kind)
        return tuple(finds.carriers)
    return (sidecar_text(data, kind or NAME),)


def log_entry(data: bytes, image_name: str) -> bytes | None:
    """The entry of one picture in Fooocus' log (modules/private_logger.py): from its `<div id=...>` to the next one's.

    Names are compared whole, and the entry must also show the name: another picture's entry is never taken for it.
    """
    name = image_name.encode("utf-8", "surrogateescape")
    opening = b'<div id="' + name.replace(b".", b"_") + b'" ' + _ENTRY
    start = data.find(opening)
    if start < 0:
        return None
    after = start + len(opening)
    following = data.find(_ENTRY, after)
    end = data.rfind(b"<div", after, following) if following >= 0 else data.find(b"<!--fooocus-log-split-->", after)
    entry = data[start : end if end >= 0 else len(data)]
    shown = (b"<div>" + name + b"</div>", b'"' + name + b'"', b"'" + name + b"'")
    return entry if any(one in entry[len(opening) :] for one in shown) else None
