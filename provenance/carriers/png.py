"""PNG and APNG (W3C PNG, third edition): the chunks that carry words, wherever they stand. Pixels are never touched."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from provenance.carriers import exif, manifest, rawprofile, xmp
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.inflate import inflate
from provenance.carriers.text import decode, label
from provenance.carriers.window import Window

MAX_CHUNKS = 200_000  # a file of empty chunks may not cost seconds
MAX_KEY = 256  # the standard says 79
_XMP = "XML:com.adobe.xmp"
_header = struct.Struct(">I4s").unpack_from
_number = struct.Struct(">I").unpack_from


@dataclass
class _Walk:
    """Where a walk has come to. at: absolute offset of the next chunk; animated: an acTL stood before the first IDAT."""

    finds: Finds
    size: int
    at: int = 8
    pixels: bool = False
    ended: bool = False
    animated: bool = False
    stopped: bool = False


def walk(window: Window) -> Container:
    """Walk the chunks of a PNG.

    Returns:
        Container with carriers `tEXt:key`, `zTXt:key`, `iTXt:key`, `comf:key`, `AIGC`, `exif:...`, `xmp`, `c2pa`; complete when IEND
        was met. A wrong CRC, text after IEND, a length beyond the file, a capped text are warnings, never errors.
    """
    state = _Walk(Finds(), window.size)
    _run(state, window.head, 0)
    if not window.whole and window.tail and not state.stopped and not state.ended:
        _tail(state, window)
    width, height = struct.unpack_from(">II", window.head, 16) if window.head[12:16] == b"IHDR" and len(window.head) >= 24 else (None, None)
    if width is None:
        state.finds.warn("png.header")
    return Container(
        "image/apng" if state.animated else "image/png",
        "png",
        state.ended if window.whole else state.ended or None,
        width,
        height,
        tuple(state.finds.carriers),
        state.finds.warnings,
    )


def _run(state: _Walk, data: bytes, base: int) -> None:
    """Walk from `state.at` to the end of `data`, whose first byte stands at `base` in the file."""
    pos, here, finds, left, begins = state.at - base, len(data), state.finds, MAX_CHUNKS, data.startswith
    while pos + 8 <= here and left > 0:
        left -= 1
        length, kind = _header(data, pos)
        after = pos + 12 + length
        if kind == b"IDAT" and after <= here:  # a thousand in a large picture, and nearly all of one length
            state.pixels, same, step = True, data[pos : pos + 8], after - pos
            last = min(here - step, pos + step * left)
            pos = after
            while pos <= last and begins(same, pos):
                pos += step
            left -= (pos - after) // step
            continue
        if base + after > state.size or not kind.isalpha():
            _stop(state, kind, base + pos)
            break
        if kind == b"IEND":
            state.ended = True
        elif kind == b"acTL":
            state.animated |= not state.pixels
        elif kind in _TAKERS:
            if after > here:
                finds.warn(f"png.not-at-hand {decode(kind)}@{base + pos}")
            elif finds.full:
                finds.warn("too-many-texts")
            else:
                _take(state, data, pos, length, base)
        pos = after
    if left == 0:
        finds.warn("png.too-many-chunks")
        state.stopped = True
    state.at = base + pos
    if not state.stopped and 0 < state.size - state.at < 8 and base + here >= state.size:
        _stop(state, b"", state.at)


def _stop(state: _Walk, kind: bytes, at: int) -> None:
    """What stands at `at` is not a whole chunk: behind IEND that is a trailer, before it a damaged or unfinished file."""
    state.stopped = True
    if state.ended:
        state.finds.warn(f"png.trailing {state.size - at}")
    elif kind.isalpha():
        state.finds.warn(f"png.chunk-length {decode(kind)}@{at}")
    else:
        state.finds.warn(f"png.garbage @{at}" if kind else f"png.cut @{at}")


def _take(state: _Walk, data: bytes, pos: int, length: int, base: int) -> None:
    """One chunk that carries words: check its CRC (a mismatch is told, the words are kept), then hand its body on."""
    kind = data[pos + 4 : pos + 8]
    place = f"{kind.decode('ascii')}@{base + pos}"
    start = pos + 8
    view = memoryview(data)[pos + 4 : start + length]
    if zlib.crc32(view) != _number(data, start + length)[0]:
        state.finds.warn(f"png.crc {place}")
    if state.ended:
        state.finds.warn(f"png.after-iend {place}")
    if length > MAX_TEXT + MAX_KEY:
        state.finds.warn(f"png.text-long {place}")
        return
    _TAKERS[kind](state.finds, data[start : start + length], place)


def _tail(state: _Walk, window: Window) -> None:
    """Go on in the last part of a file whose middle is not at hand: where the walk lands, else at the first chunk whose CRC is right."""
    base, tail = window.tail_at, window.tail
    if state.at < base:
        tries = list(_CHUNK.finditer(tail))[:64]
        state.at = base + next((m.start() for m in tries if _whole(tail, m.start())), len(tail))
    state.pixels = True
    _run(state, tail, base)


def _whole(data: bytes, pos: int) -> bool:
    (length,) = struct.unpack_from(">I", data, pos)
    end: int = pos + 8 + length
    return end + 4 <= len(data) and zlib.crc32(memoryview(data)[pos + 4 : end]) == int(_number(data, end)[0])


# --- the kinds -------------------------------------------------------------------------------------------------------------------


def _split(body: bytes, finds: Finds, place: str) -> tuple[str, bytes]:
    """Key and rest. Without a NUL where the key must have ended, all of it is the value, and the key is empty."""
    end = body.find(b"\x00", 0, MAX_KEY)
    if end < 0:
        finds.warn(f"png.no-key {place}")
        return "", body
    return decode(body[:end]), body[end + 1 :]


def _keep(finds: Finds, kind: str, key: str, raw: bytes) -> None:
    if key == _XMP:
        xmp.add(finds, raw)
    else:
        finds.add(f"{kind}:{key}", raw, decode(raw))
        if key.startswith(rawprofile.PREFIX):
            rawprofile.read(key, raw, finds)


def _plain(kind: str) -> Callable[[Finds, bytes, str], None]:
    def take(finds: Finds, body: bytes, place: str) -> None:
        _keep(finds, kind, *_split(body, finds, place))

    return take


def _deflated(finds: Finds, body: bytes, place: str) -> None:
    key, rest = _split(body, finds, place)
    if rest[:1] != b"\x00":
        finds.warn(f"png.text-form {place}")
    _keep(finds, "zTXt", key, _inflated(finds, key, rest[1:]))


def _international(finds: Finds, body: bytes, place: str) -> None:
    """iTXt: key, flag, method, language, translated key, text (W3C PNG 11.3.3.4)."""
    key, rest = _split(body, finds, place)
    language_end = rest.find(b"\x00", 2)
    translated_end = rest.find(b"\x00", language_end + 1) if language_end >= 0 else -1
    if translated_end < 0:
        finds.warn(f"png.text-form {place}")
        _keep(finds, "iTXt", key, rest)
        return
    raw = rest[translated_end + 1 :]
    _keep(finds, "iTXt", key, _inflated(finds, key, raw) if rest[0] else raw)


def _inflated(finds: Finds, key: str, packed: bytes) -> bytes:
    raw, trouble, spent = inflate(packed, max(0, finds.inflatable))
    finds.inflatable -= spent
    if trouble:
        finds.warn(f"png.inflate-{trouble} {label(key)}")
    return raw


def _aigc(finds: Finds, body: bytes, place: str) -> None:
    """The label of GB 45438-2025 as a chunk of its own: JSON without a key."""
    finds.add("AIGC", body, decode(body))


def _exif(finds: Finds, body: bytes, place: str) -> None:
    exif.read(body, finds)


def _c2pa(finds: Finds, body: bytes, place: str) -> None:
    if manifest.is_store(body):
        finds.add("c2pa", body)
    else:
        finds.warn(f"png.not-c2pa {place}")


_TAKERS: MappingProxyType[bytes, Callable[[Finds, bytes, str], None]] = MappingProxyType({
    b"tEXt": _plain("tEXt"), b"zTXt": _deflated, b"iTXt": _international, b"comf": _plain("comf"),
    b"AIGC": _aigc, b"eXIf": _exif, b"caBX": _c2pa,
})  # fmt: skip
_CHUNK = re.compile(rb"[\x00-\x7f]...(?=IDAT|IEND|fdAT|fcTL|tEXt|zTXt|iTXt|comf|AIGC|eXIf|caBX)", re.DOTALL)
