"""The profiles: what each text says, from `data/terms` (services) and `data/licences` (models), as values. docs/terms.md has the fields."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance import data
from provenance.errors import BadInput

SERVICE, LICENCE = "service", "licence"
FOLDERS = ((SERVICE, "terms"), (LICENCE, "licences"))
SINGLE = ("input", "output", "training", "opt_out", "plan", "commercial")
MANY = ("duties", "remarks")
FIELDS = (*SINGLE, *MANY)
PRIMARY, SECONDARY, UNCERTAIN = "primary", "secondary", "uncertain"


@dataclass(frozen=True)
class Statement:
    """One statement of a text, in the project's own words. clause: its number there, "" where none is given. uncertain: marked so."""

    en: str
    zh: str
    clause: str = ""
    uncertain: bool = False

    def text(self, lang: str) -> str:
        """In one language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Version:
    """One version of a text. Days are ISO 8601, also `2025-05` where no more is known; "" is unknown.

    dated: the day that the text bears. start, until: in force from and to, both within. until_inferred: from the next known version.
    stands_for: the days from which on the several versions that this row stands for had effect. source: an address; looked: the day it was
    looked at; read: "primary" (the text itself), "secondary" (what others say of it), "uncertain". sha256: of the text as it was read.
    statements: by field; an absent field was not found in what was read.
    """

    dated: str
    number: str
    start: str
    until: str
    until_inferred: bool
    stands_for: tuple[str, ...]
    source: str
    looked: str
    read: str
    sha256: str
    statements: Mapping[str, tuple[Statement, ...]]

    @property
    def label(self) -> str:
        """How it is named: its number and the day it bears, or from which it had effect; "" where it has neither."""
        return "  ".join(part for part in (self.number, self.dated or self.start) if part)


@dataclass(frozen=True)
class Document:
    """One text of a service or model. title: as the text has it. covers: which products. versions: oldest first."""

    id: str
    title: str
    covers: Statement
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Flag:
    """One value of a permission that is set for each model."""

    flag: str
    value: str
    means: Statement


@dataclass(frozen=True)
class Profile:
    """A service or a licence. generators: what files call the service. perhaps: names of a company that has other services too.
    licences: what model files call the licence."""

    id: str
    kind: str
    name: Statement
    documents: tuple[Document, ...]
    generators: tuple[str, ...]
    perhaps: tuple[str, ...]
    licences: tuple[str, ...]
    flags: tuple[Flag, ...]


@functools.cache  # data files that come with the program
def profiles() -> tuple[Profile, ...]:
    """Every profile, services first, each kind in the order of its ids."""
    return tuple(
        _profile(kind, json.loads(data.read(name))) for kind, folder in FOLDERS for name in data.names(folder) if name.endswith(".json")
    )


@functools.cache
def local_programs() -> frozenset[str]:
    """Programs that run on a machine of one's own, folded as `folded` does: no service stands in their files."""
    return frozenset(folded(name) for name in json.loads(data.read("local_programs.json"))["programs"])


def folded(name: str) -> str:
    """A name for comparison: without case, and without anything but letters, digits and `+`."""
    return re.sub(r"[^\w+]|_", "", name[:400].casefold())


def profile(ref: str) -> Profile:
    """The profile of this id, name or alias. Raises BadInput `terms.unknown`."""
    found = known(ref)
    if found is None:
        raise BadInput("terms.unknown", ref=ref)
    return found


def known(ref: str) -> Profile | None:
    """The same; None where there is none."""
    wanted = folded(ref)
    for one in profiles():
        names = (one.id, one.name.en, one.name.zh, *one.generators, *one.licences)
        if wanted and wanted in (folded(name) for name in names):
            return one
    return None


def _profile(kind: str, raw: Mapping[str, Any]) -> Profile:
    return Profile(
        raw["id"], kind, _statement(raw["name"]), tuple(_document(one) for one in raw["documents"]),
        tuple(raw["generators"]), tuple(raw["perhaps"]), tuple(raw["licences"]),
        tuple(Flag(one["flag"], one["value"], _statement(one["means"])) for one in raw["flags"]),
    )  # fmt: skip


def _document(raw: Mapping[str, Any]) -> Document:
    return Document(raw["id"], raw["title"], _statement(raw["covers"]), tuple(_version(one) for one in raw["versions"]))


def _version(raw: Mapping[str, Any]) -> Version:
    said: dict[str, tuple[Statement, ...]] = {name: (_statement(raw[name]),) for name in SINGLE if raw[name] is not None}
    said |= {name: tuple(_statement(one) for one in raw[name]) for name in MANY if raw[name]}
    days = {name: raw[name] or "" for name in ("dated", "number", "until", "sha256")}
    return Version(
        start=raw["from"] or "", until_inferred=raw["until_inferred"], stands_for=tuple(raw["stands_for"]), source=raw["source"],
        looked=raw["looked"], read=raw["read"], statements=said, **days,
    )  # fmt: skip


def _statement(raw: Mapping[str, Any]) -> Statement:
    return Statement(raw["en"], raw["zh"], raw.get("clause", ""), raw.get("uncertain", False))
