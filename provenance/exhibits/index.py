"""The list of exhibits as files: index.csv for a spreadsheet, index.json for a program. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from provenance import canon, words
from provenance.exhibits.finds import CORROBORATION
from provenance.report.exhibit import Exhibit

CSV, JSON = "exhibits/index.csv", "exhibits/index.json"
FORMAT = "prov-exhibits/1"
COLUMNS = (
    "number", "file", "kind", "name", "picture", "role", "sha256", "size", "media_type", "class", "entries", "withheld",
    "corroboration_only",
)  # fmt: skip
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def cell(text: str) -> str:
    """Text for a spreadsheet: never a formula (an apostrophe stands before what would begin one), never a control character (its code)."""
    shown = words.visible(text)
    return f"'{shown}" if text.lstrip(" \u00a0\u3000")[:1] in _FORMULA else shown


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file (RFC 4180, CRLF, every cell quoted) in UTF-8 with a byte order mark, which spreadsheets need to read it as that."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(text) for text in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def index_csv(exhibits: Iterable[Exhibit], languages: Sequence[str]) -> bytes:
    """exhibits/index.csv; last come columns `shows_<language>`: what such an exhibit shows."""
    head = (*COLUMNS, *(f"shows_{lang}" for lang in languages))
    return table(head, (_row(one, languages) for one in exhibits))


def _row(one: Exhibit, languages: Sequence[str]) -> tuple[str, ...]:
    shows = (words.say(f"report.exhibit.shows.{one.kind}", lang) for lang in languages)
    size = str(one.size) if one.file else ""
    return (
        one.number, one.file, one.kind, one.name, str(one.picture or ""), one.role, one.sha256, size, one.media_type,
        one.klass, " ".join(map(str, one.entries)), one.withheld, "yes" if one.kind in CORROBORATION else "", *shows,
    )  # fmt: skip


def index_json(exhibits: Iterable[Exhibit], origin: str) -> bytes:
    """exhibits/index.json: canonical JSON. origin: of the ledger."""
    return canon.encode(canon.clean({"format": FORMAT, "log": origin, "exhibits": [_object(one) for one in exhibits]}))


def _object(one: Exhibit) -> dict[str, Any]:
    found: dict[str, Any] = {"number": one.number, "kind": one.kind, "entries": list(one.entries)}
    found |= {"class": one.klass} if one.klass else {}
    found |= {"sha256": one.sha256} if one.sha256 else {}
    found |= {"picture": one.picture} if one.picture else {}
    found |= {"role": one.role} if one.role else {}
    found |= {"name": one.name} if one.name else {}
    found |= {"corroboration_only": True} if one.kind in CORROBORATION else {}
    if one.withheld:
        return found | {"file": None, "withheld": one.withheld}
    return found | {"file": one.file, "size": one.size, "media_type": one.media_type}
