"""Words in ISO base media files: QuickTime and iTunes metadata (keys, ilst), user data (udta) of QuickTime and 3GPP."""

from __future__ import annotations

import codecs
import struct
from itertools import islice
from types import MappingProxyType

from provenance.carriers.bmff_boxes import boxes, children
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode

MAX_META = 20 * 1024 * 1024
MAX_ITEMS = 4_000
MAX_PARTS = 64
MAX_VALUES = 64  # of one item or user text: one for each language
MAX_BLOB = 4_096  # of a value that is no text
_CODECS = MappingProxyType({1: "utf-8", 2: "utf-16-be", 3: "shift_jis", 4: "utf-8", 5: "utf-16-be"})
_SIGNED, _UNSIGNED = (21, 65, 66, 67, 74), (22, 75, 76, 77, 78)
_PICTURES = (12, 13, 14, 27)  # GIF, JPEG, PNG, BMP
_FREEFORM = b"----"
_PHONE = frozenset((b"titl", b"dscp", b"cprt", b"auth", b"perf", b"gnre", b"albm", b"kywd"))  # 3GPP TS 26.244, 8
_MARKS = (b"\xfe\xff", b"\xff\xfe")
_ROMAN = 0x400  # codes below are those of Macintosh languages, above three packed letters of ISO 639-2


def meta(taker: Taker, start: int, length: int) -> None:
    """Add the texts of a meta box: `mp4:key` of its keys (namespace mdta) or four-letter names, `mp4:----:mean:name` of free forms.

    Args:
        taker: takes texts and warnings. start, length: of the box's body. QuickTime's meta has no version field before its boxes.
    """
    full = 0 if taker.window.get(start + 4, 4) == b"hdlr" else 4
    keys: tuple[bytes, ...] = ()
    for box in islice(boxes(taker, start + full, start + length), MAX_PARTS):
        kind, at, size = box.kind, box.start, box.length
        if kind in (b"keys", b"ilst"):
            if size > MAX_META or len(body := taker.window.get(at, size)) < size:
                taker.finds.warn(f"not-at-hand mp4:{decode(kind)}@{at}")
            elif kind == b"keys":
                keys = _keys(body)
            else:
                _items(taker, body, keys)
        elif kind == b"xml ":  # 14496-12, 8.11.2: version, flags, then the text
            taker.stored("mp4:xml", at + 4, max(0, size - 4))


def _keys(body: bytes) -> tuple[bytes, ...]:
    """Names by number (QuickTime File Format, metadata item keys atom): version, count, then size, namespace and name of each."""
    return tuple(body[at:stop] for _, at, stop in islice(children(body, 8, len(body)), MAX_ITEMS))


def _items(taker: Taker, body: bytes, keys: tuple[bytes, ...]) -> None:
    for count, (kind, at, stop) in enumerate(children(body, 0, len(body))):
        if count >= MAX_ITEMS or taker.full:
            taker.finds.warn("mp4.too-many-items")
            return
        number = int.from_bytes(kind, "big")
        if kind == _FREEFORM:
            name = _freeform(body, at, stop)
        else:
            name = decode(keys[number - 1].rstrip(b"\x00")) if 1 <= number <= len(keys) else kind.decode("mac_roman")
        for part, inner, end in islice(children(body, at, stop), MAX_VALUES):
            if part == b"data" and end - inner >= 8:
                _value(taker, f"mp4:{name}", int.from_bytes(body[inner : inner + 4], "big"), body[inner + 8 : end])


def _freeform(body: bytes, at: int, stop: int) -> str:
    """`----:mean:name`, the way iTunes and its followers write it."""
    parts = islice(children(body, at, stop), MAX_VALUES)
    found = {part: decode(body[inner + 4 : end].rstrip(b"\x00")) for part, inner, end in parts if part in (b"mean", b"name")}
    return f"----:{found.get(b'mean', '')}:{found.get(b'name', '')}"


