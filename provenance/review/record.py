"""What a reader of the record will miss in it: reasons, an idea, a third party's time, times that were not watched."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import clock
from provenance.errors import BadInput
from provenance.review.finding import HINT, WARNING, Finding, Params, once
from provenance.review.material import Material

DAY = 86_400
MOST_OPEN = 1  # days without a third party's word that are passed over


def record(material: Material) -> Iterator[Finding]:
    """Hints on the record itself."""
    yield from _said(material)
    yield from _times(material)
    kept = material.kept
    found = tuple(one for one in kept if not one.live)
    if found:
        entries = tuple(one.seq for one in found)
        yield Finding("record.imported", WARNING, "", tuple(one.sha256 for one in found), entries, {"count": len(found), "all": len(kept)})
    if material.standing.holes:
        since, until, _ = max(material.standing.holes, key=_length)
        yield Finding("record.holes", HINT, "", (), (), {"count": len(material.standing.holes), "since": since[:19], "until": until[:19]})


def _said(material: Material) -> Iterator[Finding]:
    stands, mute = material.standing, [one for one in material.decisions if not one.reason]
    if mute:
        pictures = once(sha for one in mute for sha in one.pictures)
        params: Params = {"count": len(mute), "all": len(material.decisions)}
        yield Finding("record.decisions", HINT, "", pictures, tuple(one.seq for one in mute), params)
    if not material.decisions:
        yield Finding("record.no-decision", HINT)
    if not stands.notes:
        yield Finding("record.no-notes", HINT)
    if not stands.ideas:
        yield Finding("record.no-idea", HINT)
    elif stands.late == stands.ideas:
        yield Finding("record.idea-late", HINT, params={"count": stands.late})
    if not stands.statements:
        yield Finding("record.no-statement", HINT)


def _times(material: Material) -> Iterator[Finding]:
    stands, finals = material.standing, tuple(one.sha256 for one in material.finals)
    if not stands.trusted:
        yield Finding("record.no-time", WARNING, "", finals)
        return
    if stands.open_entries:
        yield Finding("record.open", WARNING, "", finals, params={"count": stands.open_entries})
    if stands.unanchored > MOST_OPEN * DAY:
        params: Params = {"hours": stands.unanchored // 3600, "since": stands.since[:19], "until": stands.until[:19]}
        yield Finding("record.unanchored", WARNING, f"{stands.since} {stands.until}", finals, params=params)


def _length(hole: tuple[str, str, str]) -> tuple[int, str]:
    try:
        return round((clock.parse(hole[1]) - clock.parse(hole[0])).total_seconds()), hole[0]
    except BadInput:
        return 0, hole[0]
