"""From a file's texts to one Reading: who claims it, who can read it, and what two kinds of data in one file say of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from provenance.readers import a1111, comfyui
from provenance.readers.reading import Labeller, Reader, Reading, Texts
from provenance.readers.texts import key_of
from provenance.readers.together import with_parameters

READERS: tuple[Reader, ...] = (comfyui, a1111)
"""In order of trust: what is sure of its own marks first, what ran (a graph) before what a saver wrote about it, and last the marks of
a vendor that name no parameters. A new generator is one new file and one line here."""

GRAPHS: tuple[Reader, ...] = (comfyui,)
"""Readers of what ran. Where a saver wrote an infotext beside the graph, the two are compared."""

LABELS: tuple[Labeller, ...] = ()
"""What may stand beside any generator's data, or alone."""


def _index(modules: Iterable[Reader | Labeller]) -> Mapping[str, tuple[int, ...]]:
    """Which modules are to be asked for a key, as places in their table: most files have two keys, and there are many modules."""
    found: dict[str, list[int]] = {}
    for place, module in enumerate(modules):
        for key in module.KEYS:
            found.setdefault(key, []).append(place)
    return MappingProxyType({key: tuple(places) for key, places in found.items()})


_READERS_OF = _index(READERS)
_LABELS_OF = _index(LABELS)


def read(texts: Texts, file_name: str = "") -> Reading | None:
    """What the file says of its making, or None. Never raises; see `attempt` for the warnings of readers that failed."""
    return attempt(texts, file_name)[0]


def attempt(texts: Texts, file_name: str = "") -> tuple[Reading | None, tuple[str, ...]]:
    """The first reader that claims the texts and can read them, and what the labels beside it say.

    Args:
        texts: (carrier name, text) in file order. file_name: the bare name, to choose among several savers; "" if unknown.
    Returns:
        The Reading or None, and `reader.failed <name>` for every reader that claimed and failed (also among the Reading's warnings).
    """
    failed: list[str] = []
    keys = {key_of(name) for name, _ in texts}
    reading = _generator(texts, file_name, keys, failed)
    for place in _places(_LABELS_OF, keys):
        if found := _label(LABELS[place], texts, failed):
            reading = _with(reading or Reading(generator=None), found)
    if reading is not None and failed:
        reading = replace(reading, warnings=(*failed, *reading.warnings))
    return reading, tuple(failed)


def _generator(texts: Texts, file_name: str, keys: set[str], failed: list[str]) -> Reading | None:
    claimed = [READERS[place] for place in _places(_READERS_OF, keys) if _claims(READERS[place], texts, failed)]
    for place, reader in enumerate(claimed):
        reading = _read(reader, texts, file_name, failed)
        if reading is None:
            continue
        if reader in GRAPHS and a1111 in claimed[place + 1 :]:
            infotext = _read(a1111, texts, file_name, failed)
            reading = with_parameters(reading, infotext, _text(texts)) if infotext is not None else reading
        others = tuple(other.NAME for other in claimed if other is not reader)
        return replace(reading, also_claimed=others) if others else reading
    return None


def _places(index: Mapping[str, tuple[int, ...]], keys: set[str]) -> list[int]:
    return sorted({place for key in keys for place in index.get(key, ())})


def _claims(reader: Reader, texts: Texts, failed: list[str]) -> bool:
    try:
        return reader.claims(texts)
    except Exception:  # a reader's defect must not end a recording, whatever it is
        failed.append(f"reader.failed {reader.NAME}")
        return False


def _read(reader: Reader, texts: Texts, file_name: str, failed: list[str]) -> Reading | None:
    try:
        return reader.read(texts, file_name)
    except Exception:  # as above: the next reader gets its turn, and the failure is written down
        failed.append(f"reader.failed {reader.NAME}")
        return None


def _label(labeller: Labeller, texts: Texts, failed: list[str]) -> Mapping[str, Any]:
    try:
        return labeller.label(texts)
    except Exception:  # as above
        failed.append(f"reader.failed {labeller.NAME}")
        return {}


def _with(reading: Reading, found: Mapping[str, Any]) -> Reading:
    """A Reading with a labeller's fields: lists and maps are added to, single values fill what is empty."""
    fields: dict[str, Any] = {}
    for name, value in found.items():
        before = getattr(reading, name)
        if isinstance(before, tuple):
            fields[name] = (*before, *value)
        else:
            fields[name] = {**value, **before} if isinstance(before, Mapping) else value if before is None else before
    return replace(reading, **fields)


def _text(texts: Texts) -> str:
    return next(text for name, text in texts if a1111.claims(((name, text),)))
