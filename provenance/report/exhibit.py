"""A numbered file of the bundle: what a lawyer puts in, and what an index lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exhibit:
    """A file of the bundle that a lawyer may put in.

    number: `E001`, as printed. file: its path in the bundle. kind: original, candidate, handed, film, map, workflow, infotext,
    conversation, terms, licence, label, translation, record, annex, preview, metadata; what such a one shows is the message
    `report.exhibit.shows.<kind>`. size: bytes. entries, klass: what it rests on and who says so ("": it is drawn from the record).
    picture: its number in the report, 0 without. name: for people, "" where that is withheld. withheld: why it is kept out; then `file` is
    "" and `size` 0. role: of a picture's own file: chosen, ancestor, rejected or input.
    """

    number: str
    file: str
    kind: str
    sha256: str
    media_type: str
    size: int
    entries: tuple[int, ...]
    klass: str
    picture: int = 0
    name: str = ""
    withheld: str = ""
    role: str = ""
