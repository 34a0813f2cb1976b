"""Finding a text among a file's texts by its key, whatever carrier it sat in."""

from __future__ import annotations

from provenance.readers.reading import Texts


def key_of(name: str) -> str:
    """`tEXt:parameters` -> `parameters`; `exif:IFD0.Model` -> `model`; `xmp:TC260:AIGC` -> `aigc`; `xmp` -> `xmp`."""
    return name[name.rfind(":") + 1 :].rpartition(".")[2].lower()


def by_key(texts: Texts, *keys: str) -> str | None:
    """The first text that stands under one of the keys (lower case), in the order of the file; None where none does."""
    return next((text for name, text in texts if key_of(name) in keys), None)


def all_by_key(texts: Texts, *keys: str) -> tuple[str, ...]:
    """Every text under one of the keys, in the order of the file."""
    return tuple(text for name, text in texts if key_of(name) in keys)
