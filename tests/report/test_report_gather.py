"""Entries become facts by class; what is withheld, unknown or missing is said."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from report_builders import Book, file_fact, meta, picture, sha, sitting

from provenance import facts
from provenance.report.dossier import UNKNOWN, Card, Dossier, Picture
from provenance.report.gather import gather
from provenance.report.lines import CLASS_ORDER


def dossier(hide: tuple[str, ...] = (), **more: Any) -> Dossier:
    book, pictures = sitting(hide)
    return gather(book.records, pictures, meta(book, **more))


def card(of: Dossier, name: str) -> Card:
    return next(card for card in of.cards if card.sha256 == sha(name))


def fields(of: Card, klass: str) -> dict[str, list[str]]:
    return {line.field: [item.text for item in line.items] for table in of.tables if table.klass == klass for line in table.lines}


def texts(value: object) -> Iterator[str]:
    """Every text anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for member in value:
            yield from texts(member)


def test_facts_stand_under_the_class_of_the_one_who_says_them() -> None:
    chosen = card(dossier(), "chosen-3")
    assert fields(chosen, facts.OBSERVED)["sha256"] == [sha("chosen-3")]
    assert fields(chosen, facts.FILE_CLAIMED)["steps"] == ["36"]
    assert fields(chosen, facts.STATED)["decision"] == ["kept"]
    assert "prompts" not in fields(chosen, facts.OBSERVED) and "sha256" not in fields(chosen, facts.FILE_CLAIMED)


def test_imported_is_never_under_observed() -> None:
    found = dossier()
    imported = {record.seq for record in found.annex if record.kind == facts.FileImported.KIND}
    assert imported
    for each in found.cards:
        for table in each.tables:
            for line in table.lines:
                assert not (imported & set(line.entries)) or table.klass in (facts.IMPORTED, facts.FILE_CLAIMED)
                assert line.klass == table.klass and line.imported == table.imported
    assert card(found, "ancestor-0").imported_only and not card(found, "chosen-3").imported_only


def test_a_picture_seen_live_and_found_again_keeps_both_apart() -> None:
    book = Book()
    book.write(file_fact("x", facts.FileImported, found="import"))
    book.write(file_fact("x"))
    (only,) = gather(book.records, (Picture(sha("x"), "chosen"),), meta(book)).cards
    by_class = {(table.klass, table.imported): {entry for line in table.lines for entry in line.entries} for table in only.tables}
    assert by_class == {
        (facts.OBSERVED, False): {1}, (facts.FILE_CLAIMED, False): {1}, (facts.FILE_CLAIMED, True): {0}, (facts.IMPORTED, True): {0},
    }
    assert not only.imported_only


def test_every_line_names_its_entries_and_equal_lines_share_one() -> None:
    found = dossier()
    assert all(line.entries for each in found.cards for table in each.tables for line in table.lines)
    width = [line for table in card(found, "chosen-3").tables for line in table.lines if line.field == "width"]
    assert [line.entries for line in width] == [(15,), (16,)], "a header's claim of 2048 and a measured 1024 are two lines"
    same = [line for table in card(found, "rejected-2").tables for line in table.lines if line.field == "width"]
    assert [line.entries for line in same] == [(11, 12)]


SEALED = sorted({f.name for fact in facts.KINDS.values() for f in dataclasses.fields(fact) if f.metadata.get("sealed")})


def every_kind(hide: Collection[str] = ()) -> Book:
    """One entry of each kind about one picture; each sealed value names its field."""
    book = Book(hide)
    for kind, fact in facts.KINDS.items():
        opened = {"class": fact.CLASS, "sha256": sha("chosen-a"), "of": sha("chosen-a"), "pictures": [sha("chosen-a")], "decision": "kept"}
        names = [f.name for f in dataclasses.fields(fact) if f.metadata.get("sealed")]
        book.raw(kind, opened, {name: [{"name": f"SECRET {name} .", "seed": f"SECRET {name} ."}] for name in names})
    return book


@pytest.mark.parametrize("name", SEALED)
def test_a_withheld_value_is_nowhere_and_its_commitment_is(name: str) -> None:
    book = every_kind((name,))
    found = gather(book.records, (Picture(sha("chosen-a"), "chosen"),), meta(book))
    said = set(texts(found))
    assert not [text for text in said if f"SECRET {name} ." in text]
    commitments = {record.entry.sealed[name] for record in book.records if name in record.entry.sealed}
    assert commitments and commitments == {one.commitment for one in found.hidden} and commitments <= said


