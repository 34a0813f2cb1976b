"""Terms of the services and licences of the models that the pictures name, as in force on the pictures' days. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provenance import facts
from provenance.report.values import plain
from provenance.terms.applies import Applied, Saved, of_generator, of_licence
from provenance.terms.profile import LICENCE, SERVICE
from provenance.views.agreed import day_of, joined
from provenance.views.folds.terms import licence

if TYPE_CHECKING:
    from provenance.report.dossier import Card, RecordLike


@dataclass(frozen=True)
class Terms:
    """One service or licence on the days of some pictures. applied: None for models whose files name no licence. models: names that the
    pictures give. since, until: first and last of the pictures' days; basis: "recorded" or "file". entries: what the line rests on."""

    kind: str
    applied: Applied | None
    models: tuple[str, ...]
    pictures: tuple[int, ...]
    since: str
    until: str
    basis: str
    entries: tuple[int, ...]


@dataclass
class _Found:
    """What is gathered for one line; lives in one call."""

    applied: Applied | None
    kind: str
    basis: str
    models: dict[str, None]
    pictures: set[int]
    days: set[str]
    entries: set[int]


def terms(records: Sequence[RecordLike], shown: Iterable[Card]) -> tuple[Terms, ...]:
    """One line for each service, licence and version, services first; what is withheld is nowhere in it.

    Args:
        records: in the order of the ledger. shown: the pictures of the report.
    """
    numbers = {card.sha256: card.number for card in shown}
    saved, licences = saved_of(records), _licences(records)
    days: dict[str, tuple[str, str]] = {}
    lines: dict[tuple[Any, ...], _Found] = {}

    @functools.cache  # for this call: two thousand runs name the same few
    def asked(kind: str, named: str, on: str) -> Applied:
        return of_generator(named, on, saved) if kind == SERVICE else of_licence(named, on, saved)

    for record in records:
        entry, sha256 = record.entry, str(record.entry.open.get("sha256"))
        if sha256 not in numbers:
            continue
        if entry.kind in facts.FILE_KINDS:
            on, basis = days.setdefault(sha256, day_of({"kind": entry.kind, "at": entry.at, "mtime": entry.open.get("mtime")}))
            if named := plain(record.values.get("generator")):
                _add(lines, SERVICE, asked(SERVICE, named, on), (basis, on, numbers[sha256], {entry.seq}, ""))
        elif entry.kind == facts.ModelsBound.KIND and sha256 in days:
            on, basis = days[sha256]
            for row in _rows(record.values.get("bindings")):
                seq, named = licences.get(plain(row.get("sha256")), (None, ""))
                licensed = asked(LICENCE, named, on) if named else None
                rests = {entry.seq} | ({seq} if seq is not None else set())
                _add(lines, LICENCE, licensed, (basis, on, numbers[sha256], rests, plain(row.get("name"))))
    found = [_line(one) for one in lines.values()]
    return tuple(sorted(found, key=lambda one: (one.kind != SERVICE, one.applied is None)))


def saved_of(records: Iterable[RecordLike]) -> list[Saved]:
    """What the person recorded of terms, so far as it is disclosed."""
    kinds = (facts.TermsRecorded.KIND, facts.TermsAccepted.KIND)
    rows = [
        {"seq": r.entry.seq, "at": r.entry.at, "kind": r.entry.kind, "sha256": r.entry.open.get("sha256"),
         "title": plain(r.values.get("page_title")), **{name: plain(r.values.get(name)) for name in ("platform", "plan", "accepted")}}
        for r in records
        if r.entry.kind in kinds and "platform" in r.values
    ]  # fmt: skip
    return joined(rows)


def _licences(records: Iterable[RecordLike]) -> dict[str, tuple[int | None, str]]:
    named = ((r.entry, licence(r.values.get("header"))) for r in records if r.entry.kind == facts.ModelSeen.KIND)
    return {str(entry.open.get("sha256")): (entry.seq, text) for entry, text in named if text}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _add(lines: dict[tuple[Any, ...], _Found], kind: str, applied: Applied | None, use: tuple[str, str, int, set[int], str]) -> None:
    basis, on, number, rests, model = use
    key: tuple[Any, ...] = (kind, basis)
    if applied is not None:
        versions = tuple((found.document.id, found.version and found.version.label, found.marks) for found in applied.found)
        key += (applied.named, versions, applied.saved and applied.saved.seq, applied.marks)
    line = lines.setdefault(key, _Found(applied, kind, basis, {}, set(), set(), set()))
    line.pictures.add(number)
    line.days.add(on)
    line.entries |= rests
    if model:
        line.models[model] = None


def _line(found: _Found) -> Terms:
    saved = found.applied.saved if found.applied else None
    more = {seq for seq in (saved.seq, saved.stated) if seq is not None} if saved else set()
    days = sorted(day for day in found.days if day)
    line = Terms(found.kind, found.applied, tuple(found.models), tuple(sorted(found.pictures)), "", "", found.basis,
                 tuple(sorted(found.entries | more)))  # fmt: skip
    return replace(line, since=days[0], until=days[-1]) if days else line
