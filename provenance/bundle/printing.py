"""A dossier as papers, and papers as files: the report in one page and as PDF, the forum's papers as PDF and for Word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.bundle.images import Look, used
from provenance.errors import Unavailable
from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forum import forum

if TYPE_CHECKING:
    from provenance.paper.pdf import Press
    from provenance.paper.pdf import Printed as Pdf

PDF = "report.pdf"
Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Font:
    """A font that stands in a PDF."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Printed:
    """files: by name. fonts: of the PDFs, each once. codes: characters that no font here has, written as codes. without: (file, language,
    error) of what could not be printed on this machine."""

    html: bytes
    files: dict[str, bytes]
    fonts: tuple[Font, ...]
    codes: tuple[str, ...]
    without: tuple[tuple[str, str, Unavailable], ...]


def printed(d: Dossier, languages: Sequence[str], look: Look, *, pdf: bool, step: Step) -> Printed:
    """Everything on paper.

    Args:
        d: with the exhibits and the forum. languages: of the report, in order. pdf: whether PDFs are made. step: told (done, in all).
    Raises:
        BadInput: `report.forum`.
    """
    from provenance.paper import docx, html
    from provenance.report import chapters, forms

    whose = forum(d.meta.forum)
    papers = [chapters.paper(d, lang, whose) for lang in languages]
    drafts = forms.forms(d, whose, tuple(languages))
    total = 1 + len(drafts) + (1 + len(drafts) if pdf else 0)
    page = html.page(papers, used(papers, look))
    step(1, total)
    files: dict[str, bytes] = {}
    for done, (stem, paper) in enumerate(drafts, 2):
        files[f"papers/{stem}.docx"] = docx.render(paper, used([paper], look))
        step(done, total)
    wanted: list[tuple[str, Sequence[Paper]]] = [(PDF, papers), *((f"papers/{stem}.pdf", [paper]) for stem, paper in drafts)]
    sheets: list[_Sheet] = []
    for sheet in _pressed(wanted if pdf else [], look):
        sheets.append(sheet)
        step(1 + len(drafts) + len(sheets), total)
    files |= {one.name: one.made.data for one in sheets if one.made is not None}
    fonts = dict.fromkeys(font for one in sheets if one.made is not None for font in one.made.fonts)
    codes = dict.fromkeys(code for one in sheets if one.made is not None for code in one.made.codes)
    return Printed(page, files, tuple(Font(*one) for one in fonts), tuple(codes), tuple(lack for one in sheets for lack in one.without))


@dataclass(frozen=True)
class _Sheet:
    """A PDF, and what of it could not be made."""

    name: str
    made: Pdf | None
    without: tuple[tuple[str, str, Unavailable], ...]


def _pressed(wanted: Sequence[tuple[str, Sequence[Paper]]], look: Look) -> Iterator[_Sheet]:
    """The PDFs in their order. Two at a time: typst lets go of the interpreter while it sets, and two pages of fonts fit in memory."""
    if not wanted:
        return
    from provenance.paper import pdf

    with pdf.press() as press, ThreadPoolExecutor(2, "prov-press") as pool:
        yield from pool.map(lambda one: _sheet(one[0], one[1], look, press), wanted)


def _sheet(name: str, papers: Sequence[Paper], look: Look, press: Press) -> _Sheet:
    """A PDF in those of its languages that this machine has fonts for."""
    left, without = list(papers), list[tuple[str, str, Unavailable]]()
    while left:
        try:
            return _Sheet(name, press.render(left, used(left, look)), tuple(without))
        except Unavailable as error:
            # Latin letters come with typst; what a machine can lack is a font for Chinese
            without.append((name, "zh" if any(paper.lang == "zh" for paper in left) else left[0].lang, error))
            left = [paper for paper in left if paper.lang != "zh"] if without[-1][1] == "zh" else []
    return _Sheet(name, None, tuple(without))
