"""Forum papers: facts with entries, blanks for the rest, nothing said in a person's name, every legal line with authority and date."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import docx
import pytest
from report_builders import Book, meta, picture, sha, sitting
from report_hostile import HOSTILE, hostile_book

from provenance import data, facts
from provenance.paper.blocks import BAR, BLANK, LATE, VERBATIM, Block, Paper, Para, Quote, Run, Source, Table
from provenance.paper.docx import render
from provenance.report.dossier import Dossier, Time
from provenance.report.exhibit import Exhibit
from provenance.report.forms import FORMS, forms
from provenance.report.forms.law import law
from provenance.report.forms.listing import DERIVED
from provenance.report.forum import NAMES, forum
from provenance.report.gather import gather

WORK = "00112233445566aa"
NO_RAW_KEY = re.compile(r"\b(forms|paper|report|words)\.[a-z]+[.a-z-]*|\{[a-z]+\}")


def exhibits(many: int = 3) -> tuple[Exhibit, ...]:
    chosen = Exhibit("E001", "data/originals/c.png", "original", sha("chosen-3"), "image/png", 9, (15, 16), "OBSERVED", 4, "c.png")
    others = (
        Exhibit(f"E{n:03}", f"exhibits/p{n}.png", "preview", sha(str(n)), "image/png", 9, (n,), "OBSERVED", n) for n in range(2, many + 2)
    )
    return (chosen, *others, Exhibit("E900", "", "licence", "", "", 0, (20,), "STATED", withheld="confidential"))


def rich(hide: tuple[str, ...] = (), many: int = 3, **more: Any) -> Dossier:
    book, pictures = sitting(hide)
    person = "aa" * 8
    book.write(facts.PersonNamed(person=person, relation="own work", name="Mei Lin", part="all of it"))
    book.write(facts.PersonActing(person=person))
    book.write(facts.IdeaStated(work=WORK, text="A pendant that is a cat."))
    book.write(facts.InputDeclared(sha256=sha("input-sketch"), size=9, media_type="image/png", rights="mine", note="my own sketch"))
    book.write(facts.DecisionMade(decision="published", pictures=(sha("chosen-3"),), where="example.org/cat"))
    made = book.write(facts.StatementMade(work=WORK, lang="en", way="typed", text="I drew the ears first.\nThen the rest."))
    book.write(facts.StatementSigned(of=made, leaf="00", public_key="11", algorithm="ed25519", key="", signature=""))
    return gather(book.records, pictures, meta(book, exhibits=exhibits(many), root="ab" * 32, **more))


def empty() -> Dossier:
    book = Book()
    return gather(book.records, (), meta(book))


def every(d: Dossier) -> dict[str, Paper]:
    return {stem: paper for name in NAMES for stem, paper in forms(d, forum(name), ("zh", "en"))}


def runs(value: object) -> Iterator[Run]:
    if isinstance(value, Run):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from runs(getattr(value, field.name))
    elif isinstance(value, tuple):
        for member in value:
            yield from runs(member)


def text(paper: Paper) -> str:
    heads = [one.text for one in paper.blocks if hasattr(one, "text") and isinstance(one.text, str)]
    return "\n".join([paper.title, *heads, *(" | ".join(one.head) for one in paper.blocks if isinstance(one, Table)),
                      *(one.text for one in runs(paper.blocks))])  # fmt: skip


def sources(blocks: tuple[Block, ...]) -> list[Source]:
    return [row.source for one in blocks if isinstance(one, Table) for row in one.rows]


@pytest.mark.parametrize("name", NAMES)
def test_a_forum_gets_the_papers_that_its_data_name(name: str) -> None:
    asked = forum(name)
    found = [stem for stem, _ in forms(rich(), asked, ("zh", "en"))]
    stems = list(dict.fromkeys(stem.rpartition("-")[0] for stem in found))
    assert set(asked.papers) <= set(stems) and set(stems) - set(asked.papers) <= {"general_exhibits"}
    assert len(found) == 2 * len(stems) and len(set(found)) == len(found)
    alone = [stem for stem, _ in forms(rich(), asked, ("en",))]
    wanted = {"zh": {"zh", "en"}, "en": {"en"}, "both": {"en"}}[asked.language]  # what the forum reads is there, asked for or not
    assert {stem.rpartition("-")[2] for stem in alone} == wanted


def test_every_form_is_in_a_forum() -> None:
    named = {paper for name in NAMES for paper in forum(name).papers}
    assert named == {form.NAME for form in FORMS} and {form.FORUM for form in FORMS} == set(NAMES)


def test_every_legal_line_is_printed_with_each_authority_its_date_and_how_it_is_known() -> None:
    printed: dict[str, set[str]] = {"zh": set(), "en": set()}
    for paper in every(rich()).values():
        printed[paper.lang] |= {one.text for one in runs(paper.blocks)}
    for file in data.names("forms"):
        name = file.removeprefix("forms/").removesuffix(".json")
        for key, line in law(name).items():
            for words, (lang, told) in zip(line.words, (("zh", printed["zh"]), ("en", printed["en"])), strict=True):
                assert words in told, f"{name}: {key} is printed nowhere"
                for by in line.authorities:
                    whole = (by.named(lang), by.dated(lang), by.known(lang))
                    assert any(all(part in one for part in whole) for one in told), f"{name}: {key} without {whole}"
    assert {file.removeprefix("forms/").removesuffix(".json") for file in data.names("forms")} == set(NAMES)


@pytest.mark.parametrize("of", [rich, empty])
def test_words_are_whole_and_judge_nothing(of: Any) -> None:
    for stem, paper in every(of()).items():
        own = "\n".join([paper.title, *(one.text for one in runs(paper.blocks) if one.style != VERBATIM)])
        assert not (found := NO_RAW_KEY.search(own)), f"{stem}: {found}"
        assert not NO_RAW_KEY.search(text(paper)) and all(paper.labels.values())
        assert "草稿" in own if paper.lang == "zh" else "DRAFT" in own
        assert not (found := re.search(r"\d\s*[%％]", own)), f"{stem}: {found}"
        assert any(one.style == BLANK for one in runs(paper.blocks)) or "notes" in stem or "eidas" in stem or "general" in stem


def test_both_languages_rest_on_the_same_entries() -> None:
    found = every(rich())
    for stem, paper in found.items():
        other = found[f"{stem[:-2]}{'en' if stem.endswith('zh') else 'zh'}"]
        assert sources(paper.blocks) == sources(other.blocks), stem


def test_a_reading_copy_says_so() -> None:
    found = every(rich())
    assert "供阅读的副本" in text(found["us_1746-zh"]) and "Reading copy" in text(found["cn_process-en"])
    assert "Reading copy" not in text(found["us_1746-en"]) and "供阅读的副本" not in text(found["cn_process-zh"])


def test_nobody_is_made_to_say_anything() -> None:
    """A sentence in the first person stands as a skeleton, as a statute's form in a legal note, or in a person's own words."""
    spoken = re.compile(r"\bI (declare|am|have|made)\b|本人(系|未|知悉)|由本人")
    for stem, paper in every(rich()).items():
        seen = 0
        for block in paper.blocks:
            if isinstance(block, Para) and spoken.search("".join(one.text for one in block.text)):
                assert block.kind == "note" or block.text[0].style == LATE, f"{stem}: {block.text}"
                seen += 1
            elif not isinstance(block, Para | Quote):
                assert not spoken.search("".join(one.text for one in runs(block) if one.style not in (VERBATIM, BLANK))), stem
        assert seen or not stem.startswith(("cn_process", "us_1746", "us_902"))


def test_the_persons_statement_is_whole_or_there_is_none() -> None:
    for stem in ("cn_process-zh", "cn_process-en", "us_1746-en"):
        quotes = [one for one in every(rich())[stem].blocks if isinstance(one, Quote)]
        assert [one.text for one in quotes] == [(Run("I drew the ears first.\nThen the rest.", VERBATIM),)]
        assert len(quotes[0].source.entries) == 2 and quotes[0].source.klass == facts.STATED
        assert not any(isinstance(one, Quote) for one in every(empty())[stem].blocks)
    assert "nothing was written in its place" in text(every(empty())["us_1746-en"])


def test_a_withheld_value_is_a_bar_and_nowhere_else() -> None:
    secrets = ("Mei Lin", "all of it", "A pendant that is a cat", "my own sketch", "example.org/cat", "I drew the ears", "Crystal Cat",
               "atelier_v4", "glasswork", "studio-pc-7", "/home/mei", "comfyui")  # fmt: skip
    hide = ("name", "part", "text", "note", "where", "models", "loras", "host", "roots", "path", "generator", "bindings", "header")
    d = rich(hide, title="work 00112233")
    for stem, paper in every(d).items():
        shown = text(paper)
        assert not [one for one in secrets if one in shown], stem
        assert b"Mei Lin" not in render(paper, {})
    commitments = {one.text for one in runs(every(d)["cn_process-zh"].blocks) if one.style == BAR}
    assert {one.commitment for one in d.hidden if one.kind.startswith(("statement.", "idea.", "work.named"))} <= commitments
    assert str(len(d.hidden)) in text(every(d)["cn_custody-zh"])


def test_a_list_of_exhibits_is_whole_and_stays_readable() -> None:
    few = text(every(rich())["cn_evidence_list-zh"])
    for one in exhibits():
        assert one.number in few and one.sha256 in few and one.file in few
    assert "confidential" in few and "未提交" in few
    crowded = every(rich(many=2_000))
    many = next(one for one in crowded["cn_evidence_list-zh"].blocks if isinstance(one, Table) and len(one.head) == 7)
    assert len(many.rows) == 3 <= DERIVED and all(len(paper.blocks) < 60 for paper in crowded.values())
    said = "\n".join(one.text for one in runs(many))
    assert "E002–E2001" in said and "2000" in said and "exhibits/index.csv" in said and sha("chosen-3") in said


def test_every_kind_of_exhibit_has_its_name() -> None:
    known = json.loads(data.read("messages/exhibits.json"))
    kinds = [key.rpartition(".")[2] for key in known if key.startswith("report.exhibit.shows.")]
    named = [key for key in json.loads(data.read("messages/forms.json")) if key.startswith("forms.exhibit.")]
    assert kinds and set(kinds) <= {key.rpartition(".")[2] for key in named}


def test_a_row_that_names_few_of_many_entries_says_so() -> None:
    book = Book()
    pictures = tuple(picture(book, f"chosen-{n}") for n in range(20))
    paper = every(gather(book.records, pictures, meta(book)))["us_1746-en"]
    rows = [row for one in paper.blocks if isinstance(one, Table) for row in one.rows]
    row = next(row for row in rows if "Files recorded" in next(runs(row.cells[0])).text)
    assert len(row.source.entries) < 20 and "20 entries in all" in "".join(one.text for one in runs(row))


def test_schedule_a_shows_the_recorded_hash_and_leaves_the_comparison_to_the_person() -> None:
    paper = every(rich())["us_902_14-en"]
    schedule = [one for one in paper.blocks if isinstance(one, Table)][-1]
    first = schedule.rows[0]
    assert [one.text for one in runs(first.cells[1])] == [sha("chosen-3")] == [one.text for one in runs(first.cells[2])]
    assert [one.style for one in runs(first.cells[3])] == [BLANK] and first.source.entries == (15, 16)
    assert "identical" not in "".join(one.text for one in runs(schedule))


def test_times_are_qualified_only_where_the_list_says_so() -> None:
    times = tuple(
        Time(30 + n, 20, "2026-03-02T18:00:00Z", name) for n, name in enumerate(("sectigo-qualified", "digicert", "a house of my own"))
    )
    paper = every(rich(times=times))["eu_eidas-en"]
    table = next(one for one in paper.blocks if isinstance(one, Table) and len(one.head) == 4)
    status = [next(iter(runs(row.cells[3]))) for row in table.rows]
    assert [one.text.split(" (")[0] for one in status] == ["listed as qualified", "not qualified", "not in this program’s list: unknown"]
    assert [one.style for one in status] == ["", LATE, LATE] and "calls qualified: 1; others: 2" in text(paper)
    assert "calls qualified: 0; others: 0" in text(every(empty())["eu_eidas-en"])


def test_what_is_imported_is_never_said_to_be_seen() -> None:
    book = Book()
    pictures = (picture(book, "chosen-1", facts.FileImported, found="import"),)
    d = gather(book.records, pictures, meta(book))
    paper = every(d)["cn_registration-en"]
    rows = [row for one in paper.blocks if isinstance(one, Table) for row in one.rows]
    row = next(row for row in rows if next(runs(row.cells[0])).text == "Date of completion")
    assert row.source.klass == facts.IMPORTED and "imported later" in "".join(one.text for one in runs(row))
    assert not [one for one in sources(paper.blocks) if one.klass == facts.OBSERVED and 0 in one.entries]  # entry 0 is the import


def test_a_picture_is_called_chosen_only_where_a_person_said_so() -> None:
    def finals(d: Dossier) -> str:
        rows = [row for one in every(d)["cn_process-en"].blocks if isinstance(one, Table) for row in one.rows]
        return "".join(one.text for row in rows if next(runs(row.cells[0])).text == "Chosen picture" for one in runs(row.cells[1]))

    book = Book()
    pictures = tuple(picture(book, f"chosen-{n}") for n in range(2))
    unsaid = finals(gather(book.records, pictures, meta(book)))
    assert unsaid.startswith("Nobody stated which is chosen") and sha("chosen-0") in unsaid and sha("chosen-1") in unsaid
    book.write(facts.DecisionMade(decision="chosen", pictures=(sha("chosen-1"),)))
    said = finals(gather(book.records, pictures, meta(book)))
    assert "Nobody" not in said and sha("chosen-0") not in said and sha("chosen-1") in said


def test_a_statement_that_was_handed_in_is_not_said_to_be_typed() -> None:
    book, pictures = sitting()
    made = book.write(facts.StatementMade(work=WORK, lang="en", way="file", kept="ab" * 32, media_type="video/mp4"))
    book.write(facts.StatementSigned(of=made, leaf="00", public_key="11", algorithm="ed25519", key="", signature=""))
    book.write(facts.StatementMade(work=WORK, lang="en", way="file", text="From a file."))
    paper = every(gather(book.records, pictures, meta(book)))["cn_process-en"]
    below = ["".join(one.text for one in runs(block.by)) for block in paper.blocks if isinstance(block, Quote)]
    assert len(below) == 2 and not [one for one in below if "typed" in one]
    assert "whether it is good, verify.py tells" in below[0] and "not signed" in below[1]


def test_hostile_texts_stand_in_every_paper_and_each_opens() -> None:
    book, pictures = hostile_book(HOSTILE)
    for text_ in HOSTILE:
        book.write(facts.PersonNamed(person="aa" * 8, relation=text_, name=text_, part=text_))
        book.write(facts.StatementMade(work=text_, lang=text_, way=text_, text=text_))
    named = Exhibit("E001", "x.png", "strange kind", sha("x"), "image/png", 1, (1,), "NEW CLASS", 1, HOSTILE[1], HOSTILE[0])
    d = gather(book.records, pictures, meta(book, work="", exhibits=(named,)))
    for stem, paper in every(d).items():
        opened = docx.Document(io.BytesIO(render(paper, {})))
        assert opened.paragraphs[0].text == paper.title, stem
    shown = text(every(d)["cn_process-zh"])
    assert all(one in shown for one in HOSTILE)


def test_an_empty_record_says_none() -> None:
    for stem, paper in every(empty()).items():
        assert ("记录中无" if paper.lang == "zh" else "none in the record") in [one.text for one in runs(paper.blocks)], stem
