"""Family trees: each way to know of an edge, its grade, and what must not become one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk
from test_views_fold import Maker

from provenance import facts
from provenance.clock import Clock
from provenance.ledger.store import Ledger
from provenance.views import family, family_names, family_places, family_tree
from provenance.views.family_edge import GRADES, METADATA, NAMED, SAME_PIXELS, STATED
from provenance.views.store import Views

A, B, C, D, E, F, X = (letter * 64 for letter in "abcdef9")
COMFY = "/ai/ComfyUI"


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.close()


def known(desk: Desk, child: str) -> set[tuple[str, str, str]]:
    """(parent, grade, relation) of the edges into a picture; each must be found from its other end too."""
    edges = family.parents(desk.views, child)
    for edge in edges:
        assert edge in family.children(desk.views, edge.parent).edges
        assert edge.grade in GRADES and edge.seqs and all(desk.ledger.record(seq) for seq in edge.seqs)
    return {(edge.parent, edge.grade, edge.relation) for edge in edges}


def named(name: str, sha256: str | None = None, role: str = "image") -> dict[str, Any]:
    return {"name": name, "role": role, "sha256": sha256}


def test_an_input_is_bound_by_the_hash_that_the_file_names(desk: Desk) -> None:
    desk.picture(A, f"{COMFY}/input/sketch.png")
    desk.picture(B, f"{COMFY}/output/b.png", inputs=(named("sketch.png", A), named("mask.png", E, "mask")))
    assert known(desk, B) == {(A, NAMED, "image"), (E, NAMED, "mask")}, "one that was never recorded is an edge all the same"


@pytest.mark.parametrize(
    ("place", "name", "made"),
    [
        (f"{COMFY}/input/s.png", "s.png", f"{COMFY}/output/b.png"),
        (f"{COMFY}/input/s.png", "s.png [input]", f"{COMFY}/output/a/b/c/b.png"),
        (f"{COMFY}/input/deep/s.png", "deep/s.png", f"{COMFY}/output/b.png"),
        (f"{COMFY}/output/s.png", "s.png [output]", f"{COMFY}/output/x/b.png"),
        (f"{COMFY}/temp/s.png", "s.png [temp]", f"{COMFY}/output/b.png"),
        ("D:\\ComfyUI\\input\\deep\\s.png", "deep/s.png", "D:\\ComfyUI\\output\\b.png"),
        ("/elsewhere/in/s.png", "/elsewhere/in/s.png", f"{COMFY}/output/b.png"),
        ("/watched/input/s.png", "s.png", "/pictures/b.png"),
    ],
)
def test_a_name_means_a_place_in_the_tools_folders(desk: Desk, place: str, name: str, made: str) -> None:
    desk.say(facts.WatchAdded(reason="asked", path="/watched/input"), facts.WatchAdded(reason="asked", path="/pictures"))
    desk.picture(A, place)
    desk.picture(B, made, generator="ComfyUI", inputs=(named(name),))
    assert known(desk, B) == {(A, NAMED, "image")}


def test_a_name_means_the_bytes_that_stood_there_at_that_moment(desk: Desk) -> None:
    place = f"{COMFY}/input/s.png"
    desk.picture(A, place)
    desk.picture(D, f"{COMFY}/output/1.png", inputs=(named("s.png"),))
    desk.picture(B, place, was=A)
    desk.picture(E, f"{COMFY}/output/2.png", inputs=(named("s.png"),))
    desk.say(facts.FileVanished(sha256=B, seen_at="2026-11-22T00:00:00.000000Z", noticed="live", path=place))
    desk.picture(F, f"{COMFY}/output/3.png", inputs=(named("s.png"),))
    moved = facts.FileRenamed(sha256=C, size=1, mtime="2026-11-22T00:00:00.000000Z", seen_at="x", path=place, was_path="/out/c.png")
    desk.picture(C, "c.png")
    desk.say(moved)
    desk.picture(X, f"{COMFY}/output/4.png", inputs=(named("s.png"),))
    assert [known(desk, child) for child in (D, E, F, X)] == [
        {(A, NAMED, "image")}, {(B, NAMED, "image")}, {(B, NAMED, "image")}, {(C, NAMED, "image")},
    ], "what was deleted while the run went on was its input"  # fmt: skip


def test_the_files_own_hash_decides_and_what_else_stood_there_is_told(desk: Desk) -> None:
    desk.picture(A, f"{COMFY}/input/s.png")
    desk.picture(B, f"{COMFY}/input/s.png", was=A)
    desk.picture(C, f"{COMFY}/output/c.png", inputs=(named("s.png", E),))
    (edge,) = family.parents(desk.views, C)
    assert edge.parent == E and edge.notes == (("other bytes stood under the name", B),)


def test_what_was_found_later_is_bound_by_the_file_systems_times_or_not_at_all(desk: Desk) -> None:
    old, new = "2026-11-01T00:00:00.000000Z", "2026-11-30T00:00:00.000000Z"
    for number, (mtime, child) in enumerate(((old, C), (new, D))):
        desk.picture(f"{number}" * 64, f"{COMFY}/input/{number}.png", found="import", mtime=mtime)
        desk.picture(child, f"{COMFY}/output/{number}.png", found="import", inputs=(named(f"{number}.png"),))
    (edge,) = family.parents(desk.views, C)
    assert edge.parent == "0" * 64 and edge.notes[0][0] == "bound by the file system's times"
    assert known(desk, D) == set(), "written after the picture: it cannot be what went in"


@pytest.mark.parametrize("name", ["https://host/s.png", "../s.png", "s.png", "", "a" * 4000, "\ud800.png", "[output]"])
def test_a_name_that_leads_nowhere_stays_a_name(desk: Desk, name: str) -> None:
    desk.picture(A, "/far/away/s.png")
    desk.picture(B, f"{COMFY}/output/b.png", generator="ComfyUI", inputs=(named(name),))
    assert known(desk, B) == set()
    assert all(one.sha256 is None for one in family_names.inputs(desk.views, B))


def test_names_that_no_two_files_bear_are_found_wherever_they_lie(desk: Desk) -> None:
    uuid, md5 = "6a1c2f3e-1111-4222-8333-444455556666", "0123456789abcdef0123456789abcdef"
    desk.picture(A, f"/invoke/outputs/images/{uuid}.png")
    desk.picture(B, "/elsewhere/b.png", generator="InvokeAI", inputs=(named(f"{uuid}.png", role="control"),))
    desk.picture(C, f"/webui/outputs/init-images/{md5}.png")
    desk.picture(D, "/webui/outputs/img2img-images/d.png", generator="AUTOMATIC1111", inputs=(named(md5),))
    assert known(desk, B) == {(A, NAMED, "control")} and known(desk, D) == {(C, NAMED, "image")}


def test_a_control_image_that_is_only_named_with_its_control_is_an_input(desk: Desk) -> None:
    desk.picture(A, "/invoke/images/pose.png")
    desk.picture(B, "/invoke/images/b.png", generator="InvokeAI", controls=({"kind": "controlnet", "image": "pose.png"},))
    assert known(desk, B) == {(A, NAMED, "control")}


def test_what_a_person_said_comes_first_and_a_word_of_theirs_stands(desk: Desk) -> None:
    desk.picture(A, "a.png")
    desk.picture(B, "b.png", inputs=(named("a.png", A),))
    desk.say(facts.LinkStated(parent=A, child=B, how="replaced in place"), facts.LinkStated(parent=A, child=B, how="traced"))
    assert known(desk, B) == {(A, STATED, "replaced in place"), (A, STATED, "traced"), (A, NAMED, "image")}
    assert family.parents(desk.views, B)[0].grade == STATED
    assert family_places.replaced(desk.views, B) == ()


def test_copies_and_renames_are_places_of_the_same_bytes(desk: Desk) -> None:
    first = desk.picture(A, "a.png")
    copy = desk.picture(A, "copy.png", same_bytes_as=first)
    (moved,) = desk.say(facts.FileRenamed(sha256=A, size=1, mtime="x", seen_at="x", path="/out/b.png", was_path="/out/a.png"))
    again = desk.picture(A, "c.png", same_bytes_as=first)
    back = desk.picture(A, "b.png", same_bytes_as=first)
    found = family_places.places(desk.views, A)
    assert [(edge.relation, edge.places, edge.seqs) for edge in found] == [
        ("same bytes", ("/out/a.png", "/out/copy.png"), (first, copy)),
        ("renamed", ("/out/a.png", "/out/b.png"), (moved,)),
        ("same bytes", ("/out/b.png", "/out/c.png"), (first, again)),
    ], "the same name again is no copy"
    assert back and known(desk, A) == set()


def test_other_bytes_under_the_same_name_are_no_descent(desk: Desk) -> None:
    desk.picture(A, "a.png")
    seq = desk.picture(B, "a.png", was=A)
    assert known(desk, B) == set() and family.children(desk.views, A).edges == ()
    (told,) = family_places.replaced(desk.views, A)
    assert (told.before, told.after, told.seq) == (A, B, seq) and family_places.replaced(desk.views, B) == (told,)
    desk.described(A, C)
    desk.described(B, C)
    assert known(desk, B) == {(A, SAME_PIXELS, "saved in place")}


def test_an_identifier_joins_a_document_with_what_it_came_from(desk: Desk) -> None:
    desk.picture(A, "a.png", rest={"document_id": "xmp.did:aaaa", "instance_id": "xmp.iid:a1"})
    desk.picture(B, "b.psd", rest={"document_id": "xmp.did:bbbb", "instance_id": "xmp.iid:b1", "document_ancestors": ["xmp.did:aaaa"]})
    desk.picture(C, "c.psd", rest={"document_id": "xmp.did:bbbb", "instance_id": "xmp.iid:c1"}, edits=(
        {"action": "saved", "instance": "xmp.iid:b1"}, {"action": "saved", "instance": "xmp.iid:c1"}))
    desk.picture(D, "d.jpg", rest={"document_id": "xmp.did:dddd", "original_document_id": "xmp.did:aaaa",
                                   "derived_from": {"stRef:instanceID": "xmp.iid:c1", "stRef:documentID": "xmp.did:bbbb"}})
    assert known(desk, B) == {(A, METADATA, "content")}
    assert known(desk, C) == {(B, METADATA, "earlier save")}
    assert known(desk, D) == {(C, METADATA, "derived from")}, "the first document is farther up the same line"


def test_a_document_of_many_saves_is_meant_as_it_last_was_and_a_programs_own_number_means_nothing(desk: Desk) -> None:
    for number, sha256 in enumerate((A, B)):
        desk.picture(sha256, f"{number}.psd", rest={"document_id": "xmp.did:one", "instance_id": f"xmp.iid:{number}"})
    desk.picture(C, "c.jpg", rest={"derived_from": [{"stRef:documentID": "xmp.did:one"}]})
    (edge,) = family.parents(desk.views, C)
    assert edge.parent == B and edge.notes == (("several saves of the document", "2"),)
    for number in range(20):
        desk.picture(f"{number:064x}", f"n{number}.png", rest={"instance_id": "uuid:always-the-same"})
    desk.picture(D, "d.jpg", rest={"derived_from": {"stRef:instanceID": "uuid:always-the-same"}})
    assert known(desk, D) == set()


def test_an_ingredient_of_a_content_credential_is_found_by_its_manifest(desk: Desk) -> None:
    desk.picture(A, "a.png", c2pa={"active": "urn:uuid:1111", "instance_id": "xmp:iid:aaaa"})
    desk.picture(B, "b.png", c2pa={"active": "urn:uuid:2222", "instance_id": "xmp:iid:bbbb"})
    desk.picture(C, "c.png", c2pa={"active": "urn:uuid:3333", "ingredients": [
        {"relationship": "parentOf", "manifest": "urn:uuid:1111"}, {"relationship": "componentOf", "instance_id": "xmp:iid:bbbb"}, "odd"]})
    assert known(desk, C) == {(A, METADATA, "ingredient parentOf"), (B, METADATA, "ingredient componentOf")}


def text(sha256: str, *more: str) -> dict[str, Any]:
    carriers = tuple({"name": f"tEXt:{name}", "sha256": sha256, "size": 1} for name in ("parameters", *more))
    return {"generator": "AUTOMATIC1111", "carriers": carriers}


def test_what_the_extras_tab_was_given_is_told_by_the_text_it_keeps_if_one_picture_alone_has_it(desk: Desk) -> None:
    desk.picture(A, "a.png", **text(X))
    desk.picture(B, "upscaled.png", **text(X, "postprocessing"))
    assert known(desk, B) == {(A, METADATA, "processed")}
    desk.picture(C, "again.png", **text(X))
    assert known(desk, C) == set() and known(desk, B) == set(), "either may be what went in"


def test_an_editor_that_keeps_the_texts_leaves_marks_and_the_inputs_are_not_the_copys_own(desk: Desk) -> None:
    went_in = {"inputs": (named("x.png", F),), "generator": "ComfyUI", "prompts": ("p",), "seeds": ("1",)}
    desk.picture(A, "/ai/output/a.png", **text(X) | went_in)
    desk.picture(B, "/ai/output/b.png", **text(X, "Software", "date:create") | went_in)
    desk.picture(C, "/ai/output/c.png", **text(X, "workflow") | went_in)
    assert known(desk, B) == {(A, METADATA, "carries its text")}
    assert known(desk, C) == {(F, NAMED, "image")} == known(desk, A), "another saver of the same run"


TOUCHING = (*facts.FILE_KINDS, *facts.DESCRIBED_KINDS, "file.renamed/1", "file.vanished/1", "likeness.found/1", "link.stated/1")


@pytest.mark.parametrize("seed", range(2))
def test_nothing_in_a_random_ledger_is_found_from_one_end_alone(tmp_path: Path, clock: Clock, seed: int) -> None:
    with Ledger.create(tmp_path / "ledger.db", "creative-provenance/test", clock) as ledger:
        maker = Maker(seed)
        ledger.append([maker.one(kind) for kind in maker.chance.choices(TOUCHING, k=150)])
        views = Views(tmp_path / "views.db")
        views.catch_up(ledger)
        pictures = [row["sha256"] for row in views.ask("SELECT DISTINCT sha256 FROM versions")]
        up = {edge for one in pictures for edge in family.parents(views, one)}
        down = {edge for one in {*pictures, *(edge.parent for edge in up)} for edge in family.children(views, one).edges}
        assert up and {edge for edge in down if edge.child in pictures} == up
        for one in pictures:
            found = family_tree.tree(views, [one])
            assert set(found.nodes) == {one, *(end for pair in found.edges for end in pair)}
        views.close()
