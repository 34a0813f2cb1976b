"""Differences between runs as lines for people: one line for each kind of thing that changed, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from provenance import words
from provenance.report.steps import delta as d
from provenance.report.steps.compare import reroll
from provenance.report.steps.delta import Delta

LONGEST = 90  # characters of one phrase or name
MOST = 24  # differences on one line
_TEXTS = frozenset({d.PROMPT, d.NEGATIVE, d.TEMPLATE, d.NEGATIVE_TEMPLATE, d.TYPED_TEXT})
_LISTED = frozenset({"in", "out", "bypassed", "muted", "back"})


def lines(changes: Sequence[Delta], lang: str) -> list[str]:
    """What changed, as sentences; one line that says so where nothing did.

    Args:
        changes: as `compare.differences` gives them. lang: `zh` or `en`.
    """
    if not changes:
        return [words.say("steps.same", lang)]
    if reroll(changes):
        seeds = [change for change in changes if change.topic == d.SEED]
        rest = [change for change in changes if change.topic != d.SEED]
        return [words.say("steps.reroll", lang, changes=_joined(_seeds(seeds, lang), lang)), *_grouped(rest, lang)]
    return list(_grouped(changes, lang))


def listed(changes: Sequence[Delta], lang: str) -> list[str]:
    """Differences of which others are not shown: nothing is concluded from them, neither a re-roll nor that all is the same."""
    return list(_grouped(changes, lang))


def topics(changes: Iterable[Delta], lang: str) -> str:
    """Only what kinds of things changed, for a comparison that would fill a page."""
    found = dict.fromkeys(change.topic for change in changes)
    return _joined(
        [words.say(f"steps.{'topic' if topic in _TEXTS else 'topicname'}.{topic}", lang) for topic in found], lang, "steps.comma"
    )


def _grouped(changes: Sequence[Delta], lang: str) -> Iterator[str]:
    for (topic, of, by), members in groupby(changes, key=lambda one: (one.topic, one.of if one.topic in _TEXTS else "", one.by)):
        mine = list(members)
        if topic in _TEXTS:
            said = [_text(one, lang) for one in mine]
            yield words.say("steps.line", lang, topic=_titled(topic, of, by, lang), what=_joined(said, lang))
        elif topic == d.GRAPH:
            yield _joined(list(_graph(mine, lang)), lang)
        elif topic == d.NOTED:
            yield words.say("steps.noted", lang, names=_joined([_short(one.name) for one in mine], lang, "steps.comma"))
        elif topic == d.LORA:
            yield _joined(list(_loras(mine, lang)), lang)
        elif topic == d.SEED:
            yield _joined(_seeds(mine, lang), lang)
        else:
            yield _joined([_plain(one, lang) for one in mine], lang)


def _titled(topic: str, number: str, by: str, lang: str) -> str:
    title = words.say(f"steps.topic.{topic}", lang)
    if number:
        title = words.say("steps.topic.numbered", lang, topic=title, number=number)
    if by:
        title = words.say("steps.topic.by_tool" if by == d.TOOL else "steps.topic.made", lang, topic=title)
    return title


def _text(one: Delta, lang: str) -> str:
    if one.what in ("added", "removed"):
        return words.say(f"steps.text.{one.what}", lang, name=_weighed(one.name, one.after or one.before), place=one.place)
    return words.say(f"steps.text.{one.what}", lang, name=_short(one.name), before=_side(one.before, lang), after=_side(one.after, lang))


def _weighed(phrase: str, weight: str) -> str:
    """A phrase with its weight as it is written."""
    text = _short(phrase)
    return text if not weight else weight.replace("…", text) if "…" in weight else f"({text}:{weight})"


def _seeds(seeds: Iterable[Delta], lang: str) -> list[str]:
    """Seeds before and after, each pass's."""
    return [
        words.say("steps.seed.pass" if one.of else "steps.seed", lang, of=_known("steps.role", one.of, lang),
                  before=_side(one.before, lang), after=_side(one.after, lang))
        for one in seeds
    ]  # fmt: skip


def _loras(changes: list[Delta], lang: str) -> Iterator[str]:
    """The two weights of a LoRA that changed alike are one sentence."""
    alike = {(one.name, one.place, one.before, one.after) for one in changes if one.what == "weight"} & {
        (one.name, one.place, one.before, one.after) for one in changes if one.what == "weight_te"
    }
    for one in changes:
        both = (one.name, one.place, one.before, one.after) in alike
        if both and one.what == "weight_te":
            continue
        what = "both" if both and one.what == "weight" else one.what
        before, after = one.before, one.after
        if what in ("in", "out"):
            before, after = _weights(before, lang), _weights(after, lang)
        yield words.say(f"steps.lora.{what}", lang, name=_short(one.name), before=_side(before, lang), after=_side(after, lang))


def _weights(text: str, lang: str) -> str:
    model, _, te = text.partition(" / ")
    if not model:
        return words.say("steps.weight.none", lang)
    return words.say("steps.weight.one" if not te or te == model else "steps.weight.two", lang, model=model, te=te)


def _graph(changes: list[Delta], lang: str) -> Iterator[str]:
    for what, members in groupby(changes, key=lambda one: one.what):
        mine = list(members)
        if what in _LISTED:
            yield words.say(f"steps.graph.{what}", lang, names=_joined([_short(one.name) for one in mine], lang, "steps.comma"))
        else:
            yield from (_plain(one, lang) for one in mine)


def _plain(one: Delta, lang: str) -> str:
    key, of = f"steps.{one.topic}.{one.what}", one.of
    if one.topic == d.PARAMETER:
        key, of = "steps.parameter.of" if of else "steps.parameter", _known("steps.role", of, lang)
    elif one.topic == d.MODEL:
        of = _known("read.model", of, lang)
    elif one.topic == d.INPUT:
        of = _known("steps.of", of, lang)
    name = _known("steps.role" if one.topic == d.PASS else "steps.name", one.name, lang)
    area = words.say("steps.area.unknown", lang)
    if one.area is not None:
        area = words.say("steps.area", lang, pixels=one.area.pixels, of=one.area.of, percent=one.area.percent)
    return words.say(key, lang, name=_short(name), of=_short(of), before=_side(one.before, lang), after=_side(one.after, lang), area=area)


def _known(room: str, name: str, lang: str) -> str:
    key = f"{room}.{name}"
    return words.say(key, lang) if name and words.known(key) else name


def _side(text: str, lang: str) -> str:
    return _short(text) if text else words.say("steps.none", lang)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _joined(said: Sequence[str], lang: str, by: str = "steps.join") -> str:
    return words.say(by, lang).join((*said[:MOST], "…") if len(said) > MOST else said)
