"""A work with something to say in each chapter, and its paper as plain text. Everything is made up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from report_builders import Book, meta, picture, preview, sha, sitting

from provenance import facts
from provenance.paper import blocks as b
from provenance.report.chapters import paper
from provenance.report.dossier import Dossier, Time, Witness
from provenance.report.exhibit import Exhibit
from provenance.report.forum import forum
from provenance.report.gather import gather
from provenance.views.family_edge import NAMED, SAME_BYTES, Edge

WORK = "00112233445566aa"
SECRETS = {
    "name": "Anna Beispiel-Geheim",
    "prompts": "a crystal cat pendant",
    "text": "先画草图",
    "why": "耳朵有切面了",
    "note": "my own sketch",
    "where": "https://example.org/post/77",
    "part": "drawing and choosing",
    "generator": "comfyui",
}


def work(hide: Collection[str] = (), **more: Any) -> Dossier:
    """A sitting in which every factor but the registration has a fact."""
    book, pictures = sitting(hide)
    pictures = (*pictures, *_beside(book))
    book.write(facts.SnapshotSigned(size=len(book.records), root="q83v", why="export", note="note"))
    last = len(book.records)
    told = Time(last - 1, 20, "2026-03-02T12:00:00Z", "digicert")
    edges = (
        Edge(sha("input-sketch"), sha("chosen-3"), SAME_BYTES, "image", (15,)),
        Edge(sha("ancestor-1"), sha("chosen-3"), SAME_BYTES, "image", (15,)),
        Edge(sha("mask-1"), sha("chosen-3"), NAMED, "mask", (15,)),
    )
    exhibits = tuple(
        Exhibit(
            f"E{number:03}", f"data/originals/{sha(name)}", "original", sha(name), "image/png", 100, (number,), "OBSERVED", number, name
        )
        for number, name in enumerate(("chosen-3", "ancestor-1"), 1)
    )
    held_back = Exhibit("E003", "", "conversation", sha("talk"), "application/json", 0, (30,), "IMPORTED", withheld="privileged")
    values: dict[str, Any] = {
        "times": (told,), "witnesses": (Witness(last - 1, 20, "2026-03-02T12:00:00Z", "night-owl", "night-owl+00+AA"),), "edges": edges,
        "exhibits": (*exhibits, held_back), "root": "ab" * 32, "verdict": "ANCHORED +WITNESSED",
    }  # fmt: skip
    return gather(book.records, pictures, meta(book, **values | more))


def _beside(book: Book) -> Iterator[Any]:
    """People, inputs, edits, a hand-edited project, words: what a sitting of pictures alone does not have."""
    book.write(facts.IdeaStated(work=WORK, text="A cat cut out of one crystal."))
    book.write(
        facts.PersonNamed(person="0" * 16, relation="commissioned", name=SECRETS["name"], part=SECRETS["part"], for_whom="Studio Nord")
    )
    book.write(facts.PersonActing(person="0" * 16))
    book.write(
        facts.InputDeclared(
            sha256=sha("input-sketch"),
            size=9,
            media_type="image/png",
            rights="mine",
            used_before=15,
            note=SECRETS["note"],
            file="sketch.png",
        )
    )
    yield picture(book, "chosen-4", seeds=("42",), steps=("40",), aigc={"Label": "1"}, tool_version="0.3.1")
    yield picture(book, "chosen-5", seeds=("42",), steps=("41",), tool_version="0.3.1")
    of = sha("chosen-4")
    book.write(facts.ProjectDescribed(of=of, format="kra", reader="1", layer_count=7, decoded=7, editor="Krita", strokes="120"))
    mapped: dict[str, Any] = {
        "method": "m",
        "outcome": "mapped",
        "material": "files",
        "width": 100,
        "height": 100,
        "repainted": 50,
        "regions": 2,
    }
    book.write(facts.EditMapped(parent=of, child=sha("chosen-5"), **mapped))
    book.write(facts.EditMapped(parent=sha("ancestor-1"), child=sha("chosen-3"), inside=40, outside=10, **mapped))
    book.write(
        facts.EditMapped(parent=sha("rejected-2"), child=of, method="m", outcome="cannot compare", material="files", why="too small")
    )
    book.write(facts.DecisionMade(decision="chosen", pictures=(of,)))
    book.write(facts.DecisionMade(decision="published", pictures=(of,), where=SECRETS["where"]))
    made = book.write(facts.StatementMade(work=WORK, lang="en", way="typed", text="I drew the ears myself.\nThen I chose."))
    book.write(facts.StatementSigned(of=made, leaf="ab" * 32, public_key="cd" * 32, algorithm="ed25519", key="AA", signature="AA"))
    book.write(
        facts.TimeCommitted(
            authority="ots-alice",
            form="opentimestamps",
            size=20,
            covers="0" * 64,
            token="0" * 64,
            promise=1,
            block=900_000,
            merkle_root="ee" * 32,
        )
    )


def empty() -> Dossier:
    """Nothing at all."""
    return gather([], [], replace(meta(Book()), work="", total_entries=0))


def said(one: b.Paper) -> str:
    """All that a paper shows, in one text."""
    return "\n".join((one.title, one.footer, *one.about, *one.labels.values(), *(run.text for run in runs(one))))


def runs(one: b.Paper) -> Iterator[b.Run]:
    """Every run of a paper, plain words of headings and heads of tables among them."""
    for block in one.blocks:
        match block:
            case b.Heading():
                yield b.Run(block.text)
            case b.Para():
                yield from block.text
            case b.Quote():
                yield from (*block.text, *block.by)
            case b.Points():
                yield from (run for point in block.points for run in point.text)
            case b.Table():
                yield from (b.Run(text) for text in block.head)
                yield from (run for row in block.rows for cell in row.cells for line in cell.lines for run in line)
            case b.Figures():
                yield from (run for figure in block.figures for run in figure.caption)
            case b.Break():
                pass


def sources(one: b.Paper) -> Iterator[b.Source]:
    """What the lines of a paper rest on, in order."""
    for block in one.blocks:
        match block:
            case b.Para() | b.Quote():
                yield block.source
            case b.Points():
                yield from (point.source for point in block.points)
            case b.Table():
                yield from (row.source for row in block.rows)
            case b.Figures():
                yield from (figure.source for figure in block.figures)


def made(d: Dossier, lang: str = "en", name: str = "general") -> b.Paper:
    """The short report."""
    return paper(d, lang, forum(name))


def chapter(one: b.Paper, anchor: str) -> tuple[b.Block, ...]:
    """The blocks of a chapter, its heading among them."""
    places = [place for place, block in enumerate(one.blocks) if isinstance(block, b.Heading) and block.level == 1]
    first = next(place for place in places if getattr(one.blocks[place], "anchor", "") == anchor)
    return one.blocks[first : next((place for place in places if place > first), len(one.blocks))]


__all__ = ["SECRETS", "WORK", "chapter", "empty", "made", "preview", "runs", "said", "sources", "work"]
