"""What is asked of an export, and what came of it: values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from provenance.bundle.assemble import Signing
from provenance.bundle.withhold import NOTHING, Also
from provenance.errors import Unavailable
from provenance.views.selection import Selection


@dataclass(frozen=True)
class Film:
    """A process film that was drawn for this bundle. first, last: the lowest and the highest entry that it shows."""

    data: bytes
    media_type: str
    first: int
    last: int


@dataclass(frozen=True)
class Request:
    """What to export. selection: pictures and entries. note, made_at: the signed checkpoint it rests on, and when that was signed.

    withheld: sealed fields to leave out. original: SHA-256 -> a file that may hold these bytes, None where there is none. languages:
    of the report, in order. keys: entries that a verifier needs to know the keys by. author: who signs the bundle beside the ledger. annex:
    whether PROV-JSON and RO-Crate are put in. forum: whose order and papers. film: None where none is put in. pdf: whether papers are
    printed as PDF, too. also: what is withheld beside fields of all entries. blur: a preview -> one that shows no more than
    patches of colour, None for what cannot be decoded; needed where `also` asks for it. exactly: no entries but those of the
    selection, whatever is known of times and witnesses by now.
    """

    selection: Selection
    note: bytes
    made_at: str
    software: str
    original: Callable[[str], Path | None]
    withheld: frozenset[str] = frozenset()
    withheld_why: str = ""
    languages: tuple[str, ...] = ("zh", "en")
    keys: tuple[int, ...] = ()
    author: Signing | None = None
    annex: bool = True
    forum: str = "general"
    film: Film | None = field(default=None, repr=False)
    pdf: bool = True
    also: Also = NOTHING
    blur: Callable[[bytes], bytes | None] | None = None
    exactly: bool = False


@dataclass(frozen=True)
class Exported:
    """path: the zip. size: bytes. bundle: SHA-256 of the zip. seal: SHA-256 of its tag manifest.

    absent: pictures whose originals are not in it. exhibits: how many files are numbered. without: (file, language, error) of what could
    not be printed on this machine. shared: values withheld of single entries or pictures that other entries show. unsought: withheld values
    that are too short or too common to be looked for in the files.
    """

    path: Path
    top: str
    size: int
    bundle: str
    seal: str
    pictures: tuple[str, ...]
    absent: tuple[str, ...]
    exhibits: int = 0
    shared: int = 0
    unsought: int = 0
    without: tuple[tuple[str, str, Unavailable], ...] = ()
