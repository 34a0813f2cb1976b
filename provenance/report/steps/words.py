"""What changed in the words: prompts phrase by phrase, negatives, templates, and whose choice a change was. Pure.

A wildcard's or a dynamic prompt's template is what the person wrote; its expansion is the tool's choice. Where the template is the same and
the prompt is not, the tool chose: such differences carry `by` TOOL.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provenance.prompts import compare
from provenance.prompts.phrases import Phrase, phrases, weighed
from provenance.report.steps.delta import (
    MADE,
    NEGATIVE,
    NEGATIVE_TEMPLATE,
    PERSON,
    PROMPT,
    TEMPLATE,
    TOOL,
    TYPED_TEXT,
    Delta,
    Values,
    rows,
    texts,
)  # fmt: skip
from provenance.report.values import plain

EXPANDED, UNKNOWABLE = "EXPANDED", "UNKNOWABLE"  # as in `texts` of a file entry
MOST_TEXTS = 64  # of one list: a hostile graph may hold thousands
_LISTS = ((PROMPT, "prompts", TEMPLATE), (NEGATIVE, "negative_prompts", NEGATIVE_TEMPLATE))
_TAGS_TOLD_ELSEWHERE = frozenset({"lora", "lyco", "hypernet"})  # a network's tag in the prompt: the list of LoRAs says it with its weights


@dataclass(frozen=True)
class Rewritten:
    """A text of two runs that is not the same in both. topic: PROMPT or NEGATIVE. of: its number, "" where there is but one. before, after:
    whole, "" where there was none. by: whose choice the change was, as in Delta."""

    topic: str
    of: str
    before: str
    after: str
    by: str


def rewritten(old: Values, new: Values) -> tuple[Rewritten, ...]:
    """The prompts that differ, for showing them word by word."""
    found = []
    for topic, field, template in _LISTS:
        pairs = _pairs(texts(old.get(field)), texts(new.get(field)))
        by = _chooser(old, new, topic, _templates(old, template), _templates(new, template))
        found += [Rewritten(topic, str(n) if len(pairs) > 1 else "", *pair, by) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1]]
    return tuple(found)


def differences(old: Values, new: Values) -> list[Delta]:
    """The differences of all texts of two runs, in the order of the prompt, its template, the negative, its template."""
    spoken = {plain(side["dialect"]) for side in (old, new) if side.get("dialect")}  # a file without a prompt has none
    dialect = spoken.pop() if len(spoken) == 1 else None
    networks = bool(old.get("loras") or new.get("loras"))
    found: list[Delta] = []
    for topic, field, template in _LISTS:
        before, after = _templates(old, template), _templates(new, template)
        by = _chooser(old, new, topic, before, after)
        pairs = _pairs(texts(old.get(field)), texts(new.get(field)))
        for number, (one, other) in enumerate(pairs, 1):
            of = str(number) if len(pairs) > 1 else ""
            found += [
                _delta(topic, change, of, by)
                for change in _difference(one, other, dialect)
                if not (networks and change.tag in _TAGS_TOLD_ELSEWHERE)
            ]
        for one, other in _pairs(before, after):
            if not (one and other):  # it came or went whole
                found.append(Delta(template, "added" if other else "removed", one or other, place=1))
                continue
            found += [_delta(template, change, "", PERSON) for change in _difference(one, other, dialect)]
        found += _unknowable(old, new, topic)
    return found + _typed(old, new, found, dialect)


def _difference(one: str, other: str, dialect: str | None) -> tuple[compare.Change, ...]:
    if one == other:
        return ()
    return compare.compare(_phrases(one, dialect), _phrases(other, dialect)) or (compare.Change(compare.SPACING, ""),)


@functools.lru_cache(maxsize=32)
def _phrases(text: str, dialect: str | None) -> tuple[Phrase, ...]:
    """A run's prompt is looked at twice: against the run before it and against the one after."""
    return phrases(text) if dialect is None else weighed(text, dialect)


def _chooser(old: Values, new: Values, role: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Who chose other words: the tool where the template or all typed parts stayed as they were, MADE where the file keeps neither."""
    if before or after:
        return TOOL if before == after else PERSON
    if not any(row.get("role") == role and row.get("origin") == EXPANDED for row in rows(new.get("texts"))):
        return PERSON
    one, other = _parts(old), _parts(new)
    return MADE if not (one or other) else TOOL if one == other else PERSON


def _parts(values: Values) -> list[str]:
    """What a person typed into nodes that a node joined to a prompt."""
    return [plain(row.get("text")) for row in rows(values.get("texts")) if row.get("role") == TYPED_TEXT and row.get("text")]


def _delta(topic: str, change: compare.Change, of: str, by: str) -> Delta:
    return Delta(topic, change.what, change.text, change.before, change.after, change.place, of, by)


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Texts of two lists side by side: equal ones first, so that one that came in between does not shift all that follow."""
    old, new = list(old[:MOST_TEXTS]), list(new[:MOST_TEXTS])
    if len(old) == len(new):
        return list(zip(old, new, strict=True))
    kept = [text for text in new if text in old]
    gone, come = [text for text in old if text not in kept], [text for text in new if text not in old]
    places = max(len(gone), len(come))
    return [(text, text) for text in kept] + [
        (gone[n] if n < len(gone) else "", come[n] if n < len(come) else "") for n in range(places)
    ]


def _templates(values: Values, role: str) -> list[str]:
    return [plain(row.get("text")) for row in rows(values.get("texts")) if row.get("role") == role and row.get("text")]


def _unknowable(old: Values, new: Values, role: str) -> list[Delta]:
    """A text that was made while the tool ran and that the file does not hold: it may have changed unseen, and that is said."""
    def places(values: Values) -> list[Mapping[str, object]]:
        return [row for row in rows(values.get("texts")) if row.get("role") == role and row.get("origin") == UNKNOWABLE]

    return [Delta(role, "unknowable", plain(row.get("where"))) for row in places(new)[:1] if places(old)]


def _typed(old: Values, new: Values, told: Sequence[Delta], dialect: str | None) -> list[Delta]:
    """Parts that a person typed and a node joined to a prompt; told only where no prompt's difference says the same."""
    if any(delta.topic in (PROMPT, NEGATIVE, TEMPLATE, NEGATIVE_TEMPLATE) and delta.by == PERSON for delta in told):
        return []
    changes = [(one, other) for one, other in _pairs(_parts(old), _parts(new)) if one != other]
    return [_delta(TYPED_TEXT, change, "", PERSON) for one, other in changes for change in _difference(one, other, dialect)]


def origin_of(values: Values) -> str:
    """How the (first) prompt came about, as the file tells: TYPED, EXPANDED, UNKNOWABLE, "" where it does not tell."""
    return next((plain(row.get("origin")) for row in rows(values.get("texts")) if row.get("role") == PROMPT), "")
