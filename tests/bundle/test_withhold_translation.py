"""A translation tells what its original says: withheld with the entry whose text it is, shown with every other."""

from __future__ import annotations

from types import SimpleNamespace

from provenance import facts
from provenance.bundle.withhold import Also, hidden

SEALED = {"prompts": "0" * 64, "negative_prompts": "0" * 64}
TRANSLATION = {"original": "0" * 64, "translation": "0" * 64, "translator": "0" * 64}


def entry(seq: int, kind: str, opened: dict[str, object], sealed: dict[str, str]) -> SimpleNamespace:
    return SimpleNamespace(seq=seq, kind=kind, open=opened, sealed=sealed)


def test_the_translation_of_a_withheld_prompt_goes_with_it() -> None:
    entries = [
        entry(3, facts.FileCaptured.KIND, {"sha256": "a"}, SEALED), entry(4, facts.FileCaptured.KIND, {"sha256": "b"}, SEALED),
        entry(7, facts.TranslationStated.KIND, {"field": "prompts", "entries": [3]}, TRANSLATION),
        entry(8, facts.TranslationStated.KIND, {"field": "negative_prompts", "entries": [3]}, TRANSLATION),
        entry(9, facts.TranslationStated.KIND, {"field": "prompts", "entries": [4]}, TRANSLATION),
    ]  # fmt: skip
    told = hidden(frozenset(), Also({3: frozenset({"prompts"})}), entries)
    assert told.at == {3: frozenset({"prompts"}), 7: frozenset(TRANSLATION)}
    told = hidden(frozenset(), Also(pictures=frozenset({"b"})), entries)
    assert told.at == {4: frozenset(SEALED), 9: frozenset(TRANSLATION)}
