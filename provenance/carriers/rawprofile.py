"""ImageMagick's profiles in PNG text: `Raw profile type exif` and its like, hexadecimal digits below a name and a length."""

from __future__ import annotations

import re

from provenance.carriers import exif, photoshop, xmp
from provenance.carriers.finds import Finds

PREFIX = "Raw profile type "
_HEAD = re.compile(rb"\s{0,9}[\w.:-]{1,40}\s{1,40}(\d{1,10})\s")
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_EXIF = b"Exif\x00\x00"


def read(key: str, raw: bytes, finds: Finds) -> None:
    """Add what a profile holds: `exif:...`, `xmp`, `iptc:...`.

    Args:
        key: of the text chunk (`Raw profile type APP1`, `exif`, `xmp`, `iptc`, `8bim`; colour profiles are passed over).
        raw: its text: name, length in bytes, hexadecimal digits. finds: takes carriers and warnings (`png.raw-profile <key>`).
    """
    kind = key.removeprefix(PREFIX).strip().lower()
    if kind not in ("exif", "app1", "xmp", "iptc", "8bim"):
        return
    head = _HEAD.match(raw)
    try:
        body = bytes.fromhex(raw[head.end() :].decode("ascii")) if head else b""
    except ValueError:
        body = b""
    if head is None or len(body) < int(head.group(1)) or not body:
        finds.warn(f"png.raw-profile {kind}")
    if not body:
        return
    if body.startswith(_XMP) or kind == "xmp":
        xmp.add(finds, body.removeprefix(_XMP))
    elif kind in ("exif", "app1"):
        exif.read(body.removeprefix(_EXIF), finds)
    else:
        photoshop.read(body, finds)
