"""JSON as other tools write it: NaN, trailing bytes, numbers of any size. Numbers keep the tool's own spelling."""

from __future__ import annotations

import json
from typing import Any

from provenance.errors import Unreadable

_SMALL = 1024 * 1024
MAX_VALUES = 1_500_000  # the largest canvas seen has under 200,000
MAX_DEPTH = 16  # of what goes on into a Reading; the ledger's own limit is 32 around it


class Num(str):
    """A number's text as it stood in the file: a type apart, so that `7` and `"7"` stay different."""

    __slots__ = ()


_decode = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=Num, strict=False).raw_decode

def loads(text: str) -> Any:
    """The first JSON value in `text`; numbers as `Num`. What follows it (NULs, garbage) is not looked at.

    Raises:
        Unreadable: `reader.json` for anything else, nesting too deep for this machine included.
    """
    bounded(text)
    start = len(text) - len(text.lstrip("\ufeff\0 \t\r\n"))
    return loads_at(text, start)[0]


def bounded(text: str) -> None:
    """Refuse a text whose values would fill the memory: a list of empty lists takes thirty times its own length once it is parsed.

    Raises:
        Unreadable: `reader.json`.
    """
    if len(text) > _SMALL and text.count(",") + text.count("[") + text.count("{") > MAX_VALUES:
        raise Unreadable("reader.json", why="TooManyValues")


def loads_at(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and where it ends. Raises Unreadable `reader.json`."""
    try:
        value, end = _decode(text, start)
    except (ValueError, RecursionError) as error:
        raise Unreadable("reader.json", why=type(error).__name__) from error
    return value, end


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """A value fit for a Reading's `rest`: dict, list, str, bool, None. Numbers become their text; what nests deeper becomes JSON text."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        if depth > 0:
            below = depth - 1  # texts, the most of what there is, need no call of their own
            return {str(key): item if type(item) is str else plain(item, below) for key, item in value.items()}
    elif isinstance(value, list | tuple):
        if depth > 0:
            return [item if type(item) is str else plain(item, depth - 1) for item in value]
    else:
        return value if value is None or isinstance(value, bool) else str(value)
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "..."


def same_number(one: str, other: str) -> bool:
    """Whether two texts are the same number (`7`, `7.0`), or the same text where they are not numbers. Exact for integers of any size."""
    if one == other:
        return True
    first, second = _normal(one), _normal(other)
    return first is not None and first == second


def _normal(text: str) -> str | None:
    body = text.strip().lower()
    sign, body = ("-", body[1:]) if body.startswith("-") else ("", body.removeprefix("+"))
    whole, _, part = body.partition(".")
    if not (whole or part) or not all(piece.isascii() and piece.isdigit() for piece in (whole, part) if piece):
        return None
    whole, part = whole.lstrip("0"), part.rstrip("0")
    return f"{sign if whole or part else ''}{whole or '0'}.{part}"
