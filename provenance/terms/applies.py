"""What a picture's files name -> the terms and licences that bear on it on its day. Pure.

A text that the person recorded stands before the built-in profile; what neither tells is "unknown".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.terms.force import Found, all_in_force
from provenance.terms.profile import LICENCE, SERVICE, Profile, folded, known, local_programs, profiles

LOCAL, NO_PROFILE, PERHAPS, SAVED_LATER, NO_DAY = "local", "no-profile", "product-not-named", "saved-later", "no-day"


@dataclass(frozen=True)
class Saved:
    """What a person recorded of a service or licence: a text, or what they state of their plan, or both.

    seq, at: of the entry. platform: profile id, or the person's own name for it. accepted: the day they state, or "". sha256: of the text.
    """

    seq: int
    at: str
    platform: str
    plan: str = ""
    accepted: str = ""
    sha256: str = ""
    title: str = ""
    stated: int | None = None

    @property
    def since(self) -> str:
        """From which day on it counts: the day of acceptance as stated, else the day of its entry."""
        return self.accepted or self.at[:10]


@dataclass(frozen=True)
class Applied:
    """named: as the file says it. profile: what is known of it. found: its versions on the day. saved: the person's record for that day.

    marks: local (a program on a machine of one's own; no service stands in the file), no-profile, product-not-named (the file names a
    company with several services), saved-later (the person's record begins after the day), no-day (no day of the picture is known).
    """

    kind: str
    named: str
    profile: Profile | None
    found: tuple[Found, ...]
    saved: Saved | None
    marks: tuple[str, ...]


def of_generator(named: str, on: str, saved: Sequence[Saved]) -> Applied:
    """The terms of the service that a file names. on: the day, ISO 8601, "" where none is known."""
    if folded(named) in local_programs():
        return Applied(SERVICE, named, None, (), None, (LOCAL,))
    profile, perhaps = service(named)
    return _applied(SERVICE, named, profile, on, (saved, (PERHAPS,) if perhaps else ()))


def of_licence(named: str, on: str, saved: Sequence[Saved] = ()) -> Applied:
    """The licence that a model file names in its header."""
    found = next((one for one in profiles() if one.kind == LICENCE and folded(named) in map(folded, one.licences)), None)
    return _applied(LICENCE, named, found, on, (saved, ()))


def _applied(kind: str, named: str, profile: Profile | None, on: str, said: tuple[Sequence[Saved], tuple[str, ...]]) -> Applied:
    saved, marks = said
    mine = _on(_about(saved, profile, named), on)
    if profile is None:
        marks += (NO_PROFILE,)
    if not on:
        marks += (NO_DAY,)
    if mine is not None and on and mine.since > on:
        marks += (SAVED_LATER,)
    return Applied(kind, named, profile, all_in_force(profile, on) if profile and on else (), mine, marks)


def service(named: str) -> tuple[Profile | None, bool]:
    """The service that a generator's name means, and whether the name is only its company's. A name may go on after the service's."""
    wanted = folded(named)
    for one in profiles():
        if one.kind == SERVICE and wanted:
            if any(folded(name) == wanted or named.casefold().startswith(name.casefold() + " ") for name in one.generators):
                return one, False
            if wanted in map(folded, one.perhaps):
                return one, True
    return None, False


def platform_id(named: str) -> str:
    """What a person calls a service or licence, as the id of its profile where there is one; else as they call it."""
    found = known(named) or service(named)[0]
    return found.id if found else named.strip()


def about(saved: Saved, named: str) -> bool:
    """Whether what a person recorded is about the service or licence that a file names."""
    profile = service(named)[0] or known(named)
    return bool(_about([saved], profile, named))


def _about(saved: Sequence[Saved], profile: Profile | None, named: str) -> list[Saved]:
    return [one for one in saved if (profile is not None and one.platform == profile.id) or folded(one.platform) == folded(named)]


def _on(saved: Sequence[Saved], on: str) -> Saved | None:
    """The last that began by that day; else the first that began later."""
    ordered = sorted(saved, key=lambda one: (one.since, one.seq))
    begun = [one for one in ordered if one.since <= on]
    return begun[-1] if begun else ordered[0] if ordered else None
