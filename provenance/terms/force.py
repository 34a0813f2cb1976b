"""Which version of a text was in force on a day, so far as the data tell; and what differs between two. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from provenance.errors import BadInput
from provenance.terms.profile import FIELDS, PRIMARY, SECONDARY, Document, Profile, Statement, Version

START_UNKNOWN, NOT_SINCE, INFERRED, SECOND_HAND, UNSURE = "start-unknown", "not-looked-since", "until-inferred", "second-hand", "uncertain"


@dataclass(frozen=True)
class Found:
    """The version of a document on a day; None is "unknown". marks: what is not known of it, as codes:

    start-unknown (the day it took effect is not known: counted from the day it bears, or on which it was looked at), not-looked-since
    (the day asked for is later than the last look: a later version may stand between), until-inferred, second-hand, uncertain.
    """

    document: Document
    version: Version | None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A field that differs between two versions."""

    field: str
    before: tuple[Statement, ...]
    after: tuple[Statement, ...]


def day(text: str) -> str:
    """A day as ISO 8601, `2026-05-27`. Raises BadInput `terms.day`."""
    try:
        found = datetime.date.fromisoformat(text).isoformat()
        if found != text:  # weeks and digits of other scripts, which Python takes too
            raise ValueError(text)
        return found
    except ValueError as error:
        raise BadInput("terms.day", text=text) from error


def in_force(document: Document, on: str) -> Found:
    """The version in force on a day (ISO 8601).

    The newest version that begins on or before that day and has not ended. A month stands for its first day, where less is claimed by it.
    """
    begun = [one for one in document.versions if _first(_begin(one)) <= on and not (one.until and on > one.until)]
    if not begun:
        return Found(document, None)
    version = max(begun, key=lambda one: _first(_begin(one)))
    asked = (
        (START_UNKNOWN, not version.start),
        (NOT_SINCE, on > _first(version.looked)),
        (INFERRED, version.until_inferred),
        (SECOND_HAND, version.read == SECONDARY),
        (UNSURE, version.read not in (PRIMARY, SECONDARY)),
    )
    return Found(document, version, tuple(code for code, holds in asked if holds))


def all_in_force(profile: Profile, on: str) -> tuple[Found, ...]:
    """The same for every document of a profile: which of them a user accepted, the data cannot tell."""
    return tuple(in_force(one, on) for one in profile.documents)


def difference(one: Version, other: Version) -> tuple[Change, ...]:
    """The fields in which two versions differ, in the order of FIELDS; () where they say the same. Remarks are ours, not the text's."""
    pairs = ((name, one.statements.get(name, ()), other.statements.get(name, ())) for name in FIELDS if name != "remarks")
    return tuple(Change(name, before, after) for name, before, after in pairs if before != after)


def _begin(version: Version) -> str:
    """From when a version counts: its start, else the day it bears, else the day on which it was seen to stand there."""
    return version.start or version.dated or version.looked


def _first(text: str) -> str:
    return text if len(text) == 10 else f"{text}-01"
