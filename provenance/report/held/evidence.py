"""C01 to C16: how the record itself came about and what secures it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.report.held.about import author_key, talks
from provenance.report.held.values import Book, Held, Param, Quote, Stamp, Word, said, seqs

STATEMENT, SIGNED = facts.StatementMade.KIND, facts.StatementSigned.KIND


def originals(book: Book) -> Iterator[Held]:
    """C01: for how many pictures the file itself is in the bundle."""
    if book.d.cards:
        here = [card for card in book.d.cards if not card.why_absent]
        yield Held("originals", facts.OBSERVED, tuple(book.firsts.values()), {"count": len(here), "of": len(book.d.cards)})


def environment(book: Book) -> Iterator[Held]:
    """C02: software, system, and when it did not run."""
    started = book.of(facts.RecorderStarted.KIND)
    for one in started[-1:]:
        params: dict[str, Param] = {
            "software": Quote(said(one, "software")), "system": Quote(said(one, "system")), "code": said(one, "code")[:16],
        }
        key = "environment" if params["code"] else "environment.bare"
        yield Held(key, facts.OBSERVED, (one.seq,), params)
    gaps = book.of(facts.GapNoticed.KIND)
    if started:
        yield Held("runs", facts.OBSERVED, seqs((*started, *gaps)), {"count": len(started), "gaps": len(gaps)})


def errors(book: Book) -> Iterator[Held]:
    """C03: what the recorder noticed to be wrong."""
    found = book.of(facts.FileUnreadable.KIND, facts.LedgerRestored.KIND, facts.LedgerSalvaged.KIND)
    if found:
        yield Held("noticed", facts.OBSERVED, seqs(found), {"count": len(found)})
    jumps = book.of(facts.ClockJumped.KIND)
    if jumps:
        yield Held("jumps", facts.OBSERVED, seqs(jumps), {"count": len(jumps)})


def completeness(book: Book) -> Iterator[Held]:
    """C04: how much of the ledger is here, and what was dropped."""
    yield Held("complete", "", (), {"shown": len(book.d.annex), "total": book.d.meta.total_entries})
    dropped = book.of(facts.OriginalDropped.KIND)
    if dropped:
        yield Held("dropped", facts.OBSERVED, seqs(dropped), {"count": len(dropped)})


def course(book: Book) -> Iterator[Held]:
    """C05: over which time the recorder ran, and how many folders it watched."""
    started, folders = book.of(facts.RecorderStarted.KIND), book.of(facts.WatchAdded.KIND)
    if started and book.d.period.since:
        yield Held("course", facts.OBSERVED, seqs((*started, *folders)), {
            "count": len(started), "folders": len(folders), "since": Stamp(book.d.period.since), "until": Stamp(book.d.period.until),
        })  # fmt: skip


def custodian(book: Book) -> Iterator[Held]:
    """C06: who holds the ledger, and who else said something of it."""
    meta = book.d.meta
    yield Held(
        "custodian", facts.OBSERVED, seqs(book.of(facts.LedgerOpened.KIND)), {"protection": Word("key_protection", meta.key_protection)}
    )
    others = len({one.authority for one in meta.times}), len({one.vkey for one in meta.witnesses})
    yield Held("outsiders", facts.ATTESTED if any(others) else "", (*(one.seq for one in meta.times), *(one.seq for one in meta.witnesses)),
               {"authorities": others[0], "witnesses": others[1]})  # fmt: skip


def times(book: Book) -> Iterator[Held]:
    """C07: third-party times in the bundle, and jumps of the local clock."""
    meta = book.d.meta
    if meta.times:
        last = max(meta.times, key=lambda one: one.time)
        yield Held("times", facts.ATTESTED, tuple(one.seq for one in meta.times), {"count": len(meta.times), "last": Stamp(last.time)})
    else:
        yield Held("times.none", "")


def sealed(book: Book) -> Iterator[Held]:
    """C08: what the signed head covers."""
    meta = book.d.meta
    yield Held(
        "sealed",
        facts.OBSERVED,
        seqs(book.of(facts.SnapshotSigned.KIND)[-1:]),
        {"size": meta.snapshot_size, "root": meta.root or "–", "at": Stamp(meta.snapshot_at)},
    )


def before(book: Book) -> Iterator[Held]:
    """C09: what was recorded from other sources than the pictures themselves."""
    yield from talks(book)
    marks = book.of(facts.DecisionImported.KIND)
    if marks:
        yield Held("marks", facts.IMPORTED, seqs(marks), {"count": len(marks)})


def signer(book: Book) -> Iterator[Held]:
    """C10: the keys."""
    yield Held("key", facts.OBSERVED, seqs(book.of(facts.LedgerOpened.KIND)), {"fingerprint": book.d.meta.key_fingerprint})
    rotated = book.of(facts.KeyRotated.KIND, facts.KeyRevoked.KIND)
    if rotated:
        yield Held("key.changed", facts.OBSERVED, seqs(rotated), {"count": len(rotated)})
    yield from author_key(book)


def translations(book: Book) -> Iterator[Held]:
    """C11: translations that a person supplied."""
    found = book.of(facts.TranslationStated.KIND)
    if found:
        yield Held("translations", facts.STATED, seqs(found), {"count": len(found)})


def listed(book: Book) -> Iterator[Held]:
    """C12: numbered exhibits."""
    exhibits = book.d.meta.exhibits
    if exhibits:
        held_back = sum(bool(one.withheld) for one in exhibits)
        yield Held("exhibits", "", (), {"count": len(exhibits), "withheld": held_back})


def stated(book: Book) -> Iterator[Held]:
    """C13: statements that the person typed, and those that were signed."""
    made, signed = book.of(STATEMENT), book.of(SIGNED)
    if made:
        over = {said(one, "of") for one in signed}
        count = sum(str(one.seq) in over for one in made)
        yield Held("statements", facts.STATED, seqs((*made, *signed)), {"count": len(made), "signed": count})


def redacted(book: Book) -> Iterator[Held]:
    """C14: withheld fields."""
    if book.d.hidden:
        yield Held("withheld", facts.OBSERVED, tuple({one.seq for one in book.d.hidden}), {"count": len(book.d.hidden)})


def preserved(book: Book) -> Iterator[Held]:
    """C15: litigation holds."""
    found = book.of(facts.HoldStarted.KIND, facts.HoldEnded.KIND)
    if found:
        yield Held("holds", facts.STATED, seqs(found), {"count": len(found)})


def limits(_book: Book) -> Iterator[Held]:
    """C16: stands in a chapter of its own, always."""
    yield Held("limits", "")
