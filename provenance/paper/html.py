"""Papers -> one HTML page: self-contained, without a script and without anything from outside, printable on A4."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from provenance import data, words
from provenance.paper.blocks import Block, Break, Cell, Figure, Figures, Heading, Image, Paper, Para, Points, Quote, Row, Table
from provenance.paper.html_runs import NONE, Pen, runs, shown, source
from provenance.paper.places import anchors, chapters, contents, pictures, shares

SHOWN_TYPES = ("image/png", "image/jpeg", "image/webp")  # never SVG: it is a document
TAGS = {"zh": "zh-CN"}
KINDS = {"note": "p note", "verdict": "p verdict", "limit": "p limit"}
SIZES = ("small", "medium", "large")
_PAGE = Markup(
    '<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
    "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{store}{switch}{bodies}</body>\n</html>\n"
)


def page(papers: Sequence[Paper], images: Mapping[str, Image]) -> bytes:
    """The page; the same arguments give the same bytes.

    Args:
        papers: at least one, each in another language; the first is the one shown first, the others by a button of the page.
        images: by key; PNG, JPEG and WebP are shown, each is held once.
    Returns:
        UTF-8 HTML. Its content security policy (CSP Level 3, in a meta element) allows its own style sheet by hash and data: images.
    """
    style = data.read("paper/page.css")
    keys = [key for key in dict.fromkeys(key for paper in papers for key in pictures(paper.blocks)) if _showable(images.get(key))]
    numbers = {key: number for number, key in enumerate(keys)}
    alts = {key: images[key].alt for key in keys}
    return _PAGE.format(
        lang=TAGS.get(papers[0].lang, papers[0].lang),
        policy=policy(style),
        title=words.visible(papers[0].title),
        style=Markup(style),
        store=_store([images[key] for key in keys]),
        switch=_switch(papers) if len(papers) > 1 else NONE,
        bodies=NONE.join(_paper(paper, Pen(paper, anchors(paper.blocks), numbers, alts)) for paper in papers),
    ).encode("utf-8")


def policy(style: str) -> str:
    """The content security policy of a page with this style sheet and pictures of its own."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def _showable(image: Image | None) -> bool:
    return image is not None and image.media_type in SHOWN_TYPES


def _store(images: Sequence[Image]) -> Markup:
    """Every picture once; figures refer to it."""
    one = Markup(
        '<symbol id="i{}" viewBox="0 0 100 100"><image href="data:{};base64,{}" width="100" height="100"'
        ' preserveAspectRatio="xMidYMid meet"/></symbol>\n'
    )
    held = NONE.join(one.format(n, image.media_type, base64.b64encode(image.data).decode("ascii")) for n, image in enumerate(images))
    return Markup('<svg class="store" width="0" height="0" aria-hidden="true">\n{}</svg>\n').format(held) if images else NONE


def _switch(papers: Sequence[Paper]) -> Markup:
    button = Markup(
        '<input type="radio" name="language" id="show-{0}" autocomplete="off"{1}>\n<label for="show-{0}" lang="{2}">{3}</label>\n'
    )
    hint = Markup('<span lang="{}">{}</span> ')
    langs = [paper.lang for paper in papers]
    buttons = NONE.join(
        button.format(lang, Markup(" checked") if not n else NONE, TAGS.get(lang, lang), words.say("printing.language", lang))
        for n, lang in enumerate(langs)
    )
    hints = NONE.join(hint.format(TAGS.get(lang, lang), words.say("printing.hint", lang)) for lang in langs)
    return buttons + Markup('<p class="hint">{}</p>\n').format(hints)


def _paper(paper: Paper, pen: Pen) -> Markup:
    listed, place = chapters(paper.blocks), contents(paper.blocks)
    ids = {id(block): f"{paper.lang}.{number}" for number, block in enumerate(listed, 1)}
    parts: list[Markup] = []
    new = False
    for number, block in enumerate(paper.blocks):
        if number == place:
            parts.append(_contents(listed, ids, pen))
        if isinstance(block, Break):
            new = True
            continue
        made = _block(block, pen, ids)
        parts.append(Markup('<div class="new-page">{}</div>\n').format(made) if new else made)
        new = False
    foot = Markup("<footer>{}</footer>\n").format(shown(paper.footer)) if paper.footer else NONE
    return Markup('<article class="in-{}" lang="{}">\n<h1>{}</h1>\n{}{}</article>\n').format(
        paper.lang, TAGS.get(paper.lang, paper.lang), shown(paper.title), NONE.join(parts), foot
    )


