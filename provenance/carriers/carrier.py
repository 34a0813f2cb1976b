"""What a file's container holds: named texts and blobs, and what was wrong with it. Values only."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TEXT = 64 * 1024 * 1024  # inflated bytes of one text; more is cut, and said


@dataclass(frozen=True)
class Carrier:
    """One place in a file that carries words.

    name: where it sat, `place:key`: `tEXt:parameters`, `iTXt:workflow`, `comf:prompt`, `exif:Exif.UserComment`, `exif:IFD0.Make`,
    `xmp`, `c2pa`, `COM`, `sidecar:txt`. raw: the value's bytes as found, inflated where it was deflated. text: decoded, or None for a blob.
    derived: it only repeats what another carrier of this file holds whole (a property of an XMP packet): readers need it, a record not.
    """

    name: str
    raw: bytes
    text: str | None = None
    derived: bool = False

    @property
    def key(self) -> str:
        """The part after the colon: `parameters` of `tEXt:parameters`; the whole name where there is no colon."""
        return self.name.split(":", 1)[-1]


@dataclass(frozen=True)
class Container:
    """A file as its format tells it.

    media_type: by content, never by name (`image/png`); `application/octet-stream` where nothing is known. container: short name
    (`png`, `jpeg`, `webp`, `empty`, `unknown`, ...). complete: the end mark stands where it must (None: the format has none that is known
    here). width, height: pixels, as the header claims. warnings: codes with a place, e.g. `png.crc tEXt@1234`.
    """

    media_type: str
    container: str
    complete: bool | None = None
    width: int | None = None
    height: int | None = None
    carriers: tuple[Carrier, ...] = ()
    warnings: tuple[str, ...] = ()
