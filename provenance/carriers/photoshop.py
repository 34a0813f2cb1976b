"""Photoshop image resources (Adobe Photoshop File Formats, "Image Resource Blocks"): in JPEG APP13, TIFF tag 34377 and PSD."""

from __future__ import annotations

from provenance.carriers import exif, iptc, xmp
from provenance.carriers.finds import Finds

MAX_RESOURCES = 5_000
IPTC, EXIF, EXIF_MORE, XMP = 1028, 1058, 1059, 1060
_SIGNATURES = (b"8BIM", b"8BPS", b"PHUT", b"AgHg", b"DCSR", b"MeSa")


def read(block: bytes, finds: Finds, *, keep: bool = False) -> None:
    """Add what the resources hold: `iptc:...` (1028), `exif:...` (1058, 1059), `xmp` (1060).

    Args:
        block: resource blocks one after another. finds: takes carriers and warnings; a block that runs beyond the end is `8bim.cut`.
        keep: also add IPTC blocks as blobs, where no other carrier holds the resources.
    """
    for number, start, end in resources(block, finds):
        body = block[start:end]
        if number == IPTC:
            iptc.read(body, finds, keep=keep)
        elif number == XMP and body:
            xmp.add(finds, body)
        elif number in (EXIF, EXIF_MORE) and body:
            exif.read(body, finds)


def resources(block: bytes, finds: Finds) -> list[tuple[int, int, int]]:
    """(number, start, end) of each resource in `block`."""
    out: list[tuple[int, int, int]] = []
    pos, end = 0, len(block)
    while pos + 12 <= end and len(out) < MAX_RESOURCES:
        if block[pos : pos + 4] not in _SIGNATURES:
            finds.warn("8bim.garbage")
            break
        number = int.from_bytes(block[pos + 4 : pos + 6], "big")
        name = block[pos + 6] + 1
        start = pos + 6 + name + name % 2 + 4  # the name is a Pascal string, padded with its length byte to even
        length = int.from_bytes(block[start - 4 : start], "big")
        if start + length > end:
            finds.warn("8bim.cut")
            out.append((number, start, end))
            break
        out.append((number, start, start + length))
        pos = start + length + length % 2
    return out
