"""EXIF UserComment (0x9286) as text. Writers disagree on nearly everything but the eight bytes of character code, and on those too.

CIPA DC-008 (Exif 3.0) 4.6.6: eight bytes name the code, then the text. What files really hold: UNICODE with UTF-16 of either byte
order, whatever the order of the TIFF around it; UNICODE with UTF-8; ASCII with UTF-8; no code at all.
"""

from __future__ import annotations

import codecs

from provenance.carriers.text import decode

_SAMPLE = 2048  # bytes on which byte orders are compared; whether a decoding is possible is asked of the whole
_LEVELS = (("gb2312", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7)), ("shift_jis", range(0x88, 0x98)))
"""Chinese and Japanese sets, and the lead bytes of the characters of their first, everyday, level."""
_SHORT = 24  # bytes; in fewer, one character decides too much
_SCORED = 256  # characters; the worth of many more cannot differ
_WORDISH = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,.:\n")
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})


def comment_text(raw: bytes) -> str:
    """The text of a UserComment value.

    Args:
        raw: the value as found, character code included.
    Returns:
        Text without trailing NULs. UNICODE: by byte order mark, else the byte order with more ASCII and no unpaired surrogates,
        else UTF-8. ASCII, none or unknown: UTF-8, else Latin-1, unless NULs show it to be UTF-16. JIS: ISO-2022-JP, else UTF-8,
        Shift_JIS, EUC-JP.
    """
    code, body = raw[:8].upper(), raw[8:]
    if code == b"UNICODE\x00":
        return _wide(body)
    if code == b"JIS\x00\x00\x00\x00\x00":
        return _japanese(body)
    if code in (b"ASCII\x00\x00\x00", b"\x00" * 8):
        return _narrow(body)
    return _narrow(raw)


def _narrow(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or body.rstrip(b"\x00").count(0) * 4 > len(body):
        return _wide(body)
    return decode(body.removeprefix(codecs.BOM_UTF8)).rstrip("\x00")


def _japanese(body: bytes) -> str:
    for codec in ("iso2022_jp", "utf-8", "shift_jis", "euc_jp"):
        try:
            return body.decode(codec).rstrip("\x00")
        except UnicodeDecodeError:
            continue
    return decode(body).rstrip("\x00")


def _wide(body: bytes) -> str:
    """UTF-16 of unknown order, or UTF-8 that is called Unicode."""
    even = body[: len(body) & ~1]
    for mark, order in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return even[2:].decode(order, "surrogatepass").rstrip("\x00")
    if body.startswith(codecs.BOM_UTF8):
        return decode(body[3:]).rstrip("\x00")
    sample = even[:_SAMPLE]
    # a full tie falls to big-endian, which most writers of this field (piexif) use; never to the order of the TIFF
    first, second = ("utf-16-be", "utf-16-le") if _better(sample) else ("utf-16-le", "utf-16-be")
    chosen = first if (text := _pairs(even, first)) is not None else second if (text := _pairs(even, second)) is not None else None
    ended = body.rstrip(b"\x00")[: _SAMPLE]  # a closing NUL and the last letter of UTF-8 would make one ASCII character of UTF-16
    utf8 = _utf8(body) if chosen is None or (_plain(ended, chosen) == 0 and _looks_utf8(ended, chosen)) else None
    if utf8 is not None:
        return utf8
    return (even.decode(first, "surrogatepass") if text is None else text).rstrip("\x00")


def _better(sample: bytes) -> bool:
    """Whether big-endian reads better: by ASCII and blanks, where one order has mostly that.

    Other scripts are judged by their characters, because "一" (U+4E00) in the wrong order is an N, so that ASCII alone would prefer
    the wrong order for Chinese: by lying in few blocks (alphabets), then, as all short texts are, by being characters of everyday use.
    """
    big, little = _plain(sample, "utf-16-be"), _plain(sample, "utf-16-le")
    if len(sample) >= _SHORT and max(big, little) * 4 >= len(sample) and big != little:
        return big > little
    few, many = sorted(blocks := (len(set(sample[0::2])), len(set(sample[1::2]))))
    if len(sample) >= _SHORT and few * 4 <= many:
        return blocks[0] == few
    return (_worth(_decoded(sample, "utf-16-be")), big) >= (_worth(_decoded(sample, "utf-16-le")), little)


def _plain(sample: bytes, order: str) -> int:
    return len(sample.decode(order, "ignore").encode("ascii", "ignore").translate(None, _CONTROLS))


def _decoded(sample: bytes, order: str) -> str:
    return sample[: 2 * _SCORED & ~1].decode(order, "replace")


def _worth(text: str) -> int:
    """How much the characters look like what people write."""
    return sum(map(_one, text))


def _one(char: str) -> int:
    code = ord(char)
    if 0x4E00 <= code <= 0x9FFF:
        return _han(char)
    if 0xAC00 <= code <= 0xD7A3:
        return 2 if char.encode("euc_kr", "ignore") else -1
    if 0x20 <= code < 0x7F or 0x3041 <= code <= 0x30FF or 0xFF01 <= code <= 0xFF5E or char in "\t\n\r\u3000\u3001\u3002":
        return 2
    if 0xA0 <= code <= 0x52F or 0x590 <= code <= 0xE7F or 0x2010 <= code <= 0x2027 or 0x3000 <= code <= 0x3020 or code >= 0x1F300:
        return 1
    import unicodedata

    return -3 if char == "\ufffd" or unicodedata.category(char).startswith("C") else -1


def _han(char: str) -> int:
    """2 for an everyday character, 0 for one that the sets know, -1 for any other."""
    known = -1
    for codec, everyday in _LEVELS:
        packed = char.encode(codec, "ignore")
        if packed and packed[0] in everyday:
            return 2
        known = 0 if packed else known
    return known


def _pairs(even: bytes, order: str) -> str | None:
    """The text, where it has no unpaired surrogates; one at the very end is a text that was cut, not a wrong order."""
    last = even[-2:].decode(order, "surrogatepass")
    try:
        return even[:-2].decode(order) + last if "\ud800" <= last <= "\udbff" else even.decode(order)
    except UnicodeDecodeError:
        return None


def _utf8(body: bytes) -> str | None:
    try:
        return body.rstrip(b"\x00").decode("utf-8")
    except UnicodeDecodeError:
        return None


def _looks_utf8(sample: bytes, order: str) -> bool:
    """Whether bytes that are valid UTF-8 are it, rather than two by two: each reading's characters are judged.

    Of ASCII, words alone count: two letters may well be one everyday Chinese character, many seldom all are.
    """
    wordish = sum(b in _WORDISH for b in sample) / max(1, len(sample))
    if sample.translate(None, _CONTROLS) != sample or (sample.isascii() and (len(sample) < 8 or wordish < 0.6)):
        return False
    if sample.isascii() and wordish >= 0.9:
        return True
    narrow, wide = sample[:_SCORED].decode("utf-8", "ignore"), _decoded(sample[: len(sample) & ~1], order)
    one, other = _worth(narrow) * len(wide), _worth(wide) * len(narrow)
    return one > other or (one == other and not sample.isascii())
