"""Matroska and WebM."""

from __future__ import annotations

import pytest
from support.filmfiles import cluster, element, info, matroska, seek_head, simple, tags, tracks

from provenance.carriers import Container, open_container

GRAPH = '{"3": {"class_type": "KSampler"}}'


def opened(content: bytes, **more: int) -> Container:
    return open_container(content, size=more.get("size", len(content)))


def texts(content: bytes) -> dict[str, str | None]:
    found = opened(content)
    assert found.warnings == (), found.warnings
    return {carrier.name: carrier.text for carrier in found.carriers}


INFO = {"mkv:Info.Title": "a title", "mkv:Info.MuxingApp": "Lavf62", "mkv:Info.WritingApp": "prov test"}


@pytest.mark.parametrize("kind", [b"webm", b"matroska"])
def test_tags_before_the_clusters(kind: bytes) -> None:
    content = matroska(info(), tracks(), tags(simple("PROMPT", GRAPH), simple("AIGC", '{"Label":"1"}')), cluster(), cluster(), kind=kind)
    assert texts(content) == {**INFO, "mkv:Track.Name": "the film", "mkv:PROMPT": GRAPH, "mkv:AIGC": '{"Label":"1"}'}
    found = opened(content)
    assert (found.container, found.width, found.height) == ("webm" if kind == b"webm" else "mkv", 640, 480)


@pytest.mark.parametrize("unknown", [False, True], ids=["sized", "live"])
def test_tags_behind_the_clusters(unknown: bool) -> None:
    content = matroska(info(), cluster(unknown=unknown), cluster(900, unknown=unknown), tags(simple("PROMPT", GRAPH)), unknown=unknown)
    assert texts(content) == {**INFO, "mkv:PROMPT": GRAPH}


def test_tags_are_read_once_even_where_seek_head_tells_of_them() -> None:
    first = len(seek_head(info=0, tags=0)) + len(info()) + len(cluster())
    content = matroska(seek_head(info=len(seek_head(info=0, tags=0)), tags=first), info(), cluster(), tags(simple("PROMPT", GRAPH)))
    assert [c.name for c in opened(content).carriers] == [*INFO, "mkv:PROMPT"]


def test_tags_inside_tags() -> None:
    inner = simple("DATE", "2026", simple("DEEP", "x"))
    assert texts(matroska(tags(simple("ORIGINAL", None, inner, simple("URL", "u")), simple("PROMPT", "p")))) == {
        "mkv:ORIGINAL/DATE": "2026", "mkv:ORIGINAL/DATE/DEEP": "x", "mkv:ORIGINAL/URL": "u", "mkv:PROMPT": "p",
    }  # fmt: skip


def test_names_of_attachments_and_nothing_of_what_is_in_them() -> None:
    files = [
        element(0x61A7, element(0x466E, name) + element(0x4660, b"font/ttf") + element(0x465C, bytes(5_000)))
        for name in (b"a.ttf", b"b.ttf")
    ]
    found = opened(matroska(info(), element(0x1941A469, b"".join(files)), tags(simple("PROMPT", "p"))))
    assert [c.text for c in found.carriers if c.name == "mkv:Attachment.FileName"] == ["a.ttf", "b.ttf"]
    assert found.carriers[-1].text == "p" and sum(len(c.raw) for c in found.carriers) < 100


def test_a_second_segment_behind_a_live_one() -> None:
    one = matroska(info("one"), cluster(unknown=True), unknown=True)
    assert [c.text for c in opened(one + matroska(info("two"))).carriers if c.name == "mkv:Info.Title"] == ["one", "two"]


def test_lies_about_lengths_are_told() -> None:
    long = element(0x1254C367, b"", length=1 << 40)
    found = opened(matroska(info(), long))
    assert len(found.carriers) == 3 and any(w.startswith("mkv.") for w in found.warnings)
    inner = element(0x7373, element(0x67C8, element(0x45A3, b"PROMPT") + element(0x4487, b"abc", length=999)))
    found = opened(matroska(element(0x1254C367, inner)))
    assert [(c.name, c.text) for c in found.carriers] == [("mkv:PROMPT", "abc")] and "mkv.element-length" in found.warnings


def test_a_cut_film_keeps_what_stands_before_the_cut() -> None:
    content = matroska(info(), tags(simple("PROMPT", GRAPH)), cluster(5_000))
    found = opened(content[:-2_000])
    assert [c.name for c in found.carriers] == [*INFO, "mkv:PROMPT"] and "mkv.cut" in found.warnings


def test_the_length_of_the_segment_tells_whether_the_film_is_complete() -> None:
    content = matroska(info(), tags(simple("PROMPT", GRAPH)), cluster(5_000))
    assert opened(content).complete is True and opened(content[:-1]).complete is False
    assert opened(matroska(info(), cluster(unknown=True), unknown=True)).complete is None


def test_a_long_recording_whose_seek_head_tells_of_its_tags() -> None:
    head = seek_head(tags=0)
    blocks = element(0x1F43B675, element(0xA3, b"\x81") * 150_000, unknown=True)
    told = seek_head(info=1 << 50, tags=2 * len(head) - len(seek_head()) + len(blocks))
    content = matroska(told, blocks, tags(simple("PROMPT", "p")))
    assert [c.name for c in opened(content).carriers] == ["mkv:PROMPT"]
    assert opened(content).warnings == ("mkv.too-many-elements",)
