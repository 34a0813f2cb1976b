"""What the report says of where a picture came from: each edge with its grade, a likeness as what it is, and nothing that is withheld."""

from __future__ import annotations

import re

import pytest
from report_builders import meta, sha, sitting

from provenance.bundle import kin
from provenance.report.gather import gather
from provenance.report.html import render
from provenance.views.family_edge import ALIKE, METADATA, NAMED, STATED, Edge

PARENT, CHILD = sha("ancestor-1"), sha("chosen-3")
HOSTILE = "<b>\u202etraced</b>"
EDGES = (
    Edge(PARENT, CHILD, STATED, HOSTILE, (17,)),
    Edge(PARENT, CHILD, NAMED, "image", (14,), "ancestor-1.png", (("other bytes stood under the name", "ab" * 32),)),
    Edge(sha("never recorded"), CHILD, METADATA, "derived from", (14,), "xmp.iid:1"),
    Edge(sha("input-sketch"), CHILD, ALIKE, "looks alike", (9,), measured=(("agreeing", "70"), ("compared", "90"))),
    Edge(sha("x"), sha("y"), STATED, "of another work", (3,)),
)


def test_each_edge_stands_on_its_pictures_card_with_its_grade_and_its_class() -> None:
    book, pictures = sitting()
    dossier = gather(book.records, pictures, meta(book, edges=EDGES))
    assert [(one.grade, one.klass, one.parent > 0, one.weak) for one in dossier.kin] == [
        (STATED, "STATED", True, False), (NAMED, "FILE_CLAIMED", True, False), (METADATA, "FILE_CLAIMED", False, False),
        (ALIKE, "OBSERVED", True, True),
    ]  # fmt: skip
    page = render(dossier, {}, ("en", "zh")).decode()
    assert "of another work" not in page and HOSTILE not in page and "\u202e" not in page
    for language, words in (("in-en", ("STATED", "NAMED AS INPUT", "METADATA LINK", "LOOKS ALIKE", "This is no fact", "70 of 90")),
                            ("in-zh", ("本人陈述", "文件载明的输入", "元数据关联", "外观相似", "不是事实", "90 块中 70 块"))):
        body = re.search(rf'<article class="language {language}".*?</article>', page, re.DOTALL)
        assert body and all(word in body[0] for word in words)


@pytest.mark.parametrize(("withheld", "left"), [
    (set(), {STATED, NAMED, METADATA, ALIKE}), ({"inputs"}, {STATED, METADATA, ALIKE}), ({"rest"}, {STATED, NAMED, ALIKE}),
    ({"path"}, {STATED, ALIKE}), ({"prompts"}, {STATED, NAMED, METADATA, ALIKE}),
])  # fmt: skip
def test_an_edge_is_withheld_with_the_field_it_was_read_from(withheld: set[str], left: set[str]) -> None:
    told = kin.told(EDGES, withheld, {9, 14, 17})
    assert {edge.grade for edge in told} == left and all(edge.seqs for edge in told)
    assert "name" not in {key for row in kin.rows(told) if row["grade"] == STATED for key in row}
