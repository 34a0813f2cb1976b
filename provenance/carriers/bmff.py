"""ISO base media files (ISO/IEC 14496-12) and QuickTime: MP4, MOV, M4A, and the pictures AVIF and HEIF. Media data is never touched."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from provenance.carriers import bmff_items, bmff_texts
from provenance.carriers.bmff_boxes import Box, boxes
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.sniff import sniff
from provenance.carriers.taker import Taker
from provenance.carriers.window import Window

MAX_BOXES = 20_000
MAX_DEPTH = 8  # moov/trak/udta/meta is four; what nests deeper was made to exhaust a reader
MAX_METAS = 64
_INTO = frozenset((b"moov", b"trak", b"udta", b"moof", b"traf"))
_MANIFEST = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_STORES = (b"manifest", b"original", b"update")


def walk(window: Window) -> Container:
    """Walk the boxes of an ISO base media file that describe it, wherever they stand; a large file's index is fetched.

    Returns:
        Container with carriers `mp4:key` for each text among the metadata (keys as written: `mp4:prompt`, `mp4:©cmt`,
        `mp4:com.apple.quicktime.artwork`, `mp4:----:com.apple.iTunes:prompt`), `xmp`, `c2pa`; of AVIF and HEIF also `exif:...`.
        width, height: of the first track that is seen, or of the primary picture.
    """
    media_type, name = sniff(window.head)
    taker = Taker(window, Finds())
    size: tuple[int, int] | None = None
    metas = 0
    for box in _walked(taker):
        if box.kind == b"meta":
            metas += 1
            if metas > MAX_METAS:
                taker.finds.warn("mp4.too-many-boxes")
                break
            picture = None if box.inside else bmff_items.read(taker, box.start, box.length)
            size = picture or size  # of a sequence, the picture that stands for it
            bmff_texts.meta(taker, box.start, box.length)
        elif box.kind == b"tkhd":
            size = size or _track_size(window.get(box.start, box.length) if box.length <= 4_096 else b"")
        elif box.kind == b"uuid":
            _extended(taker, box)
        elif box.inside[-1:] == (b"udta",):
            bmff_texts.user_data(taker, box.kind, box.start, box.length)
        if taker.full:
            break
    width, height = size or (None, None)
    return Container(media_type, name, None, width, height, tuple(taker.finds.carriers), taker.finds.warnings)


def _walked(taker: Taker) -> Iterator[Box]:
    """Every box on the top level and in those that may hold words, depth first, with no recursion."""
    stack = [boxes(taker, 0, taker.window.size)]
    inside: list[bytes] = []
    left = MAX_BOXES
    while stack:
        box = next(stack[-1], None)
        if box is None:
            stack.pop()
            del inside[len(stack) - 1 if stack else 0 :]
            continue
        left -= 1
        if left < 0:
            taker.finds.warn("mp4.too-many-boxes")
            return
        if box.kind not in _INTO:
            yield Box(box.kind, box.start, box.length, tuple(inside))
        elif len(stack) > MAX_DEPTH:
            taker.finds.warn("mp4.too-deep")
        else:
            inside.append(box.kind)
            stack.append(boxes(taker, box.start, box.start + box.length))


def _track_size(body: bytes) -> tuple[int, int] | None:
    """tkhd ends with width and height in 16.16; both are 0 for sound."""
    if len(body) < 84:
        return None
    wide, high = struct.unpack_from(">II", body, 88 if body[0] == 1 and len(body) >= 96 else 76)
    return (wide >> 16, high >> 16) if wide >> 16 and high >> 16 else None


def _extended(taker: Taker, box: Box) -> None:
    """A uuid box: XMP (XMP part 3, 1.2.3), or a C2PA manifest store (C2PA 2.2, A.5.1) behind version, purpose and an offset."""
    kind = taker.window.get(box.start, 16) if box.length >= 16 else b""
    if kind == _XMP:
        raw = taker.fetched("xmp", box.start + 16, box.length - 16)
        if raw is not None:
            taker.packet(raw.rstrip(b"\x00"))
    elif kind == _MANIFEST:
        head = taker.window.get(box.start + 20, min(32, max(0, box.length - 20)))
        purpose, ended, _ = head.partition(b"\x00")
        if not ended or purpose not in _STORES:
            return  # merkle: hashes of the parts of a film, to check but not to read
        skipped = 20 + len(purpose) + 1 + 8
        raw = taker.fetched("c2pa", box.start + skipped, max(0, box.length - skipped))
        if raw is not None:
            taker.c2pa(raw, f"uuid@{box.start}")
