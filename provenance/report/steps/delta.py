"""One difference between two runs, as a value: what every comparison gives and every sentence and every JSON object is made of. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from provenance import facts
from provenance.report.values import plain

Values = Mapping[str, Any]
"""The disclosed sealed values of a file entry by field name; see facts.FileFacts."""

PERSON, TOOL, MADE = "", "tool", "made"
PROMPT, NEGATIVE, TEMPLATE, NEGATIVE_TEMPLATE, TYPED_TEXT = "prompt", "negative", "template", "negative_template", "typed"
SEED, PARAMETER, PASS, MODEL, LORA = "seed", "parameter", "pass", "model", "lora"
INPUT, MASK, CONTROL, PART, GRAPH = "input", "mask", "control", "part", "graph"
GENERATOR, SAVING, NOTED = "generator", "saving", "noted"
TOPICS = (
    PROMPT, TEMPLATE, TYPED_TEXT, NEGATIVE, NEGATIVE_TEMPLATE, SEED, PARAMETER, PASS, MODEL, LORA, INPUT, MASK, CONTROL, PART, GRAPH,
    GENERATOR, SAVING, NOTED,
)
BESIDE = frozenset({SAVING, NOTED})  # where a file is put, and what a tool writes anew each time: no setting of the picture
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
LONGEST_NUMBER = 60


@dataclass(frozen=True)
class Area:
    """How much of a picture a mask covers. pixels: those that are not wholly left alone. of: all pixels of the mask."""

    pixels: int
    of: int

    @property
    def percent(self) -> int:
        """Rounded down, but 1 where any pixel is covered."""
        return max(1, self.pixels * 100 // self.of) if self.pixels and self.of else 0


@dataclass(frozen=True)
class Delta:
    """One difference of the later run from the earlier one.

    topic: one of TOPICS. what: added, removed, reworded, reweighted, moved, spacing, changed, in, out, replaced, ... (the words know all
    pairs: `steps.<topic>.<what>`). name: the phrase, the parameter, the model or node it is about. before, after: values as the tool wrote
    them. place: of a phrase in its prompt or a LoRA in its order, from 1. of: where, if it could be elsewhere: the role of a pass, the
    number of a prompt, the kind of a model, the role of an input. by: TOOL where the tool chose another expansion of the same template,
    MADE where the text was made at run time and the file keeps no template, PERSON else. area: of a mask, None where it is not known.
    hashes: SHA-256 of an input's or mask's bytes before and after, as the files claim them, "" where they do not.
    klass: who says so.
    """

    topic: str
    what: str
    name: str = ""
    before: str = ""
    after: str = ""
    place: int = 0
    of: str = ""
    by: str = PERSON
    area: Area | None = None
    hashes: tuple[str, str] = ("", "")
    klass: str = facts.FILE_CLAIMED

    def as_json(self) -> dict[str, Any]:
        """Names and values for `--json`: what is empty and says nothing is left out."""
        found: dict[str, Any] = {"topic": self.topic, "what": self.what, "class": self.klass}
        found |= {name: value for name in ("name", "place", "of", "by") if (value := getattr(self, name))}
        if self.before or self.after:
            found |= {"before": self.before, "after": self.after}
        if any(self.hashes):
            found["sha256"] = dict(zip(("before", "after"), self.hashes, strict=True))
        if self.topic == MASK:
            area = self.area
            found["area"] = None if area is None else {"pixels": area.pixels, "of": area.of, "percent": area.percent}
        return found


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list field; whatever else stands there is left out."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def texts(value: Any) -> list[str]:
    """The members of a list field as texts."""
    return [plain(item) for item in value] if isinstance(value, list | tuple) else []


def joined(values: Sequence[str]) -> str:
    """Several values as one text."""
    return ", ".join(value for value in values if value)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: equal, or equal as numbers (`7` and `7.0`)."""
    if one == other:
        return True
    first, second = plain(one), plain(other)
    if first == second:
        return True
    if not (number(first) and number(second)):
        return False
    try:
        return Decimal(first) == Decimal(second)
    except InvalidOperation:
        return False


def number(text: Any) -> bool:
    """Whether a value is a number as a tool writes it."""
    return isinstance(text, str) and len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None


def short(value: Any, most: int = 200) -> str:
    """A value as a text of bounded length: structures as JSON, the end cut."""
    text = value if isinstance(value, str) else plain(value) if value is None or isinstance(value, Mapping) else json.dumps(
        value, ensure_ascii=False, default=str
    )
    return text if len(text) <= most else text[:most] + "…"
