"""Texts of the kept line in a language that the forum does not read, verbatim, and the translations that a person supplied. Pure.

Nothing is translated by a machine: what nobody has filled in is a blank. What language a text is in is not guessed either: what is told
is of which script its letters are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from provenance import facts
from provenance.paper.blocks import BLANK, Block, Cell, Heading, Para, Row, Run, Table, Text
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.course.values import Translated, Words
from provenance.report.forum import Forum
from provenance.report.picked import picked
from provenance.report.speak import Speaker

TABLE = "exhibits/translations.csv"
MOST = 4
BARS = 3
LONGEST = 2_000
READS: Mapping[str, str] = {"cn": "zh", "us": "en", "uk": "en", "jp": "ja", "kr": "ko"}
"""Forum -> the language it reads. A forum of several languages asks for no translation."""
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "zh": ("CJK UNIFIED", "CJK COMPAT", "BOPOMOFO"),
    "en": ("LATIN",),
    "ja": ("CJK UNIFIED", "CJK COMPAT", "HIRAGANA", "KATAKANA"),
    "ko": ("HANGUL",),
}
"""Language -> the beginnings of its letters' Unicode names."""


def letters(text: str, scripts: tuple[str, ...]) -> tuple[int, int]:
    """(how many letters a text has, how many of them are of these scripts)."""
    found = [char for char in text if char.isalpha()]
    return len(found), sum(unicodedata.name(char, "").startswith(scripts) for char in found)


def foreign(text: str, lang: str) -> bool:
    """Whether fewer than half of a text's letters are of a language's scripts; a text without letters is in no language.

    Args:
        lang: a BCP 47 tag; to one of which no scripts are listed every text with letters is foreign.
    """
    count, own = letters(text, SCRIPTS.get(primary(lang), ()))
    return count > 0 and 2 * own < count


def primary(lang: str) -> str:
    """The language of a tag without its region or script: zh of zh-Hans-CN."""
    return lang.partition("-")[0].lower()


def blocks(one: sh.Shown, s: Speaker, forum: Forum) -> Iterator[Block]:
    """The table of texts and translations; nothing for a forum that asks for none and has none."""
    course = one.d.course
    lang = READS.get(forum.name, "")
    chosen = {card.number for card in picked(one.d)}
    said = {(row.of, primary(row.lang)): row for row in course.translated}
    texts = sorted(
        (text for text in course.words if lang and foreign(text.text, lang)),
        key=lambda text: ((text.of, lang) not in said, chosen.isdisjoint(text.pictures)),
    )
    if not lang or not (texts or course.words_hidden):
        return
    yield Heading(tell.say(s, "translations.title"), 2, "translations")
    intro = tell.text(s, "translations.intro", count=len(texts), language=tell.say(s, f"translations.language.{lang}"))
    yield Para(intro, kind="note")
    rows = [_row(text, said.get((text.of, lang)), s) for text in texts[:MOST]]
    if rows:
        head = tuple(tell.say(s, f"translations.head.{name}") for name in ("verbatim", "translation", "by"))
        yield Table(head, tuple(rows), (40, 40, 14))
    if len(texts) > len(rows):
        yield sh.note(s, "rest", count=len(texts) - len(rows), where=TABLE)
    for seq, commitment in course.words_hidden[:BARS]:
        yield Para((*tell.text(s, "translations.withheld"), tell.bar(commitment)), tell.source(facts.FILE_CLAIMED, (seq,)))
    yield from sh.rest(s, len(course.words_hidden) - BARS)


def _row(text: Words, said: Translated | None, s: Speaker) -> Row:
    verbatim = Cell((
        (Run(tell.say(s, f"translations.{text.field}", pictures=sh.pictures(s, text.pictures, 3)), "small"),),
        sh.long(s, text.text, text.entries[0], LONGEST),
    ))  # fmt: skip
    if said is None:
        return sh.row(s, (verbatim, Cell(((Run("", BLANK),),)), Cell(((Run("", BLANK),),))), facts.FILE_CLAIMED, text.entries)
    whose = (Run(f"{s.say('class.STATED')} #{said.seq}", "small"),)
    translation = Cell((_shown(s, said.text, said.text_commitment, said.seq),))
    by = Cell((_shown(s, said.translator, said.translator_commitment, said.seq), whose))
    return sh.row(s, (verbatim, translation, by), facts.FILE_CLAIMED, text.entries)


def _shown(s: Speaker, text: str, commitment: str, seq: int) -> Text:
    if commitment:
        return (tell.bar(commitment),)
    return sh.long(s, text, seq, LONGEST) if text else (Run(tell.say(s, "translations.nobody")),)
