"""Whether any file of a bundle holds what is withheld, in any spelling that a program would read. Pure: bytes in, findings out.

Each file is looked at as it is (UTF-8, UTF-16 of both orders) and as what is packed or spelled in it: members of zips, gzip, deflate
streams (of PNG text chunks, PDF and anything else that begins like zlib), base64, base32, hex, percent, quoted-printable, JSON's \\u and
HTML's entities, and each of these inside another, a few deep. Not looked into: pixels, sound, brotli, encrypted bytes, and text that a
PDF draws with glyph numbers (a test reads that through pdftotext).
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from provenance.bundle.grams import Many, many

WHOLE = 64 << 20  # bytes of a file that is opened; of a larger one each window by itself
WINDOW, OVERLAP = 8 << 20, 4096
UNPACKED = 64 << 20  # bytes of one unpacked stream: a bomb is not followed
SOUND, BROKEN = 1 << 30, 16 << 20  # bytes of all streams in a window, and of those that end in a fault, which may lie over one another
DEPTH = 3
JOINED = 4096
SHORT = 10  # ASCII characters below which chance inside long base64 must be ruled out
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{12,}+={0,2}|[A-Za-z0-9+/_-]{6,11}={1,2})")
_BASE64_LINES = re.compile(rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{56,78}+\r?\n){2,}+[A-Za-z0-9+/]*={0,2}")
_BASE32 = re.compile(rb"(?<![A-Z2-7])[A-Z2-7]{12,}+={0,6}")
_HEX = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]{12,}+")
_PERCENT = re.compile(rb"(?:%[0-9A-Fa-f]{2})")
_QUOTED = re.compile(rb"=[0-9A-F]{2}|=\r?\n")
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_ENTITY = re.compile(rb"&#?[0-9A-Za-z]{2,31};")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_STREAM = re.compile(rb"stream\r?\n")
_PACKED_CHUNKS = (b"zTXt", b"iTXt", b"iCCP")


@dataclass(frozen=True)
class Leak:
    """A withheld value was found. name: the file. field: whose value. how: in which spelling, the outermost first, e.g. "zip > deflate"."""

    name: str
    field: str
    how: str


@dataclass
class Purse:
    """How many bytes may still be unpacked in a window; the last stream may be longer."""

    sound: int = SOUND
    broken: int = BROKEN

    def pays(self, size: int, *, whole: bool) -> bool:
        """Whether a stream is looked at. size: of what came out of it. whole: it did not end in a fault."""
        if self.sound <= 0 or (not whole and self.broken <= 0):
            return False
        self.sound -= size
        self.broken -= 0 if whole else size
        return True


@dataclass(frozen=True)
class Search:
    """pieces: text -> field, as `needles.needles` gives them."""

    pieces: Mapping[str, str]

    def find(self, name: str, chunks: Iterable[bytes]) -> Leak | None:
        """The first leak in a file: its name first, then its bytes.

        Args:
            name: below the bundle's folder. chunks: its bytes, in pieces of any size; read once.
        """
        if not self.pieces:
            return None
        field = self._in(name.encode("utf-8", "replace"))
        if field:
            return Leak(name, field, "name")
        for window in windows(chunks):
            found = self._deep(_without_pixels(window), "", DEPTH, Purse())
            if found:
                return Leak(name, *found)
        return None

    def _deep(self, block: bytes, how: str, depth: int, purse: Purse) -> tuple[str, str] | None:
        field = self._in(block)
        if field:
            return field, how or "plain"
        if not depth:
            return None
        for spelled, view in views(block, purse, nested=depth < DEPTH):
            found = self._deep(_without_pixels(view), f"{how} > {spelled}" if how else spelled, depth - 1, purse)
            if found:
                return found
        return None

    def _in(self, block: bytes) -> str:
        """The field of a piece in these bytes, "" for none."""
        text: list[bool] = []  # whether these bytes are text; asked only when it matters

        def good(block: bytes, start: int, end: int) -> bool:
            """Whether a match is no chance: a short one counts in a text, as a word, and not inside a long run of base64."""
            one = block[start:end]
            if len(one) >= SHORT or (not one.isascii() and len(one) >= 6):
                return True
            text[:] = text or [_is_text(block)]
            if one[:1].isalnum() and (_letter(block[start - 1 : start]) or _letter(block[end : end + 1])):
                return False
            return (text[0] or len(one) >= 8) and not _chance(block, start, end)

        found = self._many.find(block, good)
        return self._spelled[found] if found else ""

    @cached_property
    def _spelled(self) -> dict[bytes, str]:
        codes = ("utf-8", "utf-16-le", "utf-16-be")
        return {piece.encode(code, "surrogatepass"): field for piece, field in self.pieces.items() for code in codes}

    @cached_property
    def _many(self) -> Many:
        return many(self._spelled, SHORT)


def _letter(byte: bytes) -> bool:
    return byte.isalnum()


def windows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes whole up to WHOLE, else in windows that overlap."""
    held, size = bytearray(), WHOLE
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[: size - OVERLAP]
            size = WINDOW
    if held:
        yield bytes(held)


