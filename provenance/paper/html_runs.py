"""Runs of text as HTML: every text escaped, in its own direction, whole; what cannot be seen is a code. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from provenance import words
from provenance.paper.blocks import ADDED, BAR, BLANK, CODE, LATE, REMOVED, SMALL, STRONG, VERBATIM, Paper, Run, Source, Text
from provenance.paper.places import numbers

LONG = 600
"""Characters from which a text is folded; it stays whole in the page."""
SHORT = 160
NONE = Markup("")
_AROUND = {
    STRONG: ("<b>", "</b>"), SMALL: ("<small>", "</small>"), CODE: ("<code>", "</code>"), LATE: ('<span class="late">', "</span>"),
    ADDED: ("<ins>", "</ins>"), REMOVED: ("<del>", "</del>"),
}  # fmt: skip


@dataclass(frozen=True)
class Pen:
    """What one paper of the page looks up. anchors: those that exist. pictures: key -> number of the picture on the page."""

    paper: Paper
    anchors: frozenset[str]
    pictures: dict[str, int]
    alts: dict[str, str]

    def place(self, anchor: str) -> str:
        """The id of an anchor in the page: two languages may use one."""
        return f"{self.paper.lang}-{anchor}" if anchor in self.anchors else ""


def shown(text: str) -> Markup:
    """Escaped; control, bidi and other unseen characters as codes that are told apart from the text itself."""
    if words.visible(text, keep_newlines=True) == text:
        return escape(text)
    return NONE.join(_shown(char) for char in text)


def runs(text: Text, pen: Pen) -> Markup:
    """A text as the contents of an element that may hold blocks: a long one is folded."""
    return Markup('<span class="t">{}</span>').format(NONE.join(_run(run, pen) for run in text)) if text else NONE


def source(on: Source, pen: Pen) -> Markup:
    """What a line rests on: its class as a small tag, then entries and exhibits."""
    told = " · ".join(part for part in (numbers(on.entries), ", ".join(on.exhibits)) if part)
    tag = Markup('<span class="class">{}</span> ').format(shown(pen.paper.label(f"class.{on.klass}"))) if on.klass else NONE
    return Markup(' <span class="source">{}{}</span>').format(tag, shown(told)) if tag or told else NONE


def _shown(char: str) -> Markup:
    seen = words.visible(char, keep_newlines=True)
    return escape(char) if seen == char else Markup('<span class="code">{}</span>').format(seen)


def _run(run: Run, pen: Pen) -> Markup:
    if run.style == BAR:
        return _bar(run.text, pen)
    if run.style == BLANK:
        return Markup('<span class="blank"></span><small>{}</small>').format(shown(run.text))
    text = _folded(run.text) if len(run.text) > LONG else shown(run.text)
    if run.style == VERBATIM:
        inner = Markup('<bdi class="verbatim">{}</bdi>').format(text)
    else:
        before, after = map(Markup, _AROUND.get(run.style, ("", "")))
        inner = before + (text if run.text.isascii() else Markup("<bdi>{}</bdi>").format(text)) + after
    place = pen.place(run.link)
    return Markup('<a href="#{}">{}</a>').format(place, inner) if place else inner


def _folded(text: str) -> Markup:
    return Markup('<details><summary>{}… <small>({})</small></summary><span>{}</span></details>').format(
        shown(text[:SHORT]), f"{len(text):,}", shown(text)
    )


def _bar(commitment: str, pen: Pen) -> Markup:
    """The bar carries what it covers: the first figures of the commitment on it, the whole beside it."""
    word = shown(pen.paper.label("withheld"))
    if not commitment:
        return Markup('<span class="bar">{}</span>').format(word)
    short = Markup('<span class="bar">{} {}…</span>').format(word, shown(commitment[:8]))
    return short + Markup(' <code class="commitment">{}</code>').format(shown(commitment))
