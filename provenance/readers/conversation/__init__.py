"""Chats and texts handed in as files: what carries no metadata can still be put on record, with its turns as the file tells them."""

from __future__ import annotations

from typing import Any

from provenance.errors import BadInput, Unreadable
from provenance.readers.conversation import exports, marked, page
from provenance.readers.conversation.turns import Conversation, Turn
from provenance.readers.jsontext import loads_at

__all__ = ["Conversation", "Turn", "conversations"]

MAX_CONVERSATIONS = 20_000
_BLANK = " \t\r\n\ufeff"


def conversations(text: str) -> tuple[Conversation, ...]:
    """Every conversation in a file, in its order.

    Args:
        text: the whole file, decoded: a service's JSON export, JSON lines, a saved page, Markdown or plain text. Told apart by content.
    Returns:
        At least one; each with the part of the file that holds it verbatim.
    Raises:
        BadInput: `conversation.empty` without words, `conversation.unknown` for JSON of a shape that is none of the known ones.
    """
    bare = text.lstrip(_BLANK)
    if not bare:
        raise BadInput("conversation.empty")
    if bare[0] == "<":
        at = page.embedded(text)
        found = _array(text, at) if at >= 0 else ()
        return found or _spoken(page.parse(text))
    if bare[0] in "{[":
        found = _json(text, len(text) - len(bare))
        if found:
            return found
        if _is_json(text, len(text) - len(bare)):
            raise BadInput("conversation.unknown")
    return _spoken(marked.parse(text))


def _spoken(found: Conversation) -> tuple[Conversation, ...]:
    if not any(turn.text.strip() for turn in found.turns):
        raise BadInput("conversation.empty")
    return (found,)


def _json(text: str, start: int) -> tuple[Conversation, ...]:
    if text[start] == "[":
        value, end = _value(text, start)
        whole = exports.read(value, text[start:end])
        return (whole,) if whole is not None else _array(text, start)
    values = _lines(text, start)
    if len(values) == 1:
        found = exports.read(values[0][0], text[values[0][1] : values[0][2]])
        return (found,) if found is not None else ()
    together = exports.read([value for value, _, _ in values if "chat_metadata" not in value], text[start:])
    if together is not None:
        return (together,)
    each = [exports.read(value, text[first:last]) for value, first, last in values]
    return tuple(item for item in each if item is not None)


def _array(text: str, start: int) -> tuple[Conversation, ...]:
    """The conversations of an array, one by one, so that each keeps its own part of the file."""
    found: list[Conversation] = []
    at = start + 1
    while len(found) < MAX_CONVERSATIONS:
        at = _skip(text, at, ",")
        if text[at : at + 1] not in ("{", "["):
            break
        value, end = _value(text, at)
        if end == at:
            break
        one = exports.read(value, text[at:end])
        if one is not None:
            found.append(one)
        at = end
    return tuple(found)


def _lines(text: str, start: int) -> list[tuple[dict[str, Any], int, int]]:
    """Objects one after another (JSON lines), each with where it begins and ends."""
    found: list[tuple[dict[str, Any], int, int]] = []
    at = start
    while at < len(text) and len(found) < exports.MAX_TURNS:
        value, end = _value(text, at)
        if end == at or not isinstance(value, dict):
            break
        found.append((value, at, end))
        at = _skip(text, end)
    return found


def _skip(text: str, at: int, more: str = "") -> int:
    while at < len(text) and text[at] in _BLANK + more:
        at += 1
    return at


def _value(text: str, at: int) -> tuple[Any, int]:
    """The JSON value at a place and its end; (None, at) where there is none."""
    try:
        return loads_at(text, at)
    except Unreadable:
        return None, at


def _is_json(text: str, start: int) -> bool:
    _, end = _value(text, start)
    return end > start and not text[end:].strip(_BLANK)
