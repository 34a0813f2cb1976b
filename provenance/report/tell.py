"""Words of the papers in one language: messages `paper.<key>` as runs, so that somebody else's words stay apart from ours. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance import words
from provenance.paper.blocks import BAR, LATE, VERBATIM, Block, Heading, Para, Run, Source, Text
from provenance.paper.places import runs
from provenance.paper.wording import worded
from provenance.report.dossier import Line
from provenance.report.speak import Speaker

ORDER = (
    "cover",
    "work",
    "statement",
    "contribution",
    "timeline",
    "steps",
    "candidates",
    "inputs",
    "edits",
    "models",
    "reproduce",
    "running",
    "checked",
    "times",
    "check",
    "glossary",
    "exhibits",
    "limits",
)
"""The chapters; each is printed, also when it is empty, so that their numbers can be referred to. The cover has none."""
CITED = 8
CUT = 160


def say(s: Speaker, key: str, **params: object) -> str:
    """The message `paper.<key>` as plain text; only our own words may be parameters."""
    return words.say(f"paper.{key}", s.lang, **params)


def text(s: Speaker, key: str, **params: object) -> Text:
    """The message `paper.<key>` as runs; parameters as `paper.wording.worded`."""
    return worded(f"paper.{key}", s.lang, **params)


def join(s: Speaker, texts: Sequence[Text], by: str = "comma") -> Text:
    """Texts in a row, `paper.<by>` between them."""
    found: list[Run] = []
    for place, one in enumerate(texts):
        found += ((Run(say(s, by)),) if place else ()) + one
    return tuple(found)


def verbatim(value: str, most: int = CUT) -> Run:
    """Somebody else's words; cut at a length that a line bears (the record has them whole)."""
    return Run(value if len(value) <= most else value[:most] + "…", VERBATIM)


def bar(commitment: str) -> Run:
    """Something withheld."""
    return Run(commitment, BAR)


def value(line: Line | None, most: int = CUT) -> Text:
    """What a line of an entry says, verbatim; a bar where it is withheld; nothing where there is none."""
    if line is None:
        return ()
    if line.commitment:
        return (bar(line.commitment),)
    return (verbatim("; ".join(item.text for item in line.items), most),) if line.items else ()


def none(s: Speaker) -> Para:
    """That there is nothing."""
    return Para((Run(say(s, "none")),))


def late(s: Speaker, key: str, **params: object) -> Text:
    """What a reader should not miss."""
    return (Run(say(s, key, **params), LATE),)


def chapter(s: Speaker, name: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """A chapter with its heading (`paper.chapter.<name>`); `none` below it where there is nothing to say."""
    return (Heading(say(s, f"chapter.{name}"), 1, name), *(blocks or (none(s),)))


def see(s: Speaker, name: str) -> str:
    """A reference to a chapter: its number and its name."""
    return say(s, "see", number=ORDER.index(name), name=say(s, f"chapter.{name}"))


def pictures(s: Speaker, numbers: Sequence[int], most: int) -> str:
    """`Pictures 3–7, 12 and 5 more`; "" for none. most: how many numbers or runs of them are named. Two keep their order."""
    found = tuple(dict.fromkeys(numbers))
    if not found:
        return ""
    parts = [(one, one) for one in found] if len(found) < 3 else list(_together(found))
    listed = say(s, "list").join(str(first) if first == last else f"{first}–{last}" for first, last in parts[:most])
    more = sum(last - first + 1 for first, last in parts[most:])
    return say(s, "pictures.more" if more else "pictures" if len(found) > 1 else "pictures.one", numbers=listed, more=more)


def _together(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for first, last in runs(numbers):
        yield from [(first, first), (last, last)] if last == first + 1 else [(first, last)]


def few(entries: Sequence[int]) -> tuple[int, ...]:
    """Entries as a line can bear them: all, or the first and the last where they are many; the line then says how many there are."""
    found = tuple(dict.fromkeys(sorted(entries)))
    return found if len(found) <= CITED else (*found[: CITED // 2], *found[-CITED // 2 :])


def entries(s: Speaker, seqs: Sequence[int]) -> str:
    """`#3–9, #12` as a line can bear them; "" for none."""
    parts = (f"#{first}" if first == last else f"#{first}–{last}" for first, last in runs(few(seqs)))
    return say(s, "list").join(parts)


def source(klass: str = "", entries: Sequence[int] = ()) -> Source:
    """What a line rests on, with few entries."""
    return Source(klass, few(entries))
