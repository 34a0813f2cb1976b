"""SwarmUI's sections of a prompt: `<segment:face,0.6> words`, `<region:0,0,0.5,1> words`, `<refiner> words` (its Prompt Syntax page)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_TAG = 1000  # characters; a longer one is text
MAX_SECTIONS = 200  # what follows stays with the last one
KINDS = frozenset({"region", "object", "segment", "base", "refiner", "video", "videoswap", "extend"})

_OPENING = re.compile(f"<({'|'.join(sorted(KINDS, reverse=True))})(?::|(?=>|//))")


@dataclass(frozen=True)
class Section:
    """Words that apply to a part or a stage. kind: one of KINDS, or "" for the words before the first tag. arguments: as written, without
    the number the program appends (`//cid=5`). tag: the whole tag as written."""

    kind: str
    arguments: str
    words: str
    tag: str


def sections(prompt: str) -> tuple[Section, ...]:
    """The prompt in its sections, in order; the first is what stands before any tag. `<region:end>` leads back to kind "". Linear."""
    found: list[Section] = []
    kind, arguments, tag, start = "", "", "", 0
    for opening in _OPENING.finditer(prompt):
        at = opening.start()
        end = prompt.find(">", opening.end() - 1, at + MAX_TAG)
        if end < 0 or at < start:
            continue
        if len(found) == MAX_SECTIONS:
            break
        found.append(Section(kind, arguments, prompt[start:at].strip(), tag))
        kind, arguments = opening.group(1), prompt[opening.end() : end].partition("//cid=")[0].strip()
        tag, start = prompt[at : end + 1], end + 1
        if kind == "region" and arguments == "end":
            kind, arguments = "", ""
    found.append(Section(kind, arguments, prompt[start:].strip(), tag))
    return tuple(found)
