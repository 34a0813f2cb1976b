"""Conversations as text: Markdown headings, bold names, `Name:` lines, the marks that chat pages leave when they are copied.

A text without any such mark is one turn of unknown origin: nothing is guessed of who wrote it.
"""

from __future__ import annotations

import re

from provenance.readers.conversation.exports import role_of
from provenance.readers.conversation.turns import UNKNOWN, Conversation, Turn

_NAME = r"[^\W\d_](?:[\w .\-]{0,28}\w)?"
_TIME = r"(?:\s*[\(\[\uff08](?P<at>[^()\[\]\uff08\uff09\n]{4,40})[\)\]\uff09])?"
_LINES = (
    re.compile(rf"#{{1,6}}\s+\*{{0,2}}(?P<name>{_NAME})\*{{0,2}}{_TIME}\s*[:\uff1a]?\s*$(?P<text>)"),  # ## User
    re.compile(rf"\*\*(?P<name>{_NAME}){_TIME}\s*(?:[:\uff1a]\s*\*\*|\*\*\s*[:\uff1a]?)\s*(?P<text>.*)$"),  # **User:** words
    re.compile(rf"(?P<name>{_NAME}){_TIME}\s*[:\uff1a]\s*(?P<text>.*)$"),  # User: words
)
_NOT_SPOKEN = frozenset({"model", "prompt", "request", "response", "question", "answer", "bot", "function", "tool", "提示词", "回答"})
_LINE_LIMIT = 4_000  # a longer line begins with no speaker's name that the patterns need to see whole


def parse(text: str) -> Conversation:
    """A text as turns.

    Args:
        text: Markdown or plain text. Times of turns are kept where they stand in brackets behind the name.
    Returns:
        form `marked` where at least one line names a known speaker (user, assistant, their names in English and Chinese), else `text`
        with one turn of unknown role. What stands before the first speaker is a turn of unknown role, too.
    """
    turns: list[Turn] = []
    words: list[str] = []
    speaker: tuple[str, str, str | None] | None = None
    fence = False

    def flush() -> None:
        body = "\n".join(words).strip("\n")
        if speaker is not None:
            turns.append(Turn(speaker[0], body, speaker[1], speaker[2]))
        elif body.strip():
            turns.append(Turn(UNKNOWN, body))

    for line in text.replace("\r\n", "\n").split("\n"):
        if line.lstrip().startswith("```"):
            fence = not fence
        found = None if fence else _speaker(line)
        if found is None:
            words.append(line)
        else:
            flush()
            words = [found[3]] if found[3] else []
            speaker = found[:3]
    flush()
    marked = any(turn.by is not None for turn in turns)
    return Conversation("marked" if marked else "text", tuple(turns), text, _title(text) if marked else None)


def _speaker(line: str) -> tuple[str, str, str | None, str] | None:
    """(role, name, time, words on the same line) where a line opens a turn of a speaker whose name is known."""
    for pattern in _LINES:
        found = pattern.match(line[:_LINE_LIMIT])
        if found is None or found["name"].lower() in _NOT_SPOKEN:  # words that stand at the head of a line in any text
            continue
        if (role := role_of(found["name"])) != UNKNOWN:
            return role, found["name"], found["at"], line[found.start("text") :] if found["text"] else ""
    return None


def _title(text: str) -> str | None:
    first = text.lstrip("\ufeff\r\n ").split("\n", 1)[0].strip()
    return first[2:].strip() if first.startswith("# ") and _speaker(first) is None else None
