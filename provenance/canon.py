"""How a value becomes bytes: RFC 8785 (JSON Canonicalization Scheme), restricted.

The restriction, frozen with the first release: no floats; integers only where |n| < 2**53; no Unicode normalisation; text that is
not valid Unicode stands as `{"enc": ..., "b64": ...}`; depth <= 32. Nobody else turns evidence into bytes or hashes it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from provenance.errors import BadInput

Json = None | bool | int | str | Sequence[Any] | Mapping[str, Any]

MAX_DEPTH = 32
MAX_INT = 2**53 - 1
MAX_ENTRY = 65_535
_SURROGATES = range(0xD800, 0xE000)


def sha256(data: bytes) -> str:
    """SHA-256 of `data` as 64 lower-case hex digits (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def encode(value: Json) -> bytes:
    """The canonical bytes of a value (RFC 8785 section 3, restricted as the module says).

    Args:
        value: None, bool, int, str, list or tuple, dict with str keys; anything else is refused.
    Returns:
        UTF-8 bytes; equal values give equal bytes.
    Raises:
        BadInput: `canon.value` for a float, a large integer, a foreign type, a lone surrogate or too deep a nesting.
    """
    beyond_bmp = _guard(value, 1)
    if beyond_bmp:  # json sorts keys by code point, RFC 8785 by UTF-16 unit: they differ from U+10000 on
        import rfc8785

        try:
            return rfc8785.dumps(value)
        except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
            raise BadInput("canon.value", why=str(error)) from error
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput("canon.value", why="text that is not valid Unicode") from error


def _guard(value: Json, depth: int) -> bool:
    """Refuse what the restriction refuses; tell whether a key needs RFC 8785's own order (not the code points')."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return False
    if kind is int:
        if -MAX_INT <= value <= MAX_INT:  # type: ignore[operator]
            return False
        raise BadInput("canon.value", why="an integer of 2^53 or more; keep it as text")
    if depth > MAX_DEPTH:
        raise BadInput("canon.value", why=f"nested deeper than {MAX_DEPTH}")
    if kind is dict:
        special = False
        for key, item in value.items():  # type: ignore[union-attr]
            if type(key) is not str:
                raise BadInput("canon.value", why="a key that is not text")
            special |= not key.isascii() and max(map(ord, key)) >= _SURROGATES.start
            special |= _guard(item, depth + 1)
        return special
    if kind is list or kind is tuple:
        special = False
        for item in value:  # type: ignore[union-attr]
            special |= _guard(item, depth + 1)
        return special
    raise BadInput("canon.value", why=f"a value of type {kind.__name__}")


def decode(data: bytes) -> Json:
    """Parse canonical bytes, and refuse every other spelling of the same value.

    Args:
        data: the exact bytes, as they were hashed.
    Returns:
        The value; `encode(value) == data` holds.
    Raises:
        BadInput: `canon.bytes` when the bytes are not JSON or not canonical (duplicate keys, blanks, floats, ...).
    """
    try:
        value: Json = _DECODER.decode(data.decode("utf-8"))
        again = encode(value)
    except (ValueError, RecursionError, BadInput) as error:
        raise BadInput("canon.bytes", why=str(error)) from error
    if again != data:
        raise BadInput("canon.bytes", why="not in canonical form")
    return value


def _no_float(text: str) -> Json:
    raise BadInput("canon.value", why=f"a number that is not an integer: {text[:40]}")


# made once: json.dumps and json.loads make a new one at each call with these settings, and an entry takes twenty calls
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)


def clean(value: Any) -> Json:
    """Make a value out of tools' data fit for `encode`, losing nothing.

    Text with lone surrogates becomes `{"enc": "utf-16le", "b64": ...}`; tuples become lists; in keys a lone surrogate is written as
    its escape. Numbers must already be text: a float is refused, because its spelling would be ours and not the tool's.
    """
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {_key(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value  # type: ignore[no-any-return]


def _key(key: str) -> str:
    return key if valid(key) else key.encode("utf-8", "backslashreplace").decode("utf-8")


def valid(value: str) -> bool:
    """Whether text holds no lone surrogate, so that it is valid Unicode."""
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def text(value: str) -> Json:
    """Text as it is, or `{"enc": "utf-16le", "b64": ...}` where it is not valid Unicode."""
    if valid(value):
        return value
    raw = value.encode("utf-16-le", "surrogatepass")
    return {"enc": "utf-16le", "b64": base64.b64encode(raw).decode("ascii")}


def path(value: str) -> Json:
    """A file name as the system gave it: text, or `{"enc": "fs", "b64": ...}` with its bytes where they are not UTF-8."""
    if valid(value):
        return value
    return {"enc": "fs", "b64": base64.b64encode(os.fsencode(value)).decode("ascii")}


def untext(value: Json) -> str:
    """What `text` or `path` wrote, as text again (lone surrogates and undecodable name bytes come back as they were)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and isinstance(value.get("b64"), str):
        raw = base64.b64decode(value["b64"])
        return os.fsdecode(raw) if value.get("enc") == "fs" else raw.decode("utf-16-le", "surrogatepass")
    raise BadInput("canon.value", why="neither text nor encoded text")
