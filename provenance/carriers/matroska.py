"""Matroska and WebM (EBML, RFC 8794; Matroska, RFC 9559): tags, the segment's title, and who muxed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.sniff import sniff
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_ELEMENTS = 120_000  # a live recording of some hours has that many blocks; beyond it the search ends
MAX_AHEAD = 64  # places that SeekHead may tell of
MAX_DEPTH = 8  # of nested SimpleTags
MAX_BODY = 20 * 1024 * 1024

SEGMENT, SEEK_HEAD, INFO, TRACKS, CLUSTER = 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675
TAGS, ATTACHMENTS, CUES, CHAPTERS, EBML = 0x1254C367, 0x1941A469, 0x1C53BB6B, 0x1043A770, 0x1A45DFA3
_TOP = frozenset((SEEK_HEAD, INFO, TRACKS, CLUSTER, TAGS, ATTACHMENTS, CUES, CHAPTERS))
_SEEK, _SEEK_ID, _SEEK_POSITION = 0x4DBB, 0x53AB, 0x53AC
_INFO_TEXTS = MappingProxyType({0x7BA9: "Title", 0x4D80: "MuxingApp", 0x5741: "WritingApp", 0x7384: "SegmentFilename"})
_TRACK, _VIDEO, _WIDTH, _HEIGHT, _TRACK_NAME = 0xAE, 0xE0, 0xB0, 0xBA, 0x536E
_TAG, _SIMPLE, _TAG_NAME, _TAG_STRING = 0x7373, 0x67C8, 0x45A3, 0x4487
_FILE, _FILE_NAME, _FILE_DATA = 0x61A7, 0x466E, 0x465C
_READ = frozenset((INFO, TRACKS, TAGS, ATTACHMENTS, SEEK_HEAD))


@dataclass
class _Walk:
    """taker: takes what is found. budget: elements that may still be looked at. segment: offset of the segment's data, from which
    SeekHead counts. seen: offsets of data that was read; ahead: offsets that SeekHead told. size: of the first picture track.
    bodies: bytes that may still be read as bodies; true ones do not overlap, a million of unknown length in one another would."""

    taker: Taker
    bodies: int
    budget: int = MAX_ELEMENTS
    segment: int = 0
    seen: set[int] = field(default_factory=set)
    ahead: list[int] = field(default_factory=list)
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Element:
    """id: with its length marker; start: absolute offset of the data; length: of the data, None where it is unknown."""

    id: int
    start: int
    length: int | None


def walk(window: Window) -> Container:
    """Walk the segments of a Matroska or WebM file.

    Returns:
        Container with carriers `mkv:NAME` for each SimpleTag that holds a string (`mkv:OUTER/INNER` for one inside another; the
        language is not told apart), `mkv:Info.Title`, `mkv:Info.MuxingApp`, `mkv:Info.WritingApp`, `mkv:Track.Name`,
        `mkv:Attachment.FileName`. Clusters are passed over, by SeekHead where the middle of the file is not at hand.
    """
    media_type, name = sniff(window.head)
    state = _Walk(Taker(window, Finds()), 2 * window.size)
    pos = 0
    while element := _at(state, pos, window.size):
        if element.id == SEGMENT:
            pos = _segment(state, element)
        elif element.length is None:
            break
        else:
            pos = element.start + element.length
    if state.budget <= 0:
        state.taker.finds.warn("mkv.too-many-elements")
    width, height = state.size or (None, None)
    return Container(media_type, name, None, width, height, tuple(state.taker.finds.carriers), state.taker.finds.warnings)


def _at(state: _Walk, pos: int, end: int) -> _Element | None:
    """The element at an absolute offset; None at the end, where bytes are not at hand, or where they are no element."""
    state.budget -= 1
    if pos >= end or state.budget <= 0:
        return None
    window = state.taker.window
    head = window.get(pos, min(12, window.size - pos))
    if not head:
        state.taker.finds.warn(f"mkv.not-at-hand @{pos}")
        return None
    found = _parse(head)
    if found is None:
        state.taker.finds.warn(f"mkv.garbage @{pos}")
        return None
    number, used, length = found
    return _Element(number, pos + used, length)


def _parse(head: bytes, pos: int = 0) -> tuple[int, int, int | None] | None:
    """(id, bytes of the header, length of the data or None if unknown) of the element at `pos`; None where there is none."""
    if pos >= len(head) or head[pos] < 0x10:
        return None
    wide = 9 - head[pos].bit_length()
    at = pos + wide
    if at >= len(head) or head[at] == 0:
        return None
    long = 9 - head[at].bit_length()
    if at + long > len(head):
        return None
    length = int.from_bytes(head[at : at + long], "big") & (1 << 7 * long) - 1
    return int.from_bytes(head[pos:at], "big"), wide + long, None if length == (1 << 7 * long) - 1 else length


def _segment(state: _Walk, segment: _Element) -> int:
    """Read what carries words on the top level of a segment; returns where it ends."""
    window = state.taker.window
    end = window.size if segment.length is None else segment.start + segment.length
    if end > window.size:
        state.taker.finds.warn("mkv.cut")
        end = window.size
    state.segment, pos = segment.start, segment.start
    while element := _at(state, pos, end):
        if element.id in (SEGMENT, EBML) and segment.length is None:
            return pos  # the next file, appended
        if element.id == CLUSTER and state.ahead:
            _told(state, end)
            if not window.whole:
                break  # a walk over thousands of clusters would cost a read each
        _part(state, element, end)
        pos = _behind(state, element, end)
    _told(state, end)
    return end


def _told(state: _Walk, end: int) -> None:
    """Read what SeekHead told of, wherever it stands."""
    while state.ahead and state.budget > 0:
        if element := _at(state, state.ahead.pop(0), end):
            _part(state, element, end)


def _part(state: _Walk, element: _Element, end: int) -> None:
    if element.id not in _READ or element.start in state.seen:
        return
    state.seen.add(element.start)
    length = end - element.start if element.length is None else element.length
    finds = state.taker.finds
    if element.start + length > end:
        finds.warn(f"mkv.element-length @{element.start}")
        length = end - element.start
    if element.id == ATTACHMENTS:
        _attachments(state, element.start, element.start + length)
        return
    state.bodies -= length
    if length > MAX_BODY or state.bodies < 0:
        finds.warn(f"text-long mkv@{element.start}")
        return
    body = state.taker.window.get(element.start, length)
    if len(body) < length:
        finds.warn(f"mkv.not-at-hand @{element.start}")
    elif element.id == SEEK_HEAD:
        _seek(state, body)
    elif element.id == INFO:
        for kind, at, size in _children(state, body, 0, len(body)):
            if kind in _INFO_TEXTS:
                state.taker.text(f"mkv:Info.{_INFO_TEXTS[kind]}", body[at : at + size])
    elif element.id == TRACKS:
        _tracks(state, body)
    else:
        for kind, at, size in _children(state, body, 0, len(body)):
            if kind == _TAG:
                _simple_tags(state, body, at, at + size)


def _behind(state: _Walk, element: _Element, end: int) -> int:
    """Where the element after this one stands. One of unknown size ends where the next of its own level begins (RFC 8794, 6.2)."""
    if element.length is not None:
        return element.start + element.length
    pos = element.start
    while child := _at(state, pos, end):
        if child.id in _TOP or child.id in (SEGMENT, EBML):
            return pos
        if child.length is None:
            pos = child.start  # into it: what it holds is passed over one by one
        else:
            pos = child.start + child.length
    return end


def _children(state: _Walk, body: bytes, pos: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(id, offset in body, length) of the elements between two offsets. An unknown or too great length reaches to the end."""
    while pos < end and state.budget > 0:
        state.budget -= 1
        found = _parse(body, pos)
        if found is None:
            state.taker.finds.warn("mkv.garbage")
            return
        number, used, length = found
        start = pos + used
        if length is None or start + length > end:
            state.taker.finds.warn("mkv.element-length")
            length = max(0, end - start)
        yield number, start, length
        pos = start + length


