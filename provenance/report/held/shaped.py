"""A09 to A13: what was arranged, repainted, drawn over, and which change goes with which place. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.report.dossier import Whole
from provenance.report.edits import Edited
from provenance.report.held.values import MOST, Book, Held, Param, Pictures, Quote, number, quote, said, seqs
from provenance.report.picked import picked
from provenance.report.steps import delta
from provenance.views.family_edge import ALIKE

MAPPED = "mapped"
MAPS = 2
"""Comparisons that are told one by one: the chapter on edits has the others."""
_NO_PART = frozenset({"mask", "same bytes", "renamed", "same pixels"})  # relations that put nothing into the picture


def arrangement(book: Book) -> Iterator[Held]:
    """A09: pictures made from several, and project files with several layers."""
    several: dict[tuple[int, str], dict[str, list[int]]] = {}
    for one in book.d.kin:
        if one.grade != ALIKE and one.relation not in _NO_PART:
            several.setdefault((one.child, one.klass), {}).setdefault(one.sha256, []).extend(one.entries)
    composed = [(child, klass, parents) for (child, klass), parents in several.items() if len(parents) > 1]
    for child, klass, parents in composed[:MOST]:
        entries = tuple(seq for found in parents.values() for seq in found)
        yield Held("arranged.from", klass, entries, {"picture": Pictures((child,)), "count": len(parents)})
    for klass in dict.fromkeys(klass for _, klass, _ in composed[MOST:]):
        rest = [parents for _, other, parents in composed[MOST:] if other == klass]
        entries = tuple(seq for parents in rest for found in parents.values() for seq in found)
        yield Held("arranged.more", klass, entries, {"count": len(rest)})
    for project in _layered(book)[:MOST]:
        pictured = Pictures((book.numbers[said(project, "of")],))
        yield Held("arranged.layers", facts.OBSERVED, (project.seq,), {"picture": pictured, "count": number(project, "layer_count") or 0})


def _layered(book: Book) -> list[Whole]:
    """The last description of each project file of the report that has several layers."""
    return list({said(one, "of"): one for one in _projects(book) if (number(one, "layer_count") or 0) > 1}.values())


def _projects(book: Book) -> list[Whole]:
    """The descriptions of project files of the report."""
    return [one for one in book.of(facts.ProjectDescribed.KIND) if said(one, "of") in book.numbers]


def regions(book: Book) -> Iterator[Held]:
    """A10: masks, what was drawn in a mask editor, and what was repainted inside and outside of them."""
    masked = [(step, one) for step in book.steps for one in step.said if one.topic == delta.MASK]
    if masked:
        rests = book.files(*(at for step, _ in masked for at in (step.before, step.after)))
        yield Held("regions.masks", facts.FILE_CLAIMED, rests, {"count": len({id(step) for step, _ in masked})})
    yield from _joined(book, ("mask",), "regions.named")
    drawn = book.of(facts.DrawingMeasured.KIND)
    for one in drawn[:MOST]:
        covered, total = number(one, "covered"), number(one, "total")
        if covered is not None and total is not None:
            yield Held("regions.drawn", facts.OBSERVED, (one.seq,), {"covered": covered, "total": total})
    yield from _compared([one for one in book.d.edited if one.row.get("inside") is not None], "regions")


def manual(book: Book) -> Iterator[Held]:
    """A11: versions of project files, what they tell of themselves, and where pictures differ from what they were made from."""
    projects = _projects(book)
    if projects:
        versions = {said(one, "of") for one in projects}
        yield Held("manual.versions", facts.OBSERVED, seqs(projects), {"count": len(versions)})
    for one in projects[-2:]:
        for name in ("editor", "editing_seconds", "strokes"):
            told = quote(one, name)
            if told is not None:
                key = f"manual.{name}"
                yield Held(key, facts.FILE_CLAIMED, (one.seq,), {"picture": Pictures((book.numbers[said(one, "of")],)), "told": told})
    yield from _joined(book, ("edited in place", "earlier save"), "manual.replaced")
    for link in [one for one in book.d.kin if one.klass == facts.STATED and one.parent and one.child][-MOST:]:
        told_: dict[str, Param] = {"picture": Pictures((link.child,)), "parent": Pictures((link.parent,)), "how": Quote(link.relation)}
        yield Held("manual.stated", facts.STATED, link.entries, told_)
    chosen = {card.number for card in picked(book.d)}
    found = [one for one in book.d.edited if one.row.get("inside") is None]
    yield from _compared(sorted(found, key=lambda one: one.child not in chosen), "manual")


def _joined(book: Book, relations: tuple[str, ...], key: str) -> Iterator[Held]:
    """How many pictures have an edge of these relations, for each class of who says so."""
    kin = [one for one in book.d.kin if one.relation in relations and one.grade != ALIKE]
    for klass in dict.fromkeys(one.klass for one in kin):
        those = [one for one in kin if one.klass == klass]
        entries = tuple(seq for one in those for seq in one.entries)
        yield Held(key, klass, entries, {"count": len({one.child for one in those})})


def _compared(found: list[Edited], key: str) -> Iterator[Held]:
    mapped = [one for one in found if one.row.get("outcome") == MAPPED]
    for one in mapped[:MAPS]:
        yield Held(f"{key}.map", facts.OBSERVED, (one.seq,), {"picture": Pictures((one.child,)), "edited": one})
    if len(mapped) > MAPS:
        yield Held("maps.more", facts.OBSERVED, tuple(one.seq for one in mapped[MAPS:]), {"count": len(mapped) - MAPS})
    failed = [one for one in found if one.row.get("outcome") != MAPPED]
    if failed:
        yield Held("maps.failed", facts.OBSERVED, tuple(one.seq for one in failed), {"count": len(failed)})


def correspondence(book: Book) -> Iterator[Held]:
    """A12: runs that differ from the one before in one thing alone, with the place that differs where that was measured."""
    single = [(step, one) for step in book.steps if (one := _alone(step.said)) is not None]
    for step, one in single[:MOST]:
        params: dict[str, Param] = {
            "pictures": Pictures((step.before, step.after)), "topic": one.topic, "name": Quote(one.name or one.topic),
            "before": Quote(one.before), "after": Quote(one.after),
        }  # fmt: skip
        yield Held(f"element.{_sort(one.what)}", facts.FILE_CLAIMED, book.files(step.before, step.after), params)
        for laid in book.d.edited:
            if (laid.parent, laid.child) == (step.before, step.after) and laid.row.get("outcome") == MAPPED:
                yield Held("element.map", facts.OBSERVED, (laid.seq,), {"picture": Pictures((laid.child,)), "edited": laid})
    if len(single) > MOST:
        rests = book.files(*(at for step, _ in single[MOST:] for at in (step.before, step.after)))
        yield Held("element.more", facts.FILE_CLAIMED, rests, {"count": len(single) - MOST})


def _alone(said_: tuple[delta.Delta, ...]) -> delta.Delta | None:
    """The one difference, where it is the only one and no seed."""
    counted = [one for one in said_ if one.topic not in delta.BESIDE]
    return counted[0] if len(counted) == 1 and counted[0].topic != delta.SEED else None


def _sort(what: str) -> str:
    return what if what in ("added", "removed") else "changed"


def first_output(book: Book) -> Iterator[Held]:
    """A13: the first picture recorded, whether its file is kept, and what was measured between it and the chosen one."""
    made = [card for card in book.d.cards if card.role != "input" and card.number in book.firsts]
    first = next((card for card in made if not card.imported_only), made[0] if made else None)
    if first is None:
        return
    key = "first.kept" if not first.why_absent else "first.absent"
    yield Held(key, facts.OBSERVED, book.files(first.number), {"picture": Pictures((first.number,)), "sha256": first.sha256[:16]})
    if first.imported_only:
        yield Held("first.imported", facts.IMPORTED, book.files(first.number), {"picture": Pictures((first.number,))})
    chosen = {card.number for card in picked(book.d)}
    yield from _compared([one for one in book.d.edited if one.parent == first.number and one.child in chosen], "first")
