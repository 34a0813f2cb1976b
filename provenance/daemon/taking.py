"""From a settled file to a job for the writer: read once, understood, compared with what the ledger says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provenance import canon, facts
from provenance.capture import intake, scan
from provenance.capture.collect import Changed, Vanished
from provenance.capture.intake import LIVE, Place
from provenance.capture.look import look
from provenance.capture.stations import APPEARED, CLOSED, FOUND, MOVED, TOUCHED, Settled, Shape, Sighting, Specimen
from provenance.capture.understand import Understood, put_there, understood
from provenance.clock import stamp_ns
from provenance.daemon.deciding import DECIDED, into_folder, left_folder
from provenance.daemon.house import House
from provenance.daemon.known import PENDING, Known
from provenance.daemon.originals import Originals
from provenance.daemon.writer import Job, Writer
from provenance.errors import Unreadable
from provenance.ledger.chain import Entry
from provenance.readers.reading import Reading

FRESH_SECONDS = 3.0  # a file found by a scan that is younger than this may still have a writer
MOST_TOLD = 10_000


@dataclass(frozen=True)
class Taken:
    """One version of a file that went to the writer. fresh: these bytes were not known before."""

    path: str
    sha256: str
    media_type: str
    fresh: bool
    reading: Reading | None
    kind: str


@dataclass(frozen=True)
class Occasion:
    """How a file came to be looked at. seen_at: stamp. found: LIVE, or "start", "rescan", "import". settled: as in FileFacts."""

    seen_at: str
    found: str
    settled: str | None = None


class Written(Protocol):
    """Told, in the writer's thread, once a file fact is durable."""

    def __call__(self, taken: Taken, entry: Entry) -> None: ...


