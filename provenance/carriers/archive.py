"""Krita documents (.kra) and OpenRaster (.ora): the zip entries that hold words. No picture in them is inflated."""

from __future__ import annotations

import re
import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.sniff import sniff
from provenance.carriers.stream import Stream
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode, label
from provenance.carriers.window import Window

if TYPE_CHECKING:
    import zipfile

MAX_READ = 1024 * 1024  # at once: a central directory of ten thousand entries, or packed bytes of one
MAX_ENTRY = 12 * 1024 * 1024  # inflated
MAX_ENTRIES = 400  # that are read
_PLAIN = ("mimetype", "documentinfo.xml", "maindoc.xml", "stack.xml")
_ANNOTATION = re.compile(r"(?:^|/)annotations/")
_TEXT_ENDS = (".json", ".txt", ".xml", ".xmp", ".csv", ".md")
_PICTURE_ENDS = (".webp", ".png", ".jpg", ".jpeg", ".icc")
_IMAGE = re.compile(r"<(?:IMAGE|image)\s[^<>]{0,8000}")
_SIDES = MappingProxyType({
    side: re.compile(rf'\s{names}="(\d{{1,7}})"') for side, names in (("width", "(?:width|w)"), ("height", "(?:height|h)"))
})  # fmt: skip


def walk(window: Window) -> Container:
    """Read the words of a Krita or OpenRaster document.

    Returns:
        Container with carriers `kra:path` or `ora:path` (`kra:maindoc.xml`, `kra:<name>/annotations/ai_diffusion/ui.json`,
        `ora:stack.xml`, ...), `xmp` of entries named so. width, height: as maindoc.xml or stack.xml say. Entries that are
        encrypted, packed by other methods than deflate, or too long are warnings.
    """
    import zipfile  # here: it takes longer to import than a picture to read

    media_type, name = sniff(window.head)
    taker = Taker(window, Finds())
    size: dict[str, int] = {}
    try:
        with zipfile.ZipFile(Stream(window.size, window.get, MAX_READ)) as archive:
            _entries(archive, taker, name, size)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, KeyError, IndexError):
        taker.finds.warn("zip.directory")
    return Container(media_type, name, None, size.get("width"), size.get("height"), tuple(taker.finds.carriers), taker.finds.warnings)


def _entries(archive: zipfile.ZipFile, taker: Taker, kind: str, size: dict[str, int]) -> None:
    read, seen = 0, set[str]()
    for entry in archive.infolist():
        if not _wanted(entry.filename) or entry.filename in seen:
            continue
        seen.add(entry.filename)
        read += 1
        if read > MAX_ENTRIES:
            taker.finds.warn("zip.too-many")
            return
        raw = _inflated(archive, entry, taker)
        if raw is None:
            continue
        if entry.filename.lower().endswith(".xmp"):
            taker.packet(raw)
        elif entry.filename.endswith(_TEXT_ENDS) or entry.filename in _PLAIN or _is_text(raw):
            taker.text(f"{kind}:{entry.filename}", raw)
        if entry.filename in ("maindoc.xml", "stack.xml") and not size:
            size.update(_size(decode(raw[:65_536])))


def _wanted(name: str) -> bool:
    lower = name.lower()
    if lower.endswith("/"):
        return False
    return name in _PLAIN or lower.endswith(".xmp") or (_ANNOTATION.search(lower) is not None and not lower.endswith(_PICTURE_ENDS))


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(raw) and b"\x00" not in raw


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, taker: Taker) -> bytes | None:
    """An entry's bytes, whatever length it claims; None where it cannot or may not be read."""
    import zipfile

    if entry.flag_bits & 0x41 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        taker.finds.warn(f"zip.packed {label(entry.filename)}")
        return None
    cap = min(MAX_ENTRY, taker.left, max(0, taker.finds.inflatable))
    out, broken = bytearray(), False
    try:
        with archive.open(entry) as file:
            while len(out) <= cap and (piece := file.read(65_536)):
                out += piece
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        broken = True
    taker.finds.inflatable -= len(out)
    if len(out) > cap:
        taker.finds.warn(f"text-long {label(entry.filename)}")
        return None
    if broken:
        taker.finds.warn(f"zip.entry {label(entry.filename)}")
    return bytes(out) or None


def _size(text: str) -> dict[str, int]:
    """The sides of the picture, as its first image element says; Krita writes `width`, OpenRaster `w`."""
    found = _IMAGE.search(text)
    sides = {side: side_of.search(found[0]) for side, side_of in _SIDES.items()} if found else {}
    return {side: int(match[1]) for side, match in sides.items() if match} if all(sides.values()) else {}
