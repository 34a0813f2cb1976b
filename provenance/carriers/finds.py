"""What one walk over one file has found so far, within bounds: a hostile file can neither fill the memory nor the ledger's warnings."""

from __future__ import annotations

from provenance.carriers.carrier import MAX_TEXT, Carrier

MAX_CARRIERS = 2_000
MAX_WARNINGS = 60
MAX_EXIF = 8 * 1024 * 1024  # a workflow with pictures in it reaches a few megabytes
MAX_EXIF_BLOCKS = 16
MAX_XMP = 8 * 1024 * 1024  # characters; what is longer carries pictures (depth maps)
MAX_XMP_TAGS = 60_000
MAX_XMP_PROPERTIES = 1_000  # raw developers write some four hundred settings
MAX_IPTC = 5_000


class Finds:
    """A collector that lives for one file.

    inflatable: how many bytes deflated texts of this file may still give together, so that many small bombs cost no more than one.
    exif_bytes, exif_blocks: how much EXIF may still be read, for the same reason; xmp_bytes, xmp_tags, xmp_properties and
    iptc_datasets likewise.
    """

    def __init__(self) -> None:
        self.carriers: list[Carrier] = []
        self._warnings: dict[str, None] = {}
        self.inflatable = MAX_TEXT
        self.exif_bytes = MAX_EXIF
        self.exif_blocks = MAX_EXIF_BLOCKS
        self.xmp_bytes = MAX_XMP
        self.xmp_tags = MAX_XMP_TAGS
        self.xmp_properties = MAX_XMP_PROPERTIES
        self.iptc_datasets = MAX_IPTC

    def add(self, name: str, raw: bytes, text: str | None = None, *, derived: bool = False) -> None:
        """Keep a carrier; beyond MAX_CARRIERS only the fact that there were more is kept."""
        if len(self.carriers) >= MAX_CARRIERS:
            self.warn("too-many-texts")
        else:
            self.carriers.append(Carrier(name, raw, text, derived))

    @property
    def full(self) -> bool:
        return len(self.carriers) >= MAX_CARRIERS

    def warn(self, code: str) -> None:
        """Keep a warning, each once. Beyond MAX_WARNINGS those that name a place give way to the fact that there were more."""
        if code not in self._warnings:
            kept = len(self._warnings) < MAX_WARNINGS or " " not in code
            self._warnings[code if kept else "too-many-warnings"] = None

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)
