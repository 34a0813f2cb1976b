"""What both annexes read out of entries: files, who made them by their own account, who was there. Withheld values are not in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import facts
from provenance.views.family_edge import Edge
from provenance.views.fold import RecordLike, folder_and_name, plain


@dataclass(frozen=True)
class Material:
    """What an annex is made of.

    records: entries in order, without the values of withheld fields. edges: of the family, those that may be told. roles: picture ->
    chosen, ancestor, rejected or input. origin, software: of the ledger and its recorder. made_at: a stamp. title: of the work. withheld:
    names of fields.
    """

    records: Sequence[RecordLike]
    edges: Sequence[Edge]
    roles: Mapping[str, str]
    origin: str
    software: str
    made_at: str
    title: str
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class Making:
    """A file that says by what it was made. person: who was said to be at the machine, "" nobody; said: the entry that says so."""

    seq: int
    at: str
    klass: str
    sha256: str
    generator: str
    version: str
    prompts: tuple[str, ...]
    negative: tuple[str, ...]
    models: tuple[tuple[str, str], ...]  # SHA-256, kind
    person: str = ""
    said: int = 0


def files(records: Iterable[RecordLike]) -> dict[str, list[RecordLike]]:
    """The file entries of each content, by SHA-256."""
    found: dict[str, list[RecordLike]] = {}
    for record in records:
        if record.entry.kind in facts.FILE_KINDS:
            found.setdefault(record.entry.open["sha256"], []).append(record)
    return found


def names(records: Iterable[RecordLike]) -> list[str]:
    """The names of a file, without folders; none where paths are withheld."""
    return list(dict.fromkeys(name for r in records if (name := folder_and_name(plain(r.values.get("path")))[1])))


def makings(records: Sequence[RecordLike]) -> Iterator[Making]:
    """Every first file entry of a content in which a generator's data was read."""
    bound = {r.entry.open["of"]: r for r in records if r.entry.kind == facts.ModelsBound.KIND}
    person, said = "", 0
    for record in records:
        entry, values = record.entry, record.values
        if entry.kind == facts.PersonActing.KIND:
            person, said = str(entry.open.get("person") or ""), entry.seq
        if entry.kind not in facts.FILE_KINDS or entry.open["parsed"] != "read" or "same_bytes_as" in entry.open:
            continue
        live = entry.kind != facts.FileImported.KIND
        yield Making(
            entry.seq, entry.at, facts.KINDS[entry.kind].CLASS, entry.open["sha256"], plain(values.get("generator")),
            plain(values.get("tool_version")), _texts(values.get("prompts")), _texts(values.get("negative_prompts")),
            tuple(_bound(bound.get(entry.seq))), person if live else "", said if live and person else 0,
        )  # fmt: skip


def people(records: Iterable[RecordLike]) -> dict[str, list[RecordLike]]:
    """Everybody who was named, with the entries that say so."""
    found: dict[str, list[RecordLike]] = {}
    for record in records:
        if record.entry.kind == facts.PersonNamed.KIND:
            found.setdefault(record.entry.open["person"], []).append(record)
    return found


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(plain(one) for one in value) if isinstance(value, list | tuple) else ()


def _bound(record: RecordLike | None) -> Iterator[tuple[str, str]]:
    """Model files that were hashed, and what they are; names that no file was found for are left out."""
    rows = record.values.get("bindings") if record is not None else None
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, Mapping) and isinstance(row.get("sha256"), str):
            yield row["sha256"], plain(row.get("kind"))
