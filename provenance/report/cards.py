"""The pictures of the work: what was recorded of each, and what differs from one to the next."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from provenance import facts
from provenance.report.difference import changes, seed_only
from provenance.report.dossier import Card, Line, Picture, RecordLike, Step
from provenance.report.lines import LEDGER_CLOCK, lines_of, merged, tables
from provenance.report.steps import compare
from provenance.report.values import plain

_NOT_SUBJECT = frozenset({"was", "seal", "bundle", "preview", "pixels"})  # hashes in an entry that are not what it is about
_SAID_ELSEWHERE = frozenset({"pictures", "about", "of", LEDGER_CLOCK})  # on a card: its own hash again, and counters that the annex shows
_NOT_COMPARED = frozenset({"path", "problems"})
_REPEATS = frozenset({"carriers"})
_SEEN = frozenset({"media_type", "pixel_size"})  # what is compared although no file claims it


def subjects(record: RecordLike) -> frozenset[str]:
    """The open texts of an entry that may be the hash of a picture it is about."""
    found: set[str] = set()
    for name, value in record.entry.open.items():
        if name not in _NOT_SUBJECT:
            found.update(v for v in (value if isinstance(value, list | tuple) else (value,)) if isinstance(v, str))
    return frozenset(found)


def by_picture(records: Sequence[RecordLike], pictures: Sequence[Picture]) -> dict[str, list[RecordLike]]:
    """For each picture's hash the entries about it, in the order of the ledger. Book-keeping entries are about no picture."""
    found: dict[str, list[RecordLike]] = {picture.sha256: [] for picture in pictures}
    listed: dict[int, list[Picture]] = {}
    for picture in pictures:
        for seq in picture.entries:
            listed.setdefault(seq, []).append(picture)
    for record in records:
        if record.entry.kind in facts.BOOKKEEPING:
            continue
        named = {sha for sha in subjects(record) if sha in found}
        for picture in listed.get(record.entry.seq, []):
            named.add(picture.sha256)
        for sha in sorted(named):
            if record.entry.kind not in facts.FILE_KINDS or record.entry.open.get("sha256") == sha:
                found[sha].append(record)
    return found


def cards(records: Sequence[RecordLike], pictures: Sequence[Picture]) -> tuple[Card, ...]:
    """A card for each picture, numbered in the order in which their files were first recorded; those without an entry come last."""
    once = {picture.sha256: picture for picture in reversed(pictures)}
    about = by_picture(records, list(once.values()))
    ordered = sorted(once.values(), key=lambda p: (_first(about[p.sha256]), p.sha256))
    return tuple(_card(number, picture, about[picture.sha256]) for number, picture in enumerate(ordered, 1))


def _first(about: Sequence[RecordLike]) -> float:
    """The number of the first entry about the file itself: a work may be named before its picture is made."""
    seqs = [record.entry.seq for record in about]
    return min((record.entry.seq for record in about if record.entry.kind in facts.FILE_KINDS), default=min(seqs, default=math.inf))


def _card(number: int, picture: Picture, about: Sequence[RecordLike]) -> Card:
    told = [record for record in about if record.entry.kind not in facts.LAID_KINDS]  # those stand on the card with their pictures
    lines = merged([line for record in told for line in lines_of(record) if line.field not in _SAID_ELSEWHERE])
    kinds = {record.entry.kind for record in about} & set(facts.FILE_KINDS)
    shown = [r for r in about if r.entry.kind in facts.DESCRIBED_KINDS]
    shown = shown or [r for r in about if r.entry.kind == facts.ProjectDescribed.KIND and "preview" in r.entry.open]
    previews = [plain(r.entry.open.get("preview")) for r in shown]
    return Card(
        number=number,
        sha256=picture.sha256,
        role=picture.role,
        name=_name(lines),
        entries=tuple(record.entry.seq for record in about),
        imported_only=kinds == {facts.FileImported.KIND},
        previews=tuple(dict.fromkeys(previews)),
        tables=tables(lines),
        why_absent=picture.why_absent,
    )


def _name(lines: Sequence[Line]) -> str:
    paths = [item.text for line in lines if line.field == "path" for item in line.items]
    return re.split(r"[\\/]", paths[-1])[-1] if paths else ""


def steps(records: Sequence[RecordLike], shown: Sequence[Card]) -> tuple[Step, ...]:
    """What differs between pictures recorded one after the other; files that only went in are left out."""
    files = _speaking(records)
    made = [card for card in shown if card.role != "input" and card.sha256 in files]
    return tuple(_step(a, b, files[a.sha256], files[b.sha256]) for a, b in itertools.pairwise(made))


def _speaking(records: Sequence[RecordLike]) -> dict[str, RecordLike]:
    """For each hash its first file entry; one seen live speaks for a picture that was also found later."""
    found: dict[str, RecordLike] = {}
    for record in records:
        if record.entry.kind not in facts.FILE_KINDS:
            continue
        sha = plain(record.entry.open.get("sha256"))
        if sha not in found or (_live(record) and not _live(found[sha])):
            found[sha] = record
    return found


def _live(record: RecordLike) -> bool:
    return record.entry.kind != facts.FileImported.KIND


def _step(before: Card, after: Card, old: RecordLike, new: RecordLike) -> Step:
    withheld = (_withheld(old) | _withheld(new)) - _NOT_COMPARED
    one, other = _compared(old, withheld), _compared(new, withheld)
    mute = tuple(card.number for card, record in ((before, old), (after, new)) if not _said(record))
    # a file that says nothing did not lose, and the next did not gain, what only the other one says
    found = tuple(change for change in changes(one, other) if not mute or change.field in _SEEN)
    return Step(
        before=before.number,
        after=after.number,
        changes=found,
        withheld=tuple(sorted(withheld)),
        reroll=not mute and seed_only(found) and not withheld - _REPEATS,
        mute=mute,
        imported=not (_live(old) and _live(new)),
        said=() if mute else compare.differences(compare.Made(one), compare.Made(other)),
    )


def _withheld(record: RecordLike) -> frozenset[str]:
    return frozenset(name for name in record.entry.sealed if name not in record.values)


def _said(record: RecordLike) -> bool:
    return any(facts.field_class(record.entry.kind, name) == facts.FILE_CLAIMED for name in record.entry.sealed if name not in _REPEATS)


def _compared(record: RecordLike, withheld: frozenset[str]) -> Mapping[str, Any]:
    entry = record.entry
    values = {name: value for name, value in record.values.items() if name in entry.sealed and name not in withheld}
    if entry.open.get("width") is not None:
        values["pixel_size"] = f"{plain(entry.open['width'])} × {plain(entry.open.get('height'))}"
    return values | {"media_type": plain(entry.open.get("media_type"))}
