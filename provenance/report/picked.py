"""Which pictures a person said are chosen. That a picture was filed in the work, or handed over, says no such thing. Pure."""

from __future__ import annotations

from provenance import facts
from provenance.report.dossier import Card, Dossier

_RANK = {"published": 0, "chosen": 1}


def picked(d: Dossier) -> tuple[Card, ...]:
    """The pictures of which a person last said that they are published or chosen, published ones first, then by the last word."""
    told = [one for one in d.decisions if one.klass == facts.STATED and one.withdrawn < 0 and one.decision]
    last = {number: one for one in told for number in one.pictures}
    found = [card for card in d.cards if card.number in last and last[card.number].decision in _RANK]
    return tuple(sorted(found, key=lambda card: (_RANK[last[card.number].decision], -last[card.number].seq)))


def filed(d: Dossier) -> tuple[Card, ...]:
    """The pictures that were asked for: those of the work, without what they came from and what was rejected beside them."""
    return tuple(card for card in d.cards if card.role == "chosen")
