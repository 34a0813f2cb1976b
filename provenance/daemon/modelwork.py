"""Binding pictures to model files, behind the capture and at low priority: a checkpoint takes seconds to hash, once."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provenance import canon, facts
from provenance.capture import binding, model_notes, models, tools
from provenance.capture.binding import Binding
from provenance.capture.model_cache import ModelCache
from provenance.capture.model_index import ModelIndex
from provenance.capture.models import ModelHashes
from provenance.daemon.house import House
from provenance.daemon.known import Known
from provenance.daemon.taking import Taken
from provenance.daemon.writer import Job, Writer
from provenance.errors import Busy, ProvError, Unreadable
from provenance.ledger.chain import Entry
from provenance.readers.reading import Lora, Model, Reading
from provenance.views.fold import plain

REFRESH_SECONDS = 30.0
PATIENCE_SECONDS = 30.0
TRIES = 3
UNBOUND = """
SELECT r.seq AS seq, r.sha256 AS sha256 FROM readings r JOIN versions v ON v.seq = r.seq
WHERE v.kind != 'file.imported/1' AND r.seq NOT IN (SELECT of FROM bindings) AND EXISTS (SELECT 1 FROM uses u WHERE u.seq = r.seq)
ORDER BY r.seq DESC LIMIT 10000
"""
LAST_NOTED = "SELECT sha256 FROM noted WHERE model = :model AND path = :path ORDER BY seq DESC LIMIT 1"
LAST_SEEN = "SELECT seq, sha256 FROM model_files WHERE path = :path ORDER BY seq DESC LIMIT 1"


class ModelWorker(threading.Thread):
    """Takes file entries whose reading names models, and writes `model.seen` and `models.bound`.

    Args:
        house, known: the ledger's side. roots: watched folders: their tools' model folders are searched, then those of prov.toml.
    """

    def __init__(self, house: House, known: Known, roots: Sequence[str], writer: Writer) -> None:
        super().__init__(name="models", daemon=True)
        self._house, self._known, self._writer = house, known, writer
        self._roots = tuple(roots)
        self._index = ModelIndex(())
        self._refused: dict[str, str] = {}
        self._cache: ModelCache | None = None
        self._refreshed = float("-inf")
        self._queue: queue.Queue[tuple[int, str, Reading] | None] = queue.Queue()
        self._hurry = threading.Event()
        self._seen: dict[str, tuple[int, str]] = {}
        self._noted: dict[tuple[str, str], str] = {}

    def offer(self, seq: int, taken: Taken) -> None:
        """Bind the picture of file entry `seq` when there is time; nothing to do where it names no model."""
        if taken.reading is not None and (taken.reading.models or taken.reading.loras):
            self._queue.put((seq, taken.sha256, taken.reading))

    @property
    def waiting(self) -> int:
        """Pictures not yet bound."""
        return self._queue.qsize()

    def close(self) -> None:
        """Bind what waits, for half a minute at most; what is left is bound after the next start."""
        self._queue.put(None)
        if self.is_alive():
            self.join(PATIENCE_SECONDS)
            self._hurry.set()
            self.join()

    def run(self) -> None:
        models.lower_priority()
        self._cache = ModelCache(self._house.home.path / "models.cache")
        self._left_over()
        while (item := self._queue.get()) is not None and not self._hurry.is_set():
            try:
                self._bind(*item)
            except (ProvError, OSError):
                continue  # the writer's own trouble is told by the writer; the picture is bound after the next start
        self._cache.close()

    def _left_over(self) -> None:
        for row in reversed(self._known.ask(UNBOUND)):
            values = self._house.ledger.record(row["seq"]).values
            self._queue.put((row["seq"], row["sha256"], reading_of(values)))

    def _bind(self, seq: int, sha256: str, reading: Reading) -> None:
        self._refresh(REFRESH_SECONDS)
        found = self._look(reading)
        if any(b.how == binding.NOT_FOUND for b in found):
            self._refresh(2.0)
            found = self._look(reading)
        for _ in range(TRIES):
            for path in binding.waits(found):
                if self._hash(path) is None and self._hurry.is_set():
                    return
            found = self._look(reading)
            if not binding.waits(found):
                break
        else:
            return  # still being written: bound after the next start
        seqs = {b.path: self._told(b) for b in found if b.path is not None and b.hashes is not None}
        for b in found:
            if b.path is not None and b.hashes is not None:
                self._note(b.path, b.hashes.sha256)
        self._writer.submit(Job((binding.bound(found, of=seq, sha256=sha256, seqs=seqs),)))

    def _look(self, reading: Reading) -> tuple[Binding, ...]:
        cache = self._cache
        assert cache is not None
        return binding.bind(reading, self._index.find_all, self._hashes, lambda claim: self._index.candidates_by_hash(claim, cache))

    def _hashes(self, path: str) -> ModelHashes | None:
        shape = models.probe(path)
        if self._refused.get(path) == str(shape):
            raise Unreadable("model.unreadable", path=path, why="EIO")
        return self._cache.get(shape) if self._cache is not None else None

    def _hash(self, path: str) -> ModelHashes | None:
        try:
            hashes = models.hash_model(path, stop=self._hurry.is_set, on_thread=models.lower_priority)
        except ProvError as error:
            if isinstance(error, Unreadable) and error.key != "model.changed":
                self._refused[path] = str(models.shape_of(path))  # not tried again until it is another file
            return None
        if self._cache is not None:
            self._cache.put(hashes)
        return hashes

    def _told(self, bound: Binding) -> int:
        """The number of the entry that says this file has these bytes; written now when there is none, or when it was swapped."""
        assert bound.path is not None and bound.hashes is not None
        path = bound.path
        last = self._seen.get(path) or self._last_seen(path)
        if last is None or last[1] != bound.hashes.sha256:
            fact = binding.seen(bound.hashes, kind=bound.kind, name=bound.name, path=path, was=last[1] if last else None)
            last = (self._append(fact).seq, bound.hashes.sha256)
        self._seen[path] = last
        return last[0]

    def _note(self, path: str, model: str) -> None:
        """What small files beside a model say of it, where that was not written down yet."""
        for form, beside in model_notes.beside(path):
            fact = model_notes.note(model, form, beside)
            if fact is None or self._noted.get((model, beside)) == fact.sha256:
                continue
            if (model, beside) not in self._noted:
                self._known.fold(now=True)
                before = self._known.ask(LAST_NOTED, model=model, path=plain(canon.path(beside)))
                if before and before[0]["sha256"] == fact.sha256:
                    self._noted[model, beside] = fact.sha256
                    continue
            self._writer.submit(Job((fact,)))
            self._noted[model, beside] = fact.sha256

    def _last_seen(self, path: str) -> tuple[int, str] | None:
        self._known.fold(now=True)
        rows = self._known.ask(LAST_SEEN, path=plain(canon.path(path)))
        return (rows[0]["seq"], rows[0]["sha256"]) if rows else None

    def _append(self, fact: facts.Fact) -> Entry:
        done = threading.Event()
        got: list[Entry] = []

        def then(entries: tuple[Entry, ...]) -> None:
            got.extend(entries)
            done.set()

        self._writer.submit(Job((fact,), then=then))
        while not done.wait(1.0):
            if self._writer.failed is not None:
                raise self._writer.failed
            if self._hurry.is_set() and not done.is_set():  # the end, and a machine that refuses: bound after the next start
                raise Busy("ledger.busy", path=str(self._house.home.ledger))
        return got[0]

    def _refresh(self, older_than: float) -> None:
        if time.monotonic() - self._refreshed >= older_than:
            # worked out anew each time: a tool may be installed, or its model folders set, while the recorder runs
            self._index.refresh(model_folders(self._roots, self._house.config.model_folders))
            self._refreshed = time.monotonic()


def model_folders(roots: Sequence[str], more: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Where models may lie: (kind, folder), the watched folders' own tools first, then prov.toml's `model_folders`."""
    found: list[tuple[str, str]] = []
    for root in roots:
        tool = tools.tool_of(Path(root))
        found += list(tool.model_folders) if tool is not None else []
    found += [("any", folder) for folder in more]
    return tuple(dict.fromkeys(found))


def reading_of(values: Any) -> Reading:
    """The part of a Reading that binding needs, from a file entry's sealed values."""
    return Reading(
        generator=str(values.get("generator", "")), hashes=dict(values.get("hashes") or {}),
        models=tuple(Model(m["name"], m["kind"], m.get("claimed_hash")) for m in values.get("models") or ()),
        loras=tuple(Lora(i["name"], i.get("weight"), i.get("weight_te"), i.get("claimed_hash")) for i in values.get("loras") or ()),
    )
