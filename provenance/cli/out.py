"""How commands speak: calm lines, aligned, coloured only on a terminal, one JSON object a line for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from typing import Any

import click

from provenance import words
from provenance.errors import ProvError

COLOURS = {"good": "green", "bad": "red", "quiet": "bright_black", "strong": None}


def say(key: str, style: str = "", **params: Any) -> None:
    """Print the message `key` in the user's language."""
    echo(words.say(key, words.language(), **params), style)


def echo(text: str, style: str = "") -> None:
    """Print one line; `style` is good, bad, quiet or strong, and shows on a terminal only (NO_COLOR is honoured)."""
    click.echo(styled(text, style), color=None if not os.environ.get("NO_COLOR") else False)


def styled(text: str, style: str) -> str:
    """`text` in a style; click strips the codes where output is no terminal."""
    return click.style(text, fg=COLOURS.get(style), bold=style == "strong") if style else text


def json_line(value: Any) -> None:
    """Print one JSON object on one line, UTF-8, lone surrogates as their escapes."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace").decode("utf-8"))


def error(problem: ProvError) -> None:
    """One line for the error, one for its hint."""
    lang = words.language()
    params = {name: shortened(value) if isinstance(value, str) else value for name, value in problem.params.items()}
    line_error(words.say(problem.key, lang, **params))
    if words.known(f"{problem.key}.hint"):
        click.echo("      " + words.say(f"{problem.key}.hint", lang, **params), err=True)


def shortened(text: str) -> str:
    """Text of at most 300 characters, its middle left out: what was given may be a whole file."""
    return text if len(text) <= 300 else f"{text[:200]} ... {text[-90:]}"


def line_error(text: str) -> None:
    """`prov: ...` on standard error."""
    click.echo(styled("prov: ", "bad") + text, err=True)


def width(text: str) -> int:
    """Columns that text takes on a terminal: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """Text filled with blanks to `columns`."""
    return text + " " * max(0, columns - width(text))


def clipped(text: str, used: int = 0) -> str:
    """Text cut to what is left of the terminal's line after `used` columns; whole where output is no terminal."""
    if not sys.stdout.isatty():
        return text
    return cut(text, max(1, shutil.get_terminal_size().columns - used))


def cut(text: str, left: int) -> str:
    """Text of at most `left` columns, its end left out."""
    if width(text) <= left:
        return text
    kept = ""
    for char in text:
        if width(kept) + width(char) > left - 1:
            break
        kept += char
    return kept + "…"


def wrapped(text: str, columns: int) -> list[str]:
    """Text as lines of at most `columns`: broken at its newlines, at blanks, between wide characters, and where nothing else is left."""
    lines: list[str] = []
    for line in text.split("\n"):
        start = at = used = 0
        fit = -1  # where this line may end: the index of the first character that would not stand in it
        while at < len(line):
            wide = width(line[at])
            if used + wide > columns and at > start:
                stop = fit if fit > start else at
                lines.append(line[start:stop].rstrip())
                start = at = stop
                used, fit = 0, -1
                continue
            used += wide
            at += 1
            if line[at - 1] == " " or wide == 2:
                fit = at
        lines.append(line[start:])
    return lines


def table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in aligned columns, the last one cut to the terminal's width."""
    if not rows:
        return
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    before = sum(widths[:-1]) + 2 * len(widths[:-1])
    for row in rows:
        cells = (*row[:-1], clipped(row[-1], before))
        echo("  ".join(pad(cell, w) for cell, w in zip(cells, widths, strict=True)).rstrip())


def progress(label: str, total: int, *, quiet: bool = False) -> Any:
    """A progress bar on standard error (rich, loaded now): a context manager with `advance(n)`. Silent if `quiet`, or off a terminal."""
    return Progress(label, total, quiet)


class Progress:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, label: str, total: int, quiet: bool = False) -> None:
        self._label, self._total, self._quiet, self._bar, self._task = label, total, quiet, None, None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            bar: Any = Bar(console=Console(stderr=True), transient=True)
            bar.start()
            self._bar, self._task = bar, bar.add_task(self._label, total=self._total or None)
        return self

    def advance(self, n: int = 1) -> None:
        """`n` more are done."""
        if self._bar is not None:
            self._bar.advance(self._task, n)

    def reach(self, done: int, total: int) -> None:
        """`done` of `total` are done: for work whose length is known only on the way."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
