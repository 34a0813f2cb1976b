"""What another program's files say was done with a picture, as one value; and what it is taken to mean."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from provenance.config import Rule

RATED, LABELLED, STARRED, SAVED, BOARD, TAGGED, BIN = "rated", "labelled", "starred", "saved by button", "on board", "tagged", "in the bin"
IN_USE = "marked as put to use"
MOVED, COPIED, PUT, VANISHED = "moved to folder", "copied to folder", "put into folder", "vanished"
INTO_FOLDER = (MOVED, COPIED, PUT)
OBSERVED = (*INTO_FOLDER, VANISHED, RATED, LABELLED, STARRED, SAVED, BOARD, TAGGED, BIN, IN_USE)
BUILT_IN = "built-in"
_MEANT = MappingProxyType({
    (SAVED, ""): "kept",
    (STARRED, ""): "kept",
    (IN_USE, ""): "chosen",  # krita-ai-diffusion: the result was applied to the document as a layer
    (RATED, "-1"): "rejected",  # XMP specification part 1, 8.4: xmp:Rating -1 is "rejected"
    (LABELLED, "pick rejected"): "rejected",  # digiKam's own word for its pick label 1
    (LABELLED, "pick accepted"): "kept",  # and for 3
})  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """One thing that a program says of one file.

    path: of the picture, as the system gives it. observed: one of OBSERVED. value: a number or fixed word, "" none. place: a board, tag or
    folder in the person's words. at: the program's own time of it, "" where it does not tell.
    """

    path: str
    observed: str
    tool: str
    value: str = ""
    place: str = ""
    at: str = ""


@dataclass(frozen=True)
class Source:
    """A program whose marks can be read. finds: the places below a path at which its data lies; marks: what one of them says. Neither ever
    writes, and no lock is held while the marks are used."""

    name: str
    finds: Callable[[str], list[str]]
    marks: Callable[[str], Iterator[Mark]]


@dataclass(frozen=True)
class Meaning:
    """What something is taken to mean. means: kept, rejected, chosen, or "" where no rule says. rule: which made it. pattern: its words."""

    means: str = ""
    rule: str = ""
    pattern: str = ""


def meaning(rules: Sequence[Rule], observed: str, path: str, *, value: str = "", place: str = "") -> Meaning:
    """What the first rule that fits makes of something seen; "nothing" stops the search. Pure.

    Args:
        rules: of prov.toml. observed, value, place: as of Mark. path: of the picture.
    """
    for number, rule in enumerate(rules, 1):
        if fits(rule, observed, path, value=value, place=place):
            pattern = " ".join(f"{name}={text}" for name in ("folder", "observed", "value") if (text := getattr(rule, name)))
            return Meaning() if rule.means == "nothing" else Meaning(rule.means, f"prov.toml {number}", pattern)
    found = _MEANT.get((observed, value)) or _MEANT.get((observed, ""))
    return Meaning(found, BUILT_IN) if found else Meaning()


def fits(rule: Rule, observed: str, path: str, *, value: str = "", place: str = "") -> bool:
    """Whether a rule is about this. A folder's pattern may name the files in it or the folder itself."""
    if rule.observed != observed and (rule.observed or observed not in INTO_FOLDER):
        return False
    if rule.folder and not in_folder(rule.folder, path):
        return False
    return not rule.value or any(fnmatch.fnmatchcase(text, rule.value) for text in (value, place) if text)


def in_folder(pattern: str, path: str) -> bool:
    """Whether a path, or the folder of a file, fits a pattern; Windows does not tell upper from lower case, and neither is it told here."""
    path, pattern = path.replace("\\", "/") if os.name == "nt" else path, os.path.expanduser(pattern)  # noqa: PTH111
    if os.name == "nt":
        path, pattern = path.lower(), pattern.replace("\\", "/").lower()
    return any(fnmatch.fnmatchcase(text, pattern) for text in (path, path.rpartition("/")[0]))