def views(block: bytes, purse: Purse, *, nested: bool = False) -> Iterator[tuple[str, bytes]]:
    """(what it is called, what is read then) of each way in which other bytes stand in these. nested: in a picture inside another file,
    such as a page's own previews, nothing is spelled out further."""
    if block.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from (("deflate", one) for one in _png(block, purse))
    elif block.startswith(b"PK\x03\x04"):
        yield from (("zip", one) for one in _zip(block, purse))
    elif block.startswith(b"\x1f\x8b"):
        yield from (("gzip", one) for one in _inflated(block, 31, purse))
    else:
        yield from (("deflate", one) for one in _streams(block, purse))
    if not (nested and block.startswith((b"\xff\xd8\xff", b"RIFF"))):
        yield from _spellings(block)


def _spellings(block: bytes) -> Iterator[tuple[str, bytes]]:
    uris = _BASE64.finditer(block)
    runs = ((run[0], block[max(0, run.start() - 7) : run.start()] == b"base64,") for run in uris)
    yield from _gathered("base64", (one for run, whole in runs for one in _unbase64(run, whole)))
    lines = (re.sub(rb"\r?\n", b"", run[0]) for run in _BASE64_LINES.finditer(block))
    yield from _gathered("base64", (one for run in lines for one in _unbase64(run, False)))
    yield from _gathered("base32", (one for run in _BASE32.finditer(block) for one in _unbase32(run[0])))
    yield from _gathered("hex", (one for run in _HEX.finditer(block) for one in _unhex(run[0])))
    if _PERCENT.search(block):
        yield "percent", _PERCENT.sub(lambda m: bytes([int(m[0][1:], 16)]), block)
    if _QUOTED.search(block) and _is_text(block):
        yield "quoted", _QUOTED.sub(lambda m: bytes([int(m[0][1:], 16)]) if m[0][1:2] not in b"\r\n" else b"", block)
    if b"\\" in block and _is_text(block):
        yield "json", unescaped(block.decode("utf-8", "replace")).encode("utf-8", "replace")
    if _ENTITY.search(block) and _is_text(block):
        yield "entities", html.unescape(block.decode("utf-8", "replace")).encode("utf-8", "replace")


