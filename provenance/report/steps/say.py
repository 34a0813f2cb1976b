"""Differences between runs as lines for people: one line for each kind of thing that changed, in one language.

A line is pieces, so that what a tool or a person wrote (a phrase, a name, a value) can be kept apart from our own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from provenance import words
from provenance.paper.wording import cut
from provenance.report.steps import delta as d
from provenance.report.steps.compare import reroll
from provenance.report.steps.delta import Delta

LONGEST = 90  # characters of one phrase or name
MOST = 24  # differences on one line
_TEXTS = frozenset({d.PROMPT, d.NEGATIVE, d.TEMPLATE, d.NEGATIVE_TEMPLATE, d.TYPED_TEXT})
_LISTED = frozenset({"in", "out", "bypassed", "muted", "back"})
_OF = {d.PARAMETER: "steps.role", d.MODEL: "read.model", d.INPUT: "steps.of"}  # where the words for `of` stand


@dataclass(frozen=True)
class Piece:
    """A stretch of a line. theirs: not our words but a tool's or a person's, verbatim though cut (LONGEST)."""

    text: str
    theirs: bool = False


Told = tuple[Piece, ...]


def lines(changes: Sequence[Delta], lang: str) -> list[str]:
    """What changed, as sentences; one line that says so where nothing did.

    Args:
        changes: as `compare.differences` gives them. lang: `zh` or `en`.
    """
    return [plainly(line) for line in told(changes, lang)]


def told(changes: Sequence[Delta], lang: str) -> list[Told]:
    """The same, as pieces."""
    if not changes:
        return [_say("steps.same", lang)]
    if reroll(changes):
        seeds = [change for change in changes if change.topic == d.SEED]
        rest = [change for change in changes if change.topic != d.SEED]
        return [_say("steps.reroll", lang, changes=_joined(_seeds(seeds, lang), lang)), *_grouped(rest, lang)]
    return list(_grouped(changes, lang))


def listed(changes: Sequence[Delta], lang: str) -> list[str]:
    """Differences of which others are not shown: nothing is concluded from them, neither a re-roll nor that all is the same."""
    return [plainly(line) for line in _grouped(changes, lang)]


def some(changes: Sequence[Delta], lang: str) -> list[Told]:
    """`listed`, as pieces."""
    return list(_grouped(changes, lang))


def plainly(line: Told) -> str:
    """A line as one text, what is not ours made visible."""
    return "".join(words.visible(piece.text) if piece.theirs else piece.text for piece in line)


def titled(topic: str, number: str, by: str, lang: str) -> str:
    """What a text is, which of several, and whose choice its change was: `prompt 2 (the tool's choice, ...)`."""
    title = words.say(f"steps.topic.{topic}", lang)
    if number:
        title = words.say("steps.topic.numbered", lang, topic=title, number=number)
    if by:
        title = words.say("steps.topic.by_tool" if by == d.TOOL else "steps.topic.made", lang, topic=title)
    return title


def _say(key: str, lang: str, **params: Told | str | int) -> Told:
    """A message as pieces. A parameter that is pieces keeps them; others are ours."""
    slots = {name: value for name, value in params.items() if isinstance(value, tuple)}
    plain = {name: value for name, value in params.items() if name not in slots}
    found: list[Piece] = []
    for piece, slot in cut(key, lang, slots, **plain):
        found += slots[piece] if slot else (Piece(piece),)
    return tuple(found)


def topics(changes: Iterable[Delta], lang: str) -> str:
    """Only what kinds of things changed, for a comparison that would fill a page."""
    found = dict.fromkeys(change.topic for change in changes)
    names = [_say(f"steps.{'topic' if topic in _TEXTS else 'topicname'}.{topic}", lang) for topic in found]
    return plainly(_joined(names, lang, "steps.comma"))


def _grouped(changes: Sequence[Delta], lang: str) -> Iterator[Told]:
    for (topic, of, by), members in groupby(changes, key=lambda one: (one.topic, one.of if one.topic in _TEXTS else "", one.by)):
        mine = list(members)
        if topic in _TEXTS:
            said = [_text(one, lang) for one in mine]
            yield _say("steps.line", lang, topic=titled(topic, of, by, lang), what=_joined(said, lang))
        elif topic == d.GRAPH:
            yield _joined(list(_graph(mine, lang)), lang)
        elif topic == d.NOTED:
            yield _say("steps.noted", lang, names=_joined([_short(one.name) for one in mine], lang, "steps.comma"))
        elif topic == d.LORA:
            yield _joined(list(_loras(mine, lang)), lang)
        elif topic == d.SEED:
            yield _joined(_seeds(mine, lang), lang)
        else:
            yield _joined([_plain(one, lang) for one in mine], lang)


def _text(one: Delta, lang: str) -> Told:
    if one.what in ("added", "removed"):
        return _say(f"steps.text.{one.what}", lang, name=_weighed(one.name, one.after or one.before), place=one.place)
    return _say(f"steps.text.{one.what}", lang, name=_short(one.name), before=_side(one.before, lang), after=_side(one.after, lang))


def _weighed(phrase: str, weight: str) -> Told:
    """A phrase with its weight as it is written."""
    text = _cut(phrase)
    return _theirs(text if not weight else weight.replace("…", text) if "…" in weight else f"({text}:{weight})")


def _seeds(seeds: Iterable[Delta], lang: str) -> list[Told]:
    """Seeds before and after, each pass's."""
    return [
        _say("steps.seed.pass" if one.of else "steps.seed", lang, of=_known("steps.role", one.of, lang),
             before=_side(one.before, lang), after=_side(one.after, lang))
        for one in seeds
    ]  # fmt: skip


