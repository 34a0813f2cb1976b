"""From a file's texts to one Reading: who claims it, who can read it, and what two kinds of data in one file say of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from provenance.readers import (
    a1111,
    adobe,
    aigc,
    aigc_only,
    bfl,
    c2pa_label,
    capcut,
    civitai,
    comfyui,
    diffusers,
    draw_things,
    dreamina,
    easy_diffusion,
    editors,
    fooocus,
    fooocus_mre,
    google,
    grok,
    hidden,
    invokeai,
    koboldcpp,
    krita_ai,
    marks,
    midjourney,
    novelai,
    openai,
    ruined_fooocus,
    samsung,
    stability_matrix,
    swarmui,
    synthetic,
    tensorart,
    vendors,
)
from provenance.readers.reading import Labeller, Reader, Reading, Texts, changed
from provenance.readers.texts import Keyed, bounded, under
from provenance.readers.together import with_parameters

READERS: tuple[Reader, ...] = (
    invokeai,
    swarmui,
    fooocus,
    fooocus_mre,
    ruined_fooocus,
    easy_diffusion,
    draw_things,
    stability_matrix,
    tensorart,
    civitai,
    koboldcpp,
    krita_ai,
    diffusers,
    midjourney,
    novelai,
    comfyui,
    a1111,
    dreamina,
    grok,
    openai,
    adobe,
    bfl,
    samsung,
    google,
    vendors,
    marks,
    aigc_only,
    synthetic,
)
"""In order of trust: what is sure of its own marks first, what ran (a graph) before what a saver wrote about it, and last the marks of
a vendor that name no parameters. A new generator is one new file and one line here."""

GRAPHS: tuple[Reader, ...] = (comfyui,)
"""Readers of what ran. Where a saver wrote an infotext beside the graph, the two are compared."""

LAST_RESORTS: tuple[Reader, ...] = (aigc_only, synthetic)
"""Readers of marks that say no more than "generated": where another reader knows the file, that they would too is no news."""

LABELS: tuple[Labeller, ...] = (hidden, aigc, c2pa_label, editors, capcut)
"""What may stand beside any generator's data, or alone."""


JSON_ALONE: tuple[Reader | Labeller, ...] = (
    swarmui,
    fooocus_mre,
    ruined_fooocus,
    diffusers,
    novelai,
    dreamina,
    capcut,
)
"""Those of both tables that speak in JSON objects and in nothing else: asked only where a text under one of their keys begins like one."""


_Index = Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]


def _index(modules: Iterable[Reader | Labeller]) -> _Index:
    """Which modules are to be asked for a key, as places in their table: most files have two keys, and there are many modules.

    Returns:
        key -> places where the text is no JSON object, places where it is one.
    """
    found: dict[str, tuple[list[int], list[int]]] = {}
    for place, module in enumerate(modules):
        for key in module.KEYS:
            plain, braced = found.setdefault(key, ([], []))
            braced.append(place)
            if module not in JSON_ALONE:
                plain.append(place)
    return MappingProxyType({key: (tuple(plain), tuple(braced)) for key, (plain, braced) in found.items()})


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
        The Reading or None, and `reader.failed <name>` for every reader that claimed and failed, `reader.text-long <carrier>` for every
        text that no reader was given (both also among the Reading's warnings).
    """
    held, refused = bounded(texts)
    keyed = Keyed(held)
    failed = [f"reader.text-long {name[:60]}" for name in refused]
    reading, fields = _generator(keyed, file_name, failed)
    for place in _places(_LABELS_OF, keyed):
        if found := _label(LABELS[place], keyed, failed):
            reading = reading or Reading(generator=None)
            fields |= _with(reading, fields, found)
    if reading is not None and failed:
        fields["warnings"] = (*failed, *fields.get("warnings", reading.warnings))
    return changed(reading, fields) if reading is not None and fields else reading, tuple(failed)


def _generator(texts: Keyed, file_name: str, failed: list[str]) -> tuple[Reading | None, dict[str, Any]]:
    """The Reading of the first reader that can, and what is to be changed in it: a Reading is large, and is made anew but once."""
    claimed = [READERS[place] for place in _places(_READERS_OF, texts) if _claims(READERS[place], texts, failed)]
    for place, reader in enumerate(claimed):
        reading = _read(reader, texts, file_name, failed)
        if reading is None:
            continue
        if reader in GRAPHS and a1111 in claimed[place + 1 :]:
            infotext = _read(a1111, texts, file_name, failed)
            reading = with_parameters(reading, infotext, _text(texts)) if infotext is not None else reading
        if len(claimed) == 1:
            return reading, {}
        others = tuple([other.NAME for other in claimed if other is not reader and other not in LAST_RESORTS])
        return reading, {"also_claimed": others} if others else {}
    return None, {}


def _places(index: _Index, texts: Keyed) -> Sequence[int]:
    asked = [index[key][key in texts.braced] for key in texts.held if key in index]
    if len(asked) <= 1:
        return asked[0] if asked else ()
    return sorted(set().union(*asked))


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


def _with(reading: Reading, changed: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """What a labeller's fields change in a Reading, of which some are `changed` before: lists and maps are added to, single values fill
    what is empty."""
    fields: dict[str, Any] = {}
    for name, value in found.items():
        before = changed[name] if name in changed else getattr(reading, name)
        if isinstance(before, tuple):
            fields[name] = (*before, *value)
        else:
            fields[name] = {**value, **before} if isinstance(before, Mapping) else value if before is None else before
    return fields


def _text(texts: Texts) -> str:
    return next(text for name, text in under(texts, a1111.KEYS) if a1111.claims(((name, text),)))
