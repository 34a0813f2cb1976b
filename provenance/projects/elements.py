"""XML from strangers as a flat list of elements: no tree, no entities, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

MOST_ELEMENTS = 200_000
MOST_TEXT = 4096


@dataclass
class Element:
    """tag: without its namespace prefix. depth: of the root 0. attributes: names without prefix. text: directly inside, MOST_TEXT at most.
    path: the tags around it, the root first."""

    tag: str
    depth: int
    attributes: Mapping[str, str]
    path: tuple[str, ...]
    text: str = ""


class _Refused(Exception):
    pass


def elements(raw: bytes, most_depth: int = 3_000) -> tuple[list[Element], bool]:
    """Every element in the order of their start tags, and whether these are all: not where it is damaged, too long or too deep."""
    found: list[Element] = []
    around: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(found) >= MOST_ELEMENTS or len(around) >= most_depth:
            raise _Refused
        path = (*around[-1].path, around[-1].tag)[-8:] if around else ()
        one = Element(name.rpartition(":")[2], len(around), {key.rpartition(":")[2]: value for key, value in attributes.items()}, path)
        found.append(one)
        around.append(one)

    def end(name: str) -> None:
        around.pop()

    def text(piece: str) -> None:
        if around and len(around[-1].text) < MOST_TEXT:
            around[-1].text += piece[:MOST_TEXT]

    def entity(*told: object) -> None:
        raise _Refused

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = text, entity
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return found, False
    return found, True
