"""CapCut and JianYing (ByteDance): what the video editor writes of its work into a film's tags. An editor, no generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance.readers import dreamina
from provenance.readers.credentials import mapping
from provenance.readers.jsontext import plain
from provenance.readers.reading import About, Edit, Texts

NAME = "CapCut"
KEYS = dreamina.KEYS
ABOUT = About(
    where="MP4 keys com.apple.quicktime.artwork, comment; EXIF UserComment",
    reads="the program, the time spent on the edit (`edittime`) as a step of work, and which AI functions it says were used (rest)",
    leaves="what was cut: the project stays in the program",
    source="films of CapCut and JianYing (product `lv`, source type `vicut`)",
    tried="own files",
)
_PRODUCTS = ("lv", "vicut", "capcut", "jianying")


def label(texts: Texts) -> Mapping[str, Any]:
    """`edits` with one step, where the file tells the time of the edit; the whole document in `rest`."""
    for document in dreamina.documents(texts, "edittime", *(f'"{product}"' for product in _PRODUCTS)):
        data = mapping(document.get("data", document))
        product = data.get("product") or document.get("product")
        source = document.get("source_type")
        time = data.get("edittime", document.get("edittime"))
        if product not in _PRODUCTS and source not in _PRODUCTS and time is None:
            continue
        found: dict[str, Any] = {"rest": {"capcut": plain(dict(document))}}
        if time is not None:
            tool = "CapCut/JianYing" if product in _PRODUCTS or source in _PRODUCTS else str(product) if product else None
            found["edits"] = (Edit(action="edited", tool=tool, changed=f"edittime {plain(time)}"),)
        return found
    return {}
