"""What a verification takes and gives: the files of a bundle, what is trusted beforehand, findings, steps and the verdict.

The words that people read for a code are data (`data/findings.json`); a verifier needs none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from provenance.seal.cosign import Witness

FAIL, MISSING, NOTE = "fail", "missing", "note"

_MISSING = frozenset(("B004", "B005", "R002", "R010", "R020"))
_NOTES = frozenset((
    "A004", "A006", "A007", "A010", "A011", "A012", "B007", "H007", "K008", "K009", "K010", "T001", "T007", "T009", "T010", "T011", "T013",
    "L011", "L012", "L013", "W001", "W006", "W007", "W008",
))  # fmt: skip

FAILED, INCOMPLETE, INTEGRITY_ONLY, ANCHORED, REFUSED = "FAILED", "INCOMPLETE", "INTEGRITY ONLY", "ANCHORED", "REFUSED"
"""The verdicts. ANCHORED: as INTEGRITY ONLY, and a third party that is trusted beforehand attested a time."""

EXIT_CODES = {INTEGRITY_ONLY: 0, ANCHORED: 0, FAILED: 1, REFUSED: 2, INCOMPLETE: 3}


class Files(Protocol):
    """The files of one bundle, named below its top folder with `/` between the parts."""

    def names(self) -> tuple[str, ...]:
        """Every file that is there."""

    def size(self, name: str) -> int:
        """Its size in bytes. Raises KeyError for a name that is not there, as the methods below do."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """Its bytes, piece by piece, from the beginning."""

    def read(self, name: str, cap: int) -> bytes:
        """Its bytes at once. Raises BadInput `bundle.too-large` above `cap` bytes."""

    def checksum(self, name: str) -> int | None:
        """The CRC-32 that a container states for it; None where there is no container."""


@dataclass(frozen=True)
class Trust:
    """What the person who checks knows from elsewhere. fingerprint: SHA-256 of the signer's raw public key, 64 hex digits, or of one that
    led to it. authorities: certificates (PEM or DER) of those who may say whose key the author's is. time_roots: root certificates (DER)
    of time authorities. time_pinned: SHA-256 of more of them, hex, whose bytes a token may bring along. witnesses: the keys of those
    whose word about the ledger's heads counts, from the witnesses themselves."""

    fingerprint: str | None = None
    authorities: tuple[bytes, ...] = ()
    time_roots: tuple[bytes, ...] = ()
    time_pinned: frozenset[str] = frozenset()
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One thing found. code: as in data/findings.json. params: its placeholders' values, untrusted text."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """`fail`, `missing` (a part is not there and nothing is wrong with it) or `note`."""
        return severity(self.code)


def severity(code: str) -> str:
    """The severity of a code. data/findings.json states the same; a test compares them."""
    return MISSING if code in _MISSING else NOTE if code in _NOTES else FAIL


@dataclass(frozen=True)
class Step:
    """One numbered step of the procedure. key: names it in the messages, `step.<key>`. ok: it was done, and showed only notes."""

    number: int
    key: str
    ok: bool


@dataclass(frozen=True)
class Anchor:
    """A time authority's word over a head of the ledger: its first `size` entries were there at `time` (RFC 3339, UTC, its own clock).

    authority: the name in the signing certificate. accuracy_ms: as the token states it. serial: the token's, hex. root: SHA-256 of the
    trusted root certificate that it leads to; None: it leads to none, and proves nothing to whoever checked. file: where the token lies.
    """

    size: int
    time: str
    authority: str
    accuracy_ms: int | None
    serial: str
    root: str | None
    file: str

    @property
    def trusted(self) -> bool:
        """Whether it leads to a root that is trusted beforehand."""
        return self.root is not None


@dataclass(frozen=True)
class Witnessed:
    """A trusted witness's word: at `time` (RFC 3339, UTC, its own clock) the head of `size` entries was the largest it had seen.

    name, vkey: of its key. file: where the cosigned head lies. under: how many of the `shown` entries of the bundle that head covers.
    """

    size: int
    time: str
    name: str
    vkey: str
    file: str
    under: int
    shown: int


@dataclass(frozen=True)
class Verdict:
    """The outcome. withheld: names of the sealed fields that are not shown. counts: what was looked at, e.g. {"entries": 5}. added: what
    stands beside a good word, e.g. ("IDENTIFIED",). anchors: what time authorities say, the largest head first; witnessed: what trusted
    witnesses say, likewise; neither under FAILED."""

    word: str
    exit_code: int
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    withheld: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    witnessed: tuple[Witnessed, ...] = ()


@dataclass(frozen=True)
class Done:
    """A step's outcome before the verdict. checked: False where a part was not there that the step needs. number: 0 for its place."""

    key: str
    findings: Sequence[Finding]
    checked: bool = True
    number: int = 0


def conclude(
    done: Sequence[Done],
    withheld: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    added: Sequence[str] = (),
    anchors: Sequence[Anchor] = (),
    witnessed: Sequence[Witnessed] = (),
) -> Verdict:
    """The verdict over the steps in their order, numbered from 1 where a step names no number.

    The worst finding decides, and a step left out is a part missing.
    """
    found = tuple(finding for step in done for finding in step.findings)
    worst = {finding.severity for finding in found}
    whole = MISSING not in worst and all(step.checked for step in done)
    best = ANCHORED if any(anchor.trusted for anchor in anchors) else INTEGRITY_ONLY
    word = FAILED if FAIL in worst else best if whole else INCOMPLETE
    steps = tuple(
        Step(step.number or number, step.key, step.checked and all(finding.severity == NOTE for finding in step.findings))
        for number, step in enumerate(done, 1)
    )
    good = word not in (FAILED, INCOMPLETE)
    times, seen = (tuple(anchors), tuple(witnessed)) if word != FAILED else ((), ())
    return Verdict(word, EXIT_CODES[word], found, steps, tuple(withheld), counts or {}, tuple(added) if good else (), times, seen)


def refused(code: str, params: Mapping[str, str]) -> Verdict:
    """The verdict over what is not a bundle, or not one that can be opened without danger."""
    return Verdict(REFUSED, EXIT_CODES[REFUSED], (Finding(code, params),), ())
