"""A saved page, looked at for its title and the dates that it gives itself. Nothing in it is run or fetched. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

MOST_TEXT = 2_000_000  # characters of a page that are looked at: terms of service have some 100,000
MOST_DATES = 12
AROUND = 60
_SKIP = frozenset({"script", "style", "noscript", "template", "svg"})
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DATES = re.compile(
    rf"(?P<iso>\b(?:19|20)\d\d-\d\d?-\d\d?\b)|(?P<cn>(?:19|20)\d\d ?年 ?\d\d? ?月 ?\d\d? ?日)"
    rf"|\b(?P<m>{_MONTH})\.? (?P<d>\d\d?)(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b"
    rf"|\b(?P<d2>\d\d?)(?:st|nd|rd|th)? (?P<m2>{_MONTH})\.?,? (?P<y2>(?:19|20)\d\d)\b"
)
_SAID = re.compile(r"effective|updated|modified|revis|in force|version|as of|生效|更新|修订|发布|版本", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """title: of the page. dates: (ISO 8601, the words around it) where the words speak of a version or its effect."""

    title: str
    dates: tuple[tuple[str, str], ...]


def is_html(data: bytes) -> bool:
    """Whether bytes begin as a saved page does (WHATWG MIME sniffing, the tags a whole page begins with)."""
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--")) or b"<html" in start


def page(data: bytes) -> Page:
    """A page's title and dates; both empty where it has none that can be read. Never raises for content."""
    parser = _Text()
    parser.feed(data[: MOST_TEXT * 2].decode("utf-8", "replace")[:MOST_TEXT])
    text = " ".join("".join(parser.words).split())[:MOST_TEXT]
    found: dict[tuple[str, str], None] = {}
    for match in _DATES.finditer(text):
        around = text[max(0, match.start() - AROUND) : match.end() + AROUND]
        iso = _iso(match)
        if iso and _SAID.search(around):
            found.setdefault((iso, around.strip()))
        if len(found) == MOST_DATES:
            break
    return Page(" ".join("".join(parser.title).split())[:300], tuple(found))


def _iso(match: re.Match[str]) -> str:
    if match["iso"] or match["cn"]:
        year, month, day = (int(part) for part in re.findall(r"\d+", match[0]))
    else:
        name = (match["m"] or match["m2"])[:3]
        month = next(n for n, one in enumerate(_MONTHS, 1) if one.startswith(name))
        year, day = int(match["y"] or match["y2"]), int(match["d"] or match["d2"])
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


class _Text(HTMLParser):
    """The words of a page, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.title: list[str] = []
        self._hidden: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIP:
            self._hidden.append(tag)
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[len(self._hidden) - 1 - self._hidden[::-1].index(tag) :]
        self._in_title = False
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self._in_title and not self._hidden:
            self.title.append(data)
        elif not self._hidden:
            self.words.append(data)