def _contents(listed: Sequence[Heading], ids: Mapping[int, str], pen: Pen) -> Markup:
    lines = NONE.join(Markup('<a href="#{}">{}</a>\n').format(ids[id(one)], shown(one.text[:200])) for one in listed)
    return Markup('<nav class="contents"><b>{}</b>\n{}</nav>\n').format(shown(pen.paper.label("contents")), lines)


def _block(block: Block, pen: Pen, ids: Mapping[int, str]) -> Markup:
    match block:
        case Heading():
            return _heading(block, pen, ids.get(id(block), ""))
        case Para():
            told = runs(block.text, pen) + source(block.source, pen)
            return Markup('<div class="{}">{}</div>\n').format(KINDS.get(block.kind, "p"), told)
        case Quote():
            by = runs(block.by, pen) + source(block.source, pen)
            below = Markup('<div class="by">{}</div>').format(by) if by else NONE
            return Markup('<div class="quote"><div class="p text">{}</div>{}</div>\n').format(runs(block.text, pen), below)
        case Points():
            tag = Markup("ol" if block.numbered else "ul")
            points = NONE.join(
                Markup("<li><div>{}{}</div></li>\n").format(runs(one.text, pen), source(one.source, pen)) for one in block.points
            )
            return Markup("<{0}>\n{1}</{0}>\n").format(tag, points)
        case Table():
            return _table(block, pen)
        case Figures():
            size = block.size if block.size in SIZES else "medium"
            return Markup('<div class="figures {}">\n{}</div>\n').format(size, NONE.join(_figure(one, pen) for one in block.figures))
        case Break():
            return NONE


def _heading(block: Heading, pen: Pen, chapter: str) -> Markup:
    level = min(max(block.level, 1), 3) + 1
    place = pen.place(block.anchor)
    own = Markup(' id="{}"').format(chapter) if chapter else NONE
    named = Markup('<a id="{}"></a>').format(place) if place else NONE
    return Markup("<h{0}{1}>{2}{3}</h{0}>\n").format(level, own, named, shown(block.text))


def _table(block: Table, pen: Pen) -> Markup:
    parts = shares(block)
    columns, total = len(parts), sum(parts)
    last = Markup('<col class="rests">') if block.sourced else NONE
    heads = NONE.join(Markup('<th scope="col">{}</th>').format(shown(text)) for text in (*block.head, *[""] * (columns - len(block.head))))
    more = Markup('<th class="rests"></th>') if block.sourced else NONE
    head = Markup("<thead><tr>{}{}</tr></thead>\n").format(heads, more) if any(block.head) else NONE
    rows = NONE.join(_row(row, columns, block.sourced, pen) for row in block.rows)
    # A policy that forbids inline styles leaves the old attribute, in which a share is a share
    widths = NONE.join(Markup('<col width="{}%">').format(round(100 * (0.83 if block.sourced else 1) * part / total)) for part in parts)
    return Markup("<table>\n<colgroup>{}{}</colgroup>\n{}<tbody>\n{}</tbody>\n</table>\n").format(widths, last, head, rows)


def _row(row: Row, columns: int, sourced: bool, pen: Pen) -> Markup:
    made = [_cell(cell, row.head and not place, pen) for place, cell in enumerate(row.cells)]
    made += [Markup("<td></td>")] * (columns - len(made))
    rests = Markup('<td class="rests">{}</td>').format(source(row.source, pen)) if sourced else NONE
    return Markup("<tr>{}{}</tr>\n").format(NONE.join(made), rests)


def _cell(cell: Cell, head: bool, pen: Pen) -> Markup:
    lines = NONE.join(Markup("<div>{}</div>").format(runs(line, pen)) for line in cell.lines)
    held = NONE.join(_picture(key, pen) for key in cell.pictures)
    pictures = Markup('<div class="pics">{}</div>').format(held) if cell.pictures else NONE
    return Markup('<th scope="row">{}{}</th>' if head else "<td>{}{}</td>").format(lines, pictures)


def _figure(one: Figure, pen: Pen) -> Markup:
    place = pen.place(one.anchor)
    caption = runs(one.caption, pen) + source(one.source, pen)
    below = Markup("<figcaption>{}</figcaption>").format(caption) if caption else NONE
    return Markup("<figure{}>{}{}</figure>\n").format(Markup(' id="{}"').format(place) if place else NONE, _picture(one.image, pen), below)


def _picture(key: str, pen: Pen) -> Markup:
    if key not in pen.pictures:
        return Markup('<span class="pic nopic">{}</span>').format(shown(pen.paper.label("none")))
    return Markup('<svg class="pic" viewBox="0 0 100 100" role="img" aria-label="{}"><use href="#i{}"/></svg>').format(
        words.visible(pen.alts[key]), pen.pictures[key]
    )
