"""A saved chat page: the JSON inside it (ChatGPT's `chat.html`), elements that name their speaker, else its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from provenance.readers.conversation import marked
from provenance.readers.conversation.exports import role_of
from provenance.readers.conversation.turns import UNKNOWN, Conversation, Turn

MAX_DEPTH = 2_000
DATA = re.compile(r"\b(?:var|let|const)\s+jsonData\s*=\s*(?=\[)")  # ChatGPT's chat.html, 2023 to 2026
_SPEAKER = ("data-message-author-role", "data-role", "data-author")
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "section",
        "article",
        "ul",
        "ol",
    }
)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "button", "head"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr"})


def embedded(text: str) -> int:
    """Where the JSON of an exported page begins, or -1."""
    found = DATA.search(text)
    return found.end() if found else -1


def parse(text: str) -> Conversation:
    """A page as turns: of elements that name their speaker, else of its words as plain text. raw is the page itself."""
    page = _Page()
    page.feed(text)
    page.close()
    page.end()
    turns = tuple(turn for turn in page.turns if turn.role != UNKNOWN)
    if turns:
        return Conversation("page", turns, text, page.title.strip() or None)
    found = marked.parse(_tidy("".join(page.words)))
    return Conversation(found.form, found.turns, text, page.title.strip() or found.title)


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


class _Page(HTMLParser):
    """Collects words; a speaker's element lasts until it is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.turns: list[Turn] = []
        self.words: list[str] = []
        self.title = ""
        self._stack: list[str] = []
        self._silent = 0
        self._speaker: tuple[str, int] | None = None
        self._said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._add("\n")
        if tag in _VOID or len(self._stack) >= MAX_DEPTH:
            return
        self._stack.append(tag)
        self._silent += tag in _SILENT
        name = next((value for key, value in attrs if key in _SPEAKER and value), None)
        if name is not None and role_of(name) != UNKNOWN:
            self.end()
            self._speaker = (name, len(self._stack))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._stack[-64:]:  # a stray end tag closes nothing
            return
        while self._stack:
            if self._speaker is not None and len(self._stack) <= self._speaker[1]:
                self.end()
            last = self._stack.pop()
            self._silent -= last in _SILENT
            if last == tag:
                break
        if tag in _BLOCKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1] == "title":
            self.title += data
        elif not self._silent:
            self._add(data)

    def _add(self, text: str) -> None:
        (self._said if self._speaker is not None else self.words).append(text)

    def end(self) -> None:
        """Close the turn that is open."""
        if self._speaker is not None:
            self.turns.append(Turn(role_of(self._speaker[0]), _tidy("".join(self._said)), self._speaker[0]))
        self._speaker, self._said = None, []
