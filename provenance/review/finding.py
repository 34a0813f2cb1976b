"""What a check says: a hint to look at something, a warning that wants an answer, or a rule of the team's own policy that refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provenance import canon, words
from provenance.law.authority import Authority
from provenance.review.material import Text, Use

HINT, WARNING, REFUSAL = "hint", "warning", "refusal"
LEVELS = (REFUSAL, WARNING, HINT)
Params = Mapping[str, str | int | tuple[str, str]]
ANSWERS = ("looked at", "will change", "not applicable")
MOST_NAMED = 40  # pictures and entries that a finding names one by one; the rest is counted


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    code: names the sentence `review.<code>`. subject: which of its kind, an id, a name or a hash, "" where there is one only.
    pictures: SHA-256. entries: what it rests on. params: for the sentence, in both languages alike, or by language as (name, en, zh).
    always: whether an answer stands although the pictures change.
    """

    code: str
    level: str
    subject: str = ""
    pictures: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    params: Params = field(default_factory=dict)
    authorities: tuple[Authority, ...] = ()
    always: bool = False

    @property
    def topic(self) -> str:
        """The group it stands in: what is before the first dot of its code."""
        return self.code.partition(".")[0]

    @property
    def ident(self) -> str:
        """16 hex digits, the same for the same finding about the same pictures: an answer is to that and to no other."""
        about: Sequence[str] = () if self.always else sorted(set(self.pictures))
        return canon.sha256(canon.encode([self.code, self.subject, list(about)]))[:16]

    def said(self, lang: str) -> str:
        """Its sentence in a language; untrusted text in it is made visible."""
        at = 1 if lang == "zh" else 0
        told = {name: value[at] if isinstance(value, tuple) else value for name, value in self.params.items()}
        return words.say(f"review.{self.code}", lang, **told)


def once(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(values))


def rests_on(found: Sequence[Text | Use]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Pictures and entries of all of them, each once; entries ascending."""
    return once(sha for one in found for sha in one.pictures), tuple(sorted({seq for one in found for seq in one.entries}))


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Refusals first, then warnings, then hints; within each as they were found."""
    return tuple(sorted(findings, key=lambda one: LEVELS.index(one.level)))