def _gathered(spelled: str, found: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Small finds together, those that are text and the others; large ones each by itself."""
    said: list[bytes] = []
    rest: list[bytes] = []
    for one in found:
        if len(one) > JOINED:
            yield spelled, one
        else:
            (said if _is_text(one) else rest).append(one)
    yield from ((spelled, b"\n".join(part)) for part in (said, rest) if part)


def unescaped(text: str) -> str:
    """Text without JSON's backslashes, pairs of surrogates joined."""
    one = _UNICODE.sub(lambda m: chr(int(m[1], 16)), text.replace("\\\\", "\x00"))
    for spelled, char in (('\\"', '"'), ("\\/", "/"), ("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\x00", "\\")):
        one = one.replace(spelled, char)
    return one.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unbase64(run: bytes, whole: bool) -> Iterator[bytes]:
    """A run decoded from each of its first four characters on: what stands before it may belong to something else. whole: it does not."""
    run = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    if whole and len(run) % 4 != 1:
        yield base64.b64decode(run + b"=" * (-len(run) % 4))
        return
    for start in range(4):
        part = run[start : start + (len(run) - start) // 4 * 4]
        if len(part) >= 8:
            yield base64.b64decode(part)
    rest = len(run) % 4
    if rest > 1:
        yield base64.b64decode(run + b"=" * (4 - rest))


def _unbase32(run: bytes) -> Iterator[bytes]:
    run = run.rstrip(b"=")
    try:
        yield base64.b32decode(run + b"=" * (-len(run) % 8))
    except (ValueError, binascii.Error):
        return


def _unhex(run: bytes) -> Iterator[bytes]:
    for part in (run, run[1:]):
        yield bytes.fromhex(part[: len(part) // 2 * 2].decode())


def _without_pixels(block: bytes) -> bytes:
    """A PNG without its pixel data, and all that stands behind its end; other bytes as they are."""
    if not block.startswith(b"\x89PNG\r\n\x1a\n"):
        return block
    at, kept = 8, [block[:8]]
    while at + 8 <= len(block):
        end = at + 12 + int.from_bytes(block[at : at + 4])
        if block[at + 4 : at + 8] != b"IDAT":
            kept.append(block[at:end])
        at = end
        if block[at - 8 : at - 4] == b"IEND":
            break
    return b"".join([*kept, block[at:]])


def _png(block: bytes, purse: Purse) -> Iterator[bytes]:
    """Packed text chunks; pixel data is not opened."""
    at = 8
    while at + 8 <= len(block):
        size, kind = int.from_bytes(block[at : at + 4]), block[at + 4 : at + 8]
        if kind in _PACKED_CHUNKS:
            yield from _streams(block[at + 8 : at + 8 + size], purse)
        at += 12 + size


def _zip(block: bytes, purse: Purse) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(block)) as opened:
            for one in opened.infolist()[:10_000]:
                with opened.open(one) as member:
                    data = member.read(UNPACKED) if purse.sound > 0 else b""
                purse.pays(len(data), whole=True)
                yield one.filename.encode("utf-8", "replace") + b"\n" + data
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        yield from _streams(block, purse)


def _streams(block: bytes, purse: Purse) -> Iterator[bytes]:
    """What begins like zlib anywhere, and streams of a PDF."""
    starts = {match.start() for match in _ZLIB.finditer(block)}
    if block.startswith(b"%PDF"):
        starts |= {match.end() for match in _STREAM.finditer(block)}
    done = 0
    for start in sorted(starts):
        if start < done or purse.sound <= 0:
            continue
        for one in _inflated(memoryview(block)[start:], 15, purse):
            done = start + 2
            yield one


def _inflated(packed: bytes | memoryview, bits: int, purse: Purse) -> Iterator[bytes]:
    """What comes out of a stream, up to its end, its first fault or UNPACKED bytes."""
    opener, found, whole = zlib.decompressobj(bits), bytearray(), False
    try:
        for at in range(0, len(packed), 65536):
            part = packed[at : at + 65536] if at else packed[:1024]  # bytes that only look like a beginning fail in these
            found += opener.decompress(part, UNPACKED - len(found) + 1)
            if not at and not opener.eof and len(packed) > 1024:
                found += opener.decompress(packed[1024:65536], UNPACKED - len(found) + 1)
            if opener.eof or len(found) > UNPACKED:
                whole = True
                break
    except zlib.error:
        pass
    if len(found) >= 4 and purse.pays(len(found), whole=whole):
        yield bytes(found)


def _is_text(block: bytes) -> bool:
    """Whether these bytes are UTF-8 without control characters: in others a short word may stand by chance."""
    head = block[:65536]
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
    return not re.search(rb"[\x00-\x08\x0e-\x1f]", head)


def _chance(block: bytes, start: int, end: int) -> bool:
    """Whether a short word stands inside a long run of base64, where any word may."""
    around = block[max(0, start - 64) : end + 64]
    return re.fullmatch(rb"[A-Za-z0-9+/=]{96,}", around) is not None
