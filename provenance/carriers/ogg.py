"""Ogg (RFC 3533): the comment packets of Vorbis, Opus (RFC 7845), FLAC (RFC 9639 section 10.1), Speex and Theora streams."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from provenance.carriers import vorbis
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.taker import MAX_TEXTS, Taker
from provenance.carriers.window import Window

MAX_PAGES = 20_000
MAX_STREAMS = 64
MAX_PACKETS = 16  # of one stream: FLAC may have other blocks before its comments
_COMMENTS = ((b"\x03vorbis", 7), (b"OpusTags", 8), (b"\x81theora", 7))
_header = struct.Struct("<4sBBqIIIB").unpack_from


@dataclass
class _Stream:
    """A logical stream until its comments are read. first: its first packet's beginning; parts: of the packet that is being put together;
    number: of that packet."""

    first: bytes = b""
    parts: list[bytes] = field(default_factory=list)
    number: int = 0
    done: bool = False


def walk(window: Window) -> Container:
    """Walk the first pages of an Ogg file, until every stream that has begun has shown its comments.

    Returns:
        Container with carriers `vorbis:...`; `video/ogg` where a stream is Theora. Page checksums are not looked at.
    """
    taker, streams = Taker(window, Finds()), dict[int, _Stream]()
    pos, taken = 0, 0
    for _ in range(MAX_PAGES):
        page = _page(window, pos)
        if page is None:
            if pos < window.size:
                taker.finds.warn(f"ogg.page @{pos}")
            break
        flags, serial, lacing, pos = page
        body = window.get(pos, sum(lacing))
        pos += sum(lacing)
        if flags & 2 and len(streams) < MAX_STREAMS:
            streams[serial] = _Stream()
        stream = streams.get(serial)
        if stream is not None and not stream.done:
            taken += len(body)
            _packets(stream, body, lacing, taker)
        if taken > MAX_TEXTS:
            taker.finds.warn("text-long ogg")
            break
        if streams and not flags & 2 and all(found.done for found in streams.values()):
            break
    film = any(stream.first.startswith(b"\x80theora") for stream in streams.values())
    return Container("video/ogg" if film else "audio/ogg", "ogg", carriers=tuple(taker.finds.carriers), warnings=taker.finds.warnings)


def _page(window: Window, pos: int) -> tuple[int, int, bytes, int] | None:
    """Flags, serial number, lacing values and the offset of the body of the page at `pos`; None where there is no whole page."""
    head = window.get(pos, 27)
    if len(head) < 27:
        return None
    mark, version, flags, _, serial, _, _, segments = _header(head)
    lacing = window.get(pos + 27, segments)
    if mark != b"OggS" or version or len(lacing) < segments or pos + 27 + segments + sum(lacing) > window.size:
        return None
    return flags, serial, lacing, pos + 27 + segments


def _packets(stream: _Stream, body: bytes, lacing: bytes, taker: Taker) -> None:
    """Cut a page's body into packets by its lacing values: one below 255 ends a packet."""
    start = end = 0
    for value in lacing:
        end += value
        if value == 255:
            continue
        stream.parts.append(body[start:end])
        packet = b"".join(stream.parts)
        stream.parts.clear()
        _packet(stream, packet, taker)
        stream.number += 1
        start = end
        if stream.done:
            return
    stream.parts.append(body[start:])


def _packet(stream: _Stream, packet: bytes, taker: Taker) -> None:
    if stream.number == 0:
        stream.first = packet[:16]
        stream.done = packet.startswith((b"fishead\x00", b"BBCD"))  # a skeleton, Dirac: no comments
        return
    stream.done = stream.number >= MAX_PACKETS
    if stream.first.startswith(b"\x7fFLAC"):
        if packet[:1] and packet[0] & 0x7F == 4:
            vorbis.read(packet[4:], taker)
            stream.done = True
        stream.done |= packet[:1] >= b"\x80"
    elif stream.first.startswith(b"Speex   "):
        vorbis.read(packet, taker)
        stream.done = True
    else:
        for mark, length in _COMMENTS:
            if packet.startswith(mark):
                vorbis.read(packet[length:], taker)
        stream.done |= packet.startswith(tuple(mark for mark, _ in _COMMENTS)) or stream.number >= 2
