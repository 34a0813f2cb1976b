"""What the walkers of films, sound and archives share: texts up to a total, and blobs that must be what they are called."""

from __future__ import annotations

from provenance.carriers import manifest, xmp
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode, label
from provenance.carriers.window import Window

MAX_TEXTS = 16 * 1024 * 1024  # bytes of all texts of one file; as characters beyond the BMP they take four times as much


class Taker:
    """Hands what a walk finds on to `finds`, within bounds. Lives for one file.

    window, finds: of that file. left: bytes of text that may still be taken.
    """

    def __init__(self, window: Window, finds: Finds) -> None:
        self.window = window
        self.finds = finds
        self.left = MAX_TEXTS

    @property
    def full(self) -> bool:
        """Whether no carrier more is kept; if so, it is told that there were more."""
        if self.finds.full:
            self.finds.warn("too-many-texts")
        return self.finds.full

    def room(self, name: str, length: int) -> bool:
        """Whether `length` more bytes may be kept, and if so counts them; says so under `name` where not."""
        if length > self.left:
            self.finds.warn(f"text-long {label(name)}")
            return False
        self.left -= length
        return True

    def text(self, name: str, raw: bytes, text: str | None = None) -> None:
        """Keep a text. raw: as found. text: decoded, where the format names an encoding; else UTF-8, else Latin-1."""
        if self.room(name, len(raw)):
            self.finds.add(name, raw, decode(raw.rstrip(b"\x00")) if text is None else text)

    def stored(self, name: str, offset: int, length: int) -> None:
        """Keep a text that stands at an absolute offset of the file."""
        if (raw := self.fetched(name, offset, length)) is not None:
            self.text(name, raw)

    def fetched(self, name: str, offset: int, length: int) -> bytes | None:
        """`length` bytes at an absolute offset; None, and a warning, where they are too many or not at hand. They count once kept."""
        if length > self.left:
            self.finds.warn(f"text-long {label(name)}")
            return None
        raw = self.window.get(offset, length)
        if len(raw) < length:
            self.finds.warn(f"not-at-hand {label(name)}")
            return None
        return raw

    def packet(self, raw: bytes) -> None:
        """Keep an XMP packet and its properties."""
        if raw and self.room("xmp", len(raw)):
            xmp.add(self.finds, raw)

    def c2pa(self, raw: bytes, place: str) -> None:
        """Keep a C2PA manifest store; what is not a JUMBF superbox of that type is told at `place`, and not kept."""
        if manifest.is_store(raw):
            length = int.from_bytes(raw[:4], "big")
            if self.room("c2pa", len(raw)):
                self.finds.add("c2pa", raw[:length] if 8 <= length < len(raw) else raw)
        else:
            self.finds.warn(f"not-c2pa {place}")
