"""Names in prompts: Latin ones as whole words however they are joined, others as they stand. Linear in the text. Pure.

`_`, `-`, `'`, `.`, `/` and blanks join the words of a name (`hatsune_miku`, `Spider-Man`); commas, brackets, colons, line ends and all
else stand between two phrases, so that a name never spans them, and a weight, `(name:1.2)`, is none of its words. Scripts without blanks
between words (Han, Kana, Hangul) have no such border: there a name is found wherever its characters stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_JOINED = 8  # letters of a name of several words that is also known written as one, `hatsunemiku`
_DENSE = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
_IS_DENSE = re.compile(f"[{_DENSE}]")
_TOKEN = re.compile(f"[^\\W_{_DENSE}]+|[^\\w\\s'’.&/·-]+|[\\n\\r{_DENSE}]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_AFTER = re.compile(r"(?<=[^\W\d_])['’]s(?![^\W_])")  # Ultraman's
_IN_WORD = re.compile(r"(?<=[^\W\d_])['’](?=[^\W\d_])")


@dataclass(frozen=True)
class Matcher:
    """Aliases by how they begin, each with its name's id. latin: by their first word. dense: by their first character."""

    latin: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    dense: Mapping[str, tuple[tuple[str, str], ...]]


def matcher(names: Iterable[tuple[str, Sequence[str]]]) -> Matcher:
    """A matcher of these names: (id, aliases)."""
    latin: dict[str, dict[tuple[tuple[str, ...], str], None]] = {}
    dense: dict[str, dict[tuple[str, str], None]] = {}
    for ident, aliases in names:
        for alias in aliases:
            text = folded(alias)
            if _IS_DENSE.search(text):
                if len(text) > 1:  # one character is part of too many words
                    dense.setdefault(text[0], {})[text, ident] = None
                continue
            words = tuple(_words(text))
            forms = [words, *([("".join(words),)] if len(words) > 1 and sum(map(len, words)) >= LEAST_JOINED else [])]
            for form in filter(None, forms):
                latin.setdefault(form[0], {})[form, ident] = None
    return Matcher({first: tuple(rows) for first, rows in latin.items()}, {char: tuple(rows) for char, rows in dense.items()})


def folded(text: str) -> str:
    """Text for comparison: NFKC, without case; a quotation mark in a word is no letter, and a possessive `'s` is a word of its own."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold()
    if "'" in text or "’" in text:
        text = _IN_WORD.sub("", _AFTER.sub(" s ", text))
    return text


def of_name(text: str) -> str:
    """A file's or model's name as words: `UltramanTiga_v2.safetensors` -> `Ultraman Tiga_v 2.safetensors`."""
    return _CAMEL.sub(" ", text)


def found(known: Matcher, text: str) -> dict[str, str]:
    """Ids of the names that stand in a text, each with the words as they were found (folded)."""
    text = folded(text)
    seen: dict[str, str] = {}
    tokens = _TOKEN.findall(text)
    there = set(tokens)
    for first in sorted(known.latin.keys() & there):  # sorted: the same text gives the same words, whatever order a set has
        wanted = [(form, ident) for form, ident in known.latin[first] if ident not in seen and there.issuperset(form)]
        if wanted:
            _latin(sorted(wanted, key=lambda one: (-len(one[0]), one)), first, tokens, seen)
    if not text.isascii():
        for char in sorted(known.dense.keys() & set(text)):
            for alias, ident in known.dense[char]:
                if ident not in seen and alias in text:
                    seen[ident] = alias
    return seen


def _latin(wanted: list[tuple[tuple[str, ...], str]], first: str, tokens: list[str], seen: dict[str, str]) -> None:
    at = -1
    while wanted:
        try:
            at = tokens.index(first, at + 1)
        except ValueError:
            return
        here = [one for one in wanted if len(one[0]) == 1 or tuple(tokens[at : at + len(one[0])]) == one[0]]
        for form, ident in here:
            seen.setdefault(ident, " ".join(form))
        if here:
            wanted = [one for one in wanted if one[1] not in seen]


def _words(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if token[0].isalnum()]
