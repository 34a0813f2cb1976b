"""The one place where a team's policy stands in the way of what goes out: asked before an export and before a publication is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from provenance import facts
from provenance.daemon.house import House
from provenance.errors import BadInput, Refused
from provenance.review.finding import REFUSAL, Finding
from provenance.views import ask, selection
from provenance.views.selection import Selection

EXPORT, PUBLISH = "export", "publish"


def about(house: House, pictures: Sequence[str]) -> Selection:
    """What a publication of pictures is held against: the work that all of them are filed in, newest first, one whose check is on record
    before others; else the pictures themselves."""
    from provenance.daemon import checking

    filed = [{row["work"] for row in house.views.ask("SELECT work FROM work_items WHERE sha256 = :s", s=sha)} for sha in pictures]
    common = set.intersection(*filed) if filed else set()
    rows = sorted((ask.work(house.views, work) for work in common), key=lambda row: -int(row["seq"]))
    works = [selection.of_work(house.views, row["work"]) for row in rows]
    usual = works[0] if works else selection.of_pictures(house.views, pictures)
    return next((one for one in works if checking.on_record(house, one)), usual)


def let_pass(house: House, chosen: Selection, action: str, *, override: bool = False, why: str = "") -> tuple[Finding, ...]:
    """Hold a work against `prov.toml [policy]`; without one, nothing is looked at.

    Args:
        action: EXPORT or PUBLISH. override, why: the person goes on although a rule refuses; that becomes an entry.
    Returns:
        The rules that are not kept, for the caller to tell: warnings, and refusals that were overridden.
    Raises:
        Refused: `policy.refused`, or `policy.no-override` where the policy allows none. BadInput: `policy.why` without a reason.
    """
    rules = house.config.policy
    if not rules.rules:
        return ()
    from provenance import words
    from provenance.daemon import checking, gathering
    from provenance.review import policy

    if override and not why.strip():
        raise BadInput("policy.why")
    broken = tuple(policy.policy(rules, gathering.material(house, chosen), checking.on_record(house, chosen)))
    refused = tuple(one for one in broken if one.level == REFUSAL)
    if refused and not override:
        lang = words.language()
        first = "; ".join(dict.fromkeys(one.said(lang) for one in refused[:3]))
        raise Refused("policy.refused", count=len(refused), said=first)
    if refused and not rules.override:
        raise Refused("policy.no-override", count=len(refused))
    if refused:
        broken_rules = tuple(dict.fromkeys(one.code.removeprefix("policy.") for one in refused))
        house.tell(
            facts.PolicyOverridden(action=action, work=chosen.work, rules=broken_rules, policy=policy.digest(rules) or "", why=why.strip())
        )
    return broken
