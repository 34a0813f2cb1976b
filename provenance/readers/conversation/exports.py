"""Chats as services and programs export them in JSON. Each shape is told by its own keys; what fits none is left to others.

Shapes: ChatGPT data export `conversations.json` (2023 to 2026: `mapping` of nodes, `current_node`), Claude (`chat_messages`), DeepSeek
(`mapping` with `fragments`), OpenAI-style `messages`, ShareGPT `conversations`, SillyTavern lines (`is_user`, `mes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from provenance.readers.conversation.turns import ASSISTANT, ROLES, SYSTEM, TOOL, UNKNOWN, USER, Conversation, Turn
from provenance.readers.jsontext import Num

MAX_TURNS = 100_000
_ROLE = MappingProxyType({name: role for role, names in ROLES.items() for name in names})
_FRAGMENTS = MappingProxyType({"REQUEST": USER, "RESPONSE": ASSISTANT, "THINK": ASSISTANT, "SEARCH": TOOL})


def read(value: Any, raw: str) -> Conversation | None:
    """One exported conversation, or None where `value` has no shape known here. raw: its JSON as it stands in the file."""
    if isinstance(value, list):
        return _messages({"messages": value}, raw) if value and all(_message(item) for item in value) else None
    if not isinstance(value, Mapping):
        return None
    return next((found for shape in _SHAPES if (found := shape(value, raw)) is not None), None)


def role_of(name: Any) -> str:
    """A speaker's name as a role; UNKNOWN where it is none that is known."""
    return _ROLE.get(str(name).strip().lower(), UNKNOWN) if isinstance(name, str) else UNKNOWN


def _tree(value: Mapping[str, Any], raw: str) -> Conversation | None:
    nodes = value.get("mapping")
    if not isinstance(nodes, Mapping):
        return None
    path = _path(nodes, value.get("current_node"))
    said = [key for key, node in nodes.items() if isinstance(node, Mapping) and isinstance(node.get("message"), Mapping)]
    turns = tuple(turn for key in path for turn in _node_turns(nodes[key].get("message")))
    fragments = any("fragments" in nodes[key]["message"] for key in said)
    on_path = set(path)
    return Conversation(
        "deepseek" if fragments else "chatgpt",
        turns,
        raw,
        _text(value, "title"),
        _text(value, "conversation_id", "id"),
        _text(value, "create_time", "inserted_at"),
        _text(value, "update_time", "updated_at"),
        sum(key not in on_path for key in said),
    )


def _path(nodes: Mapping[str, Any], current: Any) -> list[str]:
    """The path that was kept, root first: upwards from the current node, or from the node without children that stands last."""
    if not isinstance(current, str) or current not in nodes:  # a list, as somebody may write there, cannot be looked up
        ends = [key for key, node in nodes.items() if isinstance(node, Mapping) and not node.get("children")]
        current = ends[-1] if ends else None
    path: dict[str, None] = {}
    while isinstance(current, str) and current in nodes and current not in path and isinstance(nodes[current], Mapping):
        path[current] = None
        current = nodes[current].get("parent")
    return list(reversed(path))


def _node_turns(message: Any) -> Iterator[Turn]:
    if not isinstance(message, Mapping):
        return
    if isinstance(message.get("fragments"), list):
        for item in message["fragments"]:
            if isinstance(item, Mapping) and isinstance(item.get("content"), str):
                kind = str(item.get("type"))
                yield Turn(_FRAGMENTS.get(kind, UNKNOWN), item["content"], kind, _text(message, "inserted_at"), _text(message, "model"))
        return
    author, about = message.get("author"), message.get("metadata")
    name = author.get("role") if isinstance(author, Mapping) else None
    text, files = _content(message.get("content"))
    if not text and not files:
        return
    to = message.get("recipient")
    yield Turn(
        role_of(name), text, str(name) if name else None, _text(message, "create_time"),
        _text(about, "model_slug") if isinstance(about, Mapping) else None, to if isinstance(to, str) and to != "all" else None,
        (*files, *_attached(about)),
    )  # fmt: skip


