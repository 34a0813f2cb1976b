"""Papers as PDF/A-3b: whole, embedded, within the margins, the same bytes again, and nothing of a text lost."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paper_hostile import TEXTS
from support.paper_sample import PROMPT, images, paper

from provenance import words
from provenance.errors import Unavailable
from provenance.fonts.roles import Roles, roles
from provenance.paper import pdf
from provenance.paper.blocks import (
    BAR,
    BLANK,
    CODE,
    STRONG,
    VERBATIM,
    Cell,
    Figure,
    Figures,
    Heading,
    Image,
    Paper,
    Para,
    Row,
    Run,
    Table,
    run,
)
from provenance.paper.typst_pieces import Cutter, code, drawable

TESTS = Path(__file__).parents[1]
POINTS = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 27 * POINTS, (210 - 20) * POINTS, 19 * POINTS, (297 - 22) * POINTS


@pytest.fixture(scope="module")
def fonts() -> Roles:
    found = roles()
    if found.han is None:
        pytest.skip("NO FONT FOR CHINESE on this machine: nobody looked at the Chinese PDF")
    return found


@pytest.fixture(scope="module")
def both(fonts: Roles) -> pdf.Printed:
    return pdf.render((paper("zh"), paper("en")), images(), fonts)


def told(made: bytes) -> str:
    """The text of a PDF without its blanks and without the foot of the pages, which come where a page ends."""
    area = ("-r", "72", "-x", "0", "-y", "0", "-W", "595", "-H", str(int(BOTTOM) + 6))  # the box of a last line reaches below it
    return re.sub(r"\s|[\u2066-\u2069\u202a-\u202e\u200e\u200f]", "", unicodedata.normalize("NFC", raw(made, "-raw", *area)))


def raw(made: bytes, *options: str) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("NO pdftotext (poppler-utils): nobody read the text of the PDF")
    return subprocess.run(["pdftotext", *options, "-", "-"], input=made, capture_output=True, check=True, timeout=60).stdout.decode(
        "utf-8", "replace"
    )


def fonts_of(opened: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for one in opened.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font" and "/DescendantFonts" in one:
            yield one


def one_page(*texts: str, lang: str = "en", style: str = VERBATIM) -> Paper:
    return Paper(lang, "t", tuple(Para(run(text, style)) for text in texts), made_at="2026-11-22T10:00:00Z")


def test_it_is_pdf_a_3b_and_sound(both: pdf.Printed) -> None:
    with pikepdf.open(io.BytesIO(both.data)) as opened:
        assert opened.check_pdf_syntax() == []
        with opened.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "B")
            assert "创作过程记录报告" in str(meta["dc:title"])
            assert str(meta["xmp:CreateDate"]).startswith("2026-11-22T10:00:00")
        assert str(opened.Root.Lang) == "zh"
        with opened.open_outline() as outline:
            assert [one.title for one in outline.root][:2] == ["报告结论", "1 · 创作步骤"]
            assert [one.title for one in outline.root[1].children] == ["逐步差异"]


def test_every_font_is_embedded_and_no_glyph_is_missing(both: pdf.Printed) -> None:
    with pikepdf.open(io.BytesIO(both.data)) as opened:
        found = list(fonts_of(opened))
        assert len(found) >= 4
        for font in found:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
        for page in opened.pages:
            for instruction in pikepdf.parse_content_stream(page):
                for shown in instruction.operands if str(instruction.operator) in ("Tj", "TJ") else ():
                    for text in shown if isinstance(shown, pikepdf.Array) else [shown]:
                        if isinstance(text, pikepdf.String):
                            glyphs = bytes(text)
                            assert all(glyphs[at : at + 2] != b"\0\0" for at in range(0, len(glyphs), 2))


def test_the_text_can_be_read_and_pages_are_counted(both: pdf.Printed) -> None:
    text = raw(both.data)
    with pikepdf.open(io.BytesIO(both.data)) as opened:
        pages = len(opened.pages)
    assert f"页 1 / {pages}" in text and f"page {pages} / {pages}" in text
    assert "#12–15, #20 · E003" in text and "目录" in text and "Contents" in text
    assert "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" in told(both.data)
    assert "withheld9f86d081…" in told(both.data) and "signedbyhand" in told(both.data)


def outside(made: bytes) -> list[str]:
    """Words that stand outside of the text area, to which letters may hang 5 points below their line; the foot begins 14 points below."""
    found, page = [], 0
    for line in raw(made, "-bbox").splitlines():
        page += "<page " in line
        if (match := re.search(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>', line)) is not None:
            x0, y0, x1, y1 = map(float, match.groups()[:4])
            half = 6 if match[5][-1:] in "，。、；：！？）】》”’" else 2  # their right half is empty and not set at the end of a line
            left = 6 if match[5][:1] in "『「《〈（【〔“‘" else 2  # nor is the empty left half of these at its beginning
            if x0 < LEFT - left or x1 > RIGHT + half or y0 < TOP - 6 or (y1 > BOTTOM + 5 and y0 < BOTTOM + 5) or y1 > 297 * POINTS:
                found.append(f"{page}: {match[5]} {x0:.0f} {y0:.0f} {x1:.0f} {y1:.0f}")
    return found


def test_nothing_runs_out_of_the_page(both: pdf.Printed, fonts: Roles) -> None:
    assert outside(both.data) == []
    long = "W" * 400 + "字" * 50 + "m" * 3000 + "，" * 300 + "x" * 40
    many = Table(
        tuple("一二三四五六七八"),
        (Row((*(Cell((run(long[:200], style),)) for style in (CODE, BAR, BLANK, STRONG)), *[Cell()] * 4)),),
        (1,) * 8,
    )
    tall = Table(("a",), (Row((Cell((run(long * 4),)),)),), (1,))
    figure = Figures((Figure("one", run(long[:90])), Figure("two", run(long))), "small")
    blocks = (
        Heading(long),
        Para(run(long, BAR)),
        many,
        tall,
        figure,
        Para(run(long, BLANK), kind="verdict"),
        Para(run(long), kind="limit"),
    )
    for lang in ("zh", "en"):
        made = pdf.render((Paper(lang, long[:900], blocks, footer=long[:300]),), images(), fonts)
        assert outside(made.data) == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_300_hostile_texts_are_all_there(lang: str, fonts: Roles) -> None:
    assert len(TEXTS) >= 300
    made = pdf.render((one_page(*TEXTS, lang=lang),), {}, fonts)
    text = told(made.data)
    turned = [one for one in TEXTS if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in one)]
    for one in (one for one in TEXTS if one not in turned):
        assert expected(one, fonts, lang) in text, ascii(one[:200])
    alone = told(pdf.render((one_page(*turned, lang=lang),), {}, fonts).data)  # which pdftotext reads in an order of its own
    wanted = Counter("".join(expected(one, fonts, lang) for one in turned))
    assert not wanted - Counter(alone), ascii(wanted - Counter(alone))
    assert outside(made.data) == []
    with pikepdf.open(io.BytesIO(made.data)) as opened:
        assert opened.check_pdf_syntax() == []
    assert {"\x00", "\u202e", "\ud800"} <= set(made.codes) and "A" not in made.codes


def expected(text: str, fonts: Roles, lang: str) -> str:
    """What of a text is read out of the PDF: each character, or its code, in order."""
    setting = (*([fonts.latin] if fonts.latin else []), *([fonts.han] if fonts.han else []))
    faces = [*(one.regular.chars for one in setting), *(one.chars for one in fonts.more)]
    mono = [fonts.mono.regular.chars] if fonts.mono else []
    cutter = Cutter((*faces, *mono))
    order = {"": tuple(range(len(faces) + len(mono)))}
    seen = "".join(body for piece in cutter.pieces((Run(text, VERBATIM),), order, 40.0) for what, _, body in piece if what in "tc")
    for char in set(text) - {"\n", "\r"}:  # whatever the cutter did, each character is there in one of the two ways
        assert char in seen or code(char) in seen
    return re.sub(r"\s|[\u2066-\u2069]", "", unicodedata.normalize("NFC", seen))


@settings(deadline=None, max_examples=20)
@given(texts=st.lists(st.text(max_size=80), min_size=1, max_size=12))
def test_any_text_can_be_printed(fonts: Roles, texts: list[str]) -> None:
    made = pdf.render((one_page(*texts),), {}, fonts)
    assert made.data.startswith(b"%PDF")
    never = {char for text in texts for char in text if not drawable(char) and char not in "\n\r"}
    assert never <= set(made.codes)


def test_markup_is_inert(fonts: Roles) -> None:
    hostile = '#eval("1+1") $x^2$ @ref *b* _i_ = h #read("/etc/passwd") `raw` <label> \\u{41} // c'
    made = pdf.render((one_page(hostile),), {}, fonts)
    assert re.sub(r"\s", "", hostile) in told(made.data)


def test_what_typst_cannot_show_becomes_a_code(fonts: Roles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.fonts.cmap.Coverage.__contains__", lambda self, char: True)  # a font that promises too much
    made = pdf.render((one_page("fine \U0001f9ff \u0d9e fine"),), {}, fonts)
    assert {"\u0d9e", "\U0001f9ff"} <= set(made.codes) and "fineU+1F9FFU+0D9Efine" in told(made.data)


def test_a_picture_that_cannot_be_read_is_an_empty_frame(fonts: Roles) -> None:
    broken = {**images(), "two": Image("image/png", b"\x89PNG\r\n\x1a\nnothing"), "svg": Image("image/svg+xml", b"<svg/>")}
    made = pdf.render((paper("en"),), broken, fonts)
    assert made.missing == ("two",) and "none" in told(made.data)


def test_chinese_without_a_font_for_it_is_refused_in_words(fonts: Roles) -> None:
    bare = Roles(latin=fonts.latin)
    with pytest.raises(Unavailable, match=r"printing\.han"):
        pdf.render((paper("zh"),), {}, bare)
    assert all(words.known(key) for key in ("printing.han", "printing.han.hint", "printing.pdf", "printing.pdf.hint"))
    assert not pdf.printable("zh", bare) and pdf.printable("en", bare)
    made = pdf.render((one_page("cat 猫 café — “x”"),), {}, bare)
    assert made.codes == ("猫",) and "catU+732Bcafé—“x”" in told(made.data)


def test_typsts_own_fonts_have_what_is_relied_on() -> None:
    from provenance.paper.typst_fonts import OWN

    relied = "".join(chr(n) for low, high in zip(OWN.starts, OWN.ends, strict=True) for n in range(low, high + 1) if drawable(chr(n)))
    text = (Run(relied), Run(relied, STRONG), Run(relied, CODE))
    made = pdf.render((Paper("en", "t", (Para(text),)),), {}, Roles())
    assert made.codes == () and made.fonts == ()


def test_the_same_paper_is_the_same_bytes(both: pdf.Printed, tmp_path: Path) -> None:
    source = (
        "import hashlib, sys; from support.paper_sample import images, paper; from provenance.paper import pdf\n"
        "print(hashlib.sha256(pdf.render((paper('zh'), paper('en')), images()).data).hexdigest())"
    )
    environ = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "TMPDIR": str(tmp_path), "LANG": "C"}
    done = subprocess.run([sys.executable, "-c", source], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == hashlib.sha256(both.data).hexdigest()
    assert list(tmp_path.iterdir()) == []
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for _, digest in both.fonts)


def test_the_fonts_chosen_are_told(both: pdf.Printed, fonts: Roles) -> None:
    assert {name for name, _ in both.fonts} == {Path(one.path).name for one in fonts.faces}
    assert PROMPT.replace(" ", "") in told(both.data)
