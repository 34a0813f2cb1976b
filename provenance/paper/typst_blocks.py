"""Blocks as the values that data/paper/report.typ reads as JSON: every text in pieces, every measure in millimetres. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provenance.paper.blocks import (
    BAR,
    BLANK,
    LARGE_PICTURE,
    MEDIUM_PICTURE,
    SMALL_PICTURE,
    STRONG,
    Block,
    Break,
    Cell,
    Figure,
    Figures,
    Heading,
    Paper,
    Para,
    Points,
    Quote,
    Row,
    Run,
    Source,
    Table,
    Text,
)
from provenance.paper.places import chapters, contents, numbers, shares
from provenance.paper.typst_pieces import Cutter, ems

WIDTH = 163.0
"""Of the text, in millimetres: A4 less 27 on the side that is bound and 20 on the other."""
SOURCE = 25.0
INSET = 1.7
POINT = 0.3528
TEXT_SIZE, TABLE_SIZE, SMALL_SIZE = 9.2, 8.0, 7.4
COLUMNS = {SMALL_PICTURE: 8, MEDIUM_PICTURE: 3, LARGE_PICTURE: 2}
"""Pictures side by side."""
HEIGHTS = {SMALL_PICTURE: 17.0, MEDIUM_PICTURE: 42.0, LARGE_PICTURE: 44.0}
TINY_SIZE = 6.8
GAPS = {SMALL_PICTURE: 3.0}
GAP = 4.0
CELL_PICTURE = 10.5
"""Millimetres of a side of a picture in a table."""
HIGHEST_ROW = 150.0
"""Millimetres; a row that may be higher is allowed to break, because one that is higher than a page would run out of it."""
HIGHEST_WHOLE = 60.0
"""Millimetres; a table that is lower stands on one page."""
LONGEST_HEADING = 300
"""Characters. Bookmarks are strings of the file, and a PDF/A string has its bound; what goes on stands below."""
LONGEST_LABEL = 160
"""Characters of what stands below a line to fill in, which is one piece and cannot break across pages; more stands beside it."""
LONGEST_CAPTION = 240
"""Characters of what stands below a picture, which stays with it; the whole follows below the pictures."""
SHORT_SOURCE = 24
"""Characters up to which a class and its entries are kept on one line."""
LONGEST_FOOTER = 160
"""Characters, of which two lines at the foot of a page have room."""
LONGEST_LEAD = 900
"""Characters of a paragraph that stays with what follows it."""


@dataclass(frozen=True)
class Setter:
    """One paper on its way to the template.

    number: of the paper in the document, so that two languages may use one anchor. pictures: keys that can be shown.
    """

    paper: Paper
    number: int
    cutter: Cutter
    order: Mapping[str, tuple[int, ...]]
    pictures: frozenset[str]
    anchors: frozenset[str]

    def text(self, text: Text, room: float, size: float = TEXT_SIZE) -> list[dict[str, Any]]:
        """Runs in pieces. room: millimetres of a line. size: of the letters in points."""
        held = tuple(run for run in text if run.style not in (BAR, BLANK))
        pieces = iter(self.cutter.pieces(held, self.order, self._ems(room, size)))
        return [self._special(run, room, size) if run.style in (BAR, BLANK) else self._plain(run, next(pieces)) for run in text]

    def words(self, text: str, room: float, size: float = TEXT_SIZE, style: str = "") -> list[dict[str, Any]]:
        """One text in one style."""
        return self.text((Run(text, style),), room, size)

    def source(self, on: Source, room: float) -> dict[str, Any] | None:
        """The class in a frame, then entries and exhibits."""
        if not (on.klass or on.entries or on.exhibits):
            return None
        told = [part for part in (numbers(on.entries), ", ".join(on.exhibits)) if part]
        tag = self.words(self.paper.label(f"class.{on.klass}"), room, SMALL_SIZE) if on.klass else []
        line = " · ".join(told)
        short = len(line) <= SHORT_SOURCE and room > WIDTH / 2
        return {"tag": tag, "on": self.words(line, room, SMALL_SIZE) if line else [], "short": short}

    def place(self, anchor: str) -> str:
        """The label of an anchor in the whole document, "" where there is none."""
        return f"p{self.number}-{anchor}" if anchor in self.anchors else ""

    def _ems(self, room: float, size: float) -> float:
        return max(1.0, 0.97 * room / (size * POINT))

    def _plain(self, run: Run, pieces: list[tuple[str, int, str]]) -> dict[str, Any]:
        return {"s": run.style, "l": self.place(run.link), "p": pieces}

    def _special(self, run: Run, room: float, size: float) -> dict[str, Any]:
        if run.style == BLANK:
            wide = min(62.0, room)
            long = len(run.text) > LONGEST_LABEL
            return {"s": BLANK, "w": round(wide, 2), "long": long, "p": self._flat(run.text, room if long else wide, SMALL_SIZE)}
        short = f"{self.paper.label('withheld')} {run.text[:8]}…" if run.text else self.paper.label("withheld")
        return {"s": BAR, "head": self._flat(short, room, SMALL_SIZE), "p": self._flat(run.text, room, size)}

    def _flat(self, text: str, room: float, size: float) -> list[tuple[str, int, str]]:
        return self.cutter.pieces((Run(text),), self.order, self._ems(room, size))[0]


def document(setters: Sequence[Setter], mono: int, names: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """Everything the template reads. mono: the face of codes. names: (family, weight) of the faces."""
    measures = {"source": SOURCE, "inset": INSET, "cell": CELL_PICTURE}
    return {"faces": names, "mono": mono, **measures, "papers": [_paper(setter) for setter in setters]}


def _paper(s: Setter) -> dict[str, Any]:
    paper = s.paper
    blocks: list[dict[str, Any]] = []
    named, place = 0, contents(paper.blocks)
    for number, block in enumerate(paper.blocks):
        named += isinstance(block, Heading) and block.level == 1
        if number == place:
            blocks.append({"k": "contents"})
        made = _block(block, s, named)
        if isinstance(block, Para):
            made[0]["stick"] = _leads(paper.blocks, number)
        blocks += made
    listed = [
        {"l": f"c{s.number}-{number}", "t": s.words(block.text[:120], WIDTH / 2 - 12, TABLE_SIZE)}
        for number, block in enumerate(chapters(paper.blocks), 1)
    ]
    return {
        "lang": paper.lang,
        "title": s.words(paper.title, WIDTH, 17, STRONG),
        "footer": s.words(paper.footer[:LONGEST_FOOTER], WIDTH - 30, 7),
        "page": s.words(s.paper.label("page"), 25, 7),
        "head": s.words(s.paper.label("contents"), 60, TABLE_SIZE, STRONG),
        "contents": listed,
        "blocks": blocks,
        "face": s.order[""][0],
        "dash": s.words("–", 5),
    }


def _leads(blocks: Sequence[Block], at: int) -> bool:
    """Whether a paragraph stays with what follows, so that no page ends with a heading and it alone: one between a heading and a table."""
    block, before = blocks[at], blocks[at - 1] if at else None
    after = blocks[at + 1] if at + 1 < len(blocks) else None
    if not isinstance(block, Para) or sum(len(run.text) for run in block.text) > LONGEST_LEAD:
        return False
    if isinstance(after, Table | Points | Figures):
        return isinstance(before, Heading | Para) or isinstance(after, Figures)
    return isinstance(before, Heading) and isinstance(after, Heading | Para)


def _block(block: Block, s: Setter, chapter: int) -> list[dict[str, Any]]:
    match block:
        case Heading():
            return _heading(block, s, chapter)
        case Para():
            room = WIDTH - (10 if block.kind in ("verdict", "limit") else 0)
            size = SMALL_SIZE if block.kind == "note" else TEXT_SIZE
            para = {"k": "para", "kind": block.kind, "stick": False, "t": s.text(block.text, room, size)}
            return [para | {"src": s.source(block.source, room)}]
        case Quote():
            room = WIDTH - 6
            quote = {"k": "quote", "t": s.text(block.text, room), "by": s.text(block.by, room, SMALL_SIZE)}
            return [quote | {"src": s.source(block.source, room)}]
        case Points():
            room = WIDTH - 8
            points = [{"t": s.text(one.text, room), "src": s.source(one.source, room)} for one in block.points]
            return [{"k": "points", "numbered": block.numbered, "points": points}]
        case Table():
            return [_table(block, s)]
        case Figures():
            long = [one.caption for one in block.figures if sum(len(run.text) for run in one.caption) > LONGEST_CAPTION]
            below = [{"k": "para", "kind": "note", "stick": False, "t": s.text(text, WIDTH, SMALL_SIZE), "src": None} for text in long]
            return [_figures(block, s), *below] if block.figures else []
        case Break():
            return [{"k": "break"}]


def _heading(block: Heading, s: Setter, chapter: int) -> list[dict[str, Any]]:
    level = min(max(block.level, 1), 3)
    size = {1: 13.0, 2: 10.5, 3: TEXT_SIZE}[level]
    shown = block.text if len(block.text) <= LONGEST_HEADING else block.text[:LONGEST_HEADING] + "…"
    told = s.words(shown.replace("\n", " "), WIDTH, size, STRONG)
    head = {"k": "heading", "level": level, "t": told, "l": s.place(block.anchor)}
    if level == 1:
        head["c"] = f"c{s.number}-{chapter}"
    rest = [] if shown == block.text else [{"k": "para", "kind": "", "stick": False, "t": s.words(block.text, WIDTH), "src": None}]
    return [head, *rest]


def _table(block: Table, s: Setter) -> dict[str, Any]:
    parts = shares(block)
    free = WIDTH - (SOURCE if block.sourced else 0)
    widths = [free * part / sum(parts) for part in parts]
    texts = (*block.head, *[""] * len(parts))
    heads = [s.words(text, width - 2 * INSET, SMALL_SIZE, STRONG) for text, width in zip(texts, widths, strict=False)]
    rows = [_row(row, widths, block.sourced, s) for row in block.rows]
    return {
        "k": "table",
        "whole": sum(row.pop("high") for row in rows) <= HIGHEST_WHOLE,
        "sourced": block.sourced,
        "widths": [round(width, 3) for width in widths],
        "head": heads if any(block.head) else [],
        "rows": rows,
    }


def _row(row: Row, widths: Sequence[float], sourced: bool, s: Setter) -> dict[str, Any]:
    cells = [*row.cells, *[Cell()] * (len(widths) - len(row.cells))]
    src = s.source(row.source, SOURCE - 2 * INSET) if sourced else None
    told = " ".join((numbers(row.source.entries), ", ".join(row.source.exhibits))) if sourced else ""
    high = max([_high(cell, width) for cell, width in zip(cells, widths, strict=True)] + [_high(Cell(((Run(told),),)), SOURCE)])
    made = [_cell(cell, width, s, row.head and not place) for place, (cell, width) in enumerate(zip(cells, widths, strict=True))]
    return {"c": made, "src": src, "whole": high <= HIGHEST_ROW, "high": high}


def _cell(cell: Cell, width: float, s: Setter, head: bool) -> dict[str, Any]:
    lines = [tuple(Run(run.text, run.style or STRONG, run.link) for run in line) if head else line for line in cell.lines]
    return {"t": [s.text(line, width - 2 * INSET, TABLE_SIZE) for line in lines], "i": [_image(key, s) for key in cell.pictures]}


def _high(cell: Cell, width: float) -> float:
    """About how high a cell is in millimetres, rather too much."""
    room = max(1.0, (width - 2 * INSET) / (TABLE_SIZE * POINT))
    lines = sum(1 + run.text.count("\n") for line in cell.lines for run in line)
    filled = sum(sum(map(ems, run.text)) for line in cell.lines for run in line) / room
    return 4.4 * (lines + filled) + (CELL_PICTURE + 3.5) * len(cell.pictures)


def _figures(block: Figures, s: Setter) -> dict[str, Any]:
    many = COLUMNS.get(block.size, 3)
    gap = GAPS.get(block.size, GAP)
    wide = (WIDTH - gap * (many - 1)) / many
    beside = block.size == LARGE_PICTURE and len(block.figures) == 1
    size = SMALL_SIZE if block.size != SMALL_PICTURE else TINY_SIZE
    figures = [_figure(one, WIDTH - wide - GAP - 1 if beside else wide, s) for one in block.figures]
    return {"k": "figures", "many": many, "gap": gap, "size": size, "beside": beside, "w": round(wide, 3),
            "h": HEIGHTS.get(block.size, 42.0), "f": figures}  # fmt: skip


def _figure(one: Figure, wide: float, s: Setter) -> dict[str, Any]:
    caption = s.text(tuple(_short(one.caption)), wide, SMALL_SIZE)
    return {"i": _image(one.image, s), "t": caption, "src": s.source(one.source, wide), "l": s.place(one.anchor)}


def _short(text: Text) -> Iterator[Run]:
    left = LONGEST_CAPTION
    for run in text:
        if left <= 0:
            return
        yield run if len(run.text) <= left else replace(run, text=run.text[:left] + "…")
        left -= len(run.text)


def _image(key: str, s: Setter) -> dict[str, Any]:
    """key: "" for an empty frame, which says so."""
    return {"i": key} if key in s.pictures else {"i": "", "none": s.words(s.paper.label("none"), 20, SMALL_SIZE)}
