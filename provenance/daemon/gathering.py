"""What a check before publishing looks at, gathered from an open home's record."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from provenance import clock, facts
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.ledger.chain import Entry
from provenance.ledger.records import Record
from provenance.review.material import (
    NAME,
    NEGATIVE,
    PROMPT,
    TURN,
    Decision,
    Input,
    Label,
    Material,
    Noted,
    Shown,
    Standing,
    Text,
    Use,
)
from provenance.terms.applies import Applied, Saved, of_generator, of_licence
from provenance.views import agreed, ask, decided, timeline
from provenance.views.brackets import Anchor, brackets, longest
from provenance.views.selection import CHOSEN, INPUT, REJECTED, Selection

OF_PERSON = ("user", "human")
MOST_LABEL = 200
FEW = 8
Row = dict[str, Any]


def material(house: House, chosen: Selection) -> Material:
    """All that a check looks at, except what files of other folders look like."""
    pictures, firsts = _pictures(house, chosen)
    return Material(
        title=chosen.title, work=chosen.work, day=house.clock().stamp[:10], pictures=pictures,
        texts=tuple(_texts(house, chosen)), inputs=tuple(_inputs(house, chosen, pictures)), uses=tuple(_uses(house, firsts)),
        noted=tuple(_noted(house, firsts)), decisions=tuple(_decisions(house, chosen)), labels=tuple(_labels(house, chosen, firsts)),
        standing=_standing(house, chosen, pictures),
    )  # fmt: skip


def _pictures(house: House, chosen: Selection) -> tuple[tuple[Shown, ...], dict[str, Row]]:
    """The pictures in the selection's order, and the first version of each that is kept."""
    shown, firsts = list[Shown](), dict[str, Row]()
    for one in chosen.pictures:
        rows = ask.versions(house.views, one.sha256)
        first, live = rows[0], any(row["kind"] != facts.FileImported.KIND for row in rows)
        told = any(row["parsed"] == "read" for row in rows) or bool(ask.sidecars(house.views, [row["path"] for row in rows]))
        shown.append(Shown(one.sha256, one.role, rows[-1]["name"], first["seq"], first["at"], live, told))
        if one.role != REJECTED:
            firsts[one.sha256] = first
    return tuple(shown), firsts


class _Gathered:
    """Texts, each once for each place it stood in; lives in one call."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[dict[str, None], dict[int, None]]] = {}

    def add(self, text: str, where: str, sha256: str, seq: int) -> None:
        if text.strip():
            pictures, entries = self._found.setdefault((text, where), ({}, {}))
            if sha256:
                pictures[sha256] = None
            entries[seq] = None

    def texts(self) -> Iterator[Text]:
        for (text, where), (pictures, entries) in self._found.items():
            yield Text(text, where, tuple(pictures), tuple(entries))


def _texts(house: House, chosen: Selection) -> Iterator[Text]:
    """Prompts, names of models and LoRAs, and the person's turns of conversations."""
    found, views = _Gathered(), house.views
    for one in chosen.pictures:
        places = [one.sha256, *(row["sha256"] for row in ask.sidecars(views, [row["path"] for row in ask.versions(views, one.sha256)]))]
        for sha256 in dict.fromkeys(places):
            for row in views.ask("SELECT seq, prompt, negative FROM readings WHERE sha256 = :s ORDER BY seq", s=sha256):
                found.add(row["prompt"], PROMPT, one.sha256, row["seq"])
                found.add(row["negative"], NEGATIVE, one.sha256, row["seq"])
                for use in views.ask("SELECT name FROM uses WHERE seq = :q ORDER BY kind, n", q=row["seq"]):
                    found.add(use["name"], NAME, one.sha256, row["seq"])
    some, sql = views.ask("SELECT 1 FROM conversations LIMIT 1"), "SELECT DISTINCT seq FROM conversations WHERE sha256 = :s"
    seqs = {row["seq"] for one in chosen.pictures if some for row in views.ask(sql, s=one.sha256)}
    if chosen.work:
        seqs |= {row["seq"] for row in views.ask("SELECT DISTINCT seq FROM conversations WHERE work = :w", w=chosen.work)}
    for seq in sorted(seqs):
        turns = house.ledger.record(seq).values.get("turns")
        for turn in turns if isinstance(turns, list | tuple) else ():
            if isinstance(turn, dict) and turn.get("role") in OF_PERSON and isinstance(turn.get("text"), str):
                found.add(str(turn["text"]), TURN, "", seq)
    yield from found.texts()