def _content(content: Any) -> tuple[str, tuple[str, ...]]:
    """Text and attached files of a message: a text, or ChatGPT's and OpenAI's lists of parts."""
    if isinstance(content, str):
        return str(content), ()
    if isinstance(content, Mapping):
        parts = content.get("parts")
        if isinstance(parts, list):
            return _content(parts)
        return next((str(content[key]) for key in ("text", "result", "content") if isinstance(content.get(key), str)), ""), ()
    words: list[str] = []
    files: list[str] = []
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str):
            words.append(str(part))
        elif isinstance(part, Mapping):
            words += [str(part[key]) for key in ("text", "content") if isinstance(part.get(key), str) and part[key]][:1]
            files += [str(part[key]) for key in ("asset_pointer", "file_name", "name") if isinstance(part.get(key), str)][:1]
    return "\n".join(words), tuple(files)


def _attached(about: Any) -> Iterator[str]:
    items = about.get("attachments") if isinstance(about, Mapping) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("name"), str):
            yield str(item["name"])


def _claude(value: Mapping[str, Any], raw: str) -> Conversation | None:
    messages = value.get("chat_messages")
    if not isinstance(messages, list):
        return None
    turns = []
    for item in messages[:MAX_TURNS]:
        if isinstance(item, Mapping):
            text, _ = _content(item.get("content"))
            names = [*_named(item.get("attachments")), *_named(item.get("files"))]
            turns.append(Turn(role_of(item.get("sender")), text or str(item.get("text") or ""), _text(item, "sender"),
                              _text(item, "created_at"), None, None, tuple(names)))  # fmt: skip
    return Conversation("claude", tuple(turns), raw, _text(value, "name"), _text(value, "uuid"), _text(value, "created_at"),
                        _text(value, "updated_at"))  # fmt: skip


def _named(items: Any) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("file_name"), str):
            yield str(item["file_name"])


def _messages(value: Mapping[str, Any], raw: str) -> Conversation | None:
    key = next((key for key in ("messages", "conversations", "conversation", "history", "turns") if isinstance(value.get(key), list)), None)
    items = value[key] if key is not None else []
    if not items or not all(_message(item) for item in items):
        return None
    form = "sharegpt" if any("from" in item for item in items) else "chat-lines" if any("mes" in item for item in items) else "messages"
    turns = tuple(_flat(item) for item in items[:MAX_TURNS])
    title, since = _text(value, "title", "name"), _text(value, "create_time", "created_at", "created")
    return Conversation(form, turns, raw, title, _text(value, "id", "uuid"), since, _text(value, "update_time", "updated_at"))


def _message(item: Any) -> bool:
    """Whether an object has a speaker and words."""
    if not isinstance(item, Mapping):
        return False
    if "mes" in item and "is_user" in item:
        return isinstance(item["mes"], str)
    speaker = item.get("role", item.get("from", item.get("sender", item.get("author"))))
    return isinstance(speaker, str | Mapping) and any(key in item for key in ("content", "value", "text", "message", "parts"))


def _flat(item: Mapping[str, Any]) -> Turn:
    if "mes" in item and "is_user" in item:
        return Turn(USER if item["is_user"] is True else SYSTEM if item.get("is_system") is True else ASSISTANT, str(item["mes"]),
                    _text(item, "name"), _text(item, "send_date"))  # fmt: skip
    speaker = item.get("role", item.get("from", item.get("sender", item.get("author"))))
    name = speaker.get("role") or speaker.get("name") if isinstance(speaker, Mapping) else speaker
    body = next((item[key] for key in ("content", "value", "text", "message", "parts") if key in item), "")
    text, files = _content(body)
    at = _text(item, "create_time", "created_at", "timestamp", "time", "date")
    return Turn(role_of(name), text, str(name) if name else None, at, _text(item, "model"), None, files)


def _text(value: Mapping[str, Any], *keys: str) -> str | None:
    """The first of the keys that holds a text or a number, as the file writes it."""
    return next((str(value[key]) for key in keys if isinstance(value.get(key), str | Num) and value[key] != ""), None)


_SHAPES: tuple[Callable[[Mapping[str, Any], str], Conversation | None], ...] = (_tree, _claude, _messages)
