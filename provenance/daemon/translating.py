"""Translations of a work's texts: a table for a person to fill in, and what they filled in into the ledger. Nothing is translated here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance import facts
from provenance.daemon.conversing import decoded, load
from provenance.daemon.house import House
from provenance.errors import BadInput, Unavailable
from provenance.exhibits.index import table as spreadsheet
from provenance.ledger.chain import Entry
from provenance.report.course.gather import texts
from provenance.report.translations import foreign
from provenance.views import translated
from provenance.views.selection import REJECTED, Selection

COLUMNS = ("id", "text_of", "entries", "original", "translation")
ID, TRANSLATION = "id", "translation"
MOST = 16 * 1024 * 1024  # bytes of a table
MOST_CELL = 30_000  # characters: a spreadsheet's cell holds 32,767
MOST_TEXT = 100_000
MOST_ENTRIES = 8  # that a fact names
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_GUARDED = re.compile("'[\\s\u3000]*[=+\\-@＝＋－＠]")


@dataclass(frozen=True)
class Asked:
    """A text that may need a translation. id: SHA-256 of its canonical bytes. field: prompts or negative_prompts. entries: file entries
    that give it. translation, translator: the newest there is, "" without."""

    id: str
    field: str
    text: str
    entries: tuple[int, ...]
    translation: str
    translator: str


def tag(lang: str) -> str:
    """A language tag as given. Raises BadInput `translate.lang`."""
    if not _TAG.fullmatch(lang):
        raise BadInput("translate.lang", lang=lang)
    return lang


def asked(house: House, chosen: Selection, lang: str) -> list[Asked]:
    """The texts of a selection's kept pictures of which fewer than half of the letters are of the language's scripts."""
    kept = {picture.sha256 for picture in chosen.pictures if picture.role != REJECTED}
    found = (house.ledger.record(seq) for seq in chosen.entries)
    files = [record for record in found if record.entry.kind in facts.FILE_KINDS and record.entry.open["sha256"] in kept]
    known = translated.current(house.views, lang)
    rows = []
    for one in texts(files, {}):
        if foreign(one.text, lang):
            newest = next(iter(known.get(one.of, ())), {})
            rows.append(Asked(one.of, one.field, one.text, one.entries, newest.get("translation", ""), newest.get("translator", "")))
    return rows


def save(rows: Sequence[Asked], path: Path) -> None:
    """Write the table; an existing file may hold somebody's work and is left alone.

    Raises:
        BadInput: `translate.exists`. Unavailable: `translate.cannot-write`.
    """
    try:
        with path.open("xb") as file:
            file.write(table(rows))
    except FileExistsError as error:
        raise BadInput("translate.exists", path=str(path)) from error
    except OSError as error:
        raise Unavailable("translate.cannot-write", path=str(path), why=error.strerror or "") from error


def table(rows: Sequence[Asked]) -> bytes:
    """A CSV file that begins no formula; a text that no cell holds is cut, and its id still names the whole of it."""
    return spreadsheet(COLUMNS, [
        (one.id, one.field, " ".join(f"#{seq}" for seq in one.entries[:MOST_ENTRIES]), one.text[:MOST_CELL], one.translation[:MOST_CELL])
        for one in rows
    ])  # fmt: skip


def filled(path: Path) -> dict[str, str]:
    """What was filled in: id -> translation, empty ones left out. Separators may be commas, semicolons or tabs.

    Raises:
        BadInput: `translate.no-file`, `translate.too-large`, `translate.not-a-table`. Unreadable: `capture.unreadable`.
    """
    data = load(str(path), MOST, "translate.no-file")
    if len(data) > MOST:
        raise BadInput("translate.too-large", path=str(path), most=MOST // 1024 // 1024)
    try:
        text = decoded(data)
        head = text.partition("\n")[0]
        separator = max(",;\t", key=head.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except (BadInput, csv.Error) as error:
        raise BadInput("translate.not-a-table", path=str(path)) from error
    names = [name.strip() for name in rows[0]] if rows else []
    if ID not in names or TRANSLATION not in names:
        raise BadInput("translate.not-a-table", path=str(path))
    at, said = names.index(ID), names.index(TRANSLATION)
    return {row[at].strip(): _unguarded(row[said]) for row in rows[1:] if len(row) > max(at, said) and row[said].strip()}


def _unguarded(text: str) -> str:
    """A cell without the apostrophe that kept it from being a formula."""
    return (text[1:] if _GUARDED.match(text) else text).strip()


def record(house: House, rows: Sequence[Asked], given: dict[str, str], lang: str, by: str) -> tuple[Entry, ...]:
    """Write down what is new of it, one entry for each text and field; what was recorded in the same words by the same person is not
    written again.

    Raises:
        BadInput: `translate.nobody`, `translate.too-long`.
    """
    if not by.strip():
        raise BadInput("translate.nobody")
    said: list[facts.Fact] = []
    for one in rows:
        words = given.get(one.id, "")
        if len(words) > MOST_TEXT:
            raise BadInput("translate.too-long", most=MOST_TEXT, id=one.id[:12])
        if words and (words, by.strip()) != (one.translation, one.translator):
            said.append(facts.TranslationStated(
                lang=lang, field=one.field, entries=one.entries[:MOST_ENTRIES], original=one.id, translation=words, translator=by.strip(),
            ))  # fmt: skip
    return house.tell(*said) if said else ()