def test_every_disclosed_value_is_somewhere() -> None:
    book = every_kind()
    said = set(texts(gather(book.records, (Picture(sha("chosen-a"), "chosen"),), meta(book))))
    assert {f"SECRET {name} ." for name in SEALED} <= said


def test_fields_that_were_withheld_are_not_compared_and_no_reroll_is_claimed() -> None:
    whole = {(step.before, step.after): step for step in dossier().steps}
    assert whole[2, 3].reroll
    hidden = {(step.before, step.after): step for step in dossier(("prompts",)).steps}
    assert not hidden[2, 3].reroll and "prompts" in hidden[2, 3].withheld
    assert all(change.field != "prompts" for step in hidden.values() for change in step.changes)


def test_inputs_are_not_compared_and_finding_order_is_said() -> None:
    found = dossier()
    numbers = {each.number: each for each in found.cards}
    assert all("input" not in (numbers[step.before].role, numbers[step.after].role) for step in found.steps)
    assert [step.imported for step in found.steps] == [False, False, True]


def test_other_bytes_under_a_name_do_not_lend_their_claims_to_the_bytes_before() -> None:
    book = Book()
    first = picture(book, "chosen-a")
    book.write(file_fact("later", facts.FileChanged, was=sha("chosen-a"), steps=("99",)))
    (only,) = gather(book.records, (first,), meta(book)).cards
    assert fields(only, facts.FILE_CLAIMED)["steps"] == ["28"] and only.entries == (0, 1)


def test_unknown_kinds_and_fields_are_kept_under_what_they_say_of_themselves() -> None:
    book = Book()
    first = picture(book, "chosen-a")
    book.raw("mood.felt/7", {"class": "STATED", "of": sha("chosen-a"), "mood": ["calm", {"deep": [1]}]}, {"diary": "rain"})
    book.raw("thing.happened/1", {"sha256": sha("chosen-a"), "class": "CERTAIN"})
    book.raw("file.captured/1", {"class": "OBSERVED", "sha256": sha("chosen-a"), "colour": "new field"}, {"smell": "new sealed"})
    found = gather(book.records, (first,), meta(book))
    (only,) = found.cards
    assert fields(only, facts.STATED)["mood"] == ["calm", ""] and fields(only, facts.STATED)["diary"] == ["rain"] and "[1]" in texts(only)
    assert fields(only, UNKNOWN) == {"sha256": [sha("chosen-a")], "colour": ["new field"], "smell": ["new sealed"]}
    unknown = next(topic for topic in found.running if topic.topic == "unknown")
    assert [event.kind for event in unknown.events] == ["mood.felt/7", "thing.happened/1"]
    assert {line.klass for whole in found.annex for line in whole.lines} <= set(CLASS_ORDER)


def test_a_value_that_the_entry_does_not_commit_to_is_not_part_of_the_record() -> None:
    book = Book()
    picture(book, "chosen-a")
    record = book.records[0]
    forged = dataclasses.replace(record, values={**record.values, "signed_by": "A Famous Painter"})
    found = gather([forged, *book.records[1:]], (Picture(sha("chosen-a"), "chosen"),), meta(book))
    assert "A Famous Painter" not in "\n".join(texts(found))


def test_decisions_stand_side_by_side_with_their_reasons() -> None:
    found = dossier()
    assert [(one.decision, one.pictures, bool(one.reason)) for one in found.decisions] == [("rejected", (3,), True), ("kept", (4,), True)]
    assert found.decisions[1].others == (sha("elsewhere"),)
    assert all(one.commitment and not one.reason for one in dossier(("why",)).decisions)


def test_models_are_told_as_found_and_as_not_found() -> None:
    first, second = dossier().bound
    assert (first.how, first.autov3, first.agrees, first.pictures) == ("by name", "0123456789ab", "", (2,))
    assert (second.how, second.sha256) == ("not found", "")
    hidden = dossier(("bindings",))
    assert not hidden.bound and len(hidden.unbound) == 1


def test_claimed_hashes_agree_or_do_not() -> None:
    book = Book()
    first = picture(book, "chosen-a")
    row = {"name": "m", "kind": "lora", "how": "by name", "sha256": sha("m"), "autov2": sha("m")[:10], "autov3": None}
    rows = ({**row, "agrees": True}, {**row, "agrees": False})
    book.write(facts.ModelsBound(of=0, sha256=sha("chosen-a"), found=2, missing=0, bindings=rows))
    assert [one.agrees for one in gather(book.records, (first,), meta(book)).bound] == ["yes", "no"]


