"""Which bare names are passed over: the patterns of prov.toml, compiled once."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_NEVER = r"(?!)"
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Names:
    """Two questions about a bare name (no folder part). A root's own name is never asked about: the user named it."""

    skips_file: Callable[[str], Any]
    skips_folder: Callable[[str], Any]


def names(ignore: Iterable[str], ignore_folders: Iterable[str]) -> Names:
    """The questions for two lists of fnmatch patterns, case-sensitive everywhere so that a ledger means the same on each system."""
    return Names(_matcher(ignore), _matcher(ignore_folders))


def _matcher(patterns: Iterable[str]) -> Callable[[str], Any]:
    starts, ends, others = [], [], []
    for pattern in patterns:
        # "*.tmp" and ".*" are nearly all there is, and every event asks: str's own search is 10 times a regular expression's
        if pattern.startswith("*") and not _MAGIC.search(pattern[1:]):
            ends.append(pattern[1:])
        elif pattern.endswith("*") and not _MAGIC.search(pattern[:-1]):
            starts.append(pattern[:-1])
        else:
            others.append(fnmatch.translate(pattern))
    head, tail, match = tuple(starts), tuple(ends), re.compile("|".join(others) or _NEVER).match
    return lambda name: name.startswith(head) or name.endswith(tail) or match(name)
