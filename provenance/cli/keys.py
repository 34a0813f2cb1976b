"""Single keys from a terminal, lines from a pipe. The terminal is given back as it was, whatever happens."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

END = ""  # nothing more will come


@dataclass(frozen=True)
class Keyboard:
    """Where answers come from. key: waits for one key, as one lower-case character and, from a pipe, what stands behind it on its line;
    (END, "") at the end. line: waits for a line. single: whether keys come one by one."""

    key: Callable[[], tuple[str, str]]
    line: Callable[[], str]
    single: bool


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Standard input: single keys where it is a terminal, else its lines."""
    if not sys.stdin.isatty():
        yield Keyboard(_piped, lambda: sys.stdin.readline().rstrip("\r\n"), single=False)
    elif sys.platform == "win32":
        yield _windows()
    else:
        with _posix() as found:
            yield found


def _piped() -> tuple[str, str]:
    for line in iter(sys.stdin.readline, ""):
        text = line.strip()
        if text:
            return _folded(text[0]), text[1:].strip()
    return END, ""


def _folded(char: str) -> str:
    """As a Latin small letter: an input method may give the full-width form of a key."""
    return unicodedata.normalize("NFKC", char).lower()


@contextmanager
def _posix() -> Iterator[Keyboard]:
    import termios
    import tty

    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)

    def key() -> tuple[str, str]:
        first = os.read(fd, 1)
        if first == b"\x1b":
            _long_key(fd)
            return "\x1b", ""
        more = 3 if first >= b"\xf0" else 2 if first >= b"\xe0" else 1 if first >= b"\xc0" else 0
        text = (first + (os.read(fd, more) if more else b"")).decode("utf-8", "replace")
        return (_folded(text[0]), "") if first not in (b"", b"\x04") else (END, "")

    def line() -> str:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
        try:
            return os.read(fd, 65_536).decode("utf-8", "replace").rstrip("\r\n")  # the terminal hands over whole lines
        finally:
            tty.setcbreak(fd, termios.TCSADRAIN)

    tty.setcbreak(fd, termios.TCSADRAIN)
    try:
        yield Keyboard(key, line, single=True)
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _long_key(fd: int) -> None:
    """Take in the rest of an arrow or function key (ECMA-48, 5.4: CSI or SS3, up to its final byte); its bytes are there at once. Alone
    it is the Escape key."""
    import select

    started = False
    while select.select([fd], [], [], 0)[0]:
        byte = os.read(fd, 1)
        if byte == b"" or (started and b"\x40" <= byte <= b"\x7e") or (not started and byte not in (b"[", b"O")):
            return
        started = True


def _windows() -> Keyboard:
    import msvcrt

    console: Any = msvcrt  # its functions are not known to a checker on other systems

    def key() -> tuple[str, str]:
        char = console.getwch()
        if char in ("\0", "\xe0"):  # an arrow or function key: a second code follows
            console.getwch()
            return "\x1b", ""
        if char == "\x03":
            raise KeyboardInterrupt
        return (END, "") if char in ("\x04", "\x1a") else (_folded(char), "")

    return Keyboard(key, lambda: sys.stdin.readline().rstrip("\r\n"), single=True)
