"""Fonts that this machine has, found by known names in known folders; Pillow's own, which is Latin only, stands behind them."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance import data
from provenance.errors import Unreadable
from provenance.fonts.cmap import Coverage, coverage

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

MOST_FILES = 5_000  # of one place: a system full of fonts must not hide those that were installed for this program
MEASURED = 200  # pixels to the em, at which advances are read
PACKAGES = ("noto_cjk_sans_otc",)
"""Importable packages that carry fonts: the extra `fonts`."""


@dataclass(frozen=True)
class Face:
    """One face. index: in a collection."""

    path: str
    index: int
    chars: Coverage


class Fonts:
    """The faces of this machine in order of preference, opened at the sizes that are asked for."""

    def __init__(self, faces: Iterable[Face]) -> None:
        self.faces = tuple(faces)
        self._open: Callable[[int, int], FreeTypeFont] = functools.lru_cache(maxsize=64)(self._opened)
        self._which: Callable[[str], int | None] = functools.lru_cache(maxsize=20_000)(self._found)

    def of(self, char: str) -> int | None:
        """The number of the face that has this character; -1 for Pillow's own; None where none has it."""
        return self._which(char)

    def font(self, face: int, size: int) -> FreeTypeFont:
        """A face at a size in pixels."""
        return self._open(face, size)

    def _found(self, char: str) -> int | None:
        for number, face in enumerate(self.faces):
            if char in face.chars:
                return number
        return -1 if not self.faces and "\x20" <= char <= "\x7e" else None

    def _opened(self, face: int, size: int) -> Any:
        from PIL import ImageFont

        if face < 0:
            return ImageFont.load_default(size)
        return ImageFont.truetype(self.faces[face].path, size, index=self.faces[face].index)


def folders(environ: Mapping[str, str], system: str) -> list[Path]:
    """Where fonts lie on a system.

    Args:
        environ: of the process. system: as `sys.platform`.
    """
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/")
    if system == "win32":
        local = environ.get("LOCALAPPDATA")
        own = [Path(local) / "Microsoft/Windows/Fonts"] if local else []
        return [Path(environ.get("WINDIR", "C:/Windows")) / "Fonts", *own]
    if system == "darwin":
        return [Path("/System/Library/Fonts"), Path("/System/Library/AssetsV2"), Path("/Library/Fonts"), home / "Library/Fonts"]
    shared = [Path(part) / "fonts" for part in environ.get("XDG_DATA_DIRS", "").split(":") if part]
    usual = [Path("/usr/local/share/fonts"), Path("/usr/share/fonts"), home / ".local/share/fonts", home / ".fonts"]
    return list(dict.fromkeys([*shared, *usual]))


def find(lang: str, environ: Mapping[str, str] = os.environ, system: str = sys.platform) -> Fonts:
    """The fonts that data/fonts.json names and that are installed, in its order: Latin, then Han with the forms of the mainland, then what
    covers other scripts and signs. For `zh` those with Han come first, so that quotes and commas are as wide as they should be. A file that
    is no font is passed over."""
    known: list[str] = json.loads(data.read("fonts.json"))
    there = scan(places(environ, system), frozenset(known))
    faces = [one for name in known if name in there and (one := face(str(there[name]))) is not None]
    return Fonts(sorted(faces, key=lambda one: lang == "zh" and "中" not in one.chars))


def places(environ: Mapping[str, str], system: str) -> list[Path]:
    """The folders of a system and, behind them, that of the extra `fonts`, which brings a font with Han."""
    return [*folders(environ, system), *(folder for name in PACKAGES for folder in _packaged(name))]


def _packaged(name: str) -> list[Path]:
    """The folder of an installed package that holds fonts, without running anything of it."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []


def scan(folders: Iterable[Path], names: frozenset[str]) -> dict[str, Path]:
    """The first file of each name in folders and what lies below them."""
    there: dict[str, Path] = {}
    for path in _files(folders, names):
        there.setdefault(path.name, path)
    return there


def widths(one: Face) -> dict[str, float]:
    """How far each character of basic Latin advances, in ems; what the face lacks is left out.

    Raises:
        OSError: the file is no longer there, or no longer a font.
    """
    from PIL import ImageFont

    font = ImageFont.truetype(one.path, MEASURED, index=one.index)
    return {char: font.getlength(char) / MEASURED for char in map(chr, range(0x20, 0x7F)) if char in one.chars}


def _files(places: Iterable[Path], known: frozenset[str]) -> Iterator[Path]:
    for place in places:
        there = (Path(folder) / name for folder, names in _walk(place) for name in names)
        yield from (path for path in itertools.islice(there, MOST_FILES) if path.name in known)


def _walk(place: Path) -> Iterator[tuple[str, list[str]]]:
    for folder, inner, names in os.walk(place):
        inner.sort()
        yield folder, sorted(names)


def face(path: str) -> Face | None:
    """The face of a file; of a collection, the one with the forms of the mainland where its name says so. None for what is no font."""
    from PIL import ImageFont

    try:
        index = 0
        if path.endswith(".ttc"):
            for number in range(16):
                family = ImageFont.truetype(path, 12, index=number).getname()[0] or ""
                if family.endswith(" SC") or "SC " in family:
                    index = number
                    break
    except OSError:
        index = 0
    try:
        with open(path, "rb") as file:  # noqa: PTH123

            def read(at: int, length: int) -> bytes:
                file.seek(at)
                return file.read(length)

            chars = coverage(read, index)
        ImageFont.truetype(path, 12, index=index)
    except (OSError, Unreadable):
        return None
    return Face(path, index, chars)
