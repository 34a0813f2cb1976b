"""Exported entries -> Course. Pure but for the blobs that it is given."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from provenance import canon, facts
from provenance.report.course.sittings import sittings
from provenance.report.course.sound import sound, timed
from provenance.report.course.tries import drawn, tries, unspoken
from provenance.report.course.values import Course, Drawing, Project, Replaced, Translated, Words
from provenance.report.steps.delta import rows
from provenance.report.steps.graphs import Blob
from provenance.report.values import plain
from provenance.views import timeline
from provenance.views.fold import RecordLike

TEXTS = ("prompts", "negative_prompts")
_CLAIMS = tuple(
    f.name for f in dataclasses.fields(facts.ProjectDescribed) if f.metadata.get("claimed") and f.name != "candidates"
)


def nothing(_: str) -> bytes | None:
    """A Blob where no blobs are at hand: graphs are then not compared."""
    return None


def course(records: Sequence[RecordLike], numbers: Mapping[str, int], kept: Sequence[str], blob: Blob = nothing) -> Course:
    """How the work went.

    Args:
        records: exported entries with their disclosed values, in the order of the ledger. numbers: of the pictures by hash. kept: hashes of
        the kept line, whose words may need a translation. blob: gives the texts that files carry; it must not give what is withheld.
    """
    files = list(sound(records))
    sat = sittings(files)
    line = frozenset(kept)
    mine = [record for record in files if record.entry.open["sha256"] in line]
    watching = [record for record in records if record.entry.kind in timeline.KINDS and timed(record.entry.at)]
    last = max((record.entry.at for record in records if timed(record.entry.at)), default=None)
    return Course(
        sittings=sat,
        tries=tries(files, numbers, sat, drawn(records), blob),
        unspoken=unspoken(files),
        projects=tuple(_project(r, numbers) for r in records if r.entry.kind == facts.ProjectDescribed.KIND),
        drawings=tuple(_drawing(r, numbers) for r in records if r.entry.kind == facts.DrawingMeasured.KIND),
        replaced=tuple(_replaced(r, numbers) for r in files if r.entry.kind == facts.FileChanged.KIND),
        words=texts(mine, numbers),
        words_hidden=tuple((r.entry.seq, str(r.entry.sealed[name])) for r in mine for name in TEXTS if _hidden(r, name)),
        translated=tuple(_translated(r) for r in records if r.entry.kind == facts.TranslationStated.KIND),
        watched=timeline.timeline(watching, last),
    )


def _hidden(record: RecordLike, name: str) -> bool:
    return name in record.entry.sealed and name not in record.values


def _commitment(record: RecordLike, name: str) -> str:
    return str(record.entry.sealed[name]) if _hidden(record, name) else ""


def _project(record: RecordLike, numbers: Mapping[str, int]) -> Project:
    o = record.entry.open
    layers = record.values.get("layers")
    return Project(
        record.entry.seq, numbers.get(plain(o.get("of")), 0), numbers.get(plain(o.get("against")), 0), o,
        tuple(
            (name, plain(record.values.get(name)), _commitment(record, name)) for name in _CLAIMS if name in record.entry.sealed
        ),
        None if _hidden(record, "layers") else tuple(rows(layers)),
        _commitment(record, "layers"),
    )  # fmt: skip


def _drawing(record: RecordLike, numbers: Mapping[str, int]) -> Drawing:
    o = record.entry.open
    counts = _number(o.get("covered")), _number(o.get("total"))
    return Drawing(record.entry.seq, numbers.get(plain(o.get("of")), 0), plain(o.get("part")), *counts)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _replaced(record: RecordLike, numbers: Mapping[str, int]) -> Replaced:
    o = record.entry.open
    return Replaced(record.entry.seq, record.entry.at, numbers.get(plain(o.get("was")), 0), numbers.get(plain(o.get("sha256")), 0))


def words_of(value: Any) -> str:
    """The name of a text: SHA-256 of its canonical bytes, whichever entry gives it."""
    return canon.sha256(canon.encode(value))


def texts(records: Sequence[RecordLike], numbers: Mapping[str, int]) -> tuple[Words, ...]:
    """The prompts of file entries, each text once, in the order in which it first came.

    Args:
        records: file entries. numbers: of the pictures by hash; a picture that is not among them is not named.
    """
    found: dict[tuple[str, str], tuple[str, dict[int, None], dict[int, None]]] = {}
    for record in records:
        for name in TEXTS:
            value = record.values.get(name)
            for text in value if isinstance(value, list | tuple) and name in record.entry.sealed else ():
                if plain(text).strip():
                    _, entries, pictures = found.setdefault((words_of(text), name), (plain(text), {}, {}))
                    entries[record.entry.seq] = None
                    if (number := numbers.get(plain(record.entry.open.get("sha256")))) is not None:
                        pictures[number] = None
    return tuple(Words(of, name, text, tuple(entries), tuple(pictures)) for (of, name), (text, entries, pictures) in found.items())


def _translated(record: RecordLike) -> Translated:
    names = ("original", "translation", "translator")
    said = {name: plain(record.values.get(name)) if name in record.entry.sealed else "" for name in names}
    return Translated(
        record.entry.seq, plain(record.entry.open.get("lang")), said["original"], said["translation"], said["translator"],
        _commitment(record, "translation"), _commitment(record, "translator"),
    )  # fmt: skip
