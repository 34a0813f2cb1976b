"""What differs between two pictures, as their files tell it: prompts phrase by phrase, the rest value by value. Pure."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import facts
from provenance.prompts.compare import Change, compare, prompt_changes
from provenance.prompts.phrases import Phrase
from provenance.report.values import Item, items, plain

_PROMPTS = frozenset({"prompts", "negative_prompts"})
_ROWS_APART = frozenset({"carriers", "passes"})  # raw bytes differ with every seed; passes repeat the lists
_NOT_CLAIMED = frozenset(
    f.name for f in dataclasses.fields(facts.FileCaptured) if f.metadata.get("sealed") and not f.metadata.get("claimed")
)


@dataclass(frozen=True)
class FieldChange:
    """A field that differs. before, after: its values. parts: the differences inside, for prompts and LoRAs."""

    field: str
    before: tuple[Item, ...]
    after: tuple[Item, ...]
    parts: tuple[Change, ...] = ()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """What two files say differently of their making.

    Args:
        old, new: disclosed values of two file entries by field name (see facts.FileFacts); fields that only one has count as empty.
    Returns:
        The fields that differ, in the order of the facts, unknown fields last. `passes` appears where nothing but the seed differs
        outside it, `carriers` where nothing else differs at all: both repeat what the other fields say.
    """
    found = []
    for name in _fields(old, new):
        before, after = old.get(name), new.get(name)
        if name not in _ROWS_APART and _text(before) != _text(after):
            found.append(FieldChange(name, items(before), items(after), _parts(name, before, after)))
    told = {change.field for change in found}
    passes = _unseeded(old.get("passes")), _unseeded(new.get("passes"))
    if told <= {"seeds"} and _text(passes[0]) != _text(passes[1]):
        found.append(FieldChange("passes", items(passes[0]), items(passes[1])))
    if not found and _text(old.get("carriers")) != _text(new.get("carriers")):
        found.append(FieldChange("carriers", items(old.get("carriers")), items(new.get("carriers"))))
    return tuple(found)


def seed_only(found: Sequence[FieldChange]) -> bool:
    """Whether the seed is all that differs, and both files name one."""
    return len(found) == 1 and found[0].field == "seeds" and bool(found[0].before and found[0].after)


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    known = [f.name for f in dataclasses.fields(facts.FileCaptured)]
    present = (set(old) | set(new)) - _NOT_CLAIMED
    return [name for name in known if name in present] + sorted(present.difference(known))


def _parts(name: str, before: Any, after: Any) -> tuple[Change, ...]:
    if name in _PROMPTS:
        both = itertools.zip_longest(items(before), items(after), fillvalue=Item(""))
        return tuple(change for one, other in both for change in prompt_changes(one.text, other.text))
    if name == "loras":
        return compare(_lora_phrases(before), _lora_phrases(after))
    return ()


def _lora_phrases(rows: Any) -> list[Phrase]:
    if not isinstance(rows, list | tuple):
        return []
    weights = ("weight", "weight_te")
    return [
        Phrase(plain(row.get("name")), " / ".join(plain(row[key]) for key in weights if row.get(key)), "lora")
        for row in rows
        if isinstance(row, Mapping)
    ]


def _unseeded(rows: Any) -> Any:
    if not isinstance(rows, list | tuple):
        return rows
    return [{k: v for k, v in row.items() if k != "seed"} if isinstance(row, Mapping) else row for row in rows]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str) if value not in (None, (), [], {}, "") else ""
