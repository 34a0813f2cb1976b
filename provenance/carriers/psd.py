"""Photoshop documents, PSD and PSB (Adobe Photoshop File Formats): the image resources; layers are passed over."""

from __future__ import annotations

from provenance.carriers import photoshop
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.window import Window


def walk(window: Window) -> Container:
    """Read the header and the image resources section.

    Returns:
        Container with carriers `xmp`, `xmp:...`, `iptc`, `iptc:...`, `exif:...`; width and height of the canvas. A section that runs beyond
        the file gives what there is, with `psd.cut`.
    """
    finds, header = Finds(), window.get(0, 30)
    if len(header) < 30:
        return Container("image/vnd.adobe.photoshop", "psd", warnings=("psd.cut",))
    height, width = int.from_bytes(header[14:18], "big"), int.from_bytes(header[18:22], "big")
    at = 30 + int.from_bytes(header[26:30], "big")  # the colour mode data: a palette
    length = int.from_bytes(window.get(at, 4), "big")
    there = min(length, window.size - at - 4)
    if at + 4 > window.size or there < length:
        finds.warn("psd.cut")
    if there > MAX_TEXT:
        finds.warn("psd.resources-long")
    elif there > 0:
        block = window.get(at + 4, there)
        if not block:
            finds.warn("psd.not-at-hand")
        photoshop.read(block, finds, keep=True)
    return Container("image/vnd.adobe.photoshop", "psd", None, width, height, tuple(finds.carriers), finds.warnings)
