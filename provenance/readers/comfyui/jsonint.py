"""JSON of ComfyUI's two documents, quickly: most of a canvas are positions that nobody reads, so only what a node holds is spelled out.

Whole numbers come as Python's int: JSON has one spelling for each of them (but `-0`, which no JSON writer makes of an integer), and an
int has no limit, so the text is got back exactly. Numbers with a point or an exponent keep the file's own text at once, as `Num`.
"""

from __future__ import annotations

import json
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.jsontext import Num, bounded, loads_at

MAX_DEPTH = 12
_decode = json.JSONDecoder(parse_float=Num, parse_constant=Num, strict=False).raw_decode


def parse(text: str, start: int = 0) -> Any:
    """The first JSON value in `text` from `start` on, behind blanks, NULs and a byte order mark; what follows it is not looked at.

    Raises:
        Unreadable: `reader.json` for anything else, nesting too deep for this machine included.
    """
    bounded(text)
    while start < len(text) and text[start] in "\ufeff\0 \t\r\n":
        start += 1
    try:
        return _decode(text, start)[0]
    except json.JSONDecodeError as error:
        raise Unreadable("reader.json", why=type(error).__name__) from error
    except RecursionError as error:
        raise Unreadable("reader.json", why="RecursionError") from error
    except ValueError:  # Python refuses to make an int of more than 4,300 digits
        return loads_at(text, start)[0]


def spelled(value: Any, depth: int = MAX_DEPTH) -> Any:
    """The same value with every whole number as `Num`; beneath `depth` lists or objects it is left as it is."""
    kind = type(value)
    if kind is int:
        return Num(value)
    if kind is list and depth > 0:
        return [spelled(item, depth - 1) for item in value]
    if kind is dict and depth > 0:
        return {name: spelled(item, depth - 1) for name, item in value.items()}
    return value