def test_every_topic_of_the_running_record_is_there_and_overflow_is_apart() -> None:
    empty = gather((), (), meta(Book()))
    assert [topic.events for topic in empty.running] == [()] * 10
    book = Book()
    book.write(facts.GapNoticed(reason="overflow", until="2026-03-02T08:40:00.000000Z"))
    book.write(facts.GapNoticed(reason="crashed", until="2026-03-02T08:40:00.000000Z"))
    found = {topic.topic: [event.seq for event in topic.events] for topic in gather(book.records, (), meta(book)).running}
    assert (found["overflow"], found["gaps"]) == ([0], [1])


def test_the_longest_time_without_a_third_party_is_measured_between_what_third_parties_attested() -> None:
    whole = dossier()
    assert (whole.unattested.attested, whole.unattested.seconds) == (0, 35_992)
    book = Book()
    book.write(file_fact("a"))
    for _ in range(58):
        book.write(facts.WatchAdded(reason="asked", path="x"))
    book.raw("time.attested/1", {"class": "ATTESTED", "token": "00"})
    found = gather(book.records, (), meta(book, made_at="2026-03-02T09:00:07.250000Z"))
    assert (found.unattested.attested, found.unattested.seconds) == (1, 59 * 60)
    assert [event.seq for event in found.timeline if event.attested] == [59]


def test_times_that_are_no_times_and_values_of_any_shape_do_not_abort() -> None:
    book = Book()
    encoded = [{"enc": "fs", "b64": "!"}, {"enc": "utf-16le", "b64": "2D3"}, {"enc": "utf-16le", "b64": "2D0="}]
    odd: list[Any] = [None, 1, True, "", [], {}, [[1]], [{"name": None}], [None], *encoded]
    for value in odd:
        for kind in facts.KINDS:
            names = [field.name for field in dataclasses.fields(facts.KINDS[kind])]
            book.raw(kind, dict.fromkeys(names, value), dict.fromkeys(names[-2:], value))
    book.records[3] = dataclasses.replace(book.records[3], entry=dataclasses.replace(book.records[3].entry, at="yesterday"))
    found = gather(book.records, (Picture(sha("a"), "chosen", (1, 2, 9999)),), meta(book, made_at="never"))
    assert len(found.annex) == len(odd) * len(facts.KINDS) and found.unattested.seconds == -1


def test_the_order_of_what_is_handed_in_does_not_matter() -> None:
    book, pictures = sitting()
    assert gather(book.records[::-1], pictures[::-1], meta(book)) == gather(book.records, pictures, meta(book))


def test_the_name_of_the_work_is_what_a_person_called_it() -> None:
    (line,) = dossier().names
    assert (line.klass, line.entries, line.commitment) == (facts.STATED, (3,), "") and "Crystal Cat" in line.items[0].text
    (withheld,) = dossier(("name",)).names
    assert withheld.commitment and not withheld.items


def test_cards_stand_in_the_order_of_the_files_even_where_a_work_was_named_before() -> None:
    book = Book()
    book.write(facts.WorkNamed(work="0011223344556677", name="Glass"))
    first = picture(book, "ancestor-a")
    late = dataclasses.replace(picture(book, "chosen-b"), entries=(0, 3))
    assert [one.sha256 for one in gather(book.records, (late, first), meta(book)).cards] == [sha("ancestor-a"), sha("chosen-b")]


def test_a_file_that_says_nothing_neither_lost_nor_gained_what_the_other_says() -> None:
    book = Book()
    first = picture(book, "chosen-a")
    opened = {"class": "OBSERVED", "sha256": sha("b"), "media_type": "image/jpeg", "parsed": "plain"}
    book.raw("file.captured/1", opened, {"path": "/b.jpg"})
    (step,) = gather(book.records, (first, Picture(sha("b"), "chosen")), meta(book)).steps
    assert step.mute == (2,) and not step.reroll
    assert "media_type" in {change.field for change in step.changes} <= {"media_type", "pixel_size"}


def test_a_picture_whose_file_is_not_handed_over_says_why() -> None:
    book = Book()
    absent = dataclasses.replace(picture(book, "chosen-a"), why_absent="it holds what is withheld")
    assert gather(book.records, (absent,), meta(book)).cards[0].why_absent == "it holds what is withheld"


def test_entries_about_a_folder_name_it_where_it_is_disclosed() -> None:
    for hide, text, barred in (((), "/home/mei/out", False), (("path",), "", True)):
        book = Book(hide)
        book.write(facts.WatchAdded(reason="asked", path="/home/mei/out"))
        (line,) = gather(book.records, (), meta(book)).timeline[0].places
        assert "".join(item.text for item in line.items) == text and bool(line.commitment) is barred
