"""The chapter on the check before publishing: the last check, its findings and answers; withheld, it shows counts and a commitment."""

from __future__ import annotations

from typing import Any

import paper_builders as p
import pytest
from report_builders import meta, sitting

from provenance import facts
from provenance.paper import blocks as b
from provenance.report.dossier import Dossier
from provenance.report.gather import gather

SAID = {"en": "The name “Ultraman” stands there.", "zh": "“奥特曼”出现其中。"}


def finding(ident: str, code: str = "name.prompt", level: str = "warning", **more: Any) -> dict[str, Any]:
    return {"finding": ident, "code": code, "level": level, "said": SAID, "entries": [3]} | more


def dossier(hide: tuple[str, ...] = (), count: int = 2) -> Dossier:
    book, pictures = sitting(hide)
    stands = [{"en": "A court", "zh": "某法院", "date": "2024-02-08", "source": "x", "certainty": "secondary"}]
    rows = (finding("aa", authorities=stands), *(finding(f"b{n}", "record.no-time") for n in range(count - 1)))
    common: dict[str, Any] = {"work": p.WORK, "picture_count": 2, "pictures_sha256": "0" * 64, "names_data": "1" * 64}
    common |= {"duties_data": "2" * 64}
    book.write(facts.WorkChecked(**common, findings=(finding("old", code="label.none"),)))
    codes = ({"code": "name.prompt", "level": "warning", "count": 1},)
    of = book.write(facts.WorkChecked(**common, codes=codes, findings=rows))
    book.write(facts.CheckAnswered(of=of, work=p.WORK, code="name.prompt", answer="looked at", way="given", count=1, findings=("aa",),
                                   words="looked at the eyes"))  # fmt: skip
    book.write(facts.PolicyOverridden(action="export", work=p.WORK, rules=("require_review",), policy="3" * 64, why="the client waits"))
    return gather(book.records, pictures, meta(book, work=p.WORK))


def told(d: Dossier, lang: str) -> str:
    return "".join(run.text for run in p.runs(b.Paper(lang, "", tuple(p.chapter(p.made(d, lang), "checked")))))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_last_check_its_findings_and_answers_stand_there(lang: str) -> None:
    said = told(dossier(), lang)
    assert SAID[lang] in said and "2024-02-08" in said and "looked at the eyes" in said and "the client waits" in said
    assert ("no answer" if lang == "en" else "未答复") in said and ("hints" if lang == "en" else "提示") in said
    assert "label.none" not in said


def test_many_findings_are_counted() -> None:
    d = dossier(count=100)
    tables = [block for block in p.chapter(p.made(d), "checked") if isinstance(block, b.Table)]
    assert [len(table.rows) for table in tables] == [16] and "84" in told(d, "en")


def test_withheld_it_says_how_many_of_each_code() -> None:
    said = told(dossier(("findings", "words", "why")), "en")
    assert "name.prompt 1" in said and SAID["en"] not in said and "looked at the eyes" not in said and "the client waits" not in said


def test_without_a_check_it_says_none() -> None:
    book, pictures = sitting()
    assert "none" in told(gather(book.records, pictures, meta(book)), "en").lower()
