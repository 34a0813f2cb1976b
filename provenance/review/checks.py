"""The check itself: a plain tuple of what is looked at, in the order in which it is printed."""

from __future__ import annotations

from provenance.config import Policy
from provenance.review.finding import Finding, ordered
from provenance.review.inputs import inputs
from provenance.review.labels import labels
from provenance.review.licences import licences
from provenance.review.likeness import likeness
from provenance.review.material import Material
from provenance.review.names import names
from provenance.review.policy import policy
from provenance.review.record import record

CHECKS = (inputs, licences, likeness, labels, record)
TOPICS = ("policy", "name", "input", "alike", "licence", "label", "record")


def check(material: Material, rules: Policy, reviewed: bool = True) -> tuple[Finding, ...]:
    """All findings, refusals first.

    Args:
        reviewed: whether what [policy] require_review asks for is there; during a review it is, or comes with it.
    """
    found = [*names(material.texts), *(finding for one in CHECKS for finding in one(material))]
    return ordered((*policy(rules, material, reviewed), *found))
