"""ID3v2.2, 2.3 and 2.4 (id3.org): the frames that carry words. MP3 files; FLAC and WAV may carry a tag as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from provenance.carriers import flac
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.inflate import inflate
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_TAG = 20 * 1024 * 1024
MAX_FRAMES = 4_000
MAX_TAGS = 8
_CODECS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_STORES = ("application/x-c2pa-manifest-store", "application/c2pa")
_NEWER = MappingProxyType({
    "TXX": "TXXX", "COM": "COMM", "GEO": "GEOB", "ULT": "USLT", "TT1": "TIT1", "TT2": "TIT2", "TT3": "TIT3", "TP1": "TPE1", "TAL": "TALB",
    "TEN": "TENC", "TSS": "TSSE", "TYE": "TYER", "TCO": "TCON", "TCR": "TCOP", "TCM": "TCOM", "TXT": "TEXT",
})  # fmt: skip


@dataclass(frozen=True)
class _Frame:
    """name: as of version 2.3; body: without compression and unsynchronisation."""

    name: str
    body: bytes


def walk(window: Window) -> Container:
    """Read the ID3v2 tags at the beginning of a file (several may stand there) and an ID3v1 tag at its end.

    Returns:
        Container with carriers `TXXX:description`, `COMM:description` (`COMM:comment` where it has none), `ID3:TIT2` and other text
        frames, `ID3v1:comment`, `xmp`, `c2pa`; for a FLAC behind a tag also its own, as container `flac`.
    """
    taker, at = Taker(window, Finds()), 0
    for _ in range(MAX_TAGS):
        length = _length(window.get(at, 10))
        if length is None:
            break
        there = min(length, max(0, window.size - at))
        if there < length:
            taker.finds.warn(f"id3.cut @{at}")
        if there > MAX_TAG:
            taker.finds.warn(f"text-long ID3@{at}")
        elif tag := window.get(at, there):
            read(tag, taker)
        else:
            taker.finds.warn(f"not-at-hand ID3@{at}")
        at += length
    flacs = window.get(at, 4) == b"fLaC"
    if flacs:
        flac.blocks(taker, at)
    elif window.size >= 128 and not taker.finds.carriers:  # else it repeats the first thirty letters of what was read
        _old(window.get(window.size - 128, 128), taker)
    media_type, name = ("audio/flac", "flac") if flacs else ("audio/mpeg", "mp3")
    return Container(media_type, name, carriers=tuple(taker.finds.carriers), warnings=taker.finds.warnings)


def _length(header: bytes) -> int | None:
    """The length of a whole tag, its header and footer included; None where none begins."""
    if len(header) < 10 or header[:3] != b"ID3" or header[3] == 0xFF or max(header[6:10]) > 127:
        return None
    return _synchsafe(header[6:10]) + (20 if header[3] == 4 and header[5] & 0x10 else 10)


def _synchsafe(raw: bytes) -> int:
    """Seven bits a byte, so that no byte looks like the start of an audio frame."""
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
    return number


def read(tag: bytes, taker: Taker) -> None:
    """Add the words of one tag. tag: from `ID3` on, to where it ends or the bytes do."""
    if len(tag) < 10 or tag[3] not in (2, 3, 4):
        taker.finds.warn("id3.version")
        return
    version, flags = tag[3], tag[5]
    body = tag[10 : 10 + _synchsafe(tag[6:10])]
    if version == 2 and flags & 0x40:
        taker.finds.warn("id3.compressed")  # version 2.2 names no method: such a tag is to be ignored
        return
    if version < 4 and flags & 0x80:
        body = body.replace(b"\xff\x00", b"\xff")
    start = 0
    if version > 2 and flags & 0x40 and not _named(body[:4]):  # some set the flag, and write no such header
        start = 4 + int.from_bytes(body[:4], "big") if version == 3 else max(6, _synchsafe(body[:4]))
    frames = _frames22(body, taker) if version == 2 else _frames(body, start, version, taker)
    for frame in frames:
        if taker.full:
            return
        _TAKERS.get(frame.name, _other)(frame, taker)


def _frames22(body: bytes, taker: Taker) -> Iterator[_Frame]:
    pos = 0
    for _ in range(MAX_FRAMES):
        name, length = body[pos : pos + 3], int.from_bytes(body[pos + 3 : pos + 6], "big")
        if not _named(name) or len(body) < pos + 6:
            return
        found = decode(name)
        yield _Frame(_NEWER.get(found, found), _cut(body, pos + 6, length, found, taker))
        pos += 6 + length
    taker.finds.warn("id3.too-many-frames")


def _frames(body: bytes, pos: int, version: int, taker: Taker) -> Iterator[_Frame]:
    for _ in range(MAX_FRAMES):
        name = body[pos : pos + 4]
        if not _named(name) or len(body) < pos + 10:
            if name.strip(b"\x00"):
                taker.finds.warn(f"id3.garbage @{pos}")
            return
        length = _frame_length(body, pos, version)
        found, flags = decode(name), body[pos + 9]
        raw = _cut(body, pos + 10, length, found, taker)
        content = _plain3(raw, flags, found, taker) if version == 3 else _plain4(raw, flags, found, taker)
        if content is not None:
            yield _Frame(found, content)
        pos += 10 + length
    taker.finds.warn("id3.too-many-frames")


def _named(name: bytes) -> bool:
    return len(name) >= 3 and 65 <= name[0] <= 90 and all(65 <= byte <= 90 or 48 <= byte <= 57 for byte in name)


def _frame_length(body: bytes, pos: int, version: int) -> int:
    """Plain in version 2.3, synchsafe in 2.4; some writers of 2.4 (early iTunes) wrote it plain: the next frame shows it."""
    raw = body[pos + 4 : pos + 8]
    plain = int.from_bytes(raw, "big")
    if version == 3 or plain < 128:
        return plain
    safe = _synchsafe(raw)
    if max(raw) > 127 or (not _follows(body, pos + 10 + safe) and _follows(body, pos + 10 + plain)):
        return plain
    return safe


def _follows(body: bytes, pos: int) -> bool:
    """Whether a frame, padding or the end of the tag stands at `pos`."""
    name = body[pos : pos + 4]
    return pos == len(body) or _named(name) or (pos < len(body) and not name.strip(b"\x00"))


def _cut(body: bytes, start: int, length: int, name: str, taker: Taker) -> bytes:
    if start + length > len(body):
        taker.finds.warn(f"id3.frame-length {name}")
    return body[start : start + length]


def _plain3(raw: bytes, flags: int, name: str, taker: Taker) -> bytes | None:
    """A 2.3 frame's content: %ijk00000 is compressed, encrypted, grouped."""
    if flags & 0x40:
        taker.finds.warn(f"id3.encrypted {name}")
        return None
    skipped = (4 if flags & 0x80 else 0) + (1 if flags & 0x20 else 0)
    raw = raw[skipped:]
    return _inflated(raw, name, taker) if flags & 0x80 else raw


