"""What a paper is made of: blocks of text runs, verbatim. Making them safe to show (unseen characters, missing glyphs) is for printers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

PLAIN, STRONG, SMALL, CODE = "", "strong", "small", "code"
VERBATIM = "verbatim"
"""Somebody else's words (a prompt, a file name, a note): whole, in its own direction, never joined with ours."""
ADDED, REMOVED = "added", "removed"
LATE = "late"
"""What a reader should not miss: imported later, not known, not there."""
BAR = "bar"
"""Something withheld: drawn as a black bar, then the text, which is its commitment (64 hex) or "" where there is none."""
BLANK = "blank"
"""Something for a person to fill in: drawn as an empty line with the text, which says what; in Word a form field."""
STYLES = (PLAIN, STRONG, SMALL, CODE, VERBATIM, ADDED, REMOVED, LATE, BAR, BLANK)

SMALL_PICTURE, MEDIUM_PICTURE, LARGE_PICTURE = "small", "medium", "large"


@dataclass(frozen=True)
class Run:
    """A piece of text in one style. link: the anchor of a heading or picture in the same paper, "" without."""

    text: str
    style: str = PLAIN
    link: str = ""


Text = tuple[Run, ...]


@dataclass(frozen=True)
class Source:
    """What a line rests on. klass: OBSERVED, FILE_CLAIMED, STATED, ATTESTED, IMPORTED or "" where the line is no fact of the record (an
    explanation, an authority). entries: numbers in the ledger. exhibits: numbers in the list of exhibits, as printed (E012)."""

    klass: str = ""
    entries: tuple[int, ...] = ()
    exhibits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """level: 1 for a chapter, 2 and 3 below it; all of them are bookmarks. anchor: for links, `[a-z0-9-]+`, unique in the paper."""

    text: str
    level: int = 1
    anchor: str = ""


@dataclass(frozen=True)
class Para:
    """A paragraph. kind: "" plain, "note" (small, quiet), "verdict" (framed, for the first page), "limit" (framed, what is not proved)."""

    text: Text
    source: Source = Source()
    kind: str = ""


@dataclass(frozen=True)
class Quote:
    """A person's own words, whole. by: who said it and when, as a line below it."""

    text: Text
    by: Text = ()
    source: Source = Source()


@dataclass(frozen=True)
class Point:
    """One point of a list."""

    text: Text
    source: Source = Source()


@dataclass(frozen=True)
class Points:
    """A list. numbered: 1, 2, 3."""

    points: tuple[Point, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: lines of text below one another, then pictures (keys of the images)."""

    lines: tuple[Text, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row. head: whether the first cell is a heading of its row. Rows never break across pages where they fit on one."""

    cells: tuple[Cell, ...]
    source: Source = Source()
    head: bool = False


@dataclass(frozen=True)
class Table:
    """A table; its head is repeated on each page. widths: shares of the width, one for each column. sourced: a last column says what each
    row rests on (class and entries); without it the rows' sources are not printed."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    sourced: bool = True


@dataclass(frozen=True)
class Figure:
    """A picture. image: a key of the images, "" where there is nothing to show (an empty frame with the caption). anchor: for links."""

    image: str
    caption: Text = ()
    source: Source = Source()
    anchor: str = ""


@dataclass(frozen=True)
class Figures:
    """Pictures side by side, wrapped. size: small (about 17 mm wide), medium (51), large (the first page's; one alone has its caption
    beside it)."""

    figures: tuple[Figure, ...]
    size: str = MEDIUM_PICTURE


@dataclass(frozen=True)
class Break:
    """What follows begins on a new page."""


Block = Heading | Para | Quote | Points | Table | Figures | Break


@dataclass(frozen=True)
class Image:
    """A picture for the printers. media_type: image/png, image/jpeg or image/webp. alt: what it is, for readers who do not see it."""

    media_type: str
    data: bytes
    alt: str = ""


@dataclass(frozen=True)
class Paper:
    """A document in one language.

    lang: `zh` or `en`. title: on the first page. footer: on every page, before `page x / y`. about: keywords for the file's own
    metadata, none of them a withheld value. made_at: RFC 3339 UTC, the only time in the file. labels: the printer's own few words in
    this language: `class.<NAME>`, `entry`, `exhibit`, `withheld`, `page`, `contents`, `none`.
    """

    lang: str
    title: str
    blocks: tuple[Block, ...]
    footer: str = ""
    about: tuple[str, ...] = ()
    made_at: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, key: str) -> str:
        """One of the printer's own few words; the key itself where the paper brings none."""
        return self.labels.get(key, key.rpartition(".")[2])

    @property
    def time(self) -> datetime | None:
        """made_at to the second, None where it is no such time."""
        try:
            found = datetime.fromisoformat(self.made_at.replace("Z", "+00:00"))
        except ValueError:
            return None
        return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else None


def run(text: str, style: str = PLAIN) -> Text:
    """One run as a text."""
    return (Run(text, style),)


def cell(text: str, style: str = PLAIN) -> Cell:
    """A cell of one line of one run."""
    return Cell((run(text, style),))
