"""EXIF UserComment (0x9286) as text. Writers disagree on nearly everything but the eight bytes of character code, and on those too.

CIPA DC-008 (Exif 3.0) 4.6.6: eight bytes name the code, then the text. What files really hold: UNICODE with UTF-16 of either byte
order, whatever the order of the TIFF around it; UNICODE with UTF-8; ASCII with UTF-8; no code at all.
"""

from __future__ import annotations

import codecs

from provenance.carriers.text import decode

_SAMPLE = 8192  # bytes on which byte orders are compared; whether a decoding is possible is asked of the whole
_EVERYDAY = ("gb2312", "shift_jis", "euc_kr")
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
    chosen = first if _pairs(even, first) else second if _pairs(even, second) else None
    ended = body.rstrip(b"\x00")[: _SAMPLE]  # a closing NUL and the last letter of UTF-8 would make one ASCII character of UTF-16
    utf8 = _utf8(body) if chosen is None or (_plain(ended, chosen) == 0 and _looks_utf8(ended)) else None
    return utf8 if utf8 is not None else even.decode(chosen or first, "surrogatepass").rstrip("\x00")


def _better(sample: bytes) -> bool:
    """Whether big-endian reads better: by ASCII and blanks, where one order has mostly that.

    Other scripts are judged by their characters, because "一" (U+4E00) in the wrong order is an N, so that ASCII alone would prefer
    the wrong order for Chinese: by lying in few blocks (alphabets), then by being characters of everyday use.
    """
    big, little = _plain(sample, "utf-16-be"), _plain(sample, "utf-16-le")
    if max(big, little) * 4 >= len(sample) and big != little:
        return big > little
    few, many = sorted(blocks := (len(set(sample[0::2])), len(set(sample[1::2]))))
    if few * 4 <= many:
        return blocks[0] == few
    return _familiar(sample, "utf-16-be") >= _familiar(sample, "utf-16-le")


def _plain(sample: bytes, order: str) -> int:
    return len(sample.decode(order, "ignore").encode("ascii", "ignore").translate(None, _CONTROLS))


def _familiar(sample: bytes, order: str) -> int:
    """How many characters the everyday sets of Chinese, Japanese and Korean know (they hold ASCII, Greek and Cyrillic too)."""
    text = sample[:1024].decode(order, "ignore")
    return max(len(text.encode(codec, "ignore").translate(None, _CONTROLS).decode(codec, "ignore")) for codec in _EVERYDAY)


def _pairs(even: bytes, order: str) -> bool:
    """No unpaired surrogates; one at the very end is a text that was cut, not a wrong order."""
    last = even[-2:].decode(order, "surrogatepass")
    try:
        (even[:-2] if "\ud800" <= last <= "\udbff" else even).decode(order)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(body: bytes) -> str | None:
    try:
        return body.rstrip(b"\x00").decode("utf-8")
    except UnicodeDecodeError:
        return None


def _looks_utf8(sample: bytes) -> bool:
    """Valid UTF-8 beyond ASCII is hardly ever an accident; ASCII bytes are words, or two to a Chinese character."""
    if 0 in sample:
        return False
    return not sample.isascii() or (len(sample) >= 8 and sum(b in _WORDISH for b in sample) >= 0.6 * len(sample))
