"""What a person says of a whole work, in their own words, and what the person's own key signs. Both STATED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class StatementMade(Fact):
    """A person's own statement about a work: typed or handed in by that person, never written by a program.

    work: 16 hex digits. lang: a BCP 47 tag, as the person says it. replaces: the entry of an earlier statement of the same work that this
    one is to stand for; that entry stays. way: "typed", "file". kept: a blob with the bytes of a file that was handed in, or of a text
    that is too long to be typed here; `text` is then left out where it is too long or no text.
    """

    KIND: ClassVar[str] = "statement.made/1"
    CLASS: ClassVar[str] = STATED
    work: str
    lang: str
    way: str
    replaces: int | None = None
    kept: str | None = None
    media_type: str | None = None
    text: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class StatementSigned(Fact):
    """A person's own key signed an entry that states something. Whose key it is, the entry does not say by itself.

    of: the entry's number; leaf: its leaf hash, hex. key: the SubjectPublicKeyInfo in DER, base64; public_key: its SHA-256, hex. signature:
    base64, over `creative-provenance/statement/1`, the ledger's origin, the number and the leaf hash, a line each
    (docs/bundle-format.md section 5).
    """

    KIND: ClassVar[str] = "statement.signed/1"
    CLASS: ClassVar[str] = STATED
    of: int
    leaf: str
    public_key: str
    algorithm: str  # as in author.named
    key: str
    signature: str
