"""The graphs that ran, read from the texts that files carry. Holds what was read of the last few files, nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from provenance.report.steps import graph
from provenance.report.steps.graph import Canvas, Graph

HELD = 8
Blob = Callable[[str], bytes | None]
"""SHA-256 -> the bytes of a blob, None where they are not at hand."""


class RecordLike(Protocol):
    """A file entry with its disclosed values."""

    @property
    def entry(self) -> Any: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


class Graphs:
    """ComfyUI's graphs of file entries."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._graphs: dict[int, Graph | None] = {}
        self._canvases: dict[str, Canvas | None] = {}

    def mark(self, record: RecordLike) -> str:
        """What names a run in its own files: the digest of the graph that ran, "" without one."""
        found = self.of(record)
        return found.digest if found is not None else ""

    def of(self, record: RecordLike) -> Graph | None:
        """The graph that a file carries; None where it carries none, or its raw texts are withheld or gone."""
        seq = record.entry.seq
        if seq not in self._graphs:
            while len(self._graphs) > HELD:
                self._graphs.pop(next(iter(self._graphs)))
            rows = record.values.get("carriers")
            listed = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
            prompt, workflow = graph.documents(listed)
            found = (graph.parse(self._blob(sha), self._canvas(workflow)) for sha in prompt)
            self._graphs[seq] = next((one for one in found if one is not None), None)
        return self._graphs[seq]

    def _canvas(self, names: Sequence[str]) -> Canvas:
        """What a workflow says: the same one stands beside many runs, and is read once for all of them."""
        for sha in names:
            if sha not in self._canvases:
                if len(self._canvases) > HELD:
                    self._canvases.clear()
                self._canvases[sha] = graph.canvas(self._blob(sha))
            if (found := self._canvases[sha]) is not None:
                return found
        return Canvas()
