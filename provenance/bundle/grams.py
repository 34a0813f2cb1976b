"""Looking for thousands of byte strings at once, at some tens of MB a second. Pure; standard library.

Of each string the first few runs of q bytes are remembered; the text is looked at in every s-th place only, s = least length - q + 1:
wherever a string stands, one of its first s runs begins at such a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

SEGMENT = 4 << 20
FEW = 12  # so many are quicker looked for one after the other
_TOKENS = re.compile(rb"[0-9A-Za-z]+")
Good = Callable[[bytes, int, int], bool]
"""(text, start, end) -> whether a match there counts."""


@dataclass(frozen=True)
class Grams:
    """runs: q bytes -> at which offsets they stand in a string. starts: the first `least` bytes -> the strings that begin so."""

    q: int
    least: int
    runs: Mapping[bytes, frozenset[int]]
    starts: Mapping[bytes, tuple[bytes, ...]]

    def find(self, text: bytes, good: Good) -> bytes:
        """One of the strings where it stands and counts, b"" for none."""
        step = self.least - self.q + 1
        for base in range(0, len(text), SEGMENT // step * step) if self.runs else ():
            places = range(base, min(base + SEGMENT // step * step, len(text)), step)
            hits = self.runs.keys() & {text[at : at + self.q] for at in places}
            for at in places if hits else ():
                if text[at : at + self.q] in hits:
                    found = self._at(text, at, good)
                    if found:
                        return found
        return b""

    def _at(self, text: bytes, at: int, good: Good) -> bytes:
        for offset in self.runs[text[at : at + self.q]]:
            start = at - offset
            for one in self.starts.get(text[start : start + self.least], ()) if start >= 0 else ():
                if text.startswith(one, start) and good(text, start, start + len(one)):
                    return one
        return b""


def grams(strings: Iterable[bytes], q: int, least: int) -> Grams:
    """For strings of at least `least` bytes."""
    runs: dict[bytes, set[int]] = {}
    starts: dict[bytes, list[bytes]] = {}
    for one in strings:
        starts.setdefault(one[:least], []).append(one)
        for offset in range(least - q + 1):
            runs.setdefault(one[offset : offset + q], set()).add(offset)
    return Grams(q, least, {run: frozenset(at) for run, at in runs.items()}, {start: tuple(ones) for start, ones in starts.items()})


@dataclass(frozen=True)
class Many:
    """All strings, by length: words of letters and digits as whole words, the rest wherever they stand."""

    words: frozenset[bytes]
    few: tuple[bytes, ...]
    classes: tuple[Grams, ...]

    def find(self, text: bytes, good: Good) -> bytes:
        """As `Grams.find`."""
        for one in self.words.intersection(_TOKENS.findall(text)) if self.words else ():
            for match in re.finditer(rb"(?<![0-9A-Za-z])" + re.escape(one) + rb"(?![0-9A-Za-z])", text):
                if good(text, *match.span()):
                    return one
        for one in self.few:
            at = text.find(one)
            while at >= 0:
                if good(text, at, at + len(one)):
                    return one
                at = text.find(one, at + 1)
        return next((found for one in self.classes if (found := one.find(text, good))), b"")


def many(strings: Iterable[bytes], short: int) -> Many:
    """short: bytes below which a string of ASCII letters and digits must be a word of its own."""
    words, few, left = set(), [], []
    for one in strings:
        if len(one) < short and one.isalnum():
            words.add(one)
        elif len(one) < 6:
            few.append(one)
        else:
            left.append(one)
    bounds = ((6, 4, 10), (10, 6, 16), (16, 8, 1 << 30))
    sized = [([one for one in left if least <= len(one) < most], q, least) for least, q, most in bounds]
    few += [one for ones, _, _ in sized if len(ones) <= FEW for one in ones]
    return Many(frozenset(words), tuple(few), tuple(grams(ones, q, least) for ones, q, least in sized if len(ones) > FEW))