class Taking:
    """Takes files. One thread calls it.

    Args:
        house, known: the ledger's side. originals: keeps copies; None keeps none. writer: where jobs go.
        written: told of each durable file fact.
    """

    def __init__(self, house: House, known: Known, originals: Originals | None, writer: Writer, written: Written) -> None:
        self._house, self._known, self._originals, self._writer, self._written = house, known, originals, writer, written
        self._told: set[tuple[str, str]] = set()
        self._restless: list[str] = []
        self._announced: set[str] = set()  # names that came and were not read yet: when they go, that is said
        self._found: dict[str, str] = {}  # paths a scan left to the settler, and which scan it was

    def announced(self, sightings: Iterable[Sighting]) -> None:
        """Names of which the watcher told, before they are looked at."""
        for sighting in sightings:
            if sighting.what in (CLOSED, APPEARED, TOUCHED, MOVED):
                self._announced.add(sighting.path)
                self._announced.discard(sighting.was or "")

    def look(self, path: str) -> tuple[Shape | None, bool | None]:
        """As `capture.look.look`; a name at which a link or a pipe stands is no file's: its end is not said."""
        found = look(path)
        if found[0] is None and os.path.lexists(path):
            self._announced.discard(path)
        return found

    def settled(self, done: Settled) -> None:
        """A live file whose writer is done; with `was`, it stood under another name before."""
        self._announced.discard(done.path)
        found = self._found.pop(done.path, "rescan")
        source = self._known.place(done.was) if done.was else None
        if done.was and source is not None and source.here:
            self._moved(done, source)
        else:
            self.take(done.path, Occasion(done.seen_at, found if done.what == FOUND else LIVE, done.how))

    def _moved(self, done: Settled, source: Place) -> None:
        assert done.was is not None
        when = Occasion(done.seen_at, LIVE, done.how)
        read = self._read(done.path, when)
        if read is None:
            return
        specimen = read.specimen
        if specimen.sha256 != source.sha256:
            # renamed and written to before it could be read: other bytes, and it is known which ones stood there before
            self._vanish(done.was, source, done.seen_at, LIVE)
            self.accept(read, when, before=source)
            return
        covered = self._known.place(done.path)
        if covered is not None and covered.here and covered.sha256 != specimen.sha256:
            self._vanish(done.path, covered, done.seen_at, LIVE)
        mtime = stamp_ns(specimen.shape.mtime_ns)
        self._known.put(done.was, Place(source.sha256, source.size, source.mtime, PENDING, here=False))
        self._known.put(done.path, Place(specimen.sha256, specimen.shape.size, mtime, PENDING, here=True))
        fact = facts.FileRenamed(
            sha256=specimen.sha256,
            size=specimen.shape.size,
            mtime=mtime,
            seen_at=done.seen_at,
            path=canon.path(done.path),
            was_path=canon.path(done.was),
        )
        # in one commit with the rename: a crash leaves both or none
        rules, standing = self._house.config.rules, self._known.standing
        picture = specimen.container.media_type.startswith(DECIDED)
        meant = into_folder(rules, specimen.sha256, done.path, was=done.was, live=True, standing=standing) if picture else ()
        self._writer.submit(
            Job(
                (fact, *meant),
                then=self._places(
                    (done.was, Place(source.sha256, source.size, source.mtime, PENDING, here=False)),
                    (done.path, Place(specimen.sha256, specimen.shape.size, mtime, PENDING, here=True)),
                ),
            )
        )

    def gone(self, sighting: Sighting) -> None:
        """A file left; with a separator at the end of the path, a folder with all that was recorded below it.

        A file that was announced and left before it could be read is said too, when nothing was recorded under its name.
        """
        if sighting.path.endswith(("/", "\\")):
            for path in self._known.under(sighting.path):
                place = self._known.place(path)
                if place is not None and place.here:
                    self._vanish(path, place, sighting.seen_at, LIVE)
            return
        standing = [(left, place) for left in (sighting.path, sighting.was) if left and (place := self._known.place(left)) and place.here]
        for left, place in standing:
            self._vanish(left, place, sighting.seen_at, LIVE)
        if not standing and not self._announced.isdisjoint((sighting.path, sighting.was)):  # it came and went before it could be read
            self._writer.submit(Job((facts.FileVanished(seen_at=sighting.seen_at, noticed=LIVE, path=canon.path(sighting.path)),)))
        self._announced -= {sighting.path, sighting.was or ""}

    def _vanish(self, path: str, place: Place, seen_at: str, noticed: str) -> None:
        gone = Place(place.sha256, place.size, place.mtime, PENDING, here=False)
        self._known.put(path, gone)
        fact = facts.FileVanished(sha256=place.sha256 or None, seen_at=seen_at, noticed=noticed, path=canon.path(path))
        meant = left_folder(self._house.config.rules, place.sha256, path, live=noticed == LIVE, standing=self._known.standing)
        self._writer.submit(Job((fact, *meant), then=self._places((path, gone))))

    def compare(self, root: str, found: str) -> Iterator[str]:
        """Compare a folder tree with the ledger, a file at each step: what is new or other is imported, what is missing is said.

        Args:
            root: the folder. found: "start" or "rescan".
        Yields:
            "" for a file that is dealt with, or the path of one that may still be being written: the settler's.
        """
        settings = self._house.config
        for change in scan.differences(
            root,
            self._known.folder,
            folders=lambda: self._known.folders(root),
            same=unchanged,
            ignore=settings.ignore,
            ignore_folders=settings.ignore_folders,
            refused=self._refused,
        ):
            yield self._compared(change, root, found)

    def _compared(self, change: scan.Difference, root: str, found: str) -> str:
        if isinstance(change, scan.Missing):
            place = self._known.place(change.path)
            # the root is asked last: a disk that is unplugged in the middle of a scan is no loss of its files
            if place is not None and place.here and look(change.path)[0] is None and Path(root).is_dir():
                self._vanish(change.path, place, self._house.clock().stamp, found)
            return ""
        shape, mark = look(change.path)
        if shape is None:
            return ""
        if mark is False or max(shape.mtime_ns / 1e9, put_there(change.path)) > self._house.clock().wall.timestamp() - FRESH_SECONDS:
            self._found[change.path] = found
            return change.path
        self.take(change.path, Occasion(self._house.clock().stamp, found))
        return ""

    def _refused(self, path: str, why: str) -> None:
        """Said once for each path and reason, not at every scan."""
        if (path, why) in self._told:
            return
        if len(self._told) < MOST_TOLD:
            self._told.add((path, why))
        self._writer.submit(Job((facts.FileUnreadable(why=why, seen_at=self._house.clock().stamp, path=canon.path(path)),)))

    def take(self, path: str, when: Occasion) -> Taken | None:
        """Read a file once and hand what is new of it to the writer. Returns what went there, None where the ledger already says it."""
        read = self._read(path, when)
        return self.accept(read, when) if read is not None else None

    def restless(self) -> list[str]:
        """Paths that were written to while they were read, since the last call: the settler's again."""
        found, self._restless = self._restless, []
        return found

    def _read(self, path: str, when: Occasion) -> Understood | None:
        try:
            return understood(path)
        except Vanished:
            if when.found == LIVE:
                self._announced.add(path)  # the watcher tells whether it is gone or has another name now
        except Changed:
            self._restless.append(path)
        except Unreadable as error:
            self._refused(path, str(error.params.get("why", "")))
        return None

    def accept(self, read: Understood, when: Occasion, before: Place | None = None) -> Taken | None:
        """Hand what is new of a file that was read to the writer; None where the ledger already says it. before: what stood there, if not
        what the ledger says of its path."""
        specimen, path = read.specimen, read.specimen.path
        twin = self._known.twin(specimen.sha256)
        fact = intake.decide(
            specimen,
            read.reading,
            read.problems,
            found=when.found,
            seen_at=when.seen_at,
            before=before or self._known.place(path),
            twin=twin,
            settled=when.settled,
        )
        if fact is None:
            self._touched(specimen)
            return None
        if self._originals is not None and when.found == LIVE:
            self._originals.keep(specimen, read.data)
        place = Place(specimen.sha256, specimen.shape.size, stamp_ns(specimen.shape.mtime_ns), PENDING, here=True)
        self._known.put(path, place)
        taken = Taken(path, specimen.sha256, specimen.container.media_type, twin is None, read.reading, fact.KIND)
        after = self._places((path, place))
        meant: Iterable[facts.Fact] = ()
        if twin is not None and fact.KIND != facts.FileChanged.KIND and specimen.container.media_type.startswith(DECIDED):
            live = fact.KIND == facts.FileCaptured.KIND
            meant = tuple(into_folder(self._house.config.rules, specimen.sha256, path, was=None, live=live, standing=self._known.standing))

        def then(entries: tuple[Entry, ...]) -> None:
            after(entries)
            self._written(taken, entries[0])

        self._writer.submit(Job((fact, *meant), tuple(c.raw for c in intake.blobs_of(specimen.container)), then))
        return taken

    def _touched(self, specimen: Specimen) -> None:
        """The same bytes with another time: nothing to say, but the next scan need not read them again."""
        before = self._known.place(specimen.path)
        if before is not None:
            self._known.put(
                specimen.path, Place(before.sha256, specimen.shape.size, stamp_ns(specimen.shape.mtime_ns), before.seq, here=True)
            )

    def _places(self, *places: tuple[str, Place]) -> PlacesThen:
        return PlacesThen(self._known, places)


@dataclass(frozen=True)
class PlacesThen:
    """After a commit: the places that were decided get the number of their entry."""

    known: Known
    places: tuple[tuple[str, Place], ...]

    def __call__(self, entries: tuple[Entry, ...]) -> None:
        for path, place in self.places:
            self.known.committed(path, Place(place.sha256, place.size, place.mtime, entries[0].seq, place.here))


def unchanged(shape: Shape, place: Place) -> bool:
    """Whether a file's size and time are those that the ledger says of its path."""
    return shape.size == place.size and stamp_ns(shape.mtime_ns) == place.mtime
