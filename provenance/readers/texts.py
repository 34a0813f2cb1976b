"""Finding a text among a file's texts by its key, whatever carrier it sat in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from provenance.readers.reading import Texts

SHORT = 1 << 20  # characters of all texts of a file, up to which none is looked at twice
LONGEST = 16 << 20  # of a text that is understood; pictures inside a workflow reach a few million
MARKS = 1_000_000  # in them: what makes parsing dear is not its length but its pieces
_MARKS = ",:[{<(\n\"\\"
_BLANKS = "\ufeff\0 \t\r\n"  # what tools and carriers leave before a JSON text


def key_of(name: str) -> str:
    """`tEXt:parameters` -> `parameters`; `exif:IFD0.Model` -> `model`; `xmp:TC260:AIGC` -> `aigc`; `xmp` -> `xmp`."""
    return name[name.rfind(":") + 1 :].rpartition(".")[2].lower()


class Keyed(tuple[tuple[str, str], ...]):
    """A file's texts, by their keys once and for all: a dozen readers look for theirs. held: key -> its (name, text) pairs.

    Lives for one reading. braced: those keys of which a text begins like a JSON object, behind blanks: half of all readers speak in such
    texts alone. understood: what several readers of this file would work out anew, e.g. the JSON of a C2PA claim.
    """

    held: dict[str, Texts]
    braced: set[str]
    understood: dict[str, Any]

    def __new__(cls, texts: Iterable[tuple[str, str]]) -> Keyed:
        found = super().__new__(cls, texts)
        held: dict[str, Texts] = {}
        braced: set[str] = set()
        for pair in found:
            name, text = pair
            key = name[name.rfind(":") + 1 :].lower()
            if "." in key:
                key = key[key.rfind(".") + 1 :]
            held[key] = (*held[key], pair) if key in held else (pair,)
            first = text[:1]
            if first == "{" or (first in _BLANKS and text.lstrip(_BLANKS)[:1] == "{"):
                braced.add(key)
        found.held, found.braced, found.understood = held, braced, {}
        return found


def under(texts: Texts, keys: Collection[str]) -> Texts:
    """The (name, text) pairs whose key is one of `keys` (lower case), in the order of the file."""
    if isinstance(texts, Keyed):
        held = texts.held
        few, many = (keys, held) if len(keys) < len(held) else (held, keys)
        found: Texts = ()
        for key in few:  # a plain loop: it runs thirty times for a file
            if key in many:
                if found:
                    break
                found = held[key]
        else:
            return found
    return tuple(pair for pair in texts if key_of(pair[0]) in keys)


def by_key(texts: Texts, *keys: str) -> str | None:
    """The first text that stands under one of the keys (lower case), in the order of the file; None where none does."""
    found = under(texts, keys)
    return found[0][1] if found else None


def all_by_key(texts: Texts, *keys: str) -> tuple[str, ...]:
    """Every text under one of the keys, in the order of the file."""
    return tuple(text for _, text in under(texts, keys))


def bounded(texts: Texts) -> tuple[Texts, tuple[str, ...]]:
    """The texts that readers may be given, and the names of those that no tool writes: too long, or of too many pieces.

    A file may hold 45 MB of commas. It is kept as it is, and said not to be understood; it may not cost minutes or gigabytes.
    """
    size = 0
    for _, text in texts:
        size += len(text)
    if size <= SHORT:
        return texts, ()
    good, refused, left, marks = [], [], LONGEST, MARKS
    for name, text in texts:
        cost = sum(text.count(mark) for mark in _MARKS) if len(text) <= left else marks + 1
        if cost > marks:
            refused.append(name)
            continue
        left, marks = left - len(text), marks - cost
        good.append((name, text))
    return tuple(good), tuple(refused)