def _plain4(raw: bytes, flags: int, name: str, taker: Taker) -> bytes | None:
    """A 2.4 frame's content: %0h00kmnp is grouped, compressed, encrypted, unsynchronised, with a data length."""
    if flags & 0x04:
        taker.finds.warn(f"id3.encrypted {name}")
        return None
    raw = raw[(1 if flags & 0x40 else 0) + (4 if flags & 0x01 else 0) :]
    if flags & 0x02:
        raw = raw.replace(b"\xff\x00", b"\xff")
    return _inflated(raw, name, taker) if flags & 0x08 else raw


def _inflated(packed: bytes, name: str, taker: Taker) -> bytes:
    raw, trouble, spent = inflate(packed, min(taker.left, max(0, taker.finds.inflatable)))
    taker.finds.inflatable -= spent
    if trouble:
        taker.finds.warn(f"inflate-{trouble} {name}")
    return raw


# --- the frames ------------------------------------------------------------------------------------------------------------------


def _string(encoding: int, raw: bytes) -> str:
    """Text in one of the four encodings; a UTF-16 without its mark is little-endian, as Windows writes it. Wrong codes fall back."""
    codec = _CODECS[encoding] if encoding < 4 else "utf-8"
    if encoding == 0:
        return decode(raw)  # writers put UTF-8 under the number of Latin-1
    if codec == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        codec = "utf-16-le"
    try:
        return raw[: len(raw) & ~1 if encoding in (1, 2) else len(raw)].decode(codec, "surrogatepass")
    except UnicodeDecodeError:
        return decode(raw)


