"""Text hidden in the lowest bits of pixels ("stealth pnginfo"): by NovelAI, Forge and its kin, and an extension of the webui.

Format (sd-webui-stealth-pnginfo ba36de6; NovelAI/novelai-image-metadata nai_meta.py): the lowest bit of alpha, or of red, green and
blue in turn, is a stream, down each column, columns from the left. It starts with fifteen letters that name the form, then the length
of the payload in bits (32 bits, high byte first), then the payload, gzip or plain UTF-8. What follows (NovelAI writes codes for
repair) is not looked at.

When it is tried, by what it costs: where the file carries no other text that could say how it was made, and always where the caller
wants to know whether a hidden text agrees with the open one (`deep`). A PNG without one is refuted by one inflated row; one with a hidden
text costs 2 ms for its length, and some 20 ms a megapixel to read; a WebP must be decoded whole first, and is looked at only where its
form can keep low bits.
"""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from provenance.carriers import hiddenpng
from provenance.carriers.carrier import Carrier, Container
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_PAYLOAD = 262_144  # bytes; each bit costs a step. An infotext has about a thousand, packed
MAX_TEXT = 4 * 1024 * 1024  # inflated; as JSON it may take twenty times as much memory
MAX_PIXELS = 8_000_000  # of a WebP: its decoder holds four copies
_HEAD = 152  # bits of form and length
_FORMS = MappingProxyType({
    b"stealth_pnginfo": ("A", False), b"stealth_pngcomp": ("A", True),
    b"stealth_rgbinfo": ("RGB", False), b"stealth_rgbcomp": ("RGB", True),
})  # fmt: skip
_LONG = 60  # characters; shorter texts (dates, an editor's name) do not say how a picture was made
_DIGITS = bytes(48 + (value & 1) for value in range(256))

Samples = Callable[[str, int, int], bytes]
"""(channels, columns, rows) -> values down each column, channels in turn; fewer where the picture ends early."""


@dataclass(frozen=True)
class Hidden:
    """What was found: carriers `stealth:parameters`, or `stealth:<key>` for each key of a JSON object of texts; and warnings."""

    carriers: tuple[Carrier, ...] = ()
    warnings: tuple[str, ...] = ()


NOTHING = Hidden()


def with_hidden(window: Window, found: Container, deep: bool = False) -> Container:
    """A walked picture with the carriers and warnings of its hidden text, if there is one; see `hidden`. Never raises."""
    try:
        more = hidden(window, found, deep)
    except Exception as error:  # a defect here must not lose what the walker found
        more = Hidden(warnings=(f"failed stealth {type(error).__name__}",))
    if more is NOTHING:
        return found
    return dataclasses.replace(found, carriers=(*found.carriers, *more.carriers), warnings=(*found.warnings, *more.warnings))


def hidden(window: Window, found: Container, deep: bool = False) -> Hidden:
    """Look for a hidden text in a picture that has been walked.

    Args:
        window: the file. found: what its walker gave, for its format and the texts it has anyway. deep: also beside other texts.
    Returns:
        Hidden. Warnings: `stealth.length` (claims more than the picture holds), `stealth.too-long`, `stealth.payload` (not gzip, or
        damaged), `stealth.cut` (the pixels end before it does). Never raises for any content.
    """
    if found.container not in ("png", "webp") or (not deep and _told(found)):
        return NOTHING
    if found.container == "png":
        picture = hiddenpng.open_picture(window.head)
        if picture is None:
            return NOTHING
        for mode in picture.may_hide(_STARTS):
            opening = picture.opening(mode, _STARTS[mode], _HEAD)
            if not opening:
                continue
            picture = picture.opened()
            if (text := _read(mode, picture.samples, picture.width, picture.height, opening)) is not NOTHING:
                return text
        return NOTHING
    if window.whole and _keeps_low_bits(window.head):
        return _webp(window.head, found)
    return NOTHING


def _told(found: Container) -> bool:
    return any(c.text is not None and len(c.text) >= _LONG and not c.name.startswith("xmp") for c in found.carriers)


