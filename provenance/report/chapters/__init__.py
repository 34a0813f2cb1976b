"""The short report: a dossier as a paper in one language. A new chapter is one file, one name in `tell.ORDER`, one line here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from provenance import facts
from provenance.paper.blocks import Block, Heading, Paper
from provenance.report import tell
from provenance.report.chapters import (
    candidates,
    check,
    checked,
    contribution,
    cover,
    edits,
    exhibits,
    glossary,
    inputs,
    limits,
    models,
    reproduce,
    running,
    statement,
    steps,
    timeline,
    times,
    work,
)
from provenance.report.dossier import UNKNOWN, Dossier
from provenance.report.forum import Forum
from provenance.report.speak import Speaker

Chapter = Callable[[Dossier, Speaker, Forum], tuple[Block, ...]]
CHAPTERS: tuple[tuple[str, Chapter], ...] = (
    ("cover", cover.blocks),
    ("work", work.blocks),
    ("statement", statement.blocks),
    ("contribution", contribution.blocks),
    ("timeline", timeline.blocks),
    ("steps", steps.blocks),
    ("candidates", candidates.blocks),
    ("inputs", inputs.blocks),
    ("edits", edits.blocks),
    ("models", models.blocks),
    ("reproduce", reproduce.blocks),
    ("running", running.blocks),
    ("checked", checked.blocks),
    ("times", times.blocks),
    ("check", check.blocks),
    ("glossary", glossary.blocks),
    ("exhibits", exhibits.blocks),
    ("limits", limits.blocks),
)
"""In the order of `tell.ORDER`; a test compares the two."""
LABELS = ("entry", "entries", "exhibit", "withheld", "page", "contents", "none")


def paper(d: Dossier, lang: str, forum: Forum) -> Paper:
    """The report in one language.

    Args:
        d: as `gather` made it. lang: `zh` or `en`. forum: whose order it keeps, from `report.forum.forum(name)`.
    Returns:
        A paper whose chapters are numbered as `tell.ORDER` counts them. Pictures are named by the SHA-256 of the picture, for its preview,
        and difference maps by the SHA-256 of the map.
    """
    s = Speaker(lang)
    return Paper(
        lang=lang,
        title=d.meta.title or tell.say(s, "title"),
        blocks=tuple(block for name, chapter in CHAPTERS for block in _numbered(name, chapter(d, s, forum))),
        footer=tell.say(s, "footer", log=d.meta.log, root=d.meta.root[:16] or "–"),
        about=(d.meta.log, d.meta.software),
        made_at=d.meta.made_at,
        labels={name: tell.say(s, f"label.{name}") for name in LABELS}
        | {f"class.{name}": s.say(f"class.{name}") for name in (*facts.CLASSES, UNKNOWN)},
    )


def _numbered(name: str, blocks: tuple[Block, ...]) -> Iterator[Block]:
    number = tell.ORDER.index(name)
    first = next((block for block in blocks if isinstance(block, Heading) and block.level == 1), None)
    for block in blocks:
        if block is first and number:
            yield dataclasses.replace(block, text=f"{number} · {block.text}", anchor=block.anchor or name)
        else:
            yield block
