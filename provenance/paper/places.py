"""What every printer looks up in a paper: its pictures, where links may lead, where its contents stand, how wide columns are. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from provenance.paper.blocks import Block, Break, Figures, Heading, Table

FEW_CHAPTERS = 5
"""Chapters below which a paper needs no list of contents."""


def pictures(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The keys of all pictures that blocks show, each once, in order."""
    found: dict[str, None] = {}
    for block in blocks:
        if isinstance(block, Figures):
            found |= dict.fromkeys(one.image for one in block.figures if one.image)
        elif isinstance(block, Table):
            found |= dict.fromkeys(key for row in block.rows for cell in row.cells for key in cell.pictures)
    return tuple(found)


def anchors(blocks: Iterable[Block]) -> frozenset[str]:
    """The anchors of headings and figures that occur once: a link to one of two would be a guess."""
    found: Counter[str] = Counter()
    for block in blocks:
        found.update([block.anchor] if isinstance(block, Heading) else [])
        found.update(one.anchor for one in (block.figures if isinstance(block, Figures) else ()))
    return frozenset(anchor for anchor, times in found.items() if anchor and times == 1)


def chapters(blocks: Iterable[Block]) -> tuple[Heading, ...]:
    """The headings of chapters."""
    return tuple(block for block in blocks if isinstance(block, Heading) and block.level == 1)


def contents(blocks: Sequence[Block]) -> int:
    """The number of the block before which the list of contents stands: the second chapter with the breaks before it; -1 for none."""
    starts = [number for number, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 1]
    if len(starts) < FEW_CHAPTERS:
        return -1
    place = starts[1]
    while isinstance(blocks[place - 1], Break):
        place -= 1
    return place


def shares(table: Table) -> tuple[int, ...]:
    """The share of each column in the width, as many as the head or a row needs."""
    columns = max([1, len(table.head), len(table.widths), *(len(row.cells) for row in table.rows)])
    return tuple(max(1, share) for share in (*table.widths, *[1] * (columns - len(table.widths))))


def runs(entries: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Entry numbers as runs (first, last): 3 4 5 9 as (3, 5), (9, 9)."""
    found: list[tuple[int, int]] = []
    for entry in sorted(set(entries)):
        if found and found[-1][1] == entry - 1:
            found[-1] = (found[-1][0], entry)
        else:
            found.append((entry, entry))
    return tuple(found)


def numbers(entries: Iterable[int]) -> str:
    """Entry numbers in words: `#3–5, #9`."""
    return ", ".join(f"#{first}" if first == last else f"#{first}–{last}" for first, last in runs(entries))