def _read(mode: str, samples: Samples, width: int, height: int, opening: bytes = b"") -> Hidden:
    """One stream; NOTHING where it does not start with a form of this mode.

    Args:
        opening: values of the first column, where they are at hand.
    """
    column = height * len(mode)
    columns = -(-_HEAD // column)
    if columns > width:
        return NOTHING
    head = _bytes(opening if len(opening) >= _HEAD else samples(mode, columns, min(height, -(-_HEAD // len(mode)))), 0, _HEAD)
    form, packed = _FORMS.get(head[:15], ("", False))
    if form != mode:
        return NOTHING
    length = int.from_bytes(head[15:19], "big")
    columns = -(-(_HEAD + length) // column)
    if columns > width or length < 8:
        return Hidden(warnings=("stealth.length",))
    if length > MAX_PAYLOAD * 8:
        return Hidden(warnings=("stealth.too-long",))
    payload = _bytes(samples(mode, columns, height), _HEAD, length & ~7)
    if len(payload) < length // 8:
        return Hidden(warnings=("stealth.cut",))
    return _unpacked(payload) if packed else Hidden(_carriers(payload))


def _bytes(values: bytes, start: int, count: int) -> bytes:
    """The lowest bits as bytes, as many whole ones as there are."""
    digits = values[start : start + count].translate(_DIGITS)
    digits = digits[: len(digits) & ~7]
    return int(digits, 2).to_bytes(len(digits) // 8, "big") if digits else b""


def _unpacked(payload: bytes) -> Hidden:
    engine = zlib.decompressobj(31)
    try:
        raw = engine.decompress(payload, MAX_TEXT + 1)
    except zlib.error:
        return Hidden(warnings=("stealth.payload",))
    if len(raw) > MAX_TEXT:
        return Hidden(warnings=("stealth.too-long",))
    return Hidden(_carriers(raw)) if engine.eof else Hidden(warnings=("stealth.payload",))


def _carriers(raw: bytes) -> tuple[Carrier, ...]:
    text = decode(raw)
    rows = _texts_of_object(text) if text.startswith("{") else []
    rows = rows or [("parameters", text)]
    return tuple(Carrier(f"stealth:{key}", value.encode("utf-8", "surrogatepass"), value) for key, value in rows)


def _texts_of_object(text: str) -> list[tuple[str, str]]:
    """The keys of a JSON object, a text as it is and any other value in its own spelling; [] where it is none (wildcards: `{a|b}`)."""
    decoder, rows = json.JSONDecoder(), []
    at, end = 1, len(text)
    try:
        while at < end:
            key, at = decoder.raw_decode(text, _past(text, at, " \t\r\n,"))
            start = _past(text, at, " \t\r\n")
            if text[start : start + 1] != ":":
                return []
            start = _past(text, start + 1, " \t\r\n")
            value, at = decoder.raw_decode(text, start)
            rows.append((str(key)[:256], value if isinstance(value, str) else text[start:at]))
            at = _past(text, at, " \t\r\n")
            if text[at : at + 1] != ",":
                break
    except (ValueError, RecursionError):
        return []
    return rows if text[at:].rstrip(" \t\r\n\0") == "}" and len(rows) <= 100 else []


def _past(text: str, at: int, blanks: str) -> int:
    while text[at : at + 1] and text[at] in blanks:
        at += 1
    return at


def _starts(mode: str) -> tuple[bytes, ...]:
    """For each bit of the fifteen letters, which values it may have: both where the two forms of the mode differ."""
    forms = [int.from_bytes(form, "big") for form, (of, _) in _FORMS.items() if of == mode]
    return tuple(bytes({form >> (119 - place) & 1 for form in forms}) for place in range(120))


_STARTS = MappingProxyType({"A": _starts("A"), "RGB": _starts("RGB")})


# --- WebP ------------------------------------------------------------------------------------------------------------------------


def _keeps_low_bits(data: bytes) -> bool:
    """Whether a WebP holds a lossless picture or alpha plane, and no animation (RFC 9649 2.7)."""
    at, kinds = 12, set[bytes]()
    while at + 8 <= len(data) and len(kinds) < 32 and b"VP8L" not in kinds:
        kinds.add(data[at : at + 4])
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + (length & 1)
    return bool(kinds & {b"VP8L", b"ALPH"}) and b"ANIM" not in kinds


def _webp(data: bytes, found: Container) -> Hidden:
    width, height = found.width or 0, found.height or 0
    if not 0 < width * height <= MAX_PIXELS:
        return NOTHING
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("WEBP",)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return NOTHING
            picture.load()
            modes = [mode for mode in _STARTS if set(mode) <= set(picture.mode)]

            def samples(mode: str, columns: int, rows: int) -> bytes:
                part = picture.crop((0, 0, columns, rows)).transpose(Image.Transpose.TRANSPOSE)
                return part.getchannel("A").tobytes() if mode == "A" else part.convert("RGB").tobytes()

            found_in = (_read(mode, samples, picture.width, picture.height) for mode in modes)
            return next((text for text in found_in if text is not NOTHING), NOTHING)
    except Exception:  # a decoder's trouble with a damaged picture is not ours to name: no text was found in it
        return NOTHING
