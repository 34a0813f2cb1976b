"""A family as it is told: bounded, without end where links go in a circle, the same picture once; for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk
from test_family import A, B, C, D, E, F, named

from provenance import facts, words
from provenance.cli import tree as command
from provenance.clock import Clock
from provenance.views import family_rates, family_tree
from provenance.views.family_edge import Edge


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.close()


def link(desk: Desk, *pairs: tuple[str, str]) -> None:
    for sha256 in dict.fromkeys(one for pair in pairs for one in pair):
        desk.picture(sha256, f"{sha256[:1]}.png")
    desk.say(*(facts.LinkStated(parent=parent, child=child, how="edited") for parent, child in pairs))


def test_a_circle_and_a_diamond_end_where_they_close(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    link(desk, (A, B), (A, C), (B, D), (C, D), (D, E), (E, A))
    found = family_tree.tree(desk.views, [D])
    assert set(found.nodes) == {A, B, C, D, E} and len(found.edges) == 6 and not found.cut
    command.show(found, up=True, down=True, lang="en")
    said = capsys.readouterr().out
    assert said.count("shown above") >= 1 and len(said.splitlines()) < 30
    assert all(ord(c) >= 32 or c == "\n" for c in said)


def test_only_so_far_up_or_down_as_asked(desk: Desk) -> None:
    link(desk, (A, B), (B, C), (C, D), (D, E))
    assert set(family_tree.tree(desk.views, [C], down=False).nodes) == {A, B, C}
    assert set(family_tree.tree(desk.views, [C], up=False).nodes) == {C, D, E}
    near = family_tree.tree(desk.views, [C], depth=1)
    assert set(near.nodes) == {B, C, D} and near.cut == {B: 0, D: 0}


def test_a_large_family_is_told_in_part_and_what_is_left_out_is_counted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.picture(A, "/ai/input/a.png")
    desk.say(*(
        facts.FileCaptured(
            sha256=f"{n:064x}", path=f"/ai/output/{n}.png", size=1, media_type="image/png", container="png", parsed="read", mtime="x",
            seen_at="x", inputs=(named("a.png", A),),
        ) for n in range(1000)
    ))  # fmt: skip
    found = family_tree.tree(desk.views, [A], most=20)
    assert len(found.nodes) == 20 and found.cut[A] > 0
    command.show(found, up=True, down=True, lang="en")
    assert "… " in capsys.readouterr().out.splitlines()[-1]
    assert [row["sha256"] for row in family_tree.as_json(found)["left_out"]] == [A]


def test_what_is_no_descent_stands_beside_it(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    first = desk.picture(A, "\x1b[31ma\u202e.png")
    desk.picture(A, "copy.png", same_bytes_as=first)
    desk.picture(B, "copy.png", was=A, inputs=(named("nowhere.png"), named("gone.png", F)))
    found = family_tree.tree(desk.views, [B, A])
    for lang in words.LANGUAGES:
        command.show(found, up=True, down=True, lang=lang)
    said = capsys.readouterr().out
    assert "took the place of aaaaaaaaaaaa" in said and "不据此认定来源关系" in said and "SAME BYTES" in said and "字节相同" in said
    assert "nowhere.png" in said and "not recorded" in said and "\x1b" not in said and "\u202e" not in said
    told = family_tree.as_json(found)
    assert json.loads(json.dumps(told)) == told
    by = {row["sha256"]: row for row in told["pictures"]}
    assert by[B]["in_place_of"][0]["sha256"] == A and by[A]["replaced_by"][0]["sha256"] == B and not by[F]["recorded"]
    assert by[A]["places"][0]["grade"] == "SAME BYTES" and by[B]["named_only"][0]["name"] == "nowhere.png"
    assert [(edge["parent"], edge["grade"]) for edge in told["edges"]] == [(F, "NAMED AS INPUT")]


def test_every_word_of_a_tree_is_there_in_both_languages() -> None:
    from provenance.views import family_documents, family_edge

    relations = {*family_documents._RELATIONS.values(), "processed", "carries its text", "mask editor", "same bytes", "renamed",
                 "same pixels",
                 "saved in place", "looks alike", "edited in place", "image", "mask", "control", "video", "audio"}
    keys = [f"family.{what}.{grade}" for grade in family_edge.GRADES for what in ("grade", "means")]
    assert all(words.known(key) for key in (*keys, *(f"family.relation.{one}" for one in relations)))


def test_the_measured_rate_is_told_where_this_version_has_the_table_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"id": "m 2026", "descendants": 540, "pictures": 5000, "falsely_linked": 3, "without_parent": 5001}
    named = [Edge(A, B, "LOOKS ALIKE", "looks alike", (1,), measured=(("rate", ident),)) for ident in ("m 2026", "m 2025", "m 2026")]
    for raw, count in ((json.dumps(table), 1), ("[]", 0), ("{", 0), ("{}", 0)):
        monkeypatch.setattr(family_rates.data, "read", lambda name, raw=raw: raw)
        said = family_rates.told(named, "en")
        assert len(said) == count and all("3 of 5001" in line and "540" in line for line in said)
