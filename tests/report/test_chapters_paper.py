"""The short report: what each chapter says of a work, that both languages rest on the same entries, and that nothing withheld is in it."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import paper_builders as p
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_builders import meta, sha, sitting

from provenance import facts, words
from provenance.paper import blocks as b
from provenance.report import tell
from provenance.report.chapters import CHAPTERS
from provenance.report.forum import NAMES, forum
from provenance.report.gather import gather

REPORT = Path(__file__).resolve().parents[2] / "provenance/report"


def test_the_chapters_stand_in_their_order_and_each_is_there_also_when_it_is_empty() -> None:
    names = [name for name, _ in CHAPTERS]
    assert names == [name for name in tell.ORDER if name in names]
    for d in (p.work(), p.empty()):
        one = p.made(d)
        headed = [block.anchor for block in one.blocks if isinstance(block, b.Heading) and block.level == 1]
        assert headed == names
        assert all(len(p.chapter(one, name)) > 1 for name in names[1:])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_record_says_none_and_still_what_is_not_proved(lang: str) -> None:
    one = p.made(p.empty(), lang)
    told = p.said(one)
    assert words.say("paper.limits.page", lang) in told
    assert words.say("paper.statement.none", lang) in told
    assert words.say("paper.none", lang) in [run.text for run in p.runs(one)]


def test_both_languages_rest_on_the_same_entries_line_by_line() -> None:
    d = p.work()
    for name in NAMES:
        zh, en = p.made(d, "zh", name), p.made(d, "en", name)
        assert list(p.sources(zh)) == list(p.sources(en))
        assert [type(block) for block in zh.blocks] == [type(block) for block in en.blocks]


def test_the_first_pages_say_what_by_whom_how_when_what_shows_it_and_what_is_not_proved() -> None:
    one = p.made(p.work())
    cover = one.blocks[: [place for place, block in enumerate(one.blocks) if isinstance(block, b.Heading) and block.level == 1][1]]
    told = "".join(run.text for run in p.runs(b.Paper("en", "", cover)))
    for key in (
        "cover.what",
        "cover.who",
        "cover.how",
        "cover.when",
        "cover.shows",
        "cover.third",
        "cover.withheld",
        "cover.not",
        "limits.short",
    ):
        assert words.say(f"paper.{key}", "en") in told
    assert p.SECRETS["name"] in told and "Studio Nord" in told and "comfyui" in told
    assert "Longest time without a third party’s time" in told
    figures = next(block for block in cover if isinstance(block, b.Figures))
    # a picture that was only filed in the work, or kept, is not shown as chosen
    assert [figure.image for figure in figures.figures] == [sha("chosen-4")]
    marks = words.say("paper.cover.classes", "en")
    classes = next(at for at, block in enumerate(cover) if isinstance(block, b.Para) and block.text[0].text == marks)
    assert classes < next(at for at, block in enumerate(cover) if isinstance(block, b.Table)), "explained before they are used"


def test_a_statement_is_printed_whole_with_its_signature_and_a_missing_one_is_not_made_up() -> None:
    quotes = [block for block in p.chapter(p.made(p.work()), "statement") if isinstance(block, b.Quote)]
    assert ["".join(run.text for run in quote.text) for quote in quotes] == ["I drew the ears myself.\nThen I chose."]
    assert quotes[0].source.klass == "STATED"
    told = "".join(run.text for run in p.runs(b.Paper("en", "", p.chapter(p.made(p.work()), "statement"))))
    assert "cd" * 32 in told and words.say("paper.statement.unsigned", "en") not in told
    bare = p.chapter(p.made(p.empty()), "statement")
    assert not [block for block in bare if isinstance(block, b.Quote)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_withheld_values_are_nowhere_and_their_commitments_are(lang: str) -> None:
    shown = p.said(p.made(p.work(), lang))
    assert [name for name, value in p.SECRETS.items() if value not in shown] == []
    hidden = p.work(hide=tuple(p.SECRETS), title="")
    one = p.made(hidden, lang)
    told = p.said(one)
    assert [name for name, value in p.SECRETS.items() if value in told] == []
    bars = [run.text for run in p.runs(one) if run.style == b.BAR and run.text]
    assert bars and set(bars) <= {field.commitment for field in hidden.hidden}


def test_what_was_found_later_is_not_counted_among_the_steps_and_the_prompts() -> None:
    told = p.said(p.made(p.work()))
    assert words.say("paper.held.prompts.imported", "en", count=1) in told
    imported = next(card for card in p.work().cards if card.imported_only)
    assert f"(Pictures {imported.number - 1}, {imported.number})" not in told


def test_an_exhibit_that_is_held_back_is_listed_with_its_reason_and_many_are_counted() -> None:
    d = p.work()
    told = "".join(run.text for run in p.runs(b.Paper("en", "", p.chapter(p.made(d), "exhibits"))))
    assert "E003" in told and "privileged" in told
    many = tuple(replace(d.meta.exhibits[1], number=f"E{number:03}") for number in range(1, 101))
    found = p.chapter(p.made(p.work(exhibits=(*many, replace(d.meta.exhibits[2], number="E101")))), "exhibits")
    table = next(block for block in found if isinstance(block, b.Table))
    told = "".join(run.text for run in p.runs(b.Paper("en", "", found)))
    assert len(table.rows) == 2 and "E001–E100" in told and "100, each in" in told and "privileged" in told
    bulk = tuple(replace(d.meta.exhibits[0], kind="workflow", number=f"E{number:03}") for number in range(4, 9))
    told = "".join(run.text for run in p.runs(b.Paper("en", "", p.chapter(p.made(p.work(exhibits=(*d.meta.exhibits, *bulk))), "exhibits"))))
    assert "E003" in told and "E004–E008" in told and "5, each in" in told


def test_a_line_that_rests_on_many_entries_names_a_few_and_says_how_many() -> None:
    assert tell.few(range(100)) == (0, 1, 2, 3, 96, 97, 98, 99)
    assert tell.few((5, 3, 3)) == (3, 5)


def test_somebody_elses_words_stay_apart_from_ours() -> None:
    from provenance.report.speak import Speaker

    hostile = "{text}\u202eevil\x00<script>"
    found = tell.text(Speaker("en"), "held.idea", at="now", text=tell.verbatim(hostile))
    assert [run for run in found if run.style == b.VERBATIM] == [b.Run(hostile, b.VERBATIM)]
    assert "evil" not in "".join(run.text for run in found if run.style != b.VERBATIM)


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_hostile_words_break_no_chapter_and_stand_as_somebody_elses(text: str) -> None:
    book, pictures = sitting()
    book.write(facts.PersonNamed(person="0" * 16, name=text, part="{name}"))
    book.write(facts.IdeaStated(work=p.WORK, text=text))
    book.write(facts.StatementMade(work=p.WORK, lang="en", way="typed", text=text))
    one = p.made(gather(book.records, pictures, meta(book)))
    mine = [run for run in p.runs(one) if run.text == text]
    assert len([run for run in mine if run.style == b.VERBATIM]) >= 4  # the cover, the work, the statement, two factors


def test_every_word_that_a_chapter_asks_for_exists_in_both_languages() -> None:
    known = words._messages()
    mine = [key for key in known if key.startswith("paper.")]
    for path in [*REPORT.glob("chapters/*.py"), *REPORT.glob("held/*.py"), REPORT / "said_held.py", REPORT / "tell.py"]:
        for pattern in _asked(path):
            literal = pattern.replace("\\", "")
            found = [literal] if literal in known else [key for key in mine if re.fullmatch(pattern, key)]
            assert found, f"{path.name}: no word for {pattern}"
            assert all(known[key].get("zh") and known[key].get("en") for key in found)


def _asked(path: Path) -> list[str]:
    """Patterns of the message keys that a file asks for: `tell.say(s, KEY)`, `tell.text`, `tell.late`, `Held(KEY, ...)`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            place = 0 if name == "Held" else 1 if name in ("tell.say", "tell.text", "tell.late", "say", "text", "late") else None
            if place is not None and len(node.args) > place:
                prefix = "paper.held." if name == "Held" else "paper."
                found += [re.escape(prefix) + key for key in _patterns(node.args[place])]
    return found


def _patterns(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str() as text):
            return [re.escape(text)]
        case ast.JoinedStr(values=parts):
            return ["".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in parts)]
        case ast.IfExp(body=one, orelse=other):
            return _patterns(one) + _patterns(other)
    return []


def test_the_printed_labels_are_words_and_no_key_is_shown_raw() -> None:
    for lang in ("zh", "en"):
        one = p.made(p.work(), lang, "cn")
        assert not re.search(r"\b(paper|report|held|family)\.[a-z]+\.", p.said(one))
        assert {"class.OBSERVED", "entry", "page", "contents", "none"} <= set(one.labels)
    assert forum("cn").title == ("中国", "China")
