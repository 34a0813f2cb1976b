"""The faces of one PDF as typst knows them. typst reads fonts from folders only, so it gets a folder with exactly the chosen files."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.fonts.cmap import Coverage
from provenance.fonts.find import Face, widths
from provenance.fonts.roles import Family, Roles
from provenance.paper.blocks import CODE, STRONG

if TYPE_CHECKING:
    from typst import Fonts

OWN = Coverage((0x20, 0xA1, 0x2013, 0x2018, 0x201C, 0x2026), (0x7E, 0xFF, 0x2014, 0x2019, 0x201D, 0x2026))
"""What is relied on of the fonts inside typst itself, which stand in where this machine has none."""
OWN_TEXT, OWN_BOLD, OWN_MONO = (Face(f"typst/{name}", 0, OWN) for name in ("Libertinus Serif", "Libertinus Serif Bold", "DejaVu Sans Mono"))
OWN_NAMES = {OWN_TEXT: ("Libertinus Serif", 400), OWN_BOLD: ("Libertinus Serif", 700), OWN_MONO: ("DejaVu Sans Mono", 400)}


CODE_SIZE = 0.86
"""Of code beside the text around it, as report.typ has it."""


@dataclass(frozen=True)
class Setting:
    """fonts: for the compiler. faces: by number. names: (family, weight) of each. files: (name, SHA-256) of each file. roles: cleaned of
    what typst cannot use."""

    fonts: Fonts
    faces: tuple[Face, ...]
    names: tuple[tuple[str, int], ...]
    files: tuple[tuple[str, str], ...]
    roles: Roles

    def order(self, lang: str) -> dict[str, tuple[int, ...]]:
        """The numbers of the faces to try in a language, by style: for Chinese Han first, whose quotes are as wide as its letters."""
        roles = self.roles
        latin, mono = roles.latin or Family(OWN_TEXT, OWN_BOLD), (roles.mono or Family(OWN_MONO)).regular
        han = [roles.han] if roles.han else []
        families = [*han, latin] if lang == "zh" and roles.han and _basic(roles.han.regular) else [latin, *han]
        regular = [*(one.regular for one in families), *roles.more]
        bold = [one.bold for one in families if one.bold is not None]
        if families[0].bold is None:  # bold Latin amid regular Han is worse than none
            bold = []
        return {"": self._numbers([*regular, mono]), STRONG: self._numbers([*bold, *regular, mono]), CODE: self._numbers([mono, *regular])}

    @functools.cached_property  # the faces are opened for it, and a press prints many papers
    def advances(self) -> Mapping[str, float]:
        """Ems of basic Latin characters in the widest of the faces that texts begin with; empty where one cannot be measured."""
        found: dict[str, float] = {}
        for lang in ("zh", "en"):
            for style, numbers in self.order(lang).items():
                one = self.faces[numbers[0]]
                if one in OWN_NAMES:
                    return {}
                for char, wide in widths(one).items():
                    found[char] = max(found.get(char, 0.0), wide * (CODE_SIZE if style == CODE else 1.0))
        return found

    def _numbers(self, faces: list[Face]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.faces.index(one) for one in faces))


def setting(roles: Roles, folder: Path) -> Setting:
    """Fonts loaded by typst.

    Args:
        roles: the fonts of this machine. folder: an empty one that lives as long as the setting is used.
    """
    import typst

    links: dict[str, str] = {}
    for number, path in enumerate(dict.fromkeys(one.path for one in roles.faces)):
        link = folder / f"{number:02}-{os.path.basename(path)}"  # noqa: PTH119
        try:
            link.symlink_to(path)
        except OSError:  # Windows asks for a right that few have
            shutil.copyfile(path, link)
        links |= {os.path.realpath(link): path, str(link): path}
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
    known = {(links.get(one.path or "", ""), one.index): (one.family, one.weight) for one in fonts.fonts()}
    usable = _usable(roles, known)
    faces = (*usable.faces, OWN_TEXT, OWN_BOLD, OWN_MONO)
    names = tuple(OWN_NAMES[one] if one in OWN_NAMES else known[one.path, one.index] for one in faces)
    files = tuple((os.path.basename(path), _sha256(path)) for path in dict.fromkeys(one.path for one in usable.faces))  # noqa: PTH119
    return Setting(fonts, faces, names, files, usable)


def _usable(roles: Roles, known: Mapping[tuple[str, int], object]) -> Roles:
    """Without the faces that typst did not take."""

    def family(one: Family | None) -> Family | None:
        if one is None or (one.regular.path, one.regular.index) not in known:
            return None
        return one if one.bold and (one.bold.path, one.bold.index) in known else Family(one.regular)

    more = tuple(one for one in roles.more if (one.path, one.index) in known)
    return Roles(family(roles.latin), family(roles.han), family(roles.mono), more)


def _basic(face: Face) -> bool:
    return all(chr(number) in face.chars for number in range(0x20, 0x7F))


def _sha256(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