def _loras(changes: list[Delta], lang: str) -> Iterator[Told]:
    """The two weights of a LoRA that changed alike are one sentence."""
    alike = {(one.name, one.place, one.before, one.after) for one in changes if one.what == "weight"} & {
        (one.name, one.place, one.before, one.after) for one in changes if one.what == "weight_te"
    }
    for one in changes:
        both = (one.name, one.place, one.before, one.after) in alike
        if both and one.what == "weight_te":
            continue
        what = "both" if both and one.what == "weight" else one.what
        side = _weights if what in ("in", "out") else _side
        yield _say(f"steps.lora.{what}", lang, name=_short(one.name), before=side(one.before, lang), after=side(one.after, lang))


def _weights(text: str, lang: str) -> Told:
    model, _, te = text.partition(" / ")
    if not model:
        return _say("steps.weight.none", lang)
    return _say("steps.weight.one" if not te or te == model else "steps.weight.two", lang, model=_short(model), te=_short(te))


def _graph(changes: list[Delta], lang: str) -> Iterator[Told]:
    for what, members in groupby(changes, key=lambda one: one.what):
        mine = list(members)
        if what in _LISTED:
            yield _say(f"steps.graph.{what}", lang, names=_joined([_short(one.name) for one in mine], lang, "steps.comma"))
        else:
            yield from (_plain(one, lang) for one in mine)


def _plain(one: Delta, lang: str) -> Told:
    key = f"steps.{one.topic}.{one.what}"
    if one.topic == d.PARAMETER:
        key = "steps.parameter.of" if one.of else "steps.parameter"
    of = _known(_OF.get(one.topic, ""), one.of, lang)
    name = _known("steps.role" if one.topic == d.PASS else "steps.name", one.name, lang)
    area = _say("steps.area.unknown", lang)
    if one.area is not None:
        area = _say("steps.area", lang, pixels=one.area.pixels, of=one.area.of, percent=one.area.percent)
    return _say(key, lang, name=name, of=of, before=_side(one.before, lang), after=_side(one.after, lang), area=area)


def _known(room: str, name: str, lang: str) -> Told:
    key = f"{room}.{name}"
    return _say(key, lang) if name and words.known(key) else _short(name)


def _side(text: str, lang: str) -> Told:
    return _short(text) if text else _say("steps.none", lang)


def _short(text: str) -> Told:
    return _theirs(_cut(text))


def _theirs(text: str) -> Told:
    return (Piece(text, True),) if text else ()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _joined(said: Sequence[Told], lang: str, by: str = "steps.join") -> Told:
    between = _say(by, lang)
    parts = [*said[:MOST], (Piece("…"),)] if len(said) > MOST else said
    return tuple(piece for place, part in enumerate(parts) for piece in (*(between if place else ()), *part))
