"""What to look for in a bundle: withheld values as the pieces that could be found of them. Pure.

A value that cannot be told from chance is not looked for, and counted: a number of few digits, two letters, a word that the program's own
texts use, a text that an open field of an entry here holds. That such values are in no file follows from how a bundle is made: from entries
whose withheld values were taken away first.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance import data, facts

MOST = 64  # characters of a piece: a longer line is looked for by its beginning, middle and end
LINE = 12  # characters from which a line of a text is looked for by itself
OWN = 24  # characters below which a piece that the program's own texts hold is no sign of anything
DEEPEST = 64  # groups within one another in a pattern: `re` gives up at some three hundred
_NUMBER = re.compile(r"[0-9.,:xX×*/ +-]+")
_PERSON = re.compile(r"(?:^|[/\\])(?:home|Users|用户)[/\\]([^/\\]+)")


@dataclass(frozen=True)
class Needles:
    """pieces: text -> the withheld field that holds it, one of them. unsought: values that are not looked for, each once."""

    pieces: Mapping[str, str]
    unsought: int = 0


def needles(hidden: Iterable[tuple[str, Any, bool]], there: Iterable[Any], own: str, shown: str = "") -> Needles:
    """The pieces of withheld values.

    Args:
        hidden: (field, value, strict) of each withheld value. there: open values of entries in the bundle. own: as `own_words`. shown:
            texts that are shown on purpose; what they hold is looked for only where it is strict.
    """
    there = {text for value in there for text in texts(value)}
    pieces: dict[str, str] = {}
    values: dict[str, list[str]] = {}  # value -> its pieces
    loose: set[str] = set()
    for field, value, strict in sorted(hidden, key=lambda row: not row[2]):
        for text in texts(value):
            if text not in values:
                values[text] = [piece for piece in of_text(field, text) if _telling(piece) and piece not in there]
                loose |= set() if strict else {piece for piece in values[text] if piece not in pieces}
                for piece in values[text]:
                    pieces.setdefault(piece, field)
    common = _within(own, (piece for piece in pieces if len(piece) < OWN))
    common |= _within(shown, loose)
    good = {piece: field for piece, field in pieces.items() if piece not in common}
    return Needles(good, sum(not any(piece in good for piece in found) for found in values.values()))


def texts(value: Any) -> Iterator[str]:
    """Every text in a canonical value, however deep; one that is not valid Unicode as the readable part of its bytes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        if set(value) == {"enc", "b64"}:
            yield from _undecoded(value)
        else:
            for item in value.values():
                yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def _undecoded(value: Mapping[str, Any]) -> Iterator[str]:
    yield str(value["b64"])
    try:
        raw = base64.b64decode(str(value["b64"]))
    except (ValueError, binascii.Error):
        return
    yield from (part for part in re.split("\ufffd+", raw.decode("utf-8", "replace")) if len(part) >= 4)


def of_text(field: str, text: str) -> Iterator[str]:
    """The pieces of one text: its lines, long ones by beginning, middle and end; of a path also its name, folder and whose home."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    long = [line for line in lines if len(line) >= LINE]
    for line in long[:64] or [text.strip()][: len(lines)]:
        if len(line) <= MOST:
            yield line
        else:
            middle = (len(line) - MOST // 2) // 2
            yield from (line[: MOST // 2].strip(), line[middle : middle + MOST // 2].strip(), line[-(MOST // 2) :].strip())
    if len(lines) == 1 and ("/" in text or "\\" in text) and field in PLACES:
        parts = re.split(r"[/\\]", lines[0])
        stem = parts[-1].rpartition(".")[0]
        yield from (part for part in (parts[-1], stem if len(stem) >= 6 else "", "/".join(parts[:-1])) if part)
        yield from _PERSON.findall(lines[0])


SAID = frozenset({
    "prompts", "negative_prompts", "texts", "path", "was_path", "name", "text", "why", "note", "turns", "title", "file", "place", "host",
    "roots", "original", "translation", "account",
})  # fmt: skip
"""Fields in which a person or a path speaks: wherever else their words stand, there they are withheld, too. Others go along with these
because they may repeat them, and much of what they hold is shown on purpose: sampler, size, tool."""

PLACES = frozenset({"path", "was_path", "roots", "file", "place", "source", "pattern"})
"""Fields that hold a path or more: what a part of one says is as private as the whole."""


def _telling(piece: str) -> bool:
    """Whether a piece found somewhere is no chance: three letters as a word of their own, two characters of Chinese, eight digits."""
    if _NUMBER.fullmatch(piece):
        return sum(char.isdigit() for char in piece) >= 8
    return len(piece) >= 3 if piece.isascii() else len(piece.encode("utf-8", "replace")) >= 6


def _within(own: str, pieces: Iterable[str]) -> set[str]:
    """Those of the pieces that the program's own texts hold, in a few passes over them however many pieces there are."""
    found: set[str] = set()
    left = {piece.encode("utf-8", "replace"): piece for piece in pieces}
    said = own.encode("utf-8", "replace")
    while left:
        hits = {match[0] for match in re.finditer(trie(sorted(left)), said, re.DOTALL)}
        if not hits:
            break
        found |= {left.pop(hit) for hit in hits}
    return found


def trie(words: list[bytes], skip: int = 0, depth: int = 0) -> bytes:
    """A pattern for any of these sorted words, which tries no beginning twice. Of a word and its beginning the beginning is enough."""
    if depth >= DEEPEST:
        return b"(?:" + b"|".join(re.escape(word[skip:]) for word in words) + b")"
    first, last = words[0], words[-1]
    same = skip
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    head = re.escape(first[skip:same])
    if same == len(first):
        return head
    groups: dict[int, list[bytes]] = {}
    for word in words:
        groups.setdefault(word[same], []).append(word)
    return head + b"(?:" + b"|".join(trie(group, same, depth + 1) for group in groups.values()) + b")"


def own_words(more: Iterable[bytes] = ()) -> str:
    """What the program itself says in every bundle: its messages, the names of facts and fields; `more`: files that are always the same."""
    names = [name for kind, fact in facts.KINDS.items() for name in (kind, *fact.__dataclass_fields__)]
    said = [data.read(name) for name in data.names("messages")]
    return "\n".join([*names, *said, *(one.decode("utf-8", "replace") for one in more)])