def _seek(state: _Walk, body: bytes) -> None:
    for kind, at, size in _children(state, body, 0, len(body)):
        if kind == _SEEK:
            numbers = {key: int.from_bytes(body[place : place + min(long, 8)], "big") for key, place, long in
                       _children(state, body, at, at + size)}  # fmt: skip
            if numbers.get(_SEEK_ID) in _READ and _SEEK_POSITION in numbers and len(state.ahead) < MAX_AHEAD:
                state.ahead.append(state.segment + numbers[_SEEK_POSITION])


def _tracks(state: _Walk, body: bytes) -> None:
    for kind, at, size in _children(state, body, 0, len(body)):
        if kind != _TRACK:
            continue
        for part, start, length in _children(state, body, at, at + size):
            if part == _TRACK_NAME:
                state.taker.text("mkv:Track.Name", body[start : start + length])
            elif part == _VIDEO and state.size is None:
                numbers = {key: int.from_bytes(body[place : place + min(long, 8)], "big") for key, place, long in
                           _children(state, body, start, start + length)}  # fmt: skip
                if _WIDTH in numbers and _HEIGHT in numbers:
                    state.size = numbers[_WIDTH], numbers[_HEIGHT]


def _simple_tags(state: _Walk, body: bytes, start: int, end: int) -> None:
    """The SimpleTags of one Tag, and those inside them, without recursion: (offset, end, names of the outer ones)."""
    todo: list[tuple[int, int, tuple[str, ...]]] = [(start, end, ())]
    while todo and not state.taker.full:
        at, until, outer = todo.pop()
        name, values, inner = "", list[tuple[int, int]](), list[tuple[int, int]]()
        for kind, place, length in _children(state, body, at, until):
            if kind == _TAG_NAME:
                name = decode(body[place : place + length].rstrip(b"\x00"))
            elif kind == _TAG_STRING:
                values.append((place, length))
            elif kind == _SIMPLE:
                inner.append((place, place + length))
        names = (*outer, name[:200]) if at != start or outer else ()
        for place, length in values:
            state.taker.text("mkv:" + "/".join(names), body[place : place + length])
        if len(names) < MAX_DEPTH:
            todo.extend((place, stop, names) for place, stop in reversed(inner))
        elif inner:
            state.taker.finds.warn("mkv.too-deep")


def _attachments(state: _Walk, pos: int, end: int) -> None:
    """Names of attached files; what is in them is not looked at, and not even fetched."""
    while element := _at(state, pos, end):
        if element.length is None:
            return
        stop = min(element.start + element.length, end)
        pos = element.start
        while element.id == _FILE and (part := _at(state, pos, stop)):
            if part.id == _FILE_NAME and part.length is not None and part.length < 4_096:
                state.taker.stored("mkv:Attachment.FileName", part.start, part.length)
            if part.length is None or (part.id == _FILE_DATA and part.start + part.length >= stop):
                break
            pos = part.start + part.length
        pos = stop
