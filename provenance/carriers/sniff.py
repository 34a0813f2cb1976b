"""The media type of a file by its first bytes, never by its name."""

from __future__ import annotations

import codecs
import re
import struct
from types import MappingProxyType

UNKNOWN = ("application/octet-stream", "unknown")
EMPTY = ("inode/x-empty", "empty")

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpeg"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
    (b"II*\x00", "image/tiff", "tiff"),
    (b"MM\x00*", "image/tiff", "tiff"),
    (b"II+\x00", "image/tiff", "tiff"),
    (b"MM\x00+", "image/tiff", "tiff"),
    (b"8BPS\x00\x01", "image/vnd.adobe.photoshop", "psd"),
    (b"8BPS\x00\x02", "image/vnd.adobe.photoshop", "psd"),
    (b"gimp xcf ", "image/x-xcf", "xcf"),
    (b"CSFCHUNK", "application/x-clip-studio", "clip"),
    (b"\xff\x0a", "image/jxl", "jxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl", "jxl"),
    (b"fLaC", "audio/flac", "flac"),
    (b"ID3", "audio/mpeg", "mp3"),
    (b"OggS", "audio/ogg", "ogg"),
    (b"%PDF-", "application/pdf", "pdf"),
    (b"<?xpacket begin=", "application/rdf+xml", "xmp"),
)
_RIFF = MappingProxyType({b"WEBP": ("image/webp", "webp"), b"WAVE": ("audio/vnd.wave", "wav"), b"AVI ": ("video/vnd.avi", "avi")})
_BRANDS = MappingProxyType({
    b"avif": ("image/avif", "avif"), b"avis": ("image/avif", "avif"),
    b"heic": ("image/heic", "heif"), b"heix": ("image/heic", "heif"), b"hevc": ("image/heic-sequence", "heif"),
    b"heim": ("image/heic", "heif"), b"heis": ("image/heic", "heif"),
    b"mif1": ("image/heif", "heif"), b"msf1": ("image/heif-sequence", "heif"),
    b"qt  ": ("video/quicktime", "mov"), b"M4A ": ("audio/mp4", "m4a"), b"M4B ": ("audio/mp4", "m4a"),
})  # fmt: skip
_OLD_MOV = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_ZIP_KINDS = MappingProxyType({b"application/x-krita": ("application/x-krita", "kra"), b"image/openraster": ("image/openraster", "ora")})
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]")
_XMP = re.compile(rb"<(?:\?xpacket begin=|x:xmpmeta\s|rdf:RDF\s)")
_TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}
_SAMPLE = 4096


def sniff(head: bytes) -> tuple[str, str]:
    """(media type, container) by content.

    Args:
        head: the file's first bytes; 4 KiB are enough, fewer may leave the answer at UNKNOWN.
    Returns:
        A media type as registered with IANA where one is, and a short name; UNKNOWN where no magic fits and it is not text.
    """
    if not head:
        return EMPTY
    for magic, media_type, name in _MAGIC:
        if head.startswith(magic):
            return media_type, name
    return _riff(head) or _boxes(head) or _others(head) or _text(head[:_SAMPLE]) or UNKNOWN


def _riff(head: bytes) -> tuple[str, str] | None:
    return _RIFF.get(head[8:12]) if head.startswith((b"RIFF", b"RF64")) else None


def _boxes(head: bytes) -> tuple[str, str] | None:
    """ISO base media (ISO/IEC 14496-12) by its ftyp brands; QuickTime of before 2001 has no ftyp."""
    if head[4:8] == b"ftyp":
        major = head[8:12]
        if major in (b"mif1", b"msf1") and b"avi" in head[16 : min(struct.unpack(">I", head[:4])[0], 256)]:
            return _BRANDS[b"avif"]
        return _BRANDS.get(major, ("video/mp4", "mp4"))
    if head[4:8] in _OLD_MOV and struct.unpack(">I", head[:4])[0] != 0:
        return _BRANDS[b"qt  "]
    return None


def _others(head: bytes) -> tuple[str, str] | None:
    if head.startswith(b"\x1aE\xdf\xa3"):
        return ("video/webm", "webm") if b"webm" in head[:64] else ("video/x-matroska", "mkv")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        named = head[30:38] == b"mimetype" and next((kind for key, kind in _ZIP_KINDS.items() if head.startswith(key, 38)), None)
        return named or ("application/zip", "zip")
    if head.startswith(b"BM") and len(head) >= 18 and struct.unpack_from("<I", head, 14)[0] in _BMP_HEADERS:
        return "image/bmp", "bmp"
    if len(head) >= 9 and head[8:9] == b"{" and 2 <= struct.unpack_from("<Q", head)[0] <= 1 << 27:
        return "application/x-safetensors", "safetensors"
    return ("audio/mpeg", "mp3") if _mpeg_frame(head) else None


def _mpeg_frame(head: bytes) -> bool:
    """An MPEG audio frame header of Layer III (ISO/IEC 11172-3, 2.4.1.3). Stricter than the sync alone: ff fe is also a byte order mark."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return False
    return head[2] & 0xF0 not in (0x00, 0xF0) and head[2] & 0x0C != 0x0C


def _text(sample: bytes) -> tuple[str, str] | None:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "text/plain", "text"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # not final: the sample may end inside a character
    except UnicodeDecodeError:
        return None
    if not _TEXT_CONTROLS.isdisjoint(sample):
        return None
    start = sample.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"<") and not start[:15].lower().startswith((b"<!doctype html", b"<html")) and _SVG.search(start):
        return "image/svg+xml", "svg"
    if _XMP.match(start) or (start.startswith(b"<?xml") and _XMP.search(start)):
        return "application/rdf+xml", "xmp"
    return ("application/json", "json") if start.startswith((b"{", b"[")) and _jsonish(start) else ("text/plain", "text")


def _jsonish(start: bytes) -> bool:
    """A brace alone is not JSON: prompts start with `{a|b}` or `[negative]` too."""
    return re.match(rb'\{\s*["}]|\[\s*(?:["\[{\]\d-]|true|false|null|$)', start) is not None
