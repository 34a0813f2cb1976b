"""Translations, asked of the views."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from provenance.views.store import Views

Row = dict[str, Any]


def entries(views: Views, shown: Collection[int]) -> set[int]:
    """The entries that translate a text which one of the entries in `shown` gives."""
    return {row["seq"] for row in views.ask("SELECT DISTINCT seq, given_by FROM translations") if row["given_by"] in shown}


def current(views: Views, lang: str) -> dict[str, list[Row]]:
    """For each text (SHA-256 of its canonical bytes) its translations into a language, the newest first."""
    found: dict[str, list[Row]] = {}
    for row in views.ask(
        "SELECT DISTINCT seq, original, translation, translator FROM translations WHERE lang = :lang ORDER BY seq DESC", lang=lang
    ):
        found.setdefault(row["original"], []).append(row)
    return found
