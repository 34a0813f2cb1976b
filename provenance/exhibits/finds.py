"""From entries to what they name: raw texts of files, conversations, terms, what was handed over, difference maps, previews. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import facts
from provenance.views.fold import RecordLike, folder_and_name, plain

ORIGINAL, CANDIDATE, PREVIEW, WORKFLOW, INFOTEXT, METADATA = "original", "candidate", "preview", "workflow", "infotext", "metadata"
CONVERSATION, TERMS, LICENCE, HANDED, MAP, LABEL = "conversation", "terms", "licence", "handed", "map", "label"
FILM, ANNEX, RECORD, TRANSLATION = "film", "annex", "record", "translation"
KINDS = (
    ORIGINAL, CANDIDATE, HANDED, FILM, MAP, WORKFLOW, INFOTEXT, CONVERSATION, TERMS, LICENCE, LABEL, TRANSLATION, RECORD, ANNEX, PREVIEW,
    METADATA,
)  # fmt: skip
"""In the order in which they are numbered."""
CORROBORATION = (WORKFLOW, INFOTEXT)
"""What makes it possible to run a generator again: that corroborates the record and replaces no part of it."""

_WORKFLOWS = frozenset({"workflow", "prompt", "invokeai_workflow", "invokeai_graph", "krita_ai", "generation_data"})
_INFOTEXTS = frozenset({
    "parameters", "comment", "com", "usercomment", "imagedescription", "description", "invokeai_metadata", "sd-metadata", "dream",
    "fooocus_scheme", "metadata_scheme", "sui_image_params", "title", "software", "source",
})  # fmt: skip
_LABELS = frozenset({"c2pa", "aigc"})


@dataclass(frozen=True)
class Find:
    """Bytes that an entry names. kind: of KINDS. sha256: "" where the name itself is withheld. picture: its number, 0 without.

    field: the sealed field that tells of them, "" where the entry does so openly. name: for people, "" without.
    """

    kind: str
    sha256: str
    entries: tuple[int, ...]
    klass: str
    picture: int = 0
    name: str = ""
    field: str = ""


def finds(records: Sequence[RecordLike], numbers: Mapping[str, int], previews: Mapping[str, str]) -> tuple[Find, ...]:
    """All of them, each content once, in the order of the entries; the same bytes under several entries are one find.

    Args:
        records: with the values that are shown. numbers: a picture's number by its SHA-256. previews: its preview's SHA-256.
    """
    return tuple(_once([*_previews(records, numbers, previews), *(find for record in records for find in _of(record, numbers))]))


def _once(found: Iterable[Find]) -> Iterator[Find]:
    order = {kind: n for n, kind in enumerate(KINDS)}
    groups: dict[object, list[Find]] = {}
    for number, find in enumerate(found):
        groups.setdefault(find.sha256 or -number - 1, []).append(find)
    for group in groups.values():
        first = min(group, key=lambda one: order[one.kind])
        entries = tuple(sorted({seq for one in group for seq in one.entries}))
        yield Find(first.kind, first.sha256, entries, first.klass, first.picture, first.name, first.field)


def _previews(records: Sequence[RecordLike], numbers: Mapping[str, int], previews: Mapping[str, str]) -> Iterator[Find]:
    said: dict[str, list[int]] = {}
    for record in records:
        shown = record.entry.open.get("preview")
        if isinstance(shown, str):
            said.setdefault(shown, []).append(record.entry.seq)
    for sha256, preview in previews.items():
        if preview in said:
            yield Find(PREVIEW, preview, tuple(said[preview]), facts.OBSERVED, numbers.get(sha256, 0))


def _of(record: RecordLike, numbers: Mapping[str, int]) -> Iterator[Find]:
    entry = record.entry
    here, klass = (entry.seq,), facts.KINDS[entry.kind].CLASS if entry.kind in facts.KINDS else ""
    opened: Mapping[str, Any] = entry.open
    if entry.kind in facts.FILE_KINDS:
        yield from _texts(record, numbers.get(opened.get("sha256", ""), 0))
    elif entry.kind == facts.EditMapped.KIND and "map" in opened:
        yield Find(MAP, opened["map"], here, klass, numbers.get(opened.get("child", ""), 0))
    elif entry.kind == facts.InputCompared.KIND and "overlay" in opened:
        yield Find(MAP, opened["overlay"], here, klass, numbers.get(opened.get("output", ""), 0))
    elif entry.kind in facts.CONVERSATION_KINDS:
        yield Find(CONVERSATION, opened["kept"], here, klass, 0, _name(record, "title"), "turns")
    elif entry.kind == facts.TermsRecorded.KIND:
        yield Find(TERMS, opened["kept"], here, klass, 0, _name(record, "platform"), "platform")
    elif isinstance(opened.get("kept"), str) and klass == facts.STATED:
        picture = numbers.get(opened.get("sha256", ""), 0)
        yield Find(HANDED, opened["kept"], here, klass, picture, _name(record, "file"), "text" if "text" in entry.sealed else "file")
    if isinstance(opened.get("licence_kept"), str):
        yield Find(LICENCE, opened["licence_kept"], here, klass, 0, "", "licence")


def _texts(record: RecordLike, picture: int) -> Iterator[Find]:
    """The raw texts and blobs of a file, by the place where each stood in it."""
    here, klass = (record.entry.seq,), facts.FILE_CLAIMED
    if "carriers" in record.entry.sealed and "carriers" not in record.values:
        yield Find(METADATA, "", here, klass, picture, "", "carriers")
        return
    rows = record.values.get("carriers")
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, Mapping) and isinstance(row.get("sha256"), str):
            place = plain(row.get("name"))
            yield Find(_kind(place), row["sha256"], here, klass, picture, place, "carriers")


def _kind(place: str) -> str:
    """What a raw text is by the key that it stands under: a heading for people, no judgement of what is in it."""
    key = place.rpartition(":")[2].rpartition(".")[2].lower()
    if key in _LABELS:
        return LABEL
    if key in _WORKFLOWS:
        return WORKFLOW
    return INFOTEXT if key in _INFOTEXTS or place.startswith("sidecar:") else METADATA


def _name(record: RecordLike, field: str) -> str:
    """A name without its folder."""
    return folder_and_name(plain(record.values.get(field)))[1]
