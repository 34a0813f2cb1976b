"""Papers as .docx: what Word asks for, nothing of a template, the same bytes again, and nothing of a text lost."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paper_hostile import TEXTS
from support.paper_sample import HASH, PROMPT, images, paper

from provenance import words
from provenance.paper.blocks import (
    BAR,
    BLANK,
    STYLES,
    VERBATIM,
    Block,
    Cell,
    Figure,
    Figures,
    Paper,
    Para,
    Point,
    Points,
    Row,
    Run,
    Source,
    Table,
    cell,
    run,
)
from provenance.paper.docx import SPACES, render
from provenance.paper.docx_runs import LEFT_TO_RIGHT, Pen, runs
from provenance.paper.places import numbers

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# the order of children that ECMA-376 part 1 (transitional) asks for: CT_PPrBase, EG_RPrBase, CT_TblPrBase, CT_TcPrBase, CT_SdtPr, CT_SectPr
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs bidi spacing ind jc outlineLvl rPr",
    "rPr": "rStyle rFonts b bCs i iCs strike noProof color spacing sz szCs highlight u bdr shd vertAlign rtl cs lang",
    "tblPr": "tblStyle bidiVisual tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "sdtPr": "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding text",
    "sectPr": "headerReference footerReference type pgSz pgMar pgBorders pgNumType cols vAlign titlePg docGrid",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "style": "name basedOn next link uiPriority qFormat pPr rPr tblPr",
    "lvl": "start numFmt lvlText lvlJc pPr rPr",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol listSeparator",
}


def parts(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def tree(made: bytes, part: str = "word/document.xml") -> ElementTree.Element:
    return ElementTree.fromstring(parts(made)[part])


def of(*blocks: Block, lang: str = "zh", **more: Any) -> bytes:
    return render(Paper(lang, "t", blocks, made_at="2026-03-02T18:00:00Z", **more), images())


def told(root: ElementTree.Element) -> str:
    """The text of a part, a break as a newline, without the marks that keep directions apart."""
    found = (one.text or "" if one.tag == W + "t" else "\n" for one in root.iter() if one.tag in (W + "t", W + "br"))
    return "".join(found).replace(LEFT_TO_RIGHT, "")


def local(one: ElementTree.Element) -> str:
    return one.tag.rpartition("}")[2]


def values(root: ElementTree.Element, name: str) -> list[str]:
    return [one.get(W + "val", "") for one in root.iter(W + name)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_block_is_read_back(lang: str) -> None:
    made = render(paper(lang), images())
    opened = docx.Document(io.BytesIO(made))
    kinds = [one.style.name for one in opened.paragraphs if one.style is not None]
    assert kinds[0] == "Title" and "Heading 1" in kinds and "Verdict" in kinds and "Limit" in kinds and "Quote" in kinds
    text = told(tree(made))
    for said in (paper(lang).title, PROMPT, HASH, "#12–15, #20", "E003"):
        assert said in text
    assert opened.inline_shapes or parts(made).keys() & {"word/media/image1.png"}
    footer = parts(made)["word/footer1.xml"].decode()
    assert "PAGE" in footer and "NUMPAGES" in footer and words.visible(paper(lang).footer) in footer
    said = opened.core_properties
    assert (said.title, said.author, said.last_modified_by) == (paper(lang).title, "prov", "")
    assert said.language == ("zh-CN" if lang == "zh" else "en")
    assert said.created == said.modified and str(said.created)[:19] == "2026-11-22 10:00:00"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_children_stand_in_the_order_that_word_asks_for(lang: str) -> None:
    made = render(paper(lang), images())
    checked = 0
    for name in parts(made):
        if name.startswith("word/") and name.endswith(".xml"):
            for one in tree(made, name).iter():
                order = ORDER.get(local(one), "").split()
                inside = [local(child) for child in one]
                if order:
                    assert set(inside) <= set(order), f"{name}: {local(one)} holds {set(inside) - set(order)}"
                    assert inside == sorted(inside, key=order.index), f"{name}: {local(one)}: {inside}"
                    checked += 1
    assert checked > 300
    for cells in tree(made).iter(W + "tc"):
        assert local(list(cells)[-1]) == "p"  # Word calls a cell without a paragraph at its end damaged
    own = [value for one in ("bookmarkStart", "sdt") for value in ids(tree(made), one)]
    assert len(own) == len(set(own))
    used = {one.get(W + "anchor") for one in tree(made).iter(W + "hyperlink")}
    assert used and used <= {one.get(W + "name") for one in tree(made).iter(W + "bookmarkStart")}


def ids(root: ElementTree.Element, name: str) -> Iterator[str]:
    for one in root.iter(W + name):
        yield one.get(W + "id") or next(value for value in values(one, "id"))


def test_every_style_and_list_that_is_used_is_there() -> None:
    made = render(paper("zh"), images())
    there = {one.get(W + "styleId") for one in tree(made, "word/styles.xml").iter(W + "style")}
    for part in ("word/document.xml", "word/footer1.xml"):
        assert {value for name in ("pStyle", "rStyle", "tblStyle") for value in values(tree(made, part), name)} <= there
    lists = {one.get(W + "numId") for one in tree(made, "word/numbering.xml").iter(W + "num")}
    assert set(values(tree(made), "numId")) <= lists
    assert {"SimSun", "SimHei"} <= {one.get(W + "eastAsia") for one in tree(made, "word/styles.xml").iter(W + "rFonts")}
    assert next(tree(made, "word/styles.xml").iter(W + "lang")).get(W + "eastAsia") == "zh-CN"


def test_nothing_of_a_template_and_nothing_from_outside() -> None:
    made = render(paper("zh"), images())
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert [one.date_time for one in package.infolist()] == [(1980, 1, 1, 0, 0, 0)] * len(package.infolist())
        names = package.namelist()
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"] and names[2:] == sorted(names[2:])
    assert not [name for name in names if "thumbnail" in name or "customXml" in name or "vba" in name.lower() or name.endswith(".bin")]
    for name, content in parts(made).items():
        assert b"python-docx" not in content and b"TargetMode" not in content, name
        if name.endswith(".rels"):
            assert all("://" not in one.get("Target", "") for one in ElementTree.fromstring(content))
        elif name.endswith(".xml"):
            assert not {"instrText", "altChunk", "object", "OLEObject"} & {local(one) for one in ElementTree.fromstring(content).iter()}


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    made = hashlib.sha256(render(paper("zh"), images())).hexdigest()
    code = (
        "import hashlib; from support.paper_sample import images, paper; from provenance.paper.docx import render;"
        "print(hashlib.sha256(render(paper('zh'), images())).hexdigest())"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "HOME": str(tmp_path), "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == made


def test_a_blank_is_a_field_and_a_bar_is_black() -> None:
    long = "an explanation of what is to be filled in that is far longer than a title of a field may be, " * 2
    made = of(Para((Run("date", BLANK), Run(long, BLANK), Run(HASH, BAR), Run("", BAR))), labels={"withheld": "未披露"})
    controls = list(tree(made).iter(W + "sdt"))
    assert len(controls) == 2 and len(set(values(tree(made), "tag"))) == 2
    assert all(len(value) <= 64 for name in ("alias", "tag") for value in values(tree(made), name))
    assert all(one.find(f"{W}sdtPr/{W}text") is not None and one.find(f"{W}sdtPr/{W}showingPlcHdr") is not None for one in controls)
    assert long in told(tree(made)) and "[date]" in told(tree(made))
    black = next(one for one in tree(made, "word/styles.xml").iter(W + "style") if one.get(W + "styleId") == "BarText")
    assert next(black.iter(W + "shd")).get(W + "fill") == "000000"
    assert values(tree(made), "rStyle").count("BarText") == 2 and HASH in told(tree(made)) and told(tree(made)).count("未披露") == 2


def test_a_tables_head_is_repeated_and_rows_are_not_torn_unless_they_must() -> None:
    rows = (Row((cell("short"), cell("x"))), Row((cell("y"), cell("long " * 4_000))), Row((cell("only one"),), Source("OBSERVED", (3,))))
    table = next(tree(of(Table(("a", "b"), rows, (1, 3)))).iter(W + "tbl"))
    repeated = [one.find(f"{W}trPr/{W}tblHeader") is not None for one in table.iter(W + "tr")]
    whole = [one.find(f"{W}trPr/{W}cantSplit") is not None for one in table.iter(W + "tr")]
    assert repeated == [True, False, False, False] and whole == [True, True, False, True]
    grid = [int(one.get(W + "w", "0")) for one in table.iter(W + "gridCol")]
    assert len(grid) == 3 and grid[0] * 3 == pytest.approx(grid[1], abs=9) and sum(grid) <= 9412
    assert all([int(one.get(W + "w", "0")) for one in row.iter(W + "tcW")] == grid for row in table.iter(W + "tr"))


def test_a_head_with_fewer_cells_than_its_rows_is_filled_up() -> None:
    for sourced in (True, False):
        made = tree(of(Table(("a",), (Row((cell("x"), cell("y"))), Row((cell("z"),))), (1, 1), sourced=sourced)))
        assert [len(list(row.iter(W + "tc"))) for row in made.iter(W + "tr")] == [2 + sourced] * 3 and "xy" in told(made)


def test_each_numbered_list_starts_at_one() -> None:
    points = Points((Point(run("a")), Point(run("b"))), numbered=True)
    made = of(points, Points((Point(run("c")),)), points)
    assert values(tree(made), "numId") == ["2", "2", "1", "3", "3"]
    starts = [one for one in tree(made, "word/numbering.xml").iter(W + "num") if one.find(f"{W}lvlOverride") is not None]
    assert len(starts) == 2


def test_text_from_right_to_left_runs_its_own_way_and_moves_nothing_of_ours() -> None:
    made = of(Para(run("שלום, hello 12", VERBATIM)), Para((Run("ours 1 "), Run("hi שלום there", VERBATIM), Run(" 2 ours"))))
    first, second = list(tree(made).iter(W + "p"))[1:3]
    assert first.find(f"{W}pPr/{W}bidi") is not None and second.find(f"{W}pPr/{W}bidi") is None
    leftwards = [one for one in second.iter(W + "r") if one.find(f"{W}rPr/{W}rtl") is not None]
    assert [told(one) for one in leftwards] == ["שלום"]
    raw = "".join(one.text or "" for one in second.iter(W + "t"))
    assert raw == f"ours 1 {LEFT_TO_RIGHT}hi שלום there{LEFT_TO_RIGHT} 2 ours"


def test_a_picture_that_word_does_not_show_is_said_to_be_missing() -> None:
    figures = Figures(tuple(Figure(key, run(f"caption {key or 'none'}")) for key in ("one", "three", "", "unknown")))
    made = of(figures, Table(("a",), (Row((Cell((), ("two", "one")),)),), (1,)), labels={"none": "nothing here"})
    assert told(tree(made)).count("nothing here") == 3 and told(tree(made)).count("caption") == 4
    assert sorted(name for name in parts(made) if "media" in name) == ["word/media/image1.png", "word/media/image2.jpg"]
    broken = {"one": dataclasses.replace(images()["one"], data=b"\x89PNG\r\n\x1a\nnot a picture")}
    assert "none" in told(tree(render(Paper("en", "t", (figures,)), broken)))


def test_hostile_texts_are_whole_and_inert() -> None:
    blocks = tuple(Para((Run(text, style),)) for number, text in enumerate(TEXTS) for style in (VERBATIM, STYLES[number % len(STYLES)]))
    made = render(Paper("zh", TEXTS[5], blocks, TEXTS[2], (TEXTS[1],), "not a time"), {})
    opened = docx.Document(io.BytesIO(made))
    assert len(opened.paragraphs) == len(blocks) + 1
    text = told(tree(made))
    for one in TEXTS:
        assert words.visible(one, keep_newlines=True) in text
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]", "".join(tree(made).itertext()))
    assert len(list(tree(made).iter(W + "fldSimple"))) == 0


@given(st.text(st.characters(), max_size=60) | st.sampled_from(TEXTS), st.sampled_from(STYLES))
@settings(deadline=None, max_examples=300)
def test_no_character_is_lost(text: str, style: str) -> None:
    inner = runs((Run(text, style),), Pen(Paper("en", "", (), labels={"withheld": ""})))
    wanted = words.visible(text) if style == BLANK else words.visible(text, keep_newlines=True)
    assert wanted in told(ElementTree.fromstring(f"<w:p {SPACES}>{inner}</w:p>"))


def test_entries_are_said_as_runs() -> None:
    assert numbers((9, 3, 4, 5, 3)) == "#3–5, #9"
    assert numbers(()) == ""
