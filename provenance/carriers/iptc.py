"""IPTC-IIM (IPTC/NAA Information Interchange Model 4.2): the datasets of record 2 that describe a picture."""

from __future__ import annotations

from types import MappingProxyType

from provenance.carriers.finds import Finds
from provenance.carriers.text import decode

NAMES = MappingProxyType({
    3: "ObjectTypeReference", 4: "ObjectAttributeReference", 5: "ObjectName", 7: "EditStatus", 8: "EditorialUpdate", 10: "Urgency",
    12: "SubjectReference", 15: "Category", 20: "SupplementalCategories", 22: "FixtureIdentifier", 25: "Keywords",
    26: "ContentLocationCode", 27: "ContentLocationName", 30: "ReleaseDate", 35: "ReleaseTime", 37: "ExpirationDate", 38: "ExpirationTime",
    40: "SpecialInstructions", 42: "ActionAdvised", 45: "ReferenceService", 47: "ReferenceDate", 50: "ReferenceNumber",
    55: "DateCreated", 60: "TimeCreated", 62: "DigitalCreationDate", 63: "DigitalCreationTime", 65: "OriginatingProgram",
    70: "ProgramVersion", 75: "ObjectCycle", 80: "By-line", 85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "Province-State",
    100: "Country-PrimaryLocationCode", 101: "Country-PrimaryLocationName", 103: "OriginalTransmissionReference", 105: "Headline",
    110: "Credit", 115: "Source", 116: "CopyrightNotice", 118: "Contact", 120: "Caption-Abstract", 121: "LocalCaption",
    122: "Writer-Editor", 135: "LanguageIdentifier", 184: "JobID", 185: "MasterDocumentID", 186: "ShortDocumentID",
    187: "UniqueDocumentID", 188: "OwnerID",
})  # fmt: skip
_BINARY = frozenset((0, 125, 150, 151, 152, 153, 154, 200, 201, 202))  # versions, rasters, sound and previews: no words
_UTF8 = (b"\x1b%G", b"\x1b%/I")  # 1:90, ISO 2022 escapes


def read(block: bytes, finds: Finds, *, keep: bool = False) -> None:
    """Add the texts of record 2 as `iptc:Caption-Abstract`, `iptc:2-199` (a number without a name).

    Args:
        block: datasets one after another (tag marker 0x1C). Characters: as 1:90 says UTF-8, else strict UTF-8, else Latin-1.
        keep: also add the block as a blob `iptc`, where no other carrier holds it.
        finds: takes carriers and warnings. A dataset longer than the block ends the walk with `iptc.cut`.
    """
    rows, whole = _datasets(block, finds.iptc_datasets)
    finds.iptc_datasets -= len(rows)
    if finds.iptc_datasets <= 0:
        finds.warn("iptc.too-many")
    if keep and rows:
        finds.add("iptc", block)
    if not whole:
        finds.warn("iptc.cut")
    utf8 = any(record == 1 and number == 90 and value in _UTF8 for record, number, value in rows)
    for record, number, value in rows:
        if record != 2 or number in _BINARY or not value:
            continue
        text = value.decode("utf-8", "replace") if utf8 else decode(value)
        finds.add(f"iptc:{NAMES.get(number) or f'2-{number}'}", value, text.rstrip("\x00"), derived=True)


def _datasets(block: bytes, most: int) -> tuple[list[tuple[int, int, bytes]], bool]:
    """(record, dataset, value) of each dataset, and whether nothing but padding follows, unless there are too many."""
    rows: list[tuple[int, int, bytes]] = []
    pos, end = 0, len(block)
    while pos + 5 <= end and block[pos] == 0x1C and len(rows) < most:
        record, number = block[pos + 1], block[pos + 2]
        length = int.from_bytes(block[pos + 3 : pos + 5], "big")
        pos += 5
        if length & 0x8000:  # extended: the number of bytes that give the length (IIM 1.5.(b))
            width = length & 0x7FFF
            length = int.from_bytes(block[pos : pos + width], "big") if width <= 4 else end
            pos += width
        if pos + length > end:
            return rows, False
        rows.append((record, number, block[pos : pos + length]))
        pos += length
    return rows, len(rows) >= most or not block[pos : pos + 64].strip(b"\x00")
