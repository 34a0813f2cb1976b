"""The last check before publishing, what it found, and what the person answered. Hints all of it: the page says so, too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import facts, words
from provenance.law.authority import Authority
from provenance.paper.blocks import CODE, LATE, PLAIN, Block, Cell, Para, Row, Run, Table, Text, cell
from provenance.report import tell
from provenance.report.contribution import asking
from provenance.report.dossier import Dossier, Whole
from provenance.report.forum import Forum
from provenance.report.held.values import Book, line, number, said
from provenance.report.speak import Speaker

CHECKED, ANSWERED, OVERRIDDEN = facts.WorkChecked.KIND, facts.CheckAnswered.KIND, facts.PolicyOverridden.KIND
MOST = 16
"""Findings that are printed; the rest is counted: the entry has them."""
LONG = 600


@dataclass(frozen=True)
class _Found:
    """A finding as its entry has it. said: in the page's language. authorities: each with its date and how surely it is known."""

    ident: str
    code: str
    level: str
    said: str
    entries: tuple[int, ...]
    authorities: tuple[str, ...]


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The last check on record; none, where there is none."""
    book = asking(d)
    made = [one for one in book.of(CHECKED) if said(one, "work") == d.meta.work]
    found: list[Block] = []
    if made:
        found += _last(book, made, s, d)
    over = book.of(OVERRIDDEN)
    if over:
        found.append(Para((Run(tell.say(s, "checked.overrides"), LATE),), tell.source(facts.STATED, [one.seq for one in over])))
        found += [Para(tell.value(line(one, "why"), LONG), tell.source(facts.STATED, [one.seq])) for one in over]
    return tell.chapter(s, "checked", found)


def _last(book: Book, made: Sequence[Whole], s: Speaker, d: Dossier) -> Iterator[Block]:
    last = made[-1]
    yield Para((Run(tell.say(s, "checked.about")),), kind="note")
    told = tell.say(s, "checked.last", at=s.when(last.at), count=number(last, "picture_count") or 0, checks=len(made))
    yield Para((Run(told),), tell.source(facts.OBSERVED, [last.seq]))
    rows = line(last, "findings")
    if rows is not None and rows.commitment:
        yield Para((Run(tell.say(s, "checked.entry-only")), tell.bar(rows.commitment)), tell.source(facts.OBSERVED, [last.seq]))
        yield Para((Run(_codes(last)),))
        return
    findings = [one for item in (rows.items if rows else ()) if (one := _finding(dict(item.details), s.lang)) is not None]
    if not findings:
        yield Para((Run(tell.say(s, "checked.nothing-found")),))
        return
    answers = _answers(book)
    asked = [one for one in findings if one.level != "hint"]
    head = tuple(tell.say(s, f"checked.{name}") for name in ("level", "what", "rests", "answer"))
    if asked:
        yield Table(head, tuple(_row(one, answers.get(one.ident), last, s) for one in asked[:MOST]), (9, 48, 25, 18))
    if len(asked) > MOST:
        yield Para((Run(tell.say(s, "checked.more", count=len(asked) - MOST)),), tell.source(facts.OBSERVED, [last.seq]))
    if len(asked) < len(findings):
        hints = tell.text(s, "checked.hints", count=len(findings) - len(asked), codes=Run(_counted(findings), CODE))
        yield Para(hints, tell.source(facts.OBSERVED, [last.seq]))


def _row(one: _Found, answer: Whole | None, last: Whole, s: Speaker) -> Row:
    stands: tuple[Text, ...] = tuple((Run(words.visible(by)),) for by in one.authorities)
    level = cell(tell.say(s, f"checked.level.{one.level}"), LATE if one.level == "refusal" else PLAIN)
    told = cell(one.said if len(one.said) <= LONG else one.said[:LONG] + "…")  # made visible when it was written down
    rests = tell.source(facts.OBSERVED, [last.seq, *one.entries, *((answer.seq,) if answer else ())])
    return Row((level, told, Cell(stands), _answer(one, answer, s)), rests)


def _answer(one: _Found, answer: Whole | None, s: Speaker) -> Cell:
    if answer is None:
        return cell(tell.say(s, "checked.open"), LATE) if one.level == "warning" else Cell()
    said_so: Text = (Run(s.say(f"word.answer.{said(answer, 'answer')}")),)
    way: Text = (Run(tell.say(s, "checked.way", way=s.say(f"word.way.{said(answer, 'way')}"), at=s.when(answer.at))),)
    words = tell.value(line(answer, "words"), LONG)
    return Cell((said_so, way, *((words,) if words else ())))


def _answers(book: Book) -> dict[str, Whole]:
    """The last answer to each finding."""
    found: dict[str, Whole] = {}
    for one in book.of(ANSWERED):
        rows = line(one, "findings")
        for item in rows.items if rows is not None and not rows.commitment else ():
            found[item.text] = one
    return found


def _finding(row: Mapping[str, str], lang: str) -> _Found | None:
    """A row of the entry, as `report.values` lays it out: nested values are JSON. None for what is no finding."""
    told = _json(row.get("said"))
    if not isinstance(told, dict) or row.get("level") not in ("refusal", "warning", "hint"):
        return None
    entries, listed = _json(row.get("entries")), _json(row.get("authorities"))
    authorities = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return _Found(
        row.get("finding", ""), row.get("code", ""), row["level"], str(told.get(lang) or told.get("en") or ""),
        tuple(seq for seq in entries if isinstance(seq, int)) if isinstance(entries, list) else (),
        tuple(_authority(one, lang) for one in authorities),
    )  # fmt: skip


def _authority(row: Mapping[str, Any], lang: str) -> str:
    """What the entry says that it rests on: that is what the person was told, whatever the data say today."""
    told = {name: value for name, value in row.items() if isinstance(value, str)}
    both = (told.get("zh", ""), told.get("en", ""))
    note = (told.get("note_zh", ""), told.get("note_en", ""))
    return Authority(
        told.get("ref", ""), both, ("", ""), "", "", told.get("date", ""), told.get("date_of", ""), told.get("in_force", ""),
        told.get("source", ""), told.get("certainty", ""), note,
    ).said(lang)  # fmt: skip


def _codes(last: Whole) -> str:
    rows = line(last, "codes")
    told = [dict(item.details) for item in (rows.items if rows else ())]
    return "; ".join(f"{one.get('code', '')} {one.get('count', '')}" for one in told)


def _counted(findings: Sequence[_Found]) -> str:
    counts: dict[str, int] = {}
    for one in findings:
        if one.level == "hint":
            counts[one.code] = counts.get(one.code, 0) + 1
    return "; ".join(f"{code} {count}" for code, count in counts.items())


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
