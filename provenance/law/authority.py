"""An authority: a statute, case, guidance or licence that a legal line rests on. The list is data (`data/law/authorities.json`); factors,
forums, forum papers, duties and names refer to it by key, so that a correction is made once."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provenance import data, words

PRIMARY, SECONDARY, GENERAL, UNCERTAIN = "primary", "secondary", "general", "uncertain"
CERTAINTIES = (PRIMARY, SECONDARY, GENERAL, UNCERTAIN)
EVERYWHERE = "all"
FILE = "law/authorities.json"


@dataclass(frozen=True)
class Authority:
    """What a legal line rests on. Pairs are (zh, en).

    id: its key in the list. at: the article or point, or what it is cited for; ("", "") without. forum: a forum's name, or `all`. date: ISO
    8601, to the day, month or year; "" where none was verified. date_of: what happened on it (`law.date.<date_of>`). in_force: where that
    was another day, else "". source: where it was read. certainty: primary (the text, the court's own summary or verbatim quotations),
    secondary (somebody else's report), general (general knowledge, not checked), uncertain. note: what a reader must know with it.
    """

    id: str
    name: tuple[str, str]
    at: tuple[str, str]
    forum: str
    kind: str
    date: str
    date_of: str
    in_force: str
    source: str
    certainty: str
    note: tuple[str, str] = ("", "")

    def named(self, lang: str) -> str:
        """Its name, and where in it."""
        side = _side(lang)
        return words.say("law.place", lang, name=self.name[side], at=self.at[side]) if self.at[side] else self.name[side]

    def dated(self, lang: str) -> str:
        """Its date and what happened on it, or that no date was verified."""
        if not self.date:
            return words.say("law.date.none", lang)
        key = f"law.date.{self.date_of}"
        told = words.say(key, lang, date=self.date) if words.known(key) else self.date
        return words.say("law.date.both", lang, date=told, in_force=self.in_force) if self.in_force else told

    def known(self, lang: str) -> str:
        """How surely it is known, and what must be known with it."""
        key = f"law.certainty.{self.certainty}"
        told = (words.say(key, lang) if words.known(key) else self.certainty, self.note[_side(lang)])
        return words.say("law.join", lang).join(part for part in told if part)

    def said(self, lang: str) -> str:
        """All of it on one line: name, place, date; a mark where it was not read itself or has a note."""
        note = self.note[_side(lang)]
        mark = note if self.certainty == PRIMARY else self.known(lang)
        told = words.say("law.said", lang, name=self.named(lang), date=self.dated(lang))
        return told + (words.say("law.mark", lang, mark=mark) if mark else "")

    def row(self) -> dict[str, str]:
        """As an entry and `--json` have it: what was said then, for words and data change."""
        found = {
            "ref": self.id, "en": self.named("en"), "zh": self.named("zh"), "date": self.date, "date_of": self.date_of,
            "in_force": self.in_force, "source": self.source, "certainty": self.certainty, "note_en": self.note[1], "note_zh": self.note[0],
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


def cited(row: Mapping[str, Any]) -> Authority:
    """An authority as a line of a data file cites it.

    Args:
        row: {"ref": key, "at"?: {zh, en}, "certainty"?, "source"?: [keys]}: an article may be known less surely than its law, and from
            elsewhere.
    """
    file = _file()
    whole = file["authorities"][row["ref"]]
    source = "; ".join(f"{key}: {file['sources'][key]}" for key in row.get("source") or whole["source"])
    return Authority(
        row["ref"], _both(whole["name"]), _both(row.get("at")), whole["forum"], whole["kind"], whole["date"] or "", whole["date_of"],
        whole.get("in_force", ""), source, row.get("certainty") or whole["certainty"], _both(whole.get("note")),
    )  # fmt: skip


def all_cited(rows: Iterable[Mapping[str, Any]]) -> tuple[Authority, ...]:
    """`cited` for each of a line's authorities."""
    return tuple(cited(row) for row in rows)


def text() -> str:
    """The list as it is on disk, for digests of the data that a finding was made by."""
    return data.read(FILE)


@functools.cache  # a data file that comes with the program
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(text())
    return found


def _side(lang: str) -> int:
    return 0 if lang == "zh" else 1


def _both(pair: Mapping[str, str] | None) -> tuple[str, str]:
    return (pair["zh"], pair["en"]) if pair else ("", "")