def _inputs(house: House, chosen: Selection, pictures: Iterable[Shown]) -> Iterator[Input]:
    """Files that went into the pictures: those that were declared, and those that tell of no generator and came from nothing recorded."""
    known = {one.sha256: one for one in pictures}
    children: dict[str, dict[str, None]] = {}
    names: dict[str, str] = {}
    for edge in chosen.edges:
        if edge.parent != edge.child:
            children.setdefault(edge.parent, {})[edge.child] = None
            names.setdefault(edge.parent, edge.name)
    made = {edge.child for edge in chosen.edges if edge.parent != edge.child}
    for sha256 in dict.fromkeys((*children, *(one.sha256 for one in chosen.pictures if one.role == INPUT))):
        one = known.get(sha256)
        rows = [row for row in house.views.ask("SELECT * FROM declared WHERE sha256 = :s ORDER BY seq", s=sha256)
                if row["work"] in (None, chosen.work)]  # fmt: skip
        if not rows and one is not None and (one.generated or sha256 in made or one.role == CHOSEN):
            continue
        last = rows[-1] if rows else None
        entries = tuple(sorted({*(row["seq"] for row in rows), *((one.seq,) if one else ())}))
        name = one.name if one else names.get(sha256, "")
        yield Input(sha256, name, last["rights"] if last else "", bool(last and last["licence"]), entries, tuple(children.get(sha256, ())))


def _uses(house: House, firsts: dict[str, Row]) -> Iterator[Use]:
    """What bears on the kept pictures, one for each service or licence and day."""
    mine, views = agreed.saved(house.views), house.views
    groups: dict[tuple[str, str, str], tuple[Applied | None, dict[str, None], set[int]]] = {}
    asked = _asker(mine)
    for sha256, first in firsts.items():
        on, _ = agreed.day_of(first)
        rows = views.ask("SELECT min(seq) AS seq, generator FROM readings WHERE sha256 = :s GROUP BY generator", s=sha256)
        found: list[tuple[str, str, str, set[int]]] = [("service", row["generator"], "", {row["seq"]}) for row in rows]
        bound = _bound(house, sha256)
        if not bound:  # found later: which files lay under the names, nobody saw
            names = "SELECT DISTINCT u.name, u.seq FROM uses u JOIN versions v ON v.seq = u.seq WHERE v.sha256 = :s ORDER BY u.n"
            found += [("licence", "", row["name"], {row["seq"]}) for row in views.ask(names, s=sha256)]
        for row in bound:
            licence = views.ask("SELECT seq, licence FROM licences WHERE sha256 = :m ORDER BY seq LIMIT 1", m=row["sha256"])
            seqs = {row["seq"], *(one["seq"] for one in licence)}
            found.append(("licence", licence[0]["licence"] if licence else "", row["name"], seqs))
        for kind, named, model, seqs in found:
            applied = asked(kind, named, on) if named else None
            # the versions decide, not the days: a work of a month is one finding where the text did not change
            texts = applied.found if applied is not None else ()
            versions = str([(one.document.id, one.version and one.version.label, one.marks) for one in texts])
            group = groups.setdefault((kind + named, model, versions), (applied, {}, set()))
            group[1][sha256] = None
            group[2].update(seqs)
    for (_, model, _), (applied, shas, entries) in groups.items():
        on = agreed.day_of(firsts[next(iter(shas))])[0]
        yield Use(applied, model, on, tuple(shas), tuple(sorted(entries)))


def _asker(mine: list[Saved]) -> Callable[[str, str, str], Applied]:
    @functools.cache  # for one call: two thousand runs name the same few
    def asked(kind: str, named: str, on: str) -> Applied:
        return of_generator(named, on, mine) if kind == "service" else of_licence(named, on, mine)

    return asked


def _bound(house: House, sha256: str) -> list[Row]:
    """The last binding of a picture."""
    sql = "SELECT * FROM bindings WHERE picture = :s AND of = (SELECT max(of) FROM bindings WHERE picture = :s) ORDER BY n"
    return house.views.ask(sql, s=sha256)


def _noted(house: House, firsts: dict[str, Row]) -> Iterator[Noted]:
    """What the newest small file beside each model says, with the pictures bound to that model."""
    newest = {row["model"]: row for row in house.views.ask("SELECT * FROM noted ORDER BY seq")}
    if not newest:
        return
    uses: dict[str, tuple[str, dict[str, None]]] = {}
    for sha256 in firsts:
        for row in _bound(house, sha256):
            if row["sha256"] in newest:
                uses.setdefault(row["sha256"], (row["name"], {}))[1][sha256] = None
    for model, (name, shas) in uses.items():
        row = newest[model]
        agrees = None if row["agrees"] is None else bool(row["agrees"])
        yield Noted(model, name, json.loads(row["permissions"]), agrees, tuple(shas), (row["seq"],))


