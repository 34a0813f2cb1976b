"""One reading's notebook: the graph, what could not be resolved, what was typed, and a budget that hostile graphs run into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from provenance.readers.comfyui.graph import Graph, Link, Node

MAX_WARNINGS = 200
MAX_TEXT = 4 * 1024 * 1024  # characters of prompts put together out of pieces
MAX_STEPS = 50_000


@dataclass
class Walk:
    """Lives as long as one reading. prompts, negatives: texts found so far, each once. rest: what is kept beside the fields (`typed`,
    `wildcards`, `loras_off`, ...)."""

    graph: Graph
    prompts: list[str] = field(default_factory=list)
    negatives: list[str] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    rest: dict[str, list[Any]] = field(default_factory=dict)
    steps: int = 0
    chars: int = 0

    def node(self, link: Link) -> Node | None:
        """The node behind a link, or None (dangling, or the budget is used up)."""
        self.steps += 1
        return self.graph.get(link.node) if self.steps <= MAX_STEPS else None

    def unresolved(self, node: str, name: str) -> None:
        """Note that an input's value cannot be known from the file."""
        self.warn(f"unresolved {node}.{name}")

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
