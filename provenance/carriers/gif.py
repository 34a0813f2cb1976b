"""GIF89a (CompuServe, 1990): comment extensions, and XMP, IPTC and C2PA in application extensions."""

from __future__ import annotations

from provenance.carriers import manifest, photoshop, xmp
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_BLOCKS = 100_000
MAX_PIECES = 2_000_000  # sub-blocks; a film of 50 MB has two hundred thousand
_TRAILER = b"\x01\xff\xfe\xfd"  # the magic trailer of XMP in GIF (XMP part 3, 1.1.2) begins so


def walk(window: Window) -> Container:
    """Walk the blocks of a GIF as far as they are at hand.

    Returns:
        Container with carriers `GIF:comment` (each comment extension, its sub-blocks joined), `xmp`, `iptc:...`, `c2pa`; width and height
        of the logical screen. A block that is cut or unknown is a warning.
    """
    data, finds = window.head, Finds()
    if len(data) < 13:
        return Container("image/gif", "gif", warnings=("gif.cut @0",))
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    pos, left = 13 + _table(data[10]), MAX_PIECES
    for _ in range(MAX_BLOCKS):
        kind = data[pos : pos + 1]
        if kind == b"!":
            label, start = data[pos + 1 : pos + 2], pos + 2
        elif kind == b"," and pos + 11 <= len(data):
            label, start = b"", pos + 11 + _table(data[pos + 9])
        else:
            _ended(finds, window, kind, pos)
            break
        end, left = _pieces_end(data, start, left)
        if end < 0:
            finds.warn("gif.too-many-blocks" if left <= 0 else f"gif.cut @{pos}" if window.whole else f"gif.not-at-hand @{pos}")
            break
        if label:
            _extension(finds, label, data, start, end)
        pos = end
    else:
        finds.warn("gif.too-many-blocks")
    return Container("image/gif", "gif", None, width, height, tuple(finds.carriers), finds.warnings)


def _table(packed: int) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 * (2 << (packed & 7)) if packed & 0x80 else 0


def _ended(finds: Finds, window: Window, kind: bytes, pos: int) -> None:
    """What stands at `pos` begins no block: the trailer, the end of what is at hand, or damage."""
    if kind == b";" or (not kind and not window.whole):
        return
    finds.warn(f"gif.garbage @{pos}" if kind and kind != b"," else f"gif.cut @{pos}")


def _pieces_end(data: bytes, pos: int, left: int) -> tuple[int, int]:
    """(offset behind the terminator of the sub-blocks at `pos`, or -1; how many sub-blocks may still be walked)."""
    end = len(data)
    while pos < end and left > 0:
        length = data[pos]
        pos += 1
        if not length:
            return pos, left
        pos += length
        left -= 1
    return -1, left


def _joined(data: bytes, pos: int, end: int) -> bytes:
    out = []
    while pos < end and data[pos]:
        out.append(data[pos + 1 : pos + 1 + data[pos]])
        pos += 1 + data[pos]
    return b"".join(out)


def _extension(finds: Finds, label: bytes, data: bytes, start: int, end: int) -> None:
    if end - start > MAX_TEXT:
        finds.warn(f"gif.text-long @{start}")
    elif label == b"\xfe":
        raw = _joined(data, start, end)
        finds.add("GIF:comment", raw, decode(raw.rstrip(b"\x00")))
    elif label == b"\xff" and data[start] == 11:
        owner, rest = data[start + 1 : start + 12], start + 12
        if owner == b"XMP DataXMP":
            xmp.add(finds, _packet(data, rest, end))
        elif owner.startswith(b"C2PA_GIF") and manifest.is_store(body := _joined(data, rest, end)):
            finds.add("c2pa", body)
        elif owner == b"MGKIPTC0000":  # ImageMagick
            photoshop.read(_joined(data, rest, end), finds, keep=True)


def _packet(data: bytes, start: int, end: int) -> bytes:
    """An XMP packet stands in the file as it is, without sub-blocks, and its magic trailer leads their walk to its end. Some writers cut
    it into sub-blocks all the same."""
    raw = data[start:end]
    if raw[:1] not in (b"<", b"\xef", b" ", b"\n", b"\r"):
        raw = _joined(data, start, end)
    trailer = raw.rfind(_TRAILER)
    return raw[:trailer] if trailer >= 0 and len(raw) - trailer <= 260 else raw.rstrip(b"\x00")