def _decisions(house: House, chosen: Selection) -> Iterator[Decision]:
    found: dict[int, tuple[bool, list[str]]] = {}
    sql = (
        f"SELECT seq, why FROM decisions WHERE sha256 = :s AND class = 'STATED' AND decision IN {decided.WEIGHED} "
        "AND seq NOT IN (SELECT seq FROM withdrawals) ORDER BY seq"
    )
    for one in chosen.pictures:
        for row in house.views.ask(sql, s=one.sha256):
            found.setdefault(row["seq"], (bool(row["why"]), []))[1].append(one.sha256)
    for seq, (reason, shas) in sorted(found.items()):
        yield Decision(seq, reason, tuple(shas))


def _labels(house: House, chosen: Selection, firsts: dict[str, Row]) -> Iterator[Label]:
    """Labels in the final files, as their own entries have them."""
    wanted = {int(firsts[one.sha256]["seq"]): one.sha256 for one in chosen.pictures if one.role == CHOSEN and one.sha256 in firsts}
    for record in _records(house, sorted(wanted)):
        for form in ("aigc", "c2pa"):
            if text := label_text(form, record.values.get(form)):
                yield Label(form, text, wanted[record.entry.seq], record.entry.seq)


def _records(house: House, seqs: list[int]) -> Iterator[Record]:
    """These entries: in one pass where they stand close together, else one by one."""
    if len(seqs) > FEW and seqs[-1] - seqs[0] < FEW * len(seqs):
        wanted = frozenset(seqs)
        yield from (record for record in house.ledger.records(seqs[0], seqs[-1] + 1, facts.FILE_KINDS) if record.entry.seq in wanted)
    else:
        yield from map(house.ledger.record, seqs)


def label_text(form: str, value: Any) -> str:
    """A label in few words of its own; "" where there is none."""
    if not isinstance(value, dict) or not value:
        return ""
    if form == "aigc":
        told = (f"{name}={value[name]}" for name in ("Label", "ContentProducer", "ContentPropagator") if value.get(name))
        return "  ".join(told)[:MOST_LABEL] or "-"
    names = [str(value[name]) for name in ("claim_generator", "active", "title") if isinstance(value.get(name), str) and value[name]]
    return (names[0] if names else "-")[:MOST_LABEL]


def _standing(house: House, chosen: Selection, pictures: tuple[Shown, ...]) -> Standing:
    views, w = house.views, chosen.work
    ideas = views.ask("SELECT earlier FROM ideas WHERE work = :w OR work IS NULL", w=w)
    notes = {row["seq"] for one in chosen.pictures for row in views.ask("SELECT seq FROM notes WHERE sha256 = :s", s=one.sha256)}
    notes |= {row["seq"] for row in views.ask("SELECT seq FROM notes WHERE work = :w", w=w)} if w else set()
    statements = views.ask("SELECT count(*) AS n FROM statements WHERE work = :w", w=w)[0]["n"] if w else 0
    start = Standing(
        ideas=len(ideas), late=sum(row["earlier"] is not None for row in ideas), notes=len(notes), statements=statements,
        holes=tuple(_holes(house, pictures)),
    )  # fmt: skip
    return _anchored(house, chosen, start)


def _anchored(house: House, chosen: Selection, start: Standing) -> Standing:
    """With how long the work's own entries stood without a third party's time. A time that was not checked against a pinned root is
    none."""
    own = sorted({seq for one in chosen.pictures for seq in one.entries})
    rows = house.views.ask("SELECT seq, size, time FROM anchors WHERE trusted = 1")
    anchors = [Anchor(row["seq"], row["size"], row["time"]) for row in rows]
    if not own or not anchors:
        return _with(start, trusted=len(anchors), open_entries=len(own))
    held = _holder(own)
    born = next(house.ledger.entries(own[0], own[0] + 1)).at
    widest = longest(brackets(anchors, house.ledger.size()), born, house.clock().stamp, held)
    covered = max(one.size for one in anchors)
    told = {"unanchored": widest.seconds, "since": widest.since, "until": widest.until} if widest else {}
    return _with(start, trusted=len(anchors), open_entries=sum(seq >= covered for seq in own), **told)


def _with(start: Standing, **more: Any) -> Standing:
    import dataclasses

    return dataclasses.replace(start, **more)


def _holder(own: list[int]) -> Callable[[int, int], bool]:
    from bisect import bisect_left

    return lambda first, stop: bisect_left(own, first) < bisect_left(own, stop)


def _holes(house: House, pictures: tuple[Shown, ...]) -> Iterator[tuple[str, str, str]]:
    """Times between the first and the last picture seen live in which nothing was watched."""
    live = [one.at for one in pictures if one.live]
    if not live:
        return
    try:
        first, last = clock.parse(min(live)), clock.parse(max(live))
        newest: Entry = next(house.ledger.entries(house.ledger.size() - 1, house.ledger.size()))
        found = timeline.timeline(house.ledger.records(0, kinds=timeline.KINDS), newest.at)
    except BadInput:
        return
    for hole in found.holes:
        if hole.until > first and hole.since < last:
            yield clock.stamp(hole.since), clock.stamp(hole.until), hole.reason
