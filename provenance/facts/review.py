"""Before publishing: a work was checked, a person answered, a rule of a policy was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import STATED, Fact, Rows, sealed


@dataclass(frozen=True, kw_only=True)
class WorkChecked(Fact):
    """A check of a work was run; what it found are hints, no judgement.

    picture_count, pictures_sha256: the pictures looked at, and SHA-256 over their hashes, sorted, a line feed after each. codes: rows of
    `{code, level, count}`. names_data, duties_data, policy: SHA-256 of what was checked against. compared: files of the person's own
    folders that were compared; not_compared: those that were not. findings: rows of `{finding, code, level, subject, said, pictures,
    entries, authorities}`; finding is its number, the same where the same was found of the same pictures.
    """

    KIND: ClassVar[str] = "work.checked/1"
    work: str | None = None
    picture_count: int
    pictures_sha256: str
    codes: Rows = ()
    names_data: str
    duties_data: str
    policy: str | None = None
    compared: int | None = None
    not_compared: int | None = None
    findings: Rows = sealed(default=())
    folders: tuple[Any, ...] | None = sealed()


@dataclass(frozen=True, kw_only=True)
class CheckAnswered(Fact):
    """A person looked at what a check found. of: its entry. answer: "looked at", "will change", "not applicable". way: "one by one" (asked
    on a terminal), "given" (as an option), "all at once". findings: which ones."""

    KIND: ClassVar[str] = "check.answered/1"
    CLASS: ClassVar[str] = STATED
    of: int
    work: str | None = None
    code: str
    answer: str
    way: str
    count: int
    findings: tuple[str, ...] = sealed(default=())
    words: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class PolicyOverridden(Fact):
    """A person went on although a rule of the policy refused it. action: "export" or "publish". rules: which ones. policy: SHA-256."""

    KIND: ClassVar[str] = "policy.overridden/1"
    CLASS: ClassVar[str] = STATED
    action: str
    work: str | None = None
    rules: tuple[str, ...]
    policy: str
    why: str = sealed()
