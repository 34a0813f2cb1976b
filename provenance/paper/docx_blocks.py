"""Blocks as WordprocessingML: paragraphs, lists, tables, pictures. Children stand in the order that ECMA-376 part 1 asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from provenance import words
from provenance.paper.blocks import (
    LARGE_PICTURE,
    MEDIUM_PICTURE,
    SMALL_PICTURE,
    VERBATIM,
    Block,
    Break,
    Cell,
    Figure,
    Figures,
    Heading,
    Para,
    Points,
    Quote,
    Row,
    Source,
    Table,
    Text,
)  # fmt: skip
from provenance.paper.docx_runs import Pen, backwards, bookmark, plain, runs, source
from provenance.paper.places import shares

WIDTH = 9412
"""Of the text, in twentieths of a point: A4 without two margins of 22 mm."""
SOURCE_WIDTH = 1650
MILLIMETRE = 36000
"""In English metric units, of which drawings are measured."""
SIZES = {SMALL_PICTURE: (28, 5), MEDIUM_PICTURE: (55, 3), LARGE_PICTURE: (150, 1)}
"""Width of a picture in millimetres, pictures side by side."""
PAGE_OF_TEXT = 40
"""Lines of a row above which it may break across pages: Word cuts off what does not fit on one."""
PARA_STYLES = {"": "", "note": "Note", "verdict": "Verdict", "limit": "Limit"}


def xml(block: Block, pen: Pen) -> str:
    """One block. Numbered lists take the next number of pen.lists; the document gives each its own start."""
    match block:
        case Heading():
            inner = bookmark(block.anchor, plain(block.text), pen)
            return _paragraph(inner, f"Heading{min(max(block.level, 1), 3)}")
        case Para():
            return _paragraph(runs(block.text, pen), PARA_STYLES.get(block.kind, ""), block.text) + _rests(block.source, pen)
        case Quote():
            by = _paragraph(runs(block.by, pen), "QuoteBy") if block.by else ""
            return _paragraph(runs(block.text, pen), "Quote", block.text) + by + _rests(block.source, pen)
        case Points():
            return _points(block, pen)
        case Table():
            return _table(block, pen)
        case Figures():
            return "".join(_figures(block, pen))
        case Break():
            return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def _paragraph(inner: str, style: str = "", text: Text = (), more: str = "") -> str:
    """more: further properties, between the style and the direction. A paragraph that is one quoted text runs as that text does."""
    alone = [run for run in text if run.text]
    bidi = "<w:bidi/>" if len(alone) == 1 and alone[0].style == VERBATIM and backwards(alone[0].text) else ""
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + more + bidi
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def _rests(on: Source, pen: Pen) -> str:
    said = source(on, pen)
    return _paragraph(plain(f"[{said}]"), "SourceLine") if said else ""


def _points(block: Points, pen: Pen) -> str:
    """List 1 is the dash; each numbered list is one of its own, so that it starts at 1."""
    if block.numbered:
        pen.lists += 1
    number = 1 + pen.lists if block.numbered else 1
    more = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    return "".join(_paragraph(runs(p.text, pen) + _behind(p.source, pen), more=more) for p in block.points)


def _behind(on: Source, pen: Pen) -> str:
    said = source(on, pen)
    return plain(f"  [{said}]", "small") if said else ""


def _table(block: Table, pen: Pen) -> str:
    widths = _widths(block)
    head = [*block.head, *[""] * (len(widths) - len(block.head))]
    rows = [_row([_paragraph(plain(text), "TableHead") for text in head], widths, "<w:cantSplit/><w:tblHeader/>", shade="EDEDED")]
    rows += [_body(row, block, widths, pen) for row in block.rows]
    return _framed(rows, widths, "PaperTable")


def _widths(block: Table) -> list[int]:
    parts = shares(block)
    free = WIDTH - (SOURCE_WIDTH if block.sourced else 0)
    return [max(300, free * part // sum(parts)) for part in parts] + ([SOURCE_WIDTH] if block.sourced else [])


def _body(row: Row, block: Table, widths: Sequence[int], pen: Pen) -> str:
    cells = [_cell(cell, pen, head=row.head and not place) for place, cell in enumerate(row.cells)]
    cells += [_paragraph("", "TableText")] * (len(widths) - len(cells) - bool(block.sourced))
    if block.sourced:
        cells.append(_paragraph(plain(source(row.source, pen)), "SourceLine"))
    lines = [_lines(cell, width) for cell, width in zip(row.cells, widths, strict=False)]
    return _row(cells, widths, "<w:cantSplit/>" if max(lines, default=0) <= PAGE_OF_TEXT else "")


def _lines(cell: Cell, width: int) -> int:
    """About how many lines a cell takes, at 9 points: half an em to a letter, one to a Chinese character."""
    letters = max(1, (width - 170) // 90)
    told = sum(1 + sum(len(run.text) + sum(char > "\u2e7f" for char in run.text) for run in line) // letters for line in cell.lines)
    return told + 9 * len(cell.pictures)


def _cell(cell: Cell, pen: Pen, *, head: bool) -> str:
    style = "TableHead" if head else "TableText"
    lines = [_paragraph(runs(line, pen), style, line) for line in cell.lines]
    pictures = [_paragraph(_picture(key, SIZES[SMALL_PICTURE][0], pen), "TableText") for key in cell.pictures]
    return "".join((*lines, *pictures)) or _paragraph("", style)


def _row(cells: Sequence[str], widths: Sequence[int], properties: str, shade: str = "") -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr>{cell}</w:tc>' for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inner}</w:tr>"


def _framed(rows: Sequence[str], widths: Sequence[int], style: str) -> str:
    """A table, and a thin paragraph: Word makes one of two tables that touch."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    properties = f'<w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
    gap = '<w:p><w:pPr><w:spacing w:after="60" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{gap}"


