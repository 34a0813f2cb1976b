"""Builders of films and of the boxes of AVIF and HEIF: every byte is made here."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from support.otherfiles import box

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
STORE_TYPE = bytes.fromhex("63327061001100108000 00aa00389b71".replace(" ", ""))


def full(kind: bytes, body: bytes = b"", version: int = 0, flags: int = 0) -> bytes:
    """A box that begins with a version and flags (14496-12, 4.2)."""
    return box(kind, bytes((version,)) + flags.to_bytes(3, "big") + body)


def store(label: bytes = b"c2pa", kind: bytes = STORE_TYPE) -> bytes:
    """A JUMBF superbox that looks like a manifest store, with nothing in it."""
    return box(b"jumb", box(b"jumd", kind + b"\x03" + label + b"\x00") + box(b"free", b"1234"))


def data(value: bytes | str, kind: int = 1) -> bytes:
    """A data box of an ilst item: type, locale, value."""
    return box(b"data", struct.pack(">II", kind, 0) + (value.encode("utf-8") if isinstance(value, str) else value))


def keyed(texts: Mapping[str, str], *, quicktime: bool = False) -> bytes:
    """A meta box with keys and ilst, as ffmpeg writes it with use_metadata_tags."""
    names = b"".join(struct.pack(">I4s", 8 + len(key.encode()), b"mdta") + key.encode() for key in texts)
    items = b"".join(box(struct.pack(">I", n), data(text)) for n, text in enumerate(texts.values(), 1))
    inner = _handler(b"mdta") + full(b"keys", struct.pack(">I", len(texts)) + names) + box(b"ilst", items)
    return box(b"meta", inner) if quicktime else full(b"meta", inner)


def listed(items: Mapping[bytes, bytes]) -> bytes:
    """A meta box with an ilst of four-letter names; the values are whole data boxes."""
    return full(b"meta", _handler(b"mdir") + box(b"ilst", b"".join(box(name, value) for name, value in items.items())))


def freeform(mean: str, name: str, value: str) -> bytes:
    """The body of a `----` item."""
    return full(b"mean", mean.encode()) + full(b"name", name.encode()) + data(value)


def _handler(kind: bytes) -> bytes:
    return full(b"hdlr", bytes(4) + kind + bytes(13))


def track(width: int, height: int, version: int = 0) -> bytes:
    """A trak with its header alone."""
    times = bytes(32 if version else 20)
    rest = bytes(8 + 8) + struct.pack(">9I", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30) + struct.pack(">II", width << 16, height << 16)
    return box(b"trak", full(b"tkhd", times + rest, version, 7))


def said(text: bytes, language: int = 0x55C4) -> bytes:
    """A QuickTime user data text: size, language, text."""
    return struct.pack(">HH", len(text) & 0xFFFF, language) + text


def film(udta: bytes = b"", *, moov: bytes = b"", after: bytes = b"", brand: bytes = b"isom", mdat: bytes | None = None) -> bytes:
    """ftyp, mdat, then moov with a 640x480 track and user data, as ffmpeg leaves it."""
    inner = full(b"mvhd", bytes(96)) + track(0, 0) + track(640, 480) + moov + (box(b"udta", udta) if udta else b"")
    media = box(b"mdat", b"\x01" * 64) if mdat is None else mdat
    return box(b"ftyp", brand + b"\x00\x00\x02\x00" + brand) + media + box(b"moov", inner) + after


def manifest(jumbf: bytes, purpose: bytes = b"manifest") -> bytes:
    """The uuid box of C2PA: version, purpose, offset of the first merkle box, the store."""
    return box(b"uuid", C2PA_UUID + bytes(4) + purpose + b"\x00" + bytes(8) + jumbf)


def still(
    items: Sequence[tuple[bytes, bytes, bytes]], *, version: int = 0, method: int = 0, brand: bytes = b"avif", item_version: int = 2
) -> bytes:
    """An AVIF or HEIF whose items are (type, content type, bytes), item 1 being a 320x200 picture beside a 10x10 one.

    version: of iloc, 0 to 2. method: 0 puts the items' bytes into mdat, 1 into idat (iloc of version 1 and 2 only).
    """
    wide = "I" if item_version == 3 else "H"
    rows = [(1, b"av01", b"", b"\x00" * 8), *((n, *item) for n, item in enumerate(items, 2))]
    infos = b"".join(
        full(b"infe", struct.pack(f">{wide}H", n, 0) + kind + b"\x00" + (content + b"\x00" if content else b""), item_version)
        for n, kind, content, _ in rows
    )
    count = struct.pack(">I", len(rows)) if item_version == 3 else struct.pack(">H", len(rows))
    iinf = full(b"iinf", count + infos, 1 if item_version == 3 else 0)
    sizes = full(b"ispe", struct.pack(">II", 10, 10)) + full(b"ispe", struct.pack(">II", 320, 200)) + box(b"av1C", bytes(4))
    links = full(b"ipma", struct.pack(">I", 1) + struct.pack(">HB", 1, 2) + bytes((0x83, 0x02)))
    iprp = box(b"iprp", box(b"ipco", sizes) + links)
    bodies = b"".join(body for *_, body in rows)
    idat = box(b"idat", bodies) if method else b""

    def meta(base: int) -> bytes:
        iloc, at = struct.pack(">HI" if version == 2 else ">HH", 0x4400 if version < 2 else 0x4480, len(rows)), base
        for n, _, _, body in rows:
            iloc += struct.pack(">I" if version == 2 else ">H", n) + (struct.pack(">H", method) if version else b"") + bytes(2)
            iloc += (struct.pack(">Q", at) if version == 2 else b"") + struct.pack(">HII", 1, 0 if version == 2 else at, len(body))
            at += len(body)
        return full(b"meta", _handler(b"pict") + full(b"pitm", b"\x00\x01") + iinf + full(b"iloc", iloc, version) + iprp + idat)

    head = box(b"ftyp", brand + bytes(4) + b"mif1" + brand)
    base = 0 if method else len(head) + len(meta(0)) + 8
    return head + meta(base) + box(b"mdat", b"" if method else bodies)


# --- Matroska --------------------------------------------------------------------------------------------------------------------


def element(number: int, body: bytes = b"", *, unknown: bool = False, length: int | None = None) -> bytes:
    """An EBML element; `length` may lie, and may be unknown."""
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    size = len(body) if length is None else length
    return name + (b"\x01" + b"\xff" * 7 if unknown else (size | 1 << 56).to_bytes(8, "big")) + body


def simple(name: str, value: str | None, *inner: bytes) -> bytes:
    """A SimpleTag with a language, and tags inside it."""
    text = b"" if value is None else element(0x4487, value.encode())
    return element(0x67C8, element(0x45A3, name.encode()) + element(0x447A, b"und") + text + b"".join(inner))


def tags(*simples: bytes) -> bytes:
    return element(0x1254C367, element(0x7373, element(0x63C0, element(0x68CA, b"\x32")) + b"".join(simples)))


def info(title: str = "a title") -> bytes:
    return element(0x1549A966, element(0x7BA9, title.encode()) + element(0x4D80, b"Lavf62") + element(0x5741, b"prov test"))


def tracks() -> bytes:
    sound = element(0xAE, element(0xD7, b"\x01"))
    film_track = element(0xAE, element(0x536E, b"the film") + element(0xE0, element(0xB0, b"\x02\x80") + element(0xBA, b"\x01\xe0")))
    return element(0x1654AE6B, sound + film_track)


def seek_head(**places: int) -> bytes:
    """A SeekHead; the places count from the beginning of the segment's data."""
    ids = {"info": 0x1549A966, "tags": 0x1254C367, "tracks": 0x1654AE6B}
    rows = (element(0x4DBB, element(0x53AB, ids[key].to_bytes(4, "big")) + element(0x53AC, at.to_bytes(8, "big"))) for key, at in
            places.items())  # fmt: skip
    return element(0x114D9B74, b"".join(rows))


def cluster(size: int = 40, *, unknown: bool = False) -> bytes:
    return element(0x1F43B675, element(0xE7, b"\x00") + element(0xA3, b"\x81" + bytes(size)), unknown=unknown)


def matroska(*parts: bytes, kind: bytes = b"webm", unknown: bool = False) -> bytes:
    return element(0x1A45DFA3, element(0x4282, kind)) + element(0x18538067, b"".join(parts), unknown=unknown)
