"""What goes into a bundle: a picture's own past, what was rejected beside it, and nothing of other works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk

from provenance import facts
from provenance.clock import Clock
from provenance.errors import BadInput
from provenance.views import ask, selection

A, B, C, D, E = (letter * 64 for letter in "abcde")


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.close()


def roles(found: selection.Selection) -> dict[str, str]:
    return {picture.sha256: picture.role for picture in found.pictures}


def test_parents_come_along_and_children_stay_at_home(desk: Desk) -> None:
    desk.picture(A, "sketch.png")
    desk.picture(B, "chosen.png", generator="ComfyUI", inputs=({"name": "sketch.png", "role": "image", "sha256": A},))
    child = desk.picture(C, "other.png", generator="ComfyUI", inputs=({"name": "sketch.png", "role": "image", "sha256": A},))
    found = selection.of_pictures(desk.views, [B])
    assert roles(found) == {B: "chosen", A: "input"}
    assert child not in found.entries


def test_what_stood_under_the_name_before_comes_along_only_where_the_pixels_or_a_person_join_them(desk: Desk) -> None:
    first = desk.picture(A, "x.png")
    desk.picture(B, "x.png", was=A)
    desk.picture(C, "x.png", was=B)
    assert roles(selection.of_pictures(desk.views, [C])) == {C: "chosen"}
    (said,) = desk.say(facts.LinkStated(parent=A, child=C, how="painted over"))
    found = selection.of_pictures(desk.views, [C])
    assert roles(found) == {C: "chosen", A: "ancestor"} and {first, said} <= set(found.entries)
    assert [(edge.parent, edge.grade, edge.relation) for edge in found.edges] == [(A, "STATED", "painted over")]


def test_links_in_a_circle_end(desk: Desk) -> None:
    desk.picture(A, "a.png")
    desk.picture(B, "b.png")
    desk.say(facts.LinkStated(parent=A, child=B, how="edited"), facts.LinkStated(parent=B, child=A, how="edited"))
    assert set(roles(selection.of_pictures(desk.views, [A]))) == {A, B}


def test_a_parent_that_was_never_recorded_is_named_as_missing(desk: Desk) -> None:
    desk.picture(B, "b.png", generator="ComfyUI", inputs=({"name": "gone.png", "role": "image", "sha256": E},))
    assert selection.of_pictures(desk.views, [B]).missing == (E,)


def test_rejected_beside_it_means_the_same_sitting(desk: Desk) -> None:
    desk.picture(A, "before.png")
    desk.pass_time(45)
    desk.picture(B, "chosen.png")
    desk.pass_time(20)
    desk.picture(C, "beside.png")
    desk.picture(D, "kept after all.png")
    desk.say(facts.DecisionMade(decision="rejected", pictures=(A, C, D), why="flat"))
    desk.say(facts.DecisionMade(decision="kept", pictures=(D,)))
    assert roles(selection.of_pictures(desk.views, [B])) == {B: "chosen", C: "rejected"}


def test_a_works_entries_are_its_own(desk: Desk) -> None:
    desk.picture(A, "a.png")
    desk.picture(B, "b.png")
    named, filed = desk.say(facts.WorkNamed(work="1" * 16, name="One"), facts.WorkFiled(work="1" * 16, pictures=(A,)))
    (mine,) = desk.say(facts.NoteAdded(text="for this work", work="1" * 16))
    (about,) = desk.say(facts.NoteAdded(text="about a", about=(A,)))
    other = desk.say(facts.NoteAdded(text="about b", about=(B,)), facts.NoteAdded(text="to myself"))
    found = selection.of_work(desk.views, "One")
    assert {0, 1, named, filed, mine, about} <= set(found.entries)
    assert not set(other) & set(found.entries)
    assert selection.of_work(desk.views, "1111").work == "1" * 16


def test_works_are_found_by_name_or_not_at_all(desk: Desk) -> None:
    desk.say(facts.WorkNamed(work="1" * 16, name="Twin"), facts.WorkNamed(work="2" * 16, name="Twin"))
    with pytest.raises(BadInput) as ambiguous:
        ask.work(desk.views, "Twin")
    assert ambiguous.value.key == "work.ambiguous"
    with pytest.raises(BadInput) as unknown:
        ask.work(desk.views, "nothing")
    assert unknown.value.key == "work.unknown"


def test_finding_takes_words_for_what_they_are(desk: Desk) -> None:
    desk.picture(
        A, "a.png", generator="A1111", prompts=("100% wool, a cat_girl",), models=({"name": "dream.safetensors", "kind": "checkpoint"},)
    )
    desk.picture(B, "b.png", generator="A1111", prompts=("100 wools, a catXgirl",), loras=({"name": "ink"},))
    assert [r["sha256"] for r in ask.find(desk.views, text=("100%",))] == [A]
    assert [r["sha256"] for r in ask.find(desk.views, text=("cat_girl",))] == [A]
    assert [r["sha256"] for r in ask.find(desk.views, model="dream")] == [A]
    assert [r["sha256"] for r in ask.find(desk.views, lora="ink")] == [B]
    assert ask.find(desk.views, text=("'; DROP TABLE versions; --",)) == []
    assert len(ask.find(desk.views, until="2026-11-23")) == 2 and ask.find(desk.views, since="2026-11-23") == []


def test_another_works_name_stays_at_home(desk: Desk) -> None:
    desk.picture(A, "a.png")
    desk.say(facts.WorkNamed(work="1" * 16, name="One"), facts.WorkFiled(work="1" * 16, pictures=(A,)))
    others = desk.say(facts.WorkNamed(work="2" * 16, name="Secret"), facts.WorkFiled(work="2" * 16, pictures=(A,)))
    assert not set(others) & set(selection.of_work(desk.views, "One").entries)
    assert not set(others) & set(selection.of_pictures(desk.views, [A]).entries)


def test_the_text_beside_a_picture_comes_along(desk: Desk) -> None:
    desk.picture(A, "00001-7.png")
    beside = desk.picture(B, "00001-7.txt", generator="A1111", prompts=("a cat",))
    other = desk.picture(C, "00002-7.txt", generator="A1111", prompts=("a dog",))
    found = selection.of_pictures(desk.views, [A])
    assert beside in found.entries and other not in found.entries
    assert roles(found) == {A: "chosen"}


def test_an_idea_of_a_sitting_goes_with_the_only_work_of_it(desk: Desk) -> None:
    work = "5" * 16
    (early,) = desk.say(facts.IdeaStated(text="a lighthouse, seen from below"))
    desk.picture(A, "a.png", generator="ComfyUI")
    named, *_ = desk.say(facts.WorkNamed(work=work, name="W"), facts.WorkFiled(work=work, pictures=(A,)))
    during, aside = desk.say(facts.IdeaStated(text="darker, with one lit window"), facts.NoteAdded(text="to myself"))
    found = selection.of_work(desk.views, work)
    assert {early, during, named} <= set(found.entries) and aside not in found.entries
    desk.picture(B, "b.png", generator="ComfyUI")
    other = "6" * 16
    desk.say(facts.WorkNamed(work=other, name="Other"), facts.WorkFiled(work=other, pictures=(B,)))
    assert not {early, during} & set(selection.of_work(desk.views, work).entries), "whose it was would be a guess now"