def _split(encoding: int, raw: bytes) -> tuple[bytes, bytes]:
    """A terminated string and what follows: two aligned NULs in UTF-16, else one."""
    if encoding not in (1, 2):
        first, _, rest = raw.partition(b"\x00")
        return first, rest
    at = raw.find(b"\x00\x00")
    while at >= 0 and at % 2:
        at = raw.find(b"\x00\x00", at + 1)
    return (raw, b"") if at < 0 else (raw[:at], raw[at + 2 :])


def _user(frame: _Frame, taker: Taker) -> None:
    """TXXX: encoding, description, value."""
    _described("TXXX", frame.body[:1], frame.body[1:], taker)


def _comment(frame: _Frame, taker: Taker) -> None:
    """COMM and USLT: encoding, three letters of a language, description, value."""
    _described(frame.name, frame.body[:1], frame.body[4:], taker)


def _described(name: str, encoding: bytes, rest: bytes, taker: Taker) -> None:
    if not encoding:
        return
    description, value = _split(encoding[0], rest)
    words = _string(encoding[0], description) or {"COMM": "comment", "USLT": "lyrics"}.get(name, "")
    taker.text(f"{name}:{words}", value, _string(encoding[0], value).rstrip("\x00"))


def _object(frame: _Frame, taker: Taker) -> None:
    """GEOB: encoding, media type, file name, description, object. A C2PA manifest store is one (C2PA 2.2, A.3.4)."""
    if len(frame.body) < 2:
        return
    encoding = frame.body[0]
    media, rest = _split(0, frame.body[1:])
    file_name, rest = _split(encoding, rest)
    _, rest = _split(encoding, rest)
    kind = decode(media).strip().lower()
    if kind in _STORES:
        taker.c2pa(rest, "GEOB")
    elif kind.startswith("text/") or kind == "application/json":
        taker.text(f"GEOB:{_string(encoding, file_name)}", rest)


def _private(frame: _Frame, taker: Taker) -> None:
    """PRIV: owner, data. XMP has its owner name (XMP part 3, 1.1.7); others are told apart by nobody, and left."""
    owner, data = _split(0, frame.body)
    if owner == b"XMP":
        taker.packet(data)


def _other(frame: _Frame, taker: Taker) -> None:
    """T***: encoding, one or more texts (2.4 separates several by a NUL)."""
    if frame.name.startswith("T") and len(frame.body) > 1:
        taker.text(f"ID3:{frame.name}", frame.body[1:], _string(frame.body[0], frame.body[1:]).strip("\x00").replace("\x00", " / "))


_TAKERS: MappingProxyType[str, Callable[[_Frame, Taker], None]] = MappingProxyType({
    "TXXX": _user, "COMM": _comment, "USLT": _comment, "GEOB": _object, "PRIV": _private,
})  # fmt: skip


def _old(tag: bytes, taker: Taker) -> None:
    """ID3v1: thirty bytes each, Latin-1 or whatever the writer's system used."""
    if tag[:3] == b"TAG":
        for name, start, end in (("title", 3, 33), ("artist", 33, 63), ("comment", 97, 127)):
            if raw := tag[start:end].split(b"\x00")[0].rstrip():
                taker.text(f"ID3v1:{name}", raw)
