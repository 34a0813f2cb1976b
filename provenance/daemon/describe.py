"""Descriptions and likenesses behind the capture: a bounded queue, a helper process that decodes, and facts for the writer."""

from __future__ import annotations

import base64
import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provenance import facts
from provenance.config import Rule
from provenance.daemon import in_use
from provenance.daemon.known import Known
from provenance.daemon.laying import Laying, Submit
from provenance.daemon.pixel_helper import Died, Helper
from provenance.daemon.sought import Sought
from provenance.errors import ProvError
from provenance.views.family_rates import likeness
from provenance.views.fold import unplain

MOST_WAITING = 100_000
IDLE_SECONDS = 20.0  # without work, after which the helper ends and its memory is free
UNDESCRIBED = """
SELECT sha256, path, max(seq) AS seq FROM versions WHERE (media_type LIKE 'image/%' AND media_type != 'image/x-xcf'
OR media_type = 'application/x-krita') AND parsed != 'unparsed'
AND sha256 NOT IN (SELECT sha256 FROM described WHERE version >= 2) AND sha256 NOT IN (SELECT sha256 FROM undescribed)
GROUP BY sha256 ORDER BY kind = 'file.imported/1', max(seq) DESC LIMIT 10000
"""
UNOPENED = """
SELECT sha256, path, max(seq) AS seq FROM versions WHERE (media_type IN ('image/vnd.adobe.photoshop', 'image/openraster', 'image/x-xcf',
'image/tiff', 'application/x-krita', 'application/x-clip-studio') OR media_type = 'application/zip' AND path LIKE '%.procreate')
AND sha256 NOT IN (SELECT sha256 FROM projects) GROUP BY sha256 ORDER BY kind = 'file.imported/1', max(seq) DESC LIMIT 10000
"""
UNSOUGHT = """
SELECT d.sha256 FROM described d WHERE d.version >= 2 AND EXISTS (SELECT 1 FROM versions v WHERE v.sha256 = d.sha256)
AND NOT EXISTS (SELECT 1 FROM input_names i WHERE i.child = d.sha256) ORDER BY d.seq
"""
KRITA, XCF, ZIP = "application/x-krita", "image/x-xcf", "application/zip"
LAYERED = frozenset({"image/vnd.adobe.photoshop", "image/openraster", XCF, "image/tiff", KRITA, "application/x-clip-studio"})
NAMES_INPUT = "SELECT 1 FROM input_names WHERE child = :s LIMIT 1"
REPLACED = "SELECT DISTINCT was FROM versions WHERE sha256 = :s AND was IS NOT NULL AND was != :s"
LINKED = "SELECT parent, how, method FROM likenesses WHERE child = :s"


@dataclass(frozen=True)
class Wanted:
    """Work for the helper. path: where the file stands, as the system gives it; "" in a search. again: it killed the helper once."""

    do: str
    sha256: str
    path: str = ""
    again: bool = False


IDLE = Wanted("idle", "")


