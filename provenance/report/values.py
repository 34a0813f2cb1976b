"""A value of an entry as texts for a page: nothing is dropped, nothing is interpreted, whatever its shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance import canon
from provenance.errors import ProvError

_LABELS = ("name", "role", "text")


@dataclass(frozen=True)
class Item:
    """One value as text, with named details: a LoRA's name and its weight. Verbatim; showing it safely is the page's work."""

    text: str
    details: tuple[tuple[str, str], ...] = ()


def plain(value: Any) -> str:
    """Any value as one text. Encoded text (`{"enc", "b64"}`) comes back as it was; other structures as JSON; None as ""."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and set(value) == {"enc", "b64"}:
        try:
            return canon.untext(value)
        except (ProvError, ValueError):  # not base64, or not the encoding it names: shown as it stands
            pass
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def items(value: Any) -> tuple[Item, ...]:
    """A field's value as items: a list gives one for each member, a mapping one for each key, anything else a single one.

    A row (a mapping in a list) is labelled by its name, role or text and keeps the rest as details, None left out.
    """
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return tuple(_row(member) for member in value)
    if isinstance(value, Mapping) and set(value) != {"enc", "b64"}:
        return tuple(Item(plain(value[key]), (("key", str(key)),)) for key in sorted(value, key=str))
    return (Item(plain(value)),)


def _row(member: Any) -> Item:
    if not isinstance(member, Mapping) or set(member) == {"enc", "b64"}:
        return Item(plain(member))
    label = next((key for key in _LABELS if member.get(key) not in (None, "")), None)
    rest = tuple((str(key), plain(member[key])) for key in member if key != label and member[key] not in (None, [], ()))
    return Item(plain(member[label]) if label else "", rest)
