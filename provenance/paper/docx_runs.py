"""Runs of text as WordprocessingML (ECMA-376 part 1, 17.3.2): every text is data, escaped; characters that cannot be seen are codes."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from provenance import words
from provenance.paper.blocks import ADDED, BAR, BLANK, CODE, LATE, PLAIN, REMOVED, SMALL, STRONG, VERBATIM, Paper, Run, Source, Text
from provenance.paper.places import numbers

STYLE_IDS: Mapping[str, str] = {
    STRONG: "StrongText", SMALL: "SmallText", CODE: "CodeText", VERBATIM: "VerbatimText", ADDED: "AddedText", REMOVED: "RemovedText",
    LATE: "LateText", BAR: "BarText", BLANK: "PlaceholderText",
}
LONGEST_ALIAS = 60
"""Word refuses a content control whose title or tag has more than 64 characters."""
RULE = "_" * 16
LEFT_TO_RIGHT = "\u200e"
"""A mark of ours around a text that runs the other way: it keeps the numbers and signs beside it in their places."""


@dataclass
class Pen:
    """What one document counts and looks up while it is written; lives in one call of render.

    anchors: anchor -> bookmark name. pictures: key of an image -> (relation id, width, height in pixels, alt text), only those that Word
    can show. lists: how many numbered lists there were.
    """

    paper: Paper
    anchors: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, tuple[str, int, int, str]] = field(default_factory=dict)
    lists: int = 0
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))


def runs(text: Text, pen: Pen) -> str:
    """A text as the contents of a paragraph."""
    return "".join(_run(run, pen) for run in text)


def plain(text: str, style: str = PLAIN) -> str:
    """One text in one style, without a link."""
    return "".join(_piece(piece, style, coded, towards) for piece, coded, towards in _pieces(text, style))


def source(source: Source, pen: Pen) -> str:
    """What a line rests on, in words: who says so, the numbers of the entries, the numbers of the exhibits; "" for nothing."""
    parts = [pen.paper.label(f"class.{source.klass}")] if source.klass else []
    if source.entries:
        parts.append(f"{pen.paper.label('entry')} {numbers(source.entries)}")
    if source.exhibits:
        parts.append(f"{pen.paper.label('exhibit')} {', '.join(source.exhibits)}")
    return " · ".join(parts)


def bookmark(anchor: str, inner: str, pen: Pen) -> str:
    """Contents of a paragraph as the target of links, where they have an anchor."""
    if anchor not in pen.anchors:
        return inner
    number = next(pen.ids)
    return f'<w:bookmarkStart w:id="{number}" w:name="{pen.anchors[anchor]}"/>{inner}<w:bookmarkEnd w:id="{number}"/>'


def backwards(text: str) -> bool:
    """Whether a text runs from right to left: its first strong character does (Unicode Standard Annex 9, P2)."""
    strong = (kind for char in text if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _run(run: Run, pen: Pen) -> str:
    if run.style == BLANK:
        return _control(run.text, pen)
    if run.style == BAR:
        return plain(f" {pen.paper.label('withheld')} ", BAR) + (plain(" ") + plain(run.text, CODE) if run.text else "")
    inner = plain(run.text, run.style)
    if run.link in pen.anchors:
        return f'<w:hyperlink w:anchor="{pen.anchors[run.link]}">{inner}</w:hyperlink>'
    return inner


def _control(label: str, pen: Pen) -> str:
    """A plain-text content control (17.5.2): what is typed takes the place of the label; printed unfilled, it is a line with its label."""
    number, shown = next(pen.ids), words.visible(label)
    alias = quoteattr(shown[:LONGEST_ALIAS])
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val={alias}/><w:tag w:val="blank-{number}"/><w:id w:val="{number}"/><w:showingPlcHdr/>'
        f'<w:text w:multiLine="1"/></w:sdtPr><w:sdtContent>{plain(f"{RULE}[{shown}]", BLANK)}</w:sdtContent></w:sdt>'
    )


def _pieces(text: str, style: str) -> Iterator[tuple[str, bool, bool]]:
    """A text cut where it changes between characters and codes, and between directions: (piece, is a code, runs from right to left)."""
    shown = words.visible(text, keep_newlines=True)
    if shown == text and text.isascii():
        yield text, False, False
        return
    mixed = any(map(_leftwards, text))
    whole = mixed and style == VERBATIM and backwards(text)
    cut = [(seen := words.visible(char, keep_newlines=True), seen != char, whole or _leftwards(char)) for char in text]
    if mixed:
        yield LEFT_TO_RIGHT, False, False
    for (coded, left), group in itertools.groupby(cut, key=lambda one: one[1:]):
        yield "".join(seen for seen, _, _ in group), coded, left and not coded
    if mixed:
        yield LEFT_TO_RIGHT, False, False


def _leftwards(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _piece(text: str, style: str, coded: bool, backwards: bool) -> str:
    own = STYLE_IDS.get(CODE if coded else style, "")
    asian = any(char > "\u2e7f" for char in text)  # beside Chinese, “ ” … — are as wide as its characters; Word wants to be told
    properties = (
        (f'<w:rStyle w:val="{own}"/>' if own else "")
        + ('<w:rFonts w:hint="eastAsia"/>' if asian and not backwards else "")
        + ("<w:noProof/>" if style in (VERBATIM, CODE) or coded else "")
        + ("<w:rtl/>" if backwards else "")
    )
    lines = text.split("\n")
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in lines)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"
