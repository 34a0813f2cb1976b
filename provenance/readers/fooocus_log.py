"""One picture's entry of Fooocus' log.html: a table for people, and below it the same as JSON in the argument of a button."""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import unquote

from provenance.errors import Unreadable
from provenance.readers.jsontext import loads

_BUTTON = "to_clipboard('"
_ROWS = 400
_WHOLE = "Full raw prompt"


def fields_of_log(text: str) -> dict[str, object]:
    """The entry's values by the button's keys (2.2 and later) or the table's labels (before), with the full prompt where it is shown.

    Args:
        text: the entry alone, from `<div id=` on.
    Raises:
        Unreadable: `reader.fooocus`, there is neither table nor button.
    """
    rows = dict(_rows(text))
    found: dict[str, object] = {}
    start = text.find(_BUTTON)
    if start >= 0 and (end := text.find("'", start + len(_BUTTON))) >= 0:
        value = loads(unquote(text[start + len(_BUTTON) : end]))
        found = dict(value) if isinstance(value, dict) else {}
    whole = rows.pop(_WHOLE, "")
    found = found or {key: _plain(value) for key, value in rows.items()}
    if not found:
        raise Unreadable("reader.fooocus")
    for key, label in (("full_prompt", "Positive"), ("full_negative_prompt", "Negative")):
        if shown := _between(whole, f"<summary>{label}</summary>", "</details>"):
            found[key] = _plain(shown)
    return found


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Rows of the table; quotes and class names differ between versions."""
    at = 0
    for _ in range(_ROWS):
        start = text.find("<tr><td class=", at)
        end = text.find("</td></tr>", start)
        if start < 0 or end < 0:
            return
        label, cell, value = text[start:end].partition("</td><td class=")
        if cell:
            yield label.rpartition(">")[2].strip(), value.partition(">")[2]
        at = end


def _between(text: str, left: str, right: str) -> str:
    _, found, after = text.partition(left)
    return after.partition(right)[0] if found else ""


def _plain(value: str) -> str:
    """A cell as text: the program puts ` </br> ` for a new line, and some forks write entities."""
    return html.unescape(value.replace(" </br> ", "\n").replace(" <br/> ", "\n"))
