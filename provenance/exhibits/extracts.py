"""Files that are drawn out of the entries for a reader: labels that pictures carry, prompts with a column for their translation. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provenance import canon
from provenance.exhibits.index import table
from provenance.views.fold import RecordLike, plain

STATED_TRANSLATION = "translation.stated/1"
PROMPTS = ("prompts", "negative_prompts")
TRANSLATIONS = "exhibits/translations.csv"


def labels(records: Iterable[RecordLike], numbers: Mapping[str, int], field: str) -> tuple[bytes, tuple[int, ...]] | None:
    """What files say in a label, as JSON, and the entries that hold it; None where no file has one.

    Args:
        field: `aigc` (GB 45438) or `c2pa`. The values are those of the entries, as the reader found them in the file: claimed, not checked.
    """
    rows, seqs = [], []
    for record in records:
        value = record.values.get(field)
        if value:
            sha256 = record.entry.open.get("sha256", "")
            about = {"entry": record.entry.seq, "class": "FILE_CLAIMED", "picture": numbers.get(sha256, 0), "sha256": sha256}
            rows.append(about | {field: value})
            seqs.append(record.entry.seq)
    if not rows:
        return None
    whole = json.dumps(canon.clean({"label": field, "found": rows}), ensure_ascii=False, sort_keys=True, indent=1)
    return whole.encode() + b"\n", tuple(seqs)


def translations(records: Sequence[RecordLike]) -> tuple[bytes, tuple[int, ...]] | None:
    """Each prompt once, with its translations where a person stated any, else with an empty cell to fill; None without prompts.

    Columns: the SHA-256 of the text's canonical bytes, its entries, what it is, the text, language, translation, by whom, the entry that
    states the translation.
    """
    texts: dict[tuple[str, str], list[int]] = {}
    for record in records:
        for field in PROMPTS:
            value = record.values.get(field)
            for text in value if isinstance(value, list | tuple) else ():
                if text:
                    texts.setdefault((field, _text(text)), []).append(record.entry.seq)
    if not texts:
        return None
    stated = _stated(records)
    rows: list[tuple[str, ...]] = []
    for (field, text), seqs in texts.items():
        digest = canon.sha256(canon.encode(canon.text(text)))
        rows += [(digest, " ".join(map(str, seqs)), field, text, *one) for one in stated.get(digest) or [("", "", "", "")]]
    head = ("sha256", "entries", "field", "text", "language", "translation", "by", "entry")
    return table(head, rows), tuple(sorted({seq for seqs in texts.values() for seq in seqs}))


def _stated(records: Iterable[RecordLike]) -> dict[str, list[tuple[str, str, str, str]]]:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for record in records:
        if record.entry.kind == STATED_TRANSLATION:
            opened, values = record.entry.open, record.values
            row = (plain(opened.get("lang")), plain(values.get("text")), plain(values.get("translator")), str(record.entry.seq))
            found.setdefault(plain(opened.get("of")), []).append(row)
    return found


def _text(value: Any) -> str:
    """A text of an entry, as it was before it was written."""
    return canon.untext(value) if isinstance(value, str | Mapping) else plain(value)
