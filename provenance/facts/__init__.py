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
from provenance.facts.edits import EditMapped, InputCompared
from provenance.facts.fact import ATTESTED, CLASSES, FILE_CLAIMED, IMPORTED, OBSERVED, STATED, Fact, Rows, Sentence, sealed, split
from provenance.facts.files import (
    FileCaptured,
    FileChanged,
    FileDescribed,
    FileDescribedFirst,
    FileFacts,
    FileImported,
    FileRenamed,
    FileUndescribed,
    FileUnreadable,
    FileVanished,
    LikenessFound,
)
from provenance.facts.film import FilmMade
from provenance.facts.holds import HoldEnded, HoldStarted
from provenance.facts.keys import AuthorNamed, KeyRevoked, KeyRotated
from provenance.facts.models import ModelNoted, ModelsBound, ModelSeen
from provenance.facts.person import DecisionMade, LinkStated, NoteAdded, WorkFiled, WorkNamed
from provenance.facts.process import (
    DecisionImported,
    DecisionObserved,
    IdeaStated,
    InputDeclared,
    PersonActing,
    PersonNamed,
)
from provenance.facts.projects import DrawingMeasured, ProjectDescribed
from provenance.facts.recovery import LedgerRestored, LedgerSalvaged
from provenance.facts.review import CheckAnswered, PolicyOverridden, WorkChecked
from provenance.facts.running import ClockJumped, GapNoticed, LedgerOpened, RecorderStarted, RecorderStopped, WatchAdded, WatchRemoved
from provenance.facts.statements import StatementMade, StatementSigned
from provenance.facts.terms import TermsAccepted, TermsRecorded
from provenance.facts.translations import TranslationStated
from provenance.facts.trust import (
    BundleDisclosed,
    BundleExported,
    OriginalDropped,
    SnapshotSigned,
    TimeAttested,
    TimeChosen,
    TimeCommitted,
    TimePromised,
)
from provenance.facts.witness import HeadWitnessed, WitnessRefused

__all__ = [
    "ATTESTED",
    "BOOKKEEPING",
    "CLASSES",
    "CONVERSATION_KINDS",
    "DECISION_KINDS",
    "DESCRIBED_KINDS",
    "FILE_CLAIMED",
    "FILE_KINDS",
    "IMPORTED",
    "KINDS",
    "LAID_KINDS",
    "OBSERVED",
    "STATED",
    "AuthorNamed",
    "BundleDisclosed",
    "BundleExported",
    "CheckAnswered",
    "ClockJumped",
    "ConversationImported",
    "ConversationStated",
    "DecisionImported",
    "DecisionMade",
    "DecisionObserved",
    "DrawingMeasured",
    "EditMapped",
    "Fact",
    "FileCaptured",
    "FileChanged",
    "FileDescribed",
    "FileDescribedFirst",
    "FileFacts",
    "FileImported",
    "FileRenamed",
    "FileUndescribed",
    "FileUnreadable",
    "FileVanished",
    "FilmMade",
    "GapNoticed",
    "HeadWitnessed",
    "HoldEnded",
    "HoldStarted",
    "IdeaStated",
    "InputCompared",
    "InputDeclared",
    "KeyRevoked",
    "KeyRotated",
    "LedgerOpened",
    "LedgerRestored",
    "LedgerSalvaged",
    "LikenessFound",
    "LinkStated",
    "ModelNoted",
    "ModelSeen",
    "ModelsBound",
    "NoteAdded",
    "OriginalDropped",
    "PersonActing",
    "PersonNamed",
    "PolicyOverridden",
    "ProjectDescribed",
    "RecorderStarted",
    "RecorderStopped",
    "Rows",
    "Sentence",
    "SnapshotSigned",
    "StatementMade",
    "StatementSigned",
    "TermsAccepted",
    "TermsRecorded",
    "TimeAttested",
    "TimeChosen",
    "TimeCommitted",
    "TimePromised",
    "TranslationStated",
    "WatchAdded",
    "WatchRemoved",
    "WitnessRefused",
    "WorkChecked",
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
        FileCaptured, FileChanged, FileImported, FileDescribedFirst, FileDescribed, FileUndescribed, FileRenamed, FileVanished,
        FileUnreadable, LikenessFound, ProjectDescribed, DrawingMeasured, EditMapped, InputCompared,
        WorkChecked, CheckAnswered, PolicyOverridden,
        ModelSeen, ModelNoted, ModelsBound, ConversationImported, ConversationStated, NoteAdded, WorkNamed, WorkFiled, DecisionMade,
        LinkStated,
        DecisionObserved, DecisionImported, IdeaStated, InputDeclared, PersonNamed, PersonActing, TermsRecorded, TermsAccepted,
        TranslationStated,
        SnapshotSigned, TimeChosen, TimeAttested, TimePromised, TimeCommitted, HeadWitnessed, WitnessRefused, OriginalDropped,
        StatementMade, StatementSigned, BundleExported, BundleDisclosed, HoldStarted, HoldEnded, FilmMade, KeyRotated, KeyRevoked,
        AuthorNamed, LedgerRestored, LedgerSalvaged,
    )
}
FILE_KINDS = (FileCaptured.KIND, FileChanged.KIND, FileImported.KIND)
DESCRIBED_KINDS = (FileDescribedFirst.KIND, FileDescribed.KIND)
DECISION_KINDS = (DecisionMade.KIND, DecisionObserved.KIND, DecisionImported.KIND)
LAID_KINDS = (EditMapped.KIND, InputCompared.KIND)
CONVERSATION_KINDS = (ConversationImported.KIND, ConversationStated.KIND)
# What the ledger says of itself: nothing new is there to be signed where only these came after the last head. A time attested and a
# witness's word are among them: else each token would make an entry, each entry a head, and each head a request, for ever. A witness's
# refusal is not: the next head must cover it, or a bundle made right after it could leave it out.
BOOKKEEPING = (
    SnapshotSigned.KIND, TimeAttested.KIND, TimePromised.KIND, TimeCommitted.KIND, HeadWitnessed.KIND, BundleExported.KIND,
    BundleDisclosed.KIND,
)  # fmt: skip


def field_class(kind: str, field: str) -> str:
    """The class of one field of an entry: FILE_CLAIMED for what a file says of itself, else the entry's own.

    An unknown kind (written by a newer version) is OBSERVED only in name: its own `class` value counts; callers show that.
    """
    fact = KINDS.get(kind)
    if fact is None:
        return OBSERVED
    claimed = {f.name for f in dataclasses.fields(fact) if f.metadata.get("claimed")}
    return FILE_CLAIMED if field in claimed else fact.CLASS