def _figures(block: Figures, pen: Pen) -> Iterator[str]:
    wide, many = SIZES.get(block.size, SIZES[MEDIUM_PICTURE])
    widths = [WIDTH // many] * many
    rows = []
    for start in range(0, len(block.figures), many):
        cells = [_figure(one, wide, pen) for one in block.figures[start : start + many]]
        rows.append(_row([*cells, *[_paragraph("")] * (many - len(cells))], widths, "<w:cantSplit/>"))
    if rows:
        yield _framed(rows, widths, "TableNormal")


def _figure(one: Figure, wide: int, pen: Pen) -> str:
    picture = _paragraph(bookmark(one.anchor, _picture(one.image, wide, pen), pen), more="<w:keepNext/>")
    return picture + _paragraph(runs(one.caption, pen), "Caption") + _rests(one.source, pen)


def _picture(key: str, wide: int, pen: Pen) -> str:
    """The picture, as wide and at most as high as asked; where there is nothing that Word can show, that is said in its place."""
    if key not in pen.pictures:
        return plain(f"[{pen.paper.label('none')}]", "small")
    relation, width, height, alt = pen.pictures[key]
    box = wide * MILLIMETRE
    scale = min(box / max(width, 1), box / max(height, 1))
    cx, cy, number = max(1, round(width * scale)), max(1, round(height * scale)), next(pen.ids)
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
        f'<wp:docPr id="{number}" name="picture {number}" descr={quoteattr(words.visible(alt))}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="picture {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def anchors_of(blocks: Sequence[Block]) -> dict[str, str]:
    """Anchor -> a name that Word takes for a bookmark: letters, digits and underscores, at most 40."""
    found: dict[str, str] = {}
    for block in blocks:
        own = [block.anchor] if isinstance(block, Heading) else [one.anchor for one in block.figures] if isinstance(block, Figures) else []
        for anchor in own:
            if anchor:
                found.setdefault(anchor, f"place_{len(found) + 1}")
    return found
