"""A team's own rules (`prov.toml [policy]`) over what a check found. They are kept or not; what they ask for is the team's business."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Iterator
from types import MappingProxyType

from provenance import canon
from provenance.config import REFUSE, THIRD_PARTY, UNDECLARED, UNLICENSED, Policy
from provenance.review import matcher
from provenance.review.finding import REFUSAL, WARNING, Finding, Params, once, rests_on
from provenance.review.material import NAME, NEGATIVE, Material, Text
from provenance.review.names import known


def policy(rules: Policy, material: Material, reviewed: bool) -> Iterator[Finding]:
    """One finding for each rule that is not kept: a refusal or a warning, as the rule's mode says.

    Args:
        reviewed: whether a check of these very pictures is on record with every warning answered.
    """
    for rule in rules.rules:
        level = REFUSAL if rules.of(rule) == REFUSE else WARNING
        if rule == "require_review":
            if not reviewed:
                yield Finding("policy.require_review", level, pictures=tuple(one.sha256 for one in material.pictures))
            continue
        for subject, pictures, entries, params in _RULES[rule](rules, material):
            yield Finding(f"policy.{rule}", level, subject, pictures, entries, params)


def digest(rules: Policy) -> str | None:
    """SHA-256 of a policy, None for an empty one: what an entry says of it without saying what it is."""
    if not rules.rules:
        return None
    values = {name: getattr(rules, name) for name in Policy.__dataclass_fields__}
    return canon.sha256(json.dumps(values, sort_keys=True, ensure_ascii=True).encode("ascii"))


Broken = tuple[str, tuple[str, ...], tuple[int, ...], Params]


def _inputs(rules: Policy, material: Material) -> Iterator[Broken]:
    for one in material.inputs:
        third = one.rights == "third-party"
        kinds = {THIRD_PARTY} if third else set()
        kinds |= {UNLICENSED} if third and not one.licence else set()
        kinds |= {UNDECLARED} if not one.rights else set()
        if broken := kinds & set(rules.forbid_inputs):
            params: Params = {"name": one.name or one.sha256[:12], "which": ", ".join(sorted(broken))}
            yield one.sha256 or one.name, one.pictures, one.entries, params


def _models(rules: Policy, material: Material) -> Iterator[Broken]:
    patterns = [pattern.casefold() for pattern in rules.forbid_models]
    hits: dict[str, list[Text]] = {}
    for text in material.texts:
        if text.where == NAME:
            name = text.text.casefold()
            bare = name.replace("\\", "/").rsplit("/", 1)[-1]
            if any(fnmatch.fnmatchcase(form, pattern) for pattern in patterns for form in (name, bare, bare.rsplit(".", 1)[0])):
                hits.setdefault(text.text, []).append(text)
    for name, found in hits.items():
        yield _named(name, found)


def _names(rules: Policy, material: Material) -> Iterator[Broken]:
    """A name of the data means all its forms; any other words mean themselves. What is to be kept out of a picture is not forbidden."""
    by_alias = {matcher.folded(alias): one for one in known().values() for alias in (*one.aliases, one.id)}
    wanted = [(name, by_alias[key].aliases if (key := matcher.folded(name)) in by_alias else (name,)) for name in rules.forbid_names]
    sought = matcher.matcher(wanted)
    hits: dict[str, list[Text]] = {}
    for text in material.texts:
        if text.where != NEGATIVE:
            for name in matcher.found(sought, matcher.of_name(text.text) if text.where == NAME else text.text):
                hits.setdefault(name, []).append(text)
    for name, found in sorted(hits.items()):
        yield _named(name, found)


def _named(name: str, found: list[Text]) -> Broken:
    pictures, entries = rests_on(found)
    return name, pictures, entries, {"name": name, "count": len(pictures)}


def _reason(_: Policy, material: Material) -> Iterator[Broken]:
    mute = [one for one in material.decisions if not one.reason]
    if mute or not material.decisions:
        pictures = once(sha for one in mute for sha in one.pictures)
        yield "", pictures, tuple(one.seq for one in mute), {"count": len(mute), "all": len(material.decisions)}


def _statement(_: Policy, material: Material) -> Iterator[Broken]:
    if not material.standing.statements:
        yield "", (), (), {}


def _anchor(rules: Policy, material: Material) -> Iterator[Broken]:
    stands = material.standing
    if not stands.trusted or stands.unanchored > rules.require_anchor * 3600:
        hours = stands.unanchored // 3600 if stands.unanchored >= 0 else 0
        yield "", (), (), {"hours": hours, "most": rules.require_anchor, "times": stands.trusted}


_RULES: MappingProxyType[str, Callable[[Policy, Material], Iterator[Broken]]] = MappingProxyType({
    "forbid_inputs": _inputs, "forbid_models": _models, "forbid_names": _names, "require_reason": _reason,
    "require_statement": _statement, "require_anchor": _anchor,
})  # fmt: skip
