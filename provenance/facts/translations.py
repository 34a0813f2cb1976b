"""What a text in a foreign language says, as a person put it. STATED; never made by a machine of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class TranslationStated(Fact):
    """A person supplied a translation of a text that files give.

    lang: a BCP 47 tag, into which. field: the field of the file entries that holds the text, prompts or negative_prompts. entries: file
    entries that give it, the first of them. original: SHA-256 of the text's canonical bytes; sealed, for whoever guesses a short text could
    else confirm it. translator: who translated, as that person says.
    """

    KIND: ClassVar[str] = "translation.stated/1"
    CLASS: ClassVar[str] = STATED
    lang: str
    field: str
    entries: tuple[int, ...]
    original: str = sealed()
    translation: str = sealed()
    translator: str | None = sealed()
