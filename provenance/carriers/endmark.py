"""Whether a file is complete, by its own format: asked of files that may still be being written."""

from __future__ import annotations

import struct
from collections.abc import Callable
from types import MappingProxyType

from provenance.carriers.sniff import sniff
from provenance.carriers.window import Window

IEND = b"\x00\x00\x00\x00IEND\xaeB\x60\x82"
_TEXT_BEHIND = (b"tEXt", b"zTXt", b"iTXt", b"comf", b"eXIf", b"caBX", b"AIGC")


def end_mark(head: bytes, tail: bytes, size: int) -> bool | None:
    """Whether the file is complete as its format tells it.

    Args:
        head: its first bytes (4 KiB are enough). tail: its last bytes (up to 64 KiB). size: in bytes, at the time both were read.
    Returns:
        True or False where the format has an end mark that can be judged from these bytes, None where it has none or it lies
        outside them.
    """
    judge = _JUDGES.get(sniff(head)[1])
    return None if judge is None or size <= 0 else judge(Window(head[:size], tail[-size:], size))


def _last(window: Window) -> bytes:
    return window.head if window.whole else window.tail


def _png(window: Window) -> bool:
    """IEND. Text behind it is allowed (an editor puts it there), but a text chunk that is only begun is still being written."""
    last = _last(window)
    at = last.rfind(IEND)
    if at < 0:
        return False
    pos = at + len(IEND)
    while pos + 8 <= len(last) and last[pos + 4 : pos + 8] in _TEXT_BEHIND:
        pos += 12 + struct.unpack_from(">I", last, pos)[0]
    return pos <= len(last)


def _jpeg(window: Window) -> bool | None:
    """EOI behind the start of the scan, so that a thumbnail's own EOI does not count; bytes behind it are allowed. Where the scan
    starts outside the bytes at hand, only an EOI at the very end is one, and another one may be a thumbnail's."""
    pos = 2
    while len(mark := window.get(pos, 4)) == 4 and mark[0] == 0xFF and mark[1] != 0xDA:
        pos += 1 if mark[1] == 0xFF else 2 + max(2, struct.unpack(">H", mark[2:])[0])
    if pos + 4 > window.size:
        return False
    last = _last(window)
    found = last.rfind(b"\xff\xd9", max(0, pos - (window.size - len(last)))) >= 0
    if mark or not found:
        return found
    return True if last.rstrip(b"\x00").endswith(b"\xff\xd9") else None


def _riff(window: Window) -> bool | None:
    """The length in the header. 0 and 2^32-1 stand for "not known yet"."""
    declared = int.from_bytes(window.get(4, 4), "little")
    return None if declared in (0, 0xFFFFFFFF) else declared + 8 <= window.size


def _gif(window: Window) -> bool:
    """The trailer behind a block terminator; zeros behind it are padding."""
    return _last(window).rstrip(b"\x00").endswith(b"\x00\x3b")


def _boxes(window: Window) -> bool | None:
    """The top-level boxes end exactly with the file, and the one that describes the content is among them."""
    pos, kinds = 0, set[bytes]()
    for _ in range(4096):
        if pos == window.size:
            return not kinds.isdisjoint((b"moov", b"meta", b"moof"))
        header = window.get(pos, min(16, window.size - pos))
        if len(header) < 8:
            return False if window.size - pos < 8 else None
        length, kind = struct.unpack_from(">I4s", header)
        if length == 1 and len(header) == 16:
            length = struct.unpack_from(">Q", header, 8)[0]
        if length < 8:
            return None  # 0: to the end of the file, wherever that will be
        kinds.add(kind)
        pos += length
        if pos > window.size:
            return False
    return None


def _matroska(window: Window) -> bool | None:
    """The length of the segment, which writers fill in last: all ones until then, and for ever in a live recording."""
    head = window.get(0, min(4096, window.size))
    at = head.find(b"\x18S\x80g")
    if at < 0 or at + 12 > len(head) or head[at + 4] == 0:
        return None
    long = 9 - head[at + 4].bit_length()
    length = int.from_bytes(head[at + 4 : at + 4 + long], "big") & (1 << 7 * long) - 1
    return None if length == (1 << 7 * long) - 1 else at + 4 + long + length <= window.size


def _zip(window: Window) -> bool:
    """The end of central directory record, its comment reaching exactly to the end of the file (APPNOTE 4.3.16)."""
    last = _last(window)
    at = last.rfind(b"PK\x05\x06")
    return at >= 0 and at + 22 <= len(last) and at + 22 + struct.unpack_from("<H", last, at + 20)[0] <= len(last)


def _pdf(window: Window) -> bool:
    return b"%%EOF" in _last(window)[-1024:]


_JUDGES: MappingProxyType[str, Callable[[Window], bool | None]] = MappingProxyType({
    "png": _png, "jpeg": _jpeg, "gif": _gif, "webp": _riff, "wav": _riff, "avi": _riff,
    "avif": _boxes, "heif": _boxes, "mp4": _boxes, "mov": _boxes, "m4a": _boxes,
    "webm": _matroska, "mkv": _matroska, "zip": _zip, "kra": _zip, "ora": _zip, "pdf": _pdf,
})  # fmt: skip
