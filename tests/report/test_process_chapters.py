"""The chapters on the process: what was recorded, by whom that is said, nothing withheld, sane length."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from report_builders import KEY, MADE, Book, file_fact, meta, picture, sha, sitting

from provenance import data, facts
from provenance.paper.blocks import ADDED, BAR, BLANK, REMOVED, VERBATIM, Block, Figures, Heading, Para, Points, Quote, Run, Source, Table
from provenance.report import tell, translations
from provenance.report.course.gather import words_of
from provenance.report.dossier import Dossier, Picture, Time
from provenance.report.exhibit import Exhibit
from provenance.report.forum import forum
from provenance.report.gather import gather
from provenance.report.speak import Speaker
from provenance.views.family_edge import NAMED, Edge

MINE = ("timeline", "steps", "candidates", "inputs", "edits", "models", "reproduce", "running")


def dossier(book: Book, pictures: Sequence[Picture], **more: Any) -> Dossier:
    return gather(book.records, pictures, meta(book, **more))


def chapter(name: str, d: Dossier, lang: str = "en", of: str = "cn") -> tuple[Block, ...]:
    found: tuple[Block, ...] = importlib.import_module(f"provenance.report.chapters.{name}").blocks(d, Speaker(lang), forum(of))
    return found


def lines(blocks: Sequence[Block]) -> Iterator[tuple[tuple[Run, ...], Source]]:
    """Every text of a chapter with what it rests on."""
    for block in blocks:
        if isinstance(block, Heading):
            yield (Run(block.text),), Source()
        elif isinstance(block, Para | Quote):
            yield block.text, block.source
        elif isinstance(block, Points):
            yield from ((point.text, point.source) for point in block.points)
        elif isinstance(block, Figures):
            yield from ((figure.caption, figure.source) for figure in block.figures)
        elif isinstance(block, Table):
            yield tuple(Run(text) for text in block.head), Source()
            for row in block.rows:
                yield from ((line, row.source) for cell in row.cells for line in cell.lines)


def said(blocks: Sequence[Block]) -> str:
    return "\n".join("".join(run.text for run in text) for text, _ in lines(blocks))


def runs(blocks: Sequence[Block], style: str) -> list[str]:
    return [run.text for text, _ in lines(blocks) for run in text if run.style == style]


def sources(blocks: Sequence[Block], phrase: str) -> list[Source]:
    return [source for text, source in lines(blocks) if phrase in "".join(run.text for run in text)]


@pytest.mark.parametrize("name", MINE)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_empty_chapter_says_none_and_every_message_has_its_words(name: str, lang: str) -> None:
    book = Book()
    empty = chapter(name, dossier(book, ()), lang)
    assert tell.say(Speaker(lang), "none") in said(empty) and len(empty) == 2
    made, pictures = sitting()
    told = said(chapter(name, dossier(made, pictures), lang))
    assert "paper." not in told and "report." not in told and "{" not in told and " ?" not in told


def test_every_word_stands_in_both_languages() -> None:
    written = json.loads(data.read("messages/paper_process.json"))
    assert all(set(one) == {"en", "zh"} and all(one.values()) for one in written.values())
    assert {key.split(".")[1] for key in written if key.startswith("paper.")} >= set(MINE)


@pytest.mark.parametrize(
    "hidden", [("prompts", "negative_prompts", "carriers"), ("why", "text"), ("bindings", "path", "roots"), ("generator",)]
)
def test_what_is_withheld_is_a_bar_with_its_commitment_and_nowhere_else(hidden: tuple[str, ...]) -> None:
    open_book, _ = sitting()
    book, pictures = sitting(hidden)
    secret = [
        text for record in open_book.records for name in hidden if name in record.values
        for text in [record.values[name]] if isinstance(text, str) and len(text) > 7
    ] + ([text for record in open_book.records for text in record.values.get("prompts") or ()] if "prompts" in hidden else [])  # fmt: skip
    commitments = {digest for record in book.records for digest in record.entry.sealed.values()}
    bars = []
    for name in MINE:
        blocks = chapter(name, dossier(book, pictures))
        told = said(blocks)
        assert not [text for text in secret if text in told], name
        bars += runs(blocks, BAR)
    assert bars and set(bars) <= commitments


def test_a_step_shows_the_words_that_came_and_went_and_what_was_said_between() -> None:
    book, pictures = sitting()
    blocks = chapter("steps", dossier(book, pictures), of="general")
    assert "dark velvet, " in runs(blocks, ADDED) and "1.1" in runs(blocks, REMOVED) and "1.3" in runs(blocks, ADDED)
    assert not sources(blocks, "耳朵太圆"), "a reason given after the last run stands with the choice"
    assert [source.klass for source in sources(chapter("candidates", dossier(book, pictures)), "耳朵太圆")] == [facts.STATED]
    assert {source.klass for source in sources(blocks, "Re-rolls")} == {facts.FILE_CLAIMED}
    assert "velvet_bg" in runs(blocks, VERBATIM), "a name is kept apart from our words"


def test_rerolls_are_one_line_and_two_hundred_runs_stay_few_rows() -> None:
    book = Book()
    pictures = [picture(book, f"ancestor-{n}", seeds=(str(n * 7919),), prompts=(f"a cat {n // 10}",)) for n in range(200)]
    table = next(block for block in chapter("steps", dossier(book, pictures), of="general") if isinstance(block, Table))
    assert len(table.rows) < 60
    told = said((table,))
    assert "Runs 2–10" in told and "only the seed changed: 9" in told
    assert sum(row.cells[0].lines[0][0].text.startswith("Run ") for row in table.rows) == 9


def test_a_wildcards_other_words_are_the_tools_choice() -> None:
    book = Book()
    for n, word in enumerate(("red", "blue")):
        prompt = {"role": "prompt", "text": f"a {word} cat", "origin": "EXPANDED"}
        texts = (prompt, {"role": "template", "text": "a __colour__ cat", "origin": "TYPED"})
        picture(book, f"ancestor-{n}", prompts=(f"a {word} cat",), texts=texts, seeds=("1",))
    told = said(chapter("steps", dossier(book, [Picture(sha("ancestor-0"), "ancestor"), Picture(sha("ancestor-1"), "ancestor")])))
    assert "the tool’s choice" in told.replace("'", "’")


def foreign_book() -> tuple[Book, tuple[Picture, ...]]:
    book = Book()
    mine = [picture(book, "chosen-1"), picture(book, "chosen-2", prompts=("水晶猫吊坠，柔光",), negative_prompts=None)]
    return book, tuple(mine)


def test_a_foreign_text_has_a_blank_until_a_person_translated_it() -> None:
    book, pictures = foreign_book()
    blocks = chapter("steps", dossier(book, pictures), "zh")
    assert len(runs(blocks, BLANK)) == 4 and "水晶猫吊坠，柔光" not in said(blocks[blocks.index(_heading(blocks)) :])
    of = words_of("blurry, text, watermark")
    book.write(facts.TranslationStated(
        lang="zh-CN", field="negative_prompts", entries=(0,), original=of, translation="模糊、文字、水印", translator="王译",
    ))  # fmt: skip
    blocks = chapter("steps", dossier(book, pictures), "zh")
    assert len(runs(blocks, BLANK)) == 2 and "模糊、文字、水印" in runs(blocks, VERBATIM) and "王译" in runs(blocks, VERBATIM)
    assert runs(chapter("steps", dossier(book, pictures), "en", "eu"), BLANK) == [], "a forum of several languages asks for none"
    assert "水晶猫吊坠，柔光" in said(chapter("steps", dossier(book, pictures), "en", "us"))


def test_a_withheld_translation_is_bars() -> None:
    book = Book(hide=("translation", "translator"))
    made = picture(book, "chosen-1", negative_prompts=None)
    of = words_of("a crystal cat pendant, (soft light:1.1), silver chain, dark velvet")
    book.write(facts.TranslationStated(lang="zh", field="prompts", entries=(0,), original=of, translation="水晶猫", translator="王译"))
    blocks = chapter("steps", dossier(book, (made,)))
    assert len(runs(blocks, BAR)) == 2 and "水晶猫" not in said(blocks) and "王译" not in said(blocks)


def _heading(blocks: Sequence[Block]) -> Block:
    return next(block for block in blocks if isinstance(block, Heading) and block.anchor == "translations")


def test_scripts_are_counted_by_letters_alone() -> None:
    assert translations.foreign("a cat, 1girl", "zh") and not translations.foreign("猫 a", "zh")
    assert not translations.foreign("12 (1.3)", "zh"), "no letters, no language"
    assert translations.foreign("水晶猫", "en") and not translations.foreign("水晶の猫", "ja") and translations.foreign("crystal", "ko")


def test_an_inputs_rows_each_rest_on_their_own_class() -> None:
    book = Book()
    drawn = picture(book, "input-sketch", parsed="plain", **dict.fromkeys(MADE))
    book.write(facts.InputDeclared(sha256=sha("input-sketch"), size=1, media_type="image/png", rights="mine", note="my own pencil"))
    made = picture(book, "chosen-1", inputs=({"name": "input-sketch.png", "role": "image"},))
    edge = Edge(sha("input-sketch"), sha("chosen-1"), NAMED, "image", (made.entries[0],), "input-sketch.png")
    blocks = chapter("inputs", dossier(book, (drawn, made), edges=(edge,)))
    assert [one.klass for one in sources(blocks, "Seen live")] == [facts.OBSERVED]
    assert [one.klass for one in sources(blocks, "my own pencil")] == [facts.STATED]
    assert [one.klass for one in sources(blocks, "NAMED AS INPUT") if one.entries] == [facts.FILE_CLAIMED]
    assert "Before the first picture here that used it" in said(blocks) and "until then no recorded picture" in said(blocks)
    figures = next(block for block in blocks if isinstance(block, Figures))
    assert [figure.image for figure in figures.figures] == [sha("input-sketch")]


def test_edits_show_masks_maps_layers_and_what_cannot_be_compared() -> None:
    book = Book()
    first, second = picture(book, "ancestor-1"), picture(book, "chosen-2", inputs=({"name": "m.png", "role": "mask", "sha256": sha("m")},))
    book.write(facts.DrawingMeasured(of=sha("m"), part="mask", covered=25, total=100))
    book.write(facts.EditMapped(parent=sha("ancestor-1"), child=sha("chosen-2"), method="m/1", outcome="mapped", material="files",
                                width=10, height=10, repainted=7, regions=2, map=sha("map"), placed="same frame", tone="none"))  # fmt: skip
    lost: dict[str, Any] = {"outcome": "cannot compare", "why": "gone", "material": "files"}
    book.write(facts.EditMapped(parent=sha("x"), child=sha("chosen-2"), method="m/1", **lost))
    book.write(facts.ProjectDescribed(of=sha("chosen-2"), format="psd", reader="r", layer_count=2, decoded=1, editor="Painter",
                                      layers=({"name": "\u202eears", "kind": "paint", "area": 5, "area_of": "pixels"},)))  # fmt: skip
    blocks = chapter("edits", dossier(book, (first, second)))
    told = said(blocks)
    assert "25" in told and "cannot be compared" in told and "Painter" in told and "7 of 100 pixels" in told
    figures = next(block for block in blocks if isinstance(block, Figures))
    assert [figure.image for figure in figures.figures] == [sha("ancestor-1"), sha("chosen-2"), sha("map")]
    assert "\u202eears" in runs(blocks, VERBATIM), "verbatim: making it safe is for printers"
    assert [one.klass for one in sources(blocks, "Painter")] == [facts.FILE_CLAIMED]


def test_terms_are_printed_with_source_and_date_the_unfavourable_ones_too() -> None:
    book = Book()
    made = picture(book, "chosen-1", generator="Midjourney")
    blocks = chapter("models", dossier(book, (made,)))
    tables = [block for block in blocks if isinstance(block, Table) and not block.sourced]
    assert tables and all("http" in "".join(r.text for r in row.cells[-1].lines[0]) or row.cells[-1].lines[0][0].text == "–"
                          for table in tables for row in table.rows)  # fmt: skip
    assert "Midjourney" in said(blocks)


def test_a_rerun_is_corroboration_and_what_is_missing_is_said() -> None:
    book = Book()
    made = picture(book, "chosen-1")
    exhibit = Exhibit("E007", "exhibits/E007.json", "workflow", sha("w"), "application/json", 3, (0,), facts.FILE_CLAIMED, 1)
    blocks = chapter("reproduce", dossier(book, (made,), exhibits=(exhibit,)))
    told = said(blocks)
    assert "replaces nothing" in told and "18446744073709551615" in told and "E007" in told
    assert "Tool version" in told.partition("What is missing")[2] and "graphics card" in told
    edited = picture(book, "chosen-2", parsed="plain", **dict.fromkeys(MADE))
    edge = Edge(sha("chosen-1"), sha("chosen-2"), "STATED", "painted over", (2,))
    assert "nearest one it is known to come from" in said(chapter("reproduce", dossier(book, (made, edited), edges=(edge,))))


def test_gaps_jumps_and_the_longest_unattested_time_are_printed() -> None:
    book = Book()
    book.write(facts.RecorderStarted(software="p", python="3", system="l", sqlite="3", watcher="i", journal="w", host="h", roots=("/o",)))
    pictures = [picture(book, "chosen-1")]
    for _ in range(50):
        book.write(facts.NoteAdded(text="x"))
    book.write(facts.GapNoticed(reason="suspended", since="2026-03-02T08:10:00.000000Z", until="2026-03-02T08:40:00.000000Z"))
    book.write(facts.NoteAdded(text="after"))
    blocks = chapter("running", dossier(book, pictures))
    told = said(blocks)
    assert "the machine slept" in told and "30 min 0 s" in told and "0 h" not in told
    assert {one.klass for one in sources(blocks, "the machine slept")} == {facts.OBSERVED}


def test_the_timeline_gives_two_times_and_groups_what_repeats() -> None:
    book, pictures = sitting()
    for _ in range(30):
        book.write(facts.DecisionMade(decision="rejected", pictures=(sha("rejected-2"),)))
    times = (Time(seq=12, size=12, time="2026-03-02T08:11:30.000000Z", authority="A"),)
    d = dossier(book, pictures, times=times)
    blocks = chapter("timeline", d)
    told = said(blocks)
    assert "before 2026-03-02 08:11:30 UTC" in told and "after 2026-03-02 08:11:30 UTC" in told
    assert "decided 30 times (rejected: 30)" in told
    assert [one.klass for one in sources(blocks, "Crystal Cat")] == [facts.STATED]
    table = [block for block in blocks if isinstance(block, Table)][-1]
    assert len(table.rows) < 20 and sha("chosen-3") in {key for row in table.rows for cell in row.cells for key in cell.pictures}


def test_an_entry_is_the_picture_s_whose_file_it_is_about_not_of_those_it_is_listed_with() -> None:
    book = Book()
    book.write(facts.WorkNamed(work="00112233445566aa", name="cat"))
    drawn = picture(book, "input-sketch", parsed="plain", **dict.fromkeys(MADE))
    made = picture(book, "chosen-1")
    listed = Picture(made.sha256, "chosen", (0, *drawn.entries, *made.entries))  # as a bundle lists what an edge rests on
    edge = Edge(drawn.sha256, made.sha256, NAMED, "image", made.entries)
    d = dossier(book, (drawn, listed), edges=(edge,))
    blocks = chapter("timeline", d)
    assert [one.entries for one in sources(blocks, "First generated picture")] == [made.entries[:1]]
    assert [one.entries for one in sources(blocks, "An input, when")] == [drawn.entries[:1]]
    assert f"(#{made.entries[0]})" in said(chapter("inputs", d)) and "Before the first picture" in said(chapter("inputs", d))


def test_a_persons_word_counts_before_what_a_rule_makes_of_something_seen() -> None:
    book = Book()
    made = picture(book, "chosen-1")
    book.write(facts.DecisionMade(decision="kept", pictures=(sha("chosen-1"),), why="the light"))
    book.write(facts.DecisionObserved(pictures=(sha("chosen-1"),), observed="vanished", meaning="rejected", rule="built-in", tool="mv"))
    blocks = chapter("candidates", dossier(book, (made,)))
    figures = next(block for block in blocks if isinstance(block, Figures))
    assert "stated: kept" in "".join(run.text for run in figures.figures[0].caption)
    assert [one.klass for one in sources(blocks, "Taken to mean")] == [facts.OBSERVED] and "built into the recorder" in said(blocks)


def test_hostile_words_never_abort_and_stay_verbatim() -> None:
    book = Book()
    hostile = ("\u202e" + "x" * 20_000, "=1+1", "#let x = 1", "<script>", "{0}{name}", "\x00\ud800", "a" * 3 + "\u0301" * 300)
    pictures = [picture(book, f"chosen-{n}", prompts=(text,), loras=({"name": text, "weight": text},)) for n, text in enumerate(hostile)]
    book.write(facts.DecisionMade(decision="kept", pictures=(sha("chosen-1"),), why="{0}" * 9_000))
    for name in MINE:
        told = said(chapter(name, dossier(book, pictures)))
        assert len(told) < 60_000, name
    blocks = chapter("steps", dossier(book, pictures))
    assert "<script>" in "".join((*runs(blocks, VERBATIM), *runs(blocks, ADDED))), "verbatim: making it safe is for printers"


def test_values_of_any_shape_do_not_abort() -> None:
    book = Book()
    encoded = [{"enc": "fs", "b64": "!"}, {"enc": "utf-16le", "b64": "2D3"}, {"enc": "utf-16le", "b64": "2D0="}]
    odd: list[Any] = [None, 1, True, "", [], {}, [[1]], [{"name": None}], [None], *encoded]
    for value in odd:
        for kind, fact in facts.KINDS.items():
            fields = dataclasses.fields(fact)
            sealed = [field.name for field in fields if field.metadata.get("sealed")]
            book.raw(kind, {field.name: value for field in fields if field.name not in sealed}, dict.fromkeys(sealed, value))
        names = [field.name for field in dataclasses.fields(facts.FileCaptured) if field.metadata.get("sealed")]
        picture(book, f"chosen-{len(book.records)}", **{name: value for name in names if name != "generator"})
    book.records[3] = dataclasses.replace(book.records[3], entry=dataclasses.replace(book.records[3].entry, at="yesterday"))
    hashes = [record.entry.open.get("sha256") for record in book.records]
    d = dossier(book, [Picture(one, "chosen") for one in hashes if isinstance(one, str) and len(one) == 64])
    assert len(d.course.tries) == len(odd)
    for name in MINE:
        assert said(chapter(name, d)) and said(chapter(name, d, "zh"))


def test_kinds_that_this_version_does_not_know_are_passed_over_here() -> None:
    book = Book()
    book.write(facts.LedgerOpened(software="p", public_key=KEY, vkey="v", key_protection="file-0600"))
    book.raw("dream.dreamt/9", {"class": "OBSERVED", "sha256": sha("a")}, {"what": "clouds"})
    book.write(file_fact("a"))
    for name in MINE:
        assert "clouds" not in said(chapter(name, dossier(book, [Picture(sha("a"), "chosen")])))
