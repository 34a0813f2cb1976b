"""Messages by key, in zh and en. The words are data; a key without words is a defect that a test finds."""

from __future__ import annotations

import functools
import json
import locale
import os
import unicodedata
from collections.abc import Mapping
from typing import Any

from provenance import data

LANGUAGES = ("en", "zh")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def language(environ: Mapping[str, str] | None = None) -> str:
    """`PROV_LANG`, else the locale, as one of LANGUAGES; `en` where neither says Chinese."""
    environ = os.environ if environ is None else environ
    for name in ("PROV_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    found = locale.getlocale()[0] or ""
    return "zh" if found.lower().startswith(("zh", "chinese")) else "en"


@functools.cache
def _messages() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in data.names("messages"):
        found.update(json.loads(data.read(name)))
    return found


def known(key: str) -> bool:
    """Whether a message of this key exists."""
    return key in _messages()


def say(key: str, lang: str, /, **params: Any) -> str:
    """The message `key` in `lang`, placeholders filled; untrusted text is made visible. Falls back to en, then to the key."""
    entry = _messages().get(key)
    if entry is None:
        return key + ("" if not params else " " + ", ".join(f"{k}={visible(str(v))}" for k, v in params.items()))
    shown = {name: visible(value) if isinstance(value, str) else value for name, value in params.items()}
    return entry.get(lang, entry["en"]).format_map(_Blank(shown))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def visible(value: str, *, keep_newlines: bool = False) -> str:
    r"""Text with every control, bidi, surrogate and unassigned character written as a code, e.g. \u{202E}.

    Prompts and file names are hostile text: nothing in them may move the cursor, colour the screen or reorder a line.
    """
    if value.isascii() and value.isprintable():
        return value
    return "".join(_shown(c, keep_newlines) for c in value)


def _shown(char: str, keep_newlines: bool) -> str:
    if char == "\n" and keep_newlines:
        return char
    if char in _BIDI or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        # ZWJ/ZWNJ and variation selectors join emoji and shape scripts; they reorder nothing
        return char if char in "\u200c\u200d" else f"\\u{{{ord(char):04X}}}"
    return char
