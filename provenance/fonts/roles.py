"""The fonts of a paper: one Latin family, one Han family, one of fixed width, and what covers other scripts and signs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provenance import data
from provenance.fonts.find import Face, face, places, scan

HAN = "中文，。"
BASIC = "".join(map(chr, range(0x20, 0x7F))) + "é–"
"""What a font must have at least to be taken for a role."""


@dataclass(frozen=True)
class Family:
    """One family. bold: its own bold face, None where it has none: a regular one is never thickened."""

    regular: Face
    bold: Face | None = None


@dataclass(frozen=True)
class Roles:
    """The families that were found; None where this machine has no font for a role. more: other scripts, in order of preference."""

    latin: Family | None = None
    han: Family | None = None
    mono: Family | None = None
    more: tuple[Face, ...] = ()

    @property
    def faces(self) -> tuple[Face, ...]:
        """Every face once."""
        families = [one for one in (self.latin, self.han, self.mono) if one is not None]
        own = [one for family in families for one in (family.regular, family.bold) if one is not None]
        return tuple(dict.fromkeys([*own, *self.more]))


def roles(environ: Mapping[str, str] = os.environ, system: str = sys.platform) -> Roles:
    """The fonts that data/paper/fonts.json names, the first of each role that is installed. A file that is no font is passed over.

    Args:
        environ: of the process. system: as `sys.platform`.
    """
    wanted: dict[str, list[tuple[str, str]]] = json.loads(data.read("paper/fonts.json"))
    names = frozenset(name for pairs in wanted.values() for pair in pairs for name in pair if name)
    there = scan(places(environ, system), names)
    return Roles(
        latin=_first(wanted["latin"], there, BASIC),
        han=_first(wanted["han"], there, HAN),
        mono=_first(wanted["mono"], there, BASIC[:-2]),
        more=tuple(one for name, _ in wanted["more"] if name in there and (one := face(str(there[name]))) is not None),
    )


def _first(pairs: list[tuple[str, str]], there: Mapping[str, Path], must: str) -> Family | None:
    for name, bold in pairs:
        regular = face(str(there[name])) if name in there else None
        if regular is not None and all(char in regular.chars for char in must):
            return Family(regular, face(str(there[bold])) if bold in there else None)
    return None
