"""Check a whole home: its ledger, and deep also every blob and every kept original, and what lies in `predecessor`.

 1 chain   2 heads   3 time: `ledger_verify`
 4 blobs      every blob that an entry names is there, and every blob is what its name says (deep)
 5 originals  every kept copy of an original is what its name says (deep)
 6 predecessors  closed ledgers that this one goes on from: each verified in the same way
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from provenance.bundle.ledger_verify import verify_ledger
from provenance.bundle.verdict import EXIT_CODES, FAIL, FAILED, INCOMPLETE, MISSING, NOTE, Done, Finding, Step, Verdict
from provenance.config import Home
from provenance.errors import ProvError
from provenance.ledger import stock
from provenance.ledger.blobs import Blobs

ABSENT, ROTTEN, ROTTEN_ORIGINAL, PREDECESSOR = "R010", "R011", "R012", "R013"
PREDECESSORS = "predecessor"

Progress = Callable[[int, int], None]


def check_home(home: Home, *, deep: bool = False, progress: Progress | None = None) -> Verdict:
    """Check the ledger of a home; deep: every byte that is kept. Nothing is written or repaired.

    Raises:
        Unavailable: `ledger.missing`, what cannot be read. Busy: `ledger.busy`.
    """
    verdict = verify_ledger(home.ledger, home.heads, depth="full" if deep else "quick", progress=progress)
    more = []
    if deep:
        blobs, originals = check_blobs(home, progress)
        more = [Done("blobs", blobs), Done("originals", originals)]
    before = predecessors(home)
    if before:
        more.append(Done("predecessors", [one for folder in before for one in _predecessor(folder, deep=deep, progress=progress)]))
    return joined([], verdict, more)


def predecessors(home: Home) -> list[Path]:
    """The closed ledgers that this one goes on from, each in a home of its own."""
    base = home.path / PREDECESSORS
    return [folder for folder in sorted(base.iterdir()) if (folder / "ledger.db").is_file()] if base.is_dir() else []


def _predecessor(folder: Path, *, deep: bool, progress: Progress | None) -> Iterator[Finding]:
    try:
        verdict = check_home(Home(folder), deep=deep, progress=progress)
    except ProvError as error:
        yield Finding(PREDECESSOR, {"name": folder.name, "detail": error.key})
        return
    bad = sorted({one.code for one in verdict.findings if one.severity == FAIL})
    if bad:
        yield Finding(PREDECESSOR, {"name": folder.name, "detail": ", ".join(bad)})
    yield from (one for one in verdict.findings if one.severity == MISSING or one.code == "L013")


def check_blobs(home: Home, progress: Progress | None = None) -> tuple[list[Finding], list[Finding]]:
    """What is wrong with the blobs, and with the kept originals."""
    blobs: list[Finding] = []
    originals: list[Finding] = []
    there: set[bytes] = set()
    keeper = Blobs(home.blobs)
    found = list(stock.kept(home.blobs))
    total = sum(one.size for one in found)
    done = 0
    for one in found:
        there.add(bytes.fromhex(one.sha256))
        if not stock.sound(keeper, one):
            where, code = (originals, ROTTEN_ORIGINAL) if one.original else (blobs, ROTTEN)
            where.append(Finding(code, {"detail": one.sha256}))
        done += one.size
        if progress is not None:
            progress(done, total)
    absent: dict[str, int] = {}
    try:
        for seq, sha in stock.named(home.ledger):
            if bytes.fromhex(sha) not in there:
                absent.setdefault(sha, seq)
    except ProvError:
        pass  # a page that cannot be read is named by the step before
    blobs += [Finding(ABSENT, {"seq": str(seq), "detail": sha}) for sha, seq in absent.items()]
    return blobs, originals


def joined(before: Sequence[Done], verdict: Verdict | None = None, after: Sequence[Done] = ()) -> Verdict:
    """A verdict with steps before and after it, numbered anew; the worst finding of all decides."""
    steps = [*_steps(before), *(verdict.steps if verdict else ()), *_steps(after)]
    findings = (
        *(one for step in before for one in step.findings), *(verdict.findings if verdict else ()),
        *(one for step in after for one in step.findings),
    )
    worst = {one.severity for one in findings}
    whole = MISSING not in worst and all(step.checked for step in (*before, *after))
    word = verdict.word if verdict else INCOMPLETE
    if FAIL in worst:
        word = FAILED
    elif not whole:
        word = INCOMPLETE
    numbered = tuple(Step(number, step.key, step.ok) for number, step in enumerate(steps, 1))
    return Verdict(word, EXIT_CODES[word], findings, numbered, (), verdict.counts if verdict else {})


def _steps(done: Sequence[Done]) -> list[Step]:
    return [Step(0, one.key, one.checked and all(finding.severity == NOTE for finding in one.findings)) for one in done]
