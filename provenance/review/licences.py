"""Terms and licences that were in force on the pictures' days, so far as they restrict commercial use or ask for something."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.law.authority import EVERYWHERE, Authority
from provenance.review.finding import HINT, WARNING, Finding, Params, rests_on
from provenance.review.material import Material, Noted, Use
from provenance.terms.applies import LOCAL, Applied
from provenance.terms.force import Found
from provenance.terms.profile import Statement, Version

ALLOWED = frozenset({"Allowed.", "Allowed, within the use restrictions."})
"""What the profiles say, in their own words, where a text allows commercial use: said all the same, as a hint."""
BOTH = ("commercial", "plan")


def licences(material: Material) -> Iterator[Finding]:
    """One finding for each statement of each text that bears on the pictures, then what files beside the models claim."""
    unknown: list[Use] = []
    for use in material.uses:
        if use.applied is None or (use.applied.profile is None and LOCAL not in use.applied.marks):
            unknown.append(use)
        elif use.applied.profile is not None:
            yield from _of_text(use, use.applied)
    if unknown:
        pictures, entries = rests_on(unknown)
        named = dict.fromkeys(use.model or (use.applied.named if use.applied else "") for use in unknown)
        params: Params = {"names": ", ".join(list(filter(None, named))[:8]) or "-", "count": len(named)}
        yield Finding("licence.unknown", HINT, "", pictures, entries, params)
    for one in material.noted:
        yield from _of_flags(one)


def _of_text(use: Use, applied: Applied) -> Iterator[Finding]:
    for found in applied.found:
        if found.version is None:
            params: Params = {"title": found.document.title, "on": use.on or "?"}
            yield Finding("licence.no-version", HINT, found.document.id, use.pictures, use.entries, params)
            continue
        for field in (*BOTH, "duties"):
            for at, statement in enumerate(found.version.statements.get(field, ())):
                yield _statement(use, found, (field, at), statement)


def _statement(use: Use, found: Found, place: tuple[str, int], said: Statement) -> Finding:
    assert found.version is not None
    field, at = place
    code = "licence.duty" if field == "duties" else "licence.terms"
    level = WARNING if field in BOTH and said.en not in ALLOWED else HINT
    params: Params = {
        "title": found.document.title, "version": found.version.label or "?", "says": (said.en, said.zh), "clause": said.clause or "-",
        "about": use.model or (use.applied.named if use.applied else ""), "count": len(use.pictures),
    }  # fmt: skip
    subject = f"{found.document.id} {found.version.label} {field} {at}"
    return Finding(code, level, subject, use.pictures, use.entries, params, (_authority(found, found.version, said),))


def _authority(found: Found, version: Version, said: Statement) -> Authority:
    certainty = "uncertain" if said.uncertain or found.marks else version.read
    title = "  ".join(part for part in (found.document.title, version.number) if part)
    days = ((version.dated, "dated"), (version.start, "in-force"), (version.looked, "looked"))
    date, date_of = next(one for one in days if one[0])
    return Authority(found.document.id, (title, title), ("", ""), EVERYWHERE, "terms", date, date_of, "", version.source, certainty)


def _of_flags(one: Noted) -> Iterator[Finding]:
    """The flags of a model's page as a file beside the model repeats them. A flag that is not there says nothing; a permissive one is
    not repeated here: the tool that wrote the file may have put it there for want of another."""
    name = one.name or one.model[:12]
    start = (one.model, one.pictures, one.entries)
    if one.agrees is False:
        yield Finding("licence.note-of-other", WARNING, *start, {"name": name})
    if (commercial := one.permissions.get("allowCommercialUse")) is not None:
        allowed = {part for part in commercial.split(",") if part}
        if not allowed or allowed == {"None"}:
            yield Finding("licence.civitai-none", WARNING, *start, {"name": name})
        elif not allowed & {"Image", "Sell"}:
            yield Finding("licence.civitai-no-image", WARNING, *start, {"name": name, "value": commercial})
    if one.permissions.get("allowNoCredit") == "false":
        yield Finding("licence.civitai-credit", WARNING, *start, {"name": name})
    if one.permissions.get("allowDerivatives") == "false":
        yield Finding("licence.civitai-derivatives", HINT, *start, {"name": name})
