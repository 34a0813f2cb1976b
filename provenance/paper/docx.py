"""A paper as .docx, to be filled in. The package is our own parts (data/paper/docx), filled by python-docx: no leftovers of a template.

Office Open XML, ECMA-376 parts 1 and 2 (transitional). No macros, no relation to anything outside, no field but the page's own number.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provenance import data, words
from provenance.paper.blocks import Image, Paper
from provenance.paper.docx_blocks import anchors_of, xml
from provenance.paper.docx_runs import Pen, plain
from provenance.paper.places import pictures

if TYPE_CHECKING:
    from docx.document import Document

PARTS = {
    "[Content_Types].xml": "content_types.xml", "_rels/.rels": "package_rels.xml", "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document_rels.xml", "word/styles.xml": "styles.xml", "word/numbering.xml": "numbering.xml",
    "word/settings.xml": "settings.xml", "word/footer1.xml": "footer.xml", "docProps/core.xml": "core.xml",
}  # fmt: skip
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
AUTHOR = "prov"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time, and this one says nothing
SHOWN_TYPES = ("image/png", "image/jpeg")  # Word shows WebP only in versions that not every court has
LONGEST_PROPERTY = 255


def render(paper: Paper, images: Mapping[str, Image]) -> bytes:
    """The paper as the bytes of a .docx file; the same paper and images give the same bytes.

    Args:
        paper: blocks of verbatim text; characters that cannot be seen or that XML cannot hold are written as codes.
        images: pictures by key. A picture that is not there, or that Word does not show (WebP), is a line that says so.
    """
    from docx import Document as opened
    from docx.oxml import parse_xml

    document = opened(io.BytesIO(_empty()))
    pen = Pen(paper, anchors_of(paper.blocks), _pictures(document, paper, images))
    body = document.element.body
    end = body.sectPr
    for inner in (_title(paper), *(xml(block, pen) for block in paper.blocks)):
        for child in list(parse_xml(f"<w:body {SPACES}>{inner}</w:body>")):
            end.addprevious(child)
    _lists(document, pen.lists)
    _footer(document, paper)
    _properties(document, paper)
    saved = io.BytesIO()
    document.save(saved)
    return _again(saved.getvalue())


def _empty() -> bytes:
    """The package without contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, file in PARTS.items():
            package.writestr(name, data.read(f"paper/docx/{file}"))
    return out.getvalue()


def _again(package: bytes) -> bytes:
    """The package with its parts in a fixed order and without a time; the list of types first, as readers of streams expect."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name != "_rels/.rels", name)):
            info = zipfile.ZipInfo(name, EARLIEST)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            new.writestr(info, old.read(name))
    return out.getvalue()


def _title(paper: Paper) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>{plain(paper.title)}</w:p>'


def _pictures(document: Document, paper: Paper, images: Mapping[str, Image]) -> dict[str, tuple[str, int, int, str]]:
    from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError

    found = {}
    for key in pictures(paper.blocks):
        image = images.get(key)
        if image is None or image.media_type not in SHOWN_TYPES:
            continue
        try:
            relation, read = document.part.get_or_add_image(io.BytesIO(image.data))
        except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError):  # its place says that there is none
            continue
        found[key] = (relation, read.px_width, read.px_height, image.alt)
    return found


def _lists(document: Document, many: int) -> None:
    """One list for each numbered one, so that each starts at 1 (17.9.15); list 1 is the dash."""
    from docx.oxml import parse_xml

    numbering = document.part.numbering_part.element
    for number in range(2, many + 2):
        start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
        numbering.append(parse_xml(f'<w:num {SPACES} w:numId="{number}"><w:abstractNumId w:val="1"/>{start}</w:num>'))


def _footer(document: Document, paper: Paper) -> None:
    """`footer    page x / y`; the two numbers are fields that Word and every other program count themselves."""
    from docx.oxml import parse_xml

    line: Any = document.sections[0].footer.paragraphs[0]._p
    fields = "".join(
        f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>{between}'
        for name, between in (("PAGE", plain(" / ")), ("NUMPAGES", ""))
    )
    inner = f"{plain(paper.footer)}<w:r><w:tab/></w:r>{plain(paper.label('page') + ' ')}{fields}"
    for child in list(parse_xml(f"<w:p {SPACES}>{inner}</w:p>")):
        line.append(child)


def _properties(document: Document, paper: Paper) -> None:
    """The file's own account of itself: title, keywords, language, and the one time that the paper has."""
    said = document.core_properties
    said.title, said.author, said.language = words.visible(paper.title)[:LONGEST_PROPERTY], AUTHOR, "zh-CN" if paper.lang == "zh" else "en"
    said.keywords = words.visible(", ".join(paper.about))[:LONGEST_PROPERTY]
    if paper.time is not None:
        said.created = said.modified = paper.time.replace(tzinfo=None)
