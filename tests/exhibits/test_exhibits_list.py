"""Numbers, names and endings of exhibits; the index as a spreadsheet and as JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))
from report_builders import Book, picture, sha

from provenance import canon, facts, words
from provenance.bundle.names import fault
from provenance.exhibits import extracts, finds, index, listing, naming
from provenance.exhibits.finds import Find
from provenance.exhibits.listing import Ready, Shot
from provenance.exhibits.naming import Look
from provenance.report.exhibit import Exhibit

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A", " =1", "\u3000=1", "\u00a0=1")
ALLOWED = re.compile(
    r"exhibits/E\d{3,}-[a-z]+(-[a-z0-9-]+)?(-picture-\d+)?\.(png|jpg|webp|gif|pdf|psd|flac|zip|json|c2pa|(xmp\.|html\.)?txt|bin)"
)


def carrier(name: str, body: bytes) -> dict[str, str]:
    return {"name": name, "sha256": canon.sha256(body), "size": str(len(body))}


def test_what_entries_name_is_found_once_with_all_its_entries() -> None:
    book = Book()
    same = carrier("tEXt:workflow", b"{}")
    one = picture(book, "a", carriers=(same, carrier("tEXt:prompt", b'{"1":1}'), carrier("c2pa", b"c")))
    two = picture(book, "b", carriers=(same, carrier("exif:Exif.MakerNote", b"x")))
    book.write(facts.TermsRecorded(sha256=sha("t"), size=1, media_type="text/html", kept=sha("t"), platform="midjourney", file="t.html"))
    kept = {"sha256": sha("i"), "kept": sha("i"), "licence_kept": sha("i licence")}
    book.write(
        facts.InputDeclared(**kept, size=3, media_type="image/png", rights="mine", file="i.png", note="drawn by me", licence="l.txt")
    )
    found = finds.finds(book.records, {one.sha256: 1, two.sha256: 2}, {})
    kinds = {find.kind: find for find in found}
    assert set(kinds) == {"workflow", "label", "metadata", "terms", "handed", "licence"}
    assert len(found) == 7 and sum(find.kind == "workflow" for find in found) == 2
    shared = next(find for find in found if find.sha256 == same["sha256"])
    assert len(shared.entries) == 2 and shared.picture == 1 and shared.klass == "FILE_CLAIMED"
    assert (kinds["terms"].klass, kinds["handed"].klass) == ("IMPORTED", "STATED")


def test_withheld_raw_texts_are_listed_without_their_hash() -> None:
    book = Book(hide=("carriers",))
    picture(book, "a", carriers=(carrier("tEXt:workflow", b"{}"),))
    (one,) = finds.finds(book.records, {sha("a"): 1}, {})
    listed = listing.listed([], [one], {}, [], {"carriers": "it holds what is withheld", "": "lost"})
    assert [(e.number, e.file, e.sha256, e.withheld) for e in listed.exhibits] == [("E001", "", "", "it holds what is withheld")]
    assert not listed.copies


def test_numbers_run_through_in_one_order_whatever_comes_first() -> None:
    shots = [
        Shot(n, sha(str(n)), role, "image/png", (n,), f"{n}.png", False, f"data/originals/{n}.png", 3)
        for n, role in enumerate(("rejected", "chosen", "input"), 1)
    ]
    found = [
        Find("metadata", sha("m"), (4,), "FILE_CLAIMED", 1, "exif:a"),
        Find("workflow", sha("w"), (5,), "FILE_CLAIMED", 2, "tEXt:prompt"),
    ]
    looks = {sha("m"): Look("bin", "application/octet-stream", 1), sha("w"): Look("json", "application/json", 2)}
    ready = [Ready("record", "exhibits/record.html", sha("r"), "text/html", 9)]
    one = listing.listed(shots, found, looks, ready, {"": "x"})
    other = listing.listed(shots[::-1], found[::-1], dict(reversed(looks.items())), ready, {"": "x"})
    assert one == other
    assert [e.kind for e in one.exhibits] == ["original", "original", "candidate", "workflow", "record", "metadata"]
    assert [e.number for e in one.exhibits] == [f"E{n:03}" for n in range(1, 7)]
    assert dict(one.copies) == {
        "exhibits/E004-workflow-prompt-picture-2.json": sha("w"),
        "exhibits/E006-metadata-a-picture-1.bin": sha("m"),
    }


def test_a_thousand_exhibits_have_four_digits_and_sort_as_texts() -> None:
    found = [Find("metadata", sha(str(n)), (n,), "FILE_CLAIMED") for n in range(1200)]
    listed = listing.listed([], found, {f.sha256: Look("bin", "application/octet-stream", 1) for f in found}, [], {"": "x"})
    numbers = [e.number for e in listed.exhibits]
    assert numbers == sorted(numbers) and numbers[-1] == "E1200" and len(set(listed.copies)) == 1200


@settings(deadline=None, max_examples=200)
@given(head=st.binary(max_size=80), about=st.text(max_size=60), kind=st.sampled_from(finds.KINDS))
def test_no_strange_bytes_or_name_give_a_name_that_runs_or_that_a_verifier_refuses(head: bytes, about: str, kind: str) -> None:
    look = naming.look(head, len(head), kind)
    name = naming.file_name("E001", kind, look.ending, 3, about)
    assert ALLOWED.fullmatch(name) and fault(name) == ""


def test_what_could_run_goes_as_text() -> None:
    for page in (
        b"<!DOCTYPE html><script>1</script>",
        b"\xef\xbb\xbf  <HTML>",
        b"<svg onload=alert(1)>",
        b"<?xml version='1.0'?><svg/>",
        b"<script>",
    ):
        assert naming.look(page, len(page)).ending == "html.txt"
    assert naming.look(b"MZ\x90\0", 4).ending == naming.look(b"\xff\xfe=\0", 4).ending == "bin"
    assert naming.look(b"#!/bin/sh\n", 10).ending == "txt"
    assert naming.look("…猫".encode()[:5], 900).ending == "txt", "a cut character at the end of the head is no reason to call it binary"
    assert naming.look("…猫".encode()[:5], 5).ending == "bin"


def exhibit(name: str, **more: object) -> Exhibit:
    fields = {
        "number": "E001",
        "file": "exhibits/E001-x.bin",
        "kind": "metadata",
        "sha256": sha("x"),
        "media_type": "text/plain",
        "size": 1,
        "entries": (1, 2),
        "klass": "FILE_CLAIMED",
        "name": name,
    }
    return Exhibit(**{**fields, **more})  # type: ignore[arg-type]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=30), st.sampled_from(FORMULAS), st.builds(lambda a, b: a + b, st.sampled_from(FORMULAS), st.text(max_size=9))
        )
    )
)
def test_no_cell_is_a_formula_and_none_is_lost(texts: list[str]) -> None:
    raw = index.index_csv([exhibit(text) for text in texts], ("zh", "en"))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) == len(texts) + 1 and {len(row) for row in rows} == {len(index.COLUMNS) + 2}
    for row, text in zip(rows[1:], texts, strict=True):
        cell = row[3]
        assert cell.lstrip(" \u00a0\u3000")[:1] not in set("=+-@\t\r\n＝＋－＠")
        assert cell.removeprefix("'") == words.visible(text) or cell == words.visible(text)
    plain = raw.decode("utf-8-sig").replace("\r\n", "")
    assert "\r" not in plain and "\n" not in plain and "\t" not in plain, "RFC 4180 line ends and no control characters"


def test_the_json_says_the_same_and_keeps_what_is_no_unicode() -> None:
    rows = json.loads(index.index_json([exhibit("\ud800"), exhibit("", file="", size=0, withheld="it is withheld")], "prov.test/x"))[
        "exhibits"
    ]
    assert rows[0]["name"]["enc"] == "utf-16le" and rows[1]["file"] is None and "size" not in rows[1]
    kept = index.index_json([exhibit("a", kind="workflow")], "o")
    assert canon.decode(kept)["exhibits"][0]["corroboration_only"] is True


def test_every_kind_has_words_in_both_languages() -> None:
    for kind in finds.KINDS:
        assert words.known(f"report.exhibit.shows.{kind}"), kind


def test_prompts_to_translate_stand_once_each_with_what_was_stated() -> None:
    book = Book()
    for name in ("a", "b"):
        picture(book, name, prompts=("=cmd|' /C calc'!A0", "狐狸"), negative_prompts=("blur",))
    digest = canon.sha256(canon.encode("狐狸"))
    book.raw(extracts.STATED_TRANSLATION, {"class": "STATED", "of": digest, "lang": "en"}, {"text": "a fox", "translator": "T"})
    made = extracts.translations(book.records)
    assert made is not None and made[1] == (0, 2)
    rows = list(csv.reader(io.StringIO(made[0].decode("utf-8-sig"), newline="")))
    assert [row[3] for row in rows[1:]] == ["'=cmd|' /C calc'!A0", "狐狸", "blur"]
    assert rows[2][4:] == ["en", "a fox", "T", "4"] and rows[1][4:] == ["", "", "", ""]
    assert extracts.translations([]) is None


def test_labels_are_told_as_they_were_found() -> None:
    book = Book()
    picture(book, "a", aigc={"Label": "1", "ContentProducer": "x"})
    picture(book, "b")
    made = extracts.labels(book.records, {sha("a"): 4}, "aigc")
    assert made is not None and made[1] == (0,)
    (row,) = json.loads(made[0])["found"]
    assert row["aigc"] == {"Label": "1", "ContentProducer": "x"} and row["picture"] == 4 and row["class"] == "FILE_CLAIMED"
    assert extracts.labels(book.records, {}, "c2pa") is None
