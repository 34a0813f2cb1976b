"""The sentences the ledger can hold: past tense, versioned, one frozen dataclass each.

A field is `open` (shown whenever the entry is) unless it is declared `sealed()`: then the entry holds a salted digest and the value
stands beside it, to be disclosed field by field. What nothing was observed of stays None and is not written. A fact written once is
never changed: a new shape is a new version, and old ones are upcast when they are read.

Classes (who says so): OBSERVED by the recorder, FILE_CLAIMED inside a file, STATED by a person, ATTESTED by a third party,
IMPORTED later than it happened. An entry's class is its kind's; sealed fields made from what a file says are FILE_CLAIMED.
"""

from __future__ import annotations

import dataclasses

from provenance.facts.conversations import ConversationImported, ConversationStated
from provenance.facts.fact import ATTESTED, CLASSES, FILE_CLAIMED, IMPORTED, OBSERVED, STATED, Fact, Rows, Sentence, sealed, split
from provenance.facts.files import (
    FileCaptured,
    FileChanged,
    FileDescribed,
    FileFacts,
    FileImported,
    FileRenamed,
    FileUnreadable,
    FileVanished,
)
from provenance.facts.keys import AuthorNamed, KeyRevoked, KeyRotated
from provenance.facts.models import ModelsBound, ModelSeen
from provenance.facts.person import DecisionMade, LinkStated, NoteAdded, WorkFiled, WorkNamed
from provenance.facts.recovery import LedgerRestored, LedgerSalvaged
from provenance.facts.running import ClockJumped, GapNoticed, LedgerOpened, RecorderStarted, RecorderStopped, WatchAdded, WatchRemoved
from provenance.facts.trust import BundleExported, OriginalDropped, SnapshotSigned, TimeAttested, TimeChosen
from provenance.facts.witness import HeadWitnessed

__all__ = [
    "ATTESTED",
    "BOOKKEEPING",
    "CLASSES",
    "CONVERSATION_KINDS",
    "FILE_CLAIMED",
    "FILE_KINDS",
    "IMPORTED",
    "KINDS",
    "OBSERVED",
    "STATED",
    "AuthorNamed",
    "BundleExported",
    "ClockJumped",
    "ConversationImported",
    "ConversationStated",
    "DecisionMade",
    "Fact",
    "FileCaptured",
    "FileChanged",
    "FileDescribed",
    "FileFacts",
    "FileImported",
    "FileRenamed",
    "FileUnreadable",
    "FileVanished",
    "GapNoticed",
    "HeadWitnessed",
    "KeyRevoked",
    "KeyRotated",
    "LedgerOpened",
    "LedgerRestored",
    "LedgerSalvaged",
    "LinkStated",
    "ModelSeen",
    "ModelsBound",
    "NoteAdded",
    "OriginalDropped",
    "RecorderStarted",
    "RecorderStopped",
    "Rows",
    "Sentence",
    "SnapshotSigned",
    "TimeAttested",
    "TimeChosen",
    "WatchAdded",
    "WatchRemoved",
    "WorkFiled",
    "WorkNamed",
    "field_class",
    "sealed",
    "split",
]

KINDS: dict[str, type[Fact]] = {
    fact.KIND: fact
    for fact in (
        LedgerOpened, RecorderStarted, RecorderStopped, WatchAdded, WatchRemoved, GapNoticed, ClockJumped,
        FileCaptured, FileChanged, FileImported, FileDescribed, FileRenamed, FileVanished, FileUnreadable,
        ModelSeen, ModelsBound, ConversationImported, ConversationStated, NoteAdded, WorkNamed, WorkFiled, DecisionMade, LinkStated,
        SnapshotSigned, TimeChosen, TimeAttested, HeadWitnessed, OriginalDropped, BundleExported,
        KeyRotated, KeyRevoked, AuthorNamed, LedgerRestored, LedgerSalvaged,
    )
}
FILE_KINDS = (FileCaptured.KIND, FileChanged.KIND, FileImported.KIND)
CONVERSATION_KINDS = (ConversationImported.KIND, ConversationStated.KIND)
# What the ledger says of itself: nothing new is there to be signed where only these came after the last head. A time attested and a
# witness's word are among them: else each token would make an entry, each entry a head, and each head a request, for ever.
BOOKKEEPING = (SnapshotSigned.KIND, TimeAttested.KIND, HeadWitnessed.KIND, BundleExported.KIND)


def field_class(kind: str, field: str) -> str:
    """The class of one field of an entry: FILE_CLAIMED for what a file says of itself, else the entry's own.

    An unknown kind (written by a newer version) is OBSERVED only in name: its own `class` value counts; callers show that.
    """
    fact = KINDS.get(kind)
    if fact is None:
        return OBSERVED
    claimed = {f.name for f in dataclasses.fields(fact) if f.metadata.get("claimed")}
    return FILE_CLAIMED if field in claimed else fact.CLASS