def _value(taker: Taker, name: str, kind: int, raw: bytes) -> None:
    """One value by its well-known type (QuickTime File Format, table 3-5). Type 0 says nothing: text where it can be no other."""
    if kind in _PICTURES:
        return
    if kind in _CODECS:
        taker.text(name, raw, _decoded(raw, _CODECS[kind]).rstrip("\x00"))
    elif kind in _SIGNED + _UNSIGNED and 0 < len(raw) <= 8:
        taker.text(name, raw, str(int.from_bytes(raw, "big", signed=kind in _SIGNED)))
    elif kind in (23, 24) and len(raw) == (4 if kind == 23 else 8):
        taker.text(name, raw, repr(struct.unpack(">f" if kind == 23 else ">d", raw)[0]))
    elif kind == 0 and _is_text(raw):
        taker.text(name, raw)
    elif len(raw) <= MAX_BLOB:
        taker.finds.add(name, raw)


def _decoded(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return decode(raw)


def _is_text(raw: bytes, *, whole: bool = True) -> bool:
    """Strict UTF-8 with no control character but white space; a beginning that is not the whole may end inside a character."""
    try:
        words = codecs.getincrementaldecoder("utf-8")().decode(raw.rstrip(b"\x00"), whole)
    except UnicodeDecodeError:
        return False
    return bool(words.strip()) and not any(char < " " and char not in "\t\r\n" for char in words[:4_096])


def user_data(taker: Taker, kind: bytes, start: int, length: int) -> None:
    """Add one entry of a udta box: `mp4:©cmt` and its like (QuickTime, with a size and a language before each text, or plain), XMP,
    3GPP's titles, and other entries that are plain text.

    Args:
        taker: takes texts and warnings. kind: of the entry. start, length: of its body.
    """
    name = f"mp4:{kind.decode('mac_roman')}"
    if kind == b"XMP_":
        if (raw := taker.fetched(name, start, length)) is not None:
            taker.packet(raw.rstrip(b"\x00"))
        return
    if kind[:1] != b"\xa9" and kind not in _PHONE:
        if length >= 2 and _is_text(taker.window.get(start, min(length, 64)), whole=length <= 64):
            taker.stored(name, start, length)
        return
    raw = taker.fetched(name, start, length)
    if raw is None:
        return
    if kind in _PHONE and raw[:4] == bytes(4):
        taker.text(name, raw[6:], _phone(raw[6:]))
    elif (sized := _sized(raw)) is not None:
        for language, words in sized:
            taker.text(name, words, _mac(words) if language < _ROMAN else _decoded(words, "utf-16" if words[:2] in _MARKS else "utf-8"))
    else:
        taker.text(name, raw)


def _sized(raw: bytes) -> list[tuple[int, bytes]] | None:
    """(language, text) of each entry behind its 16-bit size and language; None where the sizes do not add up: then it is plain text.

    A text beyond 65,535 bytes does not fit into the size, which ffmpeg writes all the same, cut to 16 bits.
    """
    found, pos = [], 0
    for _ in range(MAX_VALUES):
        if pos + 4 > len(raw):
            break
        size, language = struct.unpack_from(">HH", raw, pos)
        if pos == 0 and len(raw) > 65_539 and (len(raw) - 4) & 0xFFFF == size:
            return [(language, raw[4:])]
        if pos + 4 + size > len(raw):
            return None
        if size:
            found.append((language, raw[pos + 4 : pos + 4 + size]))
        pos += 4 + size
    return found if pos and (pos + 4 <= len(raw) or not raw[pos:].strip(b"\x00")) else None


def _mac(raw: bytes) -> str:
    """UTF-8, which writers put there whatever the language code says, else Mac Roman."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("mac_roman")


def _phone(raw: bytes) -> str:
    return _decoded(raw, "utf-16").rstrip("\x00") if raw[:2] in _MARKS else decode(raw.rstrip(b"\x00"))
