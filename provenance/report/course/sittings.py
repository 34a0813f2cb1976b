"""Sittings of the files in a report, as views/sittings cuts them: at a pause of more than half an hour. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from provenance import clock, facts
from provenance.report.course.values import Sitting
from provenance.report.values import plain
from provenance.views.fold import RecordLike
from provenance.views.sittings import GAP, LATER


def sittings(files: Sequence[RecordLike]) -> tuple[Sitting, ...]:
    """Those of files seen live, by this machine's clock, then those of files found later, by the times that they claim.

    Args:
        files: sound file entries, in the order of the ledger.
    """
    later = [record for record in files if record.entry.kind == facts.FileImported.KIND]
    live = [(record.entry.at, record) for record in files if record.entry.kind != facts.FileImported.KIND]
    dated = sorted(((plain(record.entry.open.get("mtime")), record) for record in later), key=lambda pair: (pair[0], pair[1].entry.seq))
    return (*_cut(live, imported=False), *_cut(dated, imported=True))


def _cut(timed: Sequence[tuple[str, RecordLike]], *, imported: bool) -> Iterator[Sitting]:
    starts = [place for place, pair in enumerate(itertools.pairwise(timed), 1) if _pause(pair[0][0], pair[1][0])]
    for number, (start, stop) in enumerate(itertools.pairwise((0, *starts, len(timed))), 1):
        mine = timed[start:stop]
        if mine:
            seqs = [record.entry.seq for _, record in mine]
            made = sum(record.entry.open.get("parsed") == "read" for _, record in mine)
            yield Sitting(f"{LATER if imported else ''}{number}", mine[0][0], mine[-1][0], min(seqs), max(seqs), len(mine), made, imported)


def _pause(before: str, after: str) -> bool:
    return clock.parse(after) - clock.parse(before) > GAP
