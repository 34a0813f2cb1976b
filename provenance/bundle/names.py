"""Which file names a bundle may hold: names that mean the same file on every system, and one file only. Pure.

Refused (docs/threats.md, "the container"): what climbs out (`..`, absolute, drive letters), what another system reads otherwise
(backslash, reserved characters, device names, a dot or blank at the end), what deceives the eye (control and direction characters),
and two names that a file system may take for one (equal after Unicode NFC and case folding).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"] + [f"{kind}{n}" for kind in ("com", "lpt") for n in "0123456789¹²³"]
)
_RESERVED = frozenset('\\:*?"<>|')
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
MAX_NAME, MAX_DEPTH = 240, 8


def fault(name: str) -> str:
    """Why this name is refused, in a few English words; "" for a good one."""
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") for part in parts):
        return "absolute, empty or climbing path"
    if any(char in _RESERVED or unicodedata.category(char) in _HIDDEN for char in name):
        return "reserved, control or direction character"
    if any(part[-1] in ". " or part[0] == " " for part in parts):
        return "dot or blank at an edge"
    if any(part.split(".")[0].rstrip().casefold() in _DEVICES for part in parts):
        return "device name"
    if len(name.encode()) > MAX_NAME or len(parts) > MAX_DEPTH:
        return "too long or too deep"
    return "" if unicodedata.is_normalized("NFC", name) else "not in Unicode form NFC"


def twin(names: Iterable[str]) -> str | None:
    """The first name that some file system would take for an earlier one; the folders above a file count too."""
    folders: dict[str, str] = {}
    files: set[str] = set()
    for name in names:
        parts = name.split("/")
        for count in range(1, len(parts)):
            path = "/".join(parts[:count])
            folded = _fold(path)
            if folders.setdefault(folded, path) != path or folded in files:
                return name
        folded = _fold(name)
        if folded in files or folded in folders:
            return name
        files.add(folded)
    return None


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
