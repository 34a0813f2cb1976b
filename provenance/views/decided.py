"""What was decided of pictures: the latest word of a person counts before what a rule made of something seen; nothing is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance import facts
from provenance.views.store import Views

if TYPE_CHECKING:
    from provenance.views.family_rows import Asking

_CURRENT = (
    "(SELECT decision FROM decisions d WHERE d.sha256 = {sha} AND d.decision IS NOT NULL AND d.decision != 'withdrawn' "
    "AND d.seq NOT IN (SELECT seq FROM withdrawals) ORDER BY d.class = 'STATED' DESC, d.seq DESC LIMIT 1)"
)
TAKEN = "('kept', 'chosen', 'published')"
WEIGHED = "('kept', 'chosen', 'rejected')"


def current(sha: str) -> str:
    """SQL for the decision that counts now of the picture whose hash the SQL expression `sha` names: a person's last word that was not
    withdrawn, else the last meaning that a rule gave to something seen; NULL where there is neither."""
    return _CURRENT.format(sha=sha)


@dataclass(frozen=True)
class Waiting:
    """A picture of which nothing is decided. seq: of its first live entry."""

    sha256: str
    seq: int
    at: str
    name: str
    path: str
    preview: str


def undecided(views: Views, first: int, last: int) -> list[Waiting]:
    """Pictures that were first seen live in entries `first` to `last` and of which nothing is decided, in the order of their coming.

    What tells of no generator and is named as an input by another picture (a sketch, a mask) is no candidate.
    """
    rows = views.ask(
        f"SELECT v.sha256, v.seq, v.at, v.name, v.path, coalesce((SELECT preview FROM described WHERE sha256 = v.sha256), '') AS preview "
        f"FROM versions v WHERE v.seq >= :first AND v.seq <= :last AND v.kind != :imported AND v.media_type LIKE 'image/%' "
        f"AND v.same_bytes_as IS NULL AND {current('v.sha256')} IS NULL "
        "AND (v.parsed = 'read' OR v.name NOT IN (SELECT base FROM input_names WHERE base IS NOT NULL)) ORDER BY v.seq",
        first=first, last=last, imported=facts.FileImported.KIND,
    )  # fmt: skip
    return [Waiting(**row) for row in rows]


def imported(views: Asking, sha256: str) -> list[dict[str, object]]:
    """What other programs' marks on a picture were written down already, in order."""
    return views.ask(
        "SELECT observed, value, place, tool, decision FROM decisions WHERE sha256 = :s AND observed IS NOT NULL ORDER BY seq", s=sha256
    )
