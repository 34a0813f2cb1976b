"""A message with runs in it: our own words around somebody else's, each keeping its style. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance import words
from provenance.paper.blocks import Run, Text


class _Slot:
    """Stands for a run while a message is formatted; its mark cannot stand in a message or come out of `words.visible`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __format__(self, _spec: str) -> str:
        return f"\x00{self.name}\x00"


def cut(key: str, lang: str, slots: Iterable[str], /, **params: object) -> Iterator[tuple[str, bool]]:
    """The message `key` cut where placeholders stand that are to be filled later.

    Args:
        slots: the names of those placeholders. params: of the others; only our own words may be among them.
    Returns:
        (a stretch of the message, False) and (the name of a placeholder, True), in order.
    """
    said = words.say(key, lang, **params, **{name: _Slot(name) for name in slots})
    for place, piece in enumerate(said.split("\x00")):
        if piece:
            yield piece, bool(place % 2)


def worded(key: str, lang: str, /, **params: object) -> Text:
    """The message `key` as runs.

    Args:
        params: a `Run` or a tuple of them keeps its style where its placeholder stands; of all else only our own words may be among them.
    """
    slots = {name: value for name, value in params.items() if isinstance(value, Run | tuple)}
    plain = {name: value for name, value in params.items() if name not in slots}
    runs: list[Run] = []
    for piece, slot in cut(key, lang, slots, **plain):
        value = slots[piece] if slot else Run(piece)
        runs += value if isinstance(value, tuple) else (value,)
    return tuple(runs)
