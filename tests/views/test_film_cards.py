"""A card of a film from every kind of entry that it knows, whatever its fields hold."""

from __future__ import annotations

from types import SimpleNamespace

from test_views_fold import Maker

from provenance import facts
from provenance.film.cards import KINDS, Eye, card


def test_every_kind_that_a_film_knows_makes_a_card() -> None:
    """Made from random facts of every kind: none raises, whatever its fields hold, and a film of all of them says their classes."""
    eye = Eye("en", frozenset({"text", "name"}), lambda _: "", lambda _: None, lambda _: False)
    silent = (facts.RecorderStarted.KIND, facts.RecorderStopped.KIND)
    for seed in range(20):
        maker = Maker(seed)
        for kind in sorted(KINDS & facts.KINDS.keys()):
            sentence = facts.split(maker.one(kind))
            entry = SimpleNamespace(seq=1, at="2026-11-22T20:00:00.000000Z", kind=kind, open=sentence.open, sealed=sentence.sealed)
            found = card(SimpleNamespace(entry=entry, values=sentence.sealed), eye)
            assert (found is None) == (kind in silent), kind
            if found is not None:
                assert found.seqs == (1,) and found.klass == facts.KINDS[kind].CLASS and found.head