class Describer(threading.Thread):
    """Feeds the helper: descriptions first, then searches for what was described. The capture is never held up.

    Args:
        home: the home's folder. submit: to the writer. known: the ledger's side. rules: of prov.toml, for what a
            project marks. Where `pause` exists in the home, it waits.
    """

    def __init__(
        self, home: Path, submit: Submit, known: Known, *, helper: Helper | None = None, rules: Sequence[Rule] = ()
    ) -> None:
        super().__init__(name="describer", daemon=True)
        self._rules = tuple(rules)
        self._submit, self._known, self._pause = submit, known, home / PAUSE
        self._helper, self._sought = helper or Helper(home), Sought(home / "alike-sought.db")
        self._opened = Sought(home / "projects-none.db")  # files of a project's kind that are none, and those that ended the helper
        self._laying = Laying(home, submit, known, self._helper)
        self._describes: deque[Wanted] = deque()
        self._projects: deque[Wanted] = deque()
        self._finds: deque[Wanted] = deque()
        self._turn = threading.Condition()
        self._end = self._soon = self._gone = False
        self._durable_soon = 0  # descriptions on their way through the writer

    @property
    def waiting(self) -> tuple[int, int]:
        """Pictures not yet described, and not yet looked for."""
        return len(self._describes) + len(self._projects), len(self._finds)

    @property
    def paused(self) -> bool:
        """Whether a person asked it to wait; remembered in the home."""
        return self._pause.exists()

    def offer(self, sha256: str, path: str, media_type: str = "image/") -> None:
        """Describe the picture with these bytes, from its kept copy or, while it is unchanged, from its path, and take it apart where its
        kind has layers; anything else is passed over. What does not fit waits for the next start."""
        if (media_type.startswith("image/") and media_type != XCF) or media_type == KRITA:
            self._put(self._describes, Wanted("describe", sha256, path))
        if media_type in LAYERED or (media_type == ZIP and path.lower().endswith(".procreate")):
            self._put(self._projects, Wanted("project", sha256, path))

    def left_over(self, known: Known) -> None:
        """Offer what an earlier run did not come to."""
        for row in known.ask(UNDESCRIBED):
            self.offer(row["sha256"], unplain(row["path"]))
        left = {row["sha256"]: row["path"] for row in known.ask(UNOPENED)}
        for sha256 in self._opened.missing(left):
            self._put(self._projects, Wanted("project", sha256, unplain(left[sha256])))
        for sha256 in self._sought.missing(row["sha256"] for row in known.ask(UNSOUGHT)):
            self._put(self._finds, Wanted("find", sha256))
        for sha256 in self._laying.left_over(known):
            self._put(self._finds, Wanted("map", sha256))

    def _put(self, queue: deque[Wanted], wanted: Wanted) -> None:
        with self._turn:
            if len(queue) < MOST_WAITING:
                queue.append(wanted)
                self._turn.notify()

    def close(self, patience: float) -> None:
        """Do what waits, for `patience` seconds at most, then end; what is left is done after the next start."""
        with self._turn:
            self._soon = True
            self._turn.notify()
        if self.is_alive():
            self.join(patience)
            with self._turn:
                self._end = True
                self._turn.notify()
            self._helper.kill()
            self.join()
        self._sought.close()
        self._opened.close()
        self._laying.close()

    def run(self) -> None:
        try:
            while (wanted := self._next()) is not None:
                with contextlib.suppress(ProvError, OSError):  # one picture is left for another time; the next ones have their turn
                    self._do(wanted)
        finally:
            self._helper.end()
            self._sought.close()

    def _next(self) -> Wanted | None:
        """The next thing to do, once there is one and nobody asked for a pause; `IDLE` when the helper is not needed; None at the end."""
        with self._turn:
            while not self._end:
                queue = self._describes or self._projects or self._finds
                paused = self._gone or self.paused
                if queue and not paused:
                    return queue.popleft()
                if self._soon and (paused or not self._durable_soon):
                    return None
                # a pause is a file that anybody may remove: it is looked for each second while something waits for it
                told = self._turn.wait(0.1 if self._soon else 1.0 if queue and not self._gone else IDLE_SECONDS)
                if (paused or not (told or queue)) and self._helper.pid is not None:
                    return IDLE
            return None

    def _do(self, wanted: Wanted) -> None:
        try:
            if wanted.do == "describe":
                self._describe(wanted)
            elif wanted.do == "project":
                self._open(wanted)
            elif wanted is IDLE:
                self._helper.end()
            elif wanted.do == "map":
                self._laying.lay(wanted.sha256)
            elif wanted.do == "marked":
                self._known.fold(now=True)
                if said := list(in_use.decisions(self._known, self._rules, wanted.sha256)):
                    self._submit(said)
            else:
                self._find(wanted.sha256)
        except Died as error:
            self._lost(wanted, error.why)
        except ProvError as error:
            if error.key == "pixels.no-helper":  # no numpy, no memory: told in the status, tried again at the next start
                self._gone = True

    def _lost(self, wanted: Wanted, why: str) -> None:
        """The helper died of it: once may be chance (memory, a person's kill), twice is the file. It is marked, the others go on."""
        if self._end:
            return
        if not wanted.again:
            queues = {"describe": self._describes, "project": self._projects}
            self._put(queues.get(wanted.do, self._finds), replace(wanted, again=True))
        elif wanted.do == "describe":
            self._submit([facts.FileUndescribed(of=wanted.sha256, why=why)])
        elif wanted.do == "project":
            self._opened.add(wanted.sha256)
        elif wanted.do == "map":
            self._laying.skip(wanted.sha256)
        else:
            self._sought.add(wanted.sha256)

    def _describe(self, wanted: Wanted) -> None:
        path = base64.b64encode(os.fsencode(wanted.path)).decode("ascii")
        answer, preview = self._helper.ask(do="describe", of=wanted.sha256, path=path)
        if "told" in answer:
            said: list[facts.Fact] = [facts.FileDescribed(of=wanted.sha256, **answer["told"])]
            if answer.get("drawn"):
                said.append(facts.DrawingMeasured(of=wanted.sha256, **answer["drawn"]))
            self._tell(said, [preview], lambda: self._durable("find", wanted.sha256))
        elif "why" in answer:
            self._submit([facts.FileUndescribed(of=wanted.sha256, why=answer["why"])])

    def _open(self, wanted: Wanted) -> None:
        """Take a project apart. What is none is remembered beside the ledger: that a file is no project is nothing to record."""
        path = base64.b64encode(os.fsencode(wanted.path)).decode("ascii")
        self._known.fold(now=True)
        was = [row["was"] for row in self._known.ask(REPLACED, s=wanted.sha256)][:1]
        answer, preview = self._helper.ask(do="project", of=wanted.sha256, path=path, was="".join(was))
        if "told" in answer:
            said = facts.ProjectDescribed(of=wanted.sha256, **answer["told"])
            self._tell([said], [preview] if preview else [], lambda: self._durable("marked", wanted.sha256))
        elif "none" in answer:
            self._opened.add(wanted.sha256)

    def _tell(self, said: Sequence[facts.Fact], blobs: Sequence[bytes], then: Callable[[], None]) -> None:
        """What goes on once it is durable: until then the end is waited with."""
        with self._turn:
            self._durable_soon += 1
        self._submit(said, blobs, then)

    def _durable(self, then: str, sha256: str) -> None:
        """In the writer's thread, once a description, a project or a likeness is durable, and the views can tell of it."""
        self._put(self._finds, Wanted(then, sha256))
        with self._turn:
            self._durable_soon -= 1

    def _find(self, sha256: str) -> None:
        self._known.fold(now=True)
        if self._known.ask(NAMES_INPUT, s=sha256):  # its own metadata names what it came from
            self._sought.add(sha256)
            self._then_map(sha256)
            return
        while self._helper.ask(do="sync")[0].get("taken"):
            if self._end or self.paused or self._describes:  # what is new comes first, and a pause at once
                self._finds.appendleft(Wanted("find", sha256))
                return
        was = [row["was"] for row in self._known.ask(REPLACED, s=sha256)]
        answer = self._helper.ask(do="find", of=sha256, was=was)[0]
        if "found" not in answer:
            return
        said = self._new(sha256, answer["found"])
        if said:
            self._tell(said, (), lambda: self._linked(sha256))
        else:
            self._sought.add(sha256)
            self._then_map(sha256)

    def _linked(self, sha256: str) -> None:
        self._sought.add(sha256)
        self._durable("map", sha256)

    def _then_map(self, sha256: str) -> None:
        """Compare it with what it came from, where anything says that there is something to compare."""
        if self._laying.wanted(sha256):
            self._put(self._finds, Wanted("map", sha256))

    def _new(self, child: str, found: Sequence[dict[str, Any]]) -> list[facts.Fact]:
        there = {(row["parent"], row["how"], row["method"]) for row in self._known.ask(LINKED, s=child)}
        rate = likeness().get("id")
        return [
            facts.LikenessFound(child=child, rate=rate if one["how"] == "looks alike" else None, **one)
            for one in found
            if (one["parent"], one["how"], one["method"]) not in there
        ]


PAUSE = "describe.paused"
