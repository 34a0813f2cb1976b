"""One reading's notebook: the graph, the texts and what could not be resolved, and a budget that hostile graphs run into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from provenance.readers.comfyui.graph import Graph, Link, Node
from provenance.readers.comfyui.scopes import Scope, shown
from provenance.readers.reading import TYPED, UNKNOWABLE, Lora, Model, Part, Written

MAX_WARNINGS = 200
MAX_WRITTEN = 500
MAX_TEXT = 4 * 1024 * 1024  # characters of prompts put together out of pieces
MAX_STEPS = 20_000
_Record = tuple[str, str | None, str, str]


class Said(NamedTuple):
    """A text, how it came about (TYPED or EXPANDED), and where it stands (`6.text`)."""

    text: str
    origin: str
    where: str


@dataclass
class Walk:
    """Lives as long as one reading.

    places: the canvas's scopes by prefix. prompts, negatives: texts found so far, each once. written: every text with its origin. parts:
    prompts for a part of the picture. rest: what is kept beside the fields (`loras_off`, ...). models, loras: of a node, once found;
    chains: of a whole model chain, by its end. behind, instructed: nodes whose sentences and instructions were noted."""

    graph: Graph
    places: Mapping[str, Scope] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    negatives: list[str] = field(default_factory=list)
    written: dict[_Record, None] = field(default_factory=dict)
    parts: dict[Part, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    rest: dict[str, list[Any]] = field(default_factory=dict)
    models: dict[str, tuple[Model, ...]] = field(default_factory=dict)
    loras: dict[str, tuple[Lora, ...]] = field(default_factory=dict)
    chains: dict[str, tuple[list[Model], list[Lora]]] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)
    instructed: set[str] = field(default_factory=set)
    steps: int = 0
    chars: int = 0

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Texts that Show Text nodes of the canvas hold, by node id (they are written there while the prompt runs); seldom asked for."""
        return shown(self.places)

    def node(self, link: Link) -> Node | None:
        """The node behind a link, or None (dangling, or the budget is used up)."""
        found = self.graph.get(link.node)
        self.steps += 1 if found is None else 1 + (len(found.inputs) >> 5)  # a node of a thousand inputs is no single step
        return found if self.steps <= MAX_STEPS else None

    def unresolved(self, node: str, name: str) -> None:
        """Note that an input's value cannot be known from the file."""
        self.warn(f"unresolved {node}.{name}")

    def unknown(self, node: str, name: str, way: str) -> None:
        """Note that a text was made at run time and is not in the file."""
        self.unresolved(node, name)
        self.write("negative" if way == "negative" else "prompt", None, UNKNOWABLE, f"{node}.{name}")

    def typed(self, node: str, name: str, text: str, role: str = "typed") -> None:
        """Note what a person entered into a node whose output is another text."""
        self.write(role, str(text), TYPED, f"{node}.{name}")

    def write(self, role: str, text: str | None, origin: str, where: str) -> None:
        """Note a text once."""
        if len(self.written) < MAX_WRITTEN:
            self.written[role, text, origin, where] = None

    def part(self, part: Part) -> None:
        """Note a prompt for a part of the picture, once."""
        if len(self.parts) < MAX_WRITTEN:
            self.parts[part] = None

    def texts(self) -> tuple[Written, ...]:
        """All texts noted, in the order they were found."""
        return tuple(Written(*record) for record in self.written)

    def warn(self, text: str) -> None:
        """Note a warning once."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings[text] = None

    def keep(self, key: str, value: Any) -> None:
        """Keep something beside the fields, once."""
        found = self.rest.setdefault(key, [])
        if len(found) < MAX_WARNINGS and value not in found:
            found.append(value)

    def spend(self, text: str) -> bool:
        """Whether a text of this length may still be added."""
        self.chars += len(text)
        return self.chars <= MAX_TEXT
