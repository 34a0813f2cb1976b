"""A numbered file of the bundle: what a lawyer puts in, and what an index lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exhibit:
    """A file of the bundle that a lawyer may put in.

    number: `E001`, as printed. file: its path in the bundle. kind: original, preview, candidate, film, workflow, infotext, conversation,
    terms, licence, label, annex, map, handed; what such a one shows is the message `report.exhibit.shows.<kind>`. size: bytes. entries,
    klass: what it rests on and who says so. picture: its number in the report, 0 without. name: for people, "" where that is withheld.
    withheld: why it is kept out; then `file` is "" and `size` 0.
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
