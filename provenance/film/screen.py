"""What is withheld stays out: values of entries and differences between runs, each replaced by a bar where it was. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from provenance import words
from provenance.film.scene import Line, Piece, line, withheld
from provenance.report.steps import compare, say
from provenance.report.steps import delta as d
from provenance.report.steps.delta import Delta
from provenance.report.values import plain
from provenance.views.fold import RecordLike, folder_and_name

HANDED = frozenset({"text", "why", "note", "licence", "where"})  # withheld words take along what was handed over with them
_PROMPTS = frozenset({"prompts", "negative_prompts", "texts", "parts", "passes", "rest", "carriers"})
_FIELDS: dict[str, frozenset[str]] = {
    d.PROMPT: _PROMPTS, d.NEGATIVE: _PROMPTS, d.TEMPLATE: _PROMPTS, d.NEGATIVE_TEMPLATE: _PROMPTS, d.TYPED_TEXT: _PROMPTS,
    d.SEED: frozenset({"seeds"}), d.PASS: frozenset({"passes"}), d.MODEL: frozenset({"models", "hashes"}), d.LORA: frozenset({"loras"}),
    d.INPUT: frozenset({"inputs"}), d.MASK: frozenset({"inputs"}), d.CONTROL: frozenset({"controls"}), d.PART: frozenset({"parts"}),
    d.GRAPH: frozenset({"carriers", "rest"}), d.GENERATOR: frozenset({"generator", "tool_version"}), d.SAVING: frozenset({"path", "rest"}),
    d.NOTED: frozenset({"rest"}),
}  # fmt: skip
_OWN = {"steps": "steps", "cfg": "cfgs", "sampler": "samplers", "scheduler": "schedulers", "denoise": "denoises", "size": "sizes"}


def hidden(change: Delta, fields: frozenset[str]) -> bool:
    """Whether a difference tells what a withheld field holds. One of a topic that is not known is hidden as soon as anything is."""
    if not fields:
        return False
    if change.topic == d.PARAMETER:
        own = _OWN.get(change.name)
        return bool(fields & ({own} if own and not change.of else {"passes", "rest", "carriers", own}))
    if change.topic == d.SEED and change.of and "passes" in fields:
        return True
    needed = _FIELDS.get(change.topic)
    return needed is None or bool(needed & fields)


def differences(changes: Sequence[Delta], fields: frozenset[str], lang: str) -> list[Line]:
    """What changed, as lines; what is withheld as its topic and a bar. A re-roll is only said where that is the whole truth."""
    shown = [change for change in changes if not hidden(change, fields)]
    covered = [change for change in changes if hidden(change, fields)]
    if not covered:
        return [line(words.visible(text)) for text in say.lines(shown, lang)]
    told = say.lines(shown, lang) if compare.reroll(changes) and shown else say.listed(shown, lang)
    bars = (line(topic(say.topics([one], lang), lang), withheld()) for one in _once(covered))
    return [*(line(words.visible(text)) for text in told), *bars]


def topic(name: str, lang: str) -> str:
    """The beginning of a line whose rest is not shown."""
    return words.say("steps.line", lang, topic=name, what="")


def _once(changes: Iterable[Delta]) -> list[Delta]:
    return list({change.topic: change for change in changes}.values())


def value(record: RecordLike, name: str, fields: frozenset[str]) -> str | None:
    """A sealed value as text; None where it is withheld; "" where the entry has none."""
    if name in fields:
        return None if name in record.entry.sealed else ""
    return plain(record.values.get(name))


def said(label: str, text: str | None) -> list[Line]:
    """A labelled value as lines, each line of the text its own; a bar where it is None; nothing where it is ""."""
    if text is None:
        return [line(Piece(label, "quiet"), withheld())]
    if not text:
        return []
    first, *rest = words.visible(text, keep_newlines=True).split("\n")
    return [line(Piece(label, "quiet"), first), *(line(one) for one in rest)]


def name_of(record: RecordLike, fields: frozenset[str], field: str = "path") -> str | None:
    """A file's name without its folder; None where paths are withheld."""
    text = value(record, field, fields)
    return folder_and_name(text)[1] if text else text


def place_of(values: Any) -> str:
    """The last part of a folder's path, or a board's or tag's name."""
    text = plain(values)
    return folder_and_name(text.rstrip("/\\"))[1] or text
