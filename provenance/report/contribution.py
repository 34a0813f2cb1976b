"""For each legal factor the facts that the record holds; nothing is weighed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from provenance import facts
from provenance.report.dossier import Dossier
from provenance.report.held import about, evidence, made, shaped
from provenance.report.held.values import Book, Held, book

FINDERS: Mapping[str, Callable[[Book], Iterator[Held]]] = {
    "A01": made.conception, "A02": made.own_inputs, "A03": made.prompts, "A04": made.order, "A05": made.parameters, "A06": made.loop,
    "A07": made.counts, "A08": made.choice, "A09": shaped.arrangement, "A10": shaped.regions, "A11": shaped.manual,
    "A12": shaped.correspondence, "A13": shaped.first_output, "A14": about.people, "A15": about.disclosure, "A16": about.live,
    "A17": about.again, "B01": about.agreed, "B02": about.licences, "B03": about.rights, "B04": about.published, "B05": about.registered,
    "B06": about.labels, "C01": evidence.originals, "C02": evidence.environment, "C03": evidence.errors, "C04": evidence.completeness,
    "C05": evidence.course, "C06": evidence.custodian, "C07": evidence.times, "C08": evidence.sealed, "C09": evidence.before,
    "C10": evidence.signer, "C11": evidence.translations, "C12": evidence.listed, "C13": evidence.stated, "C14": evidence.redacted,
    "C15": evidence.preserved, "C16": evidence.limits,
}  # fmt: skip


def contribution(d: Dossier) -> dict[str, tuple[Held, ...]]:
    """The facts beside each factor of data/factors.json, in the data's order; an empty tuple where the record holds none.

    Args:
        d: as `gather` made it; what is withheld there is only a commitment here.
    """
    asked = asking(d)
    return {name: tuple(find(asked)) for name, find in FINDERS.items()}


def asking(d: Dossier) -> Book:
    """The dossier with its entries by kind."""
    return book(d, facts.FILE_KINDS)
