"""Papers -> PDF/A-3b, by typst. Texts and values go in as JSON and stay data; the look is data/paper/report.typ.

ISO 19005-3 (PDF/A-3, level B). typst runs inside the process, without network, and reads nothing but one folder of its own, which holds
links to the chosen fonts and the pictures: it takes other virtual files as text only.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance import data, words
from provenance.errors import Unavailable
from provenance.fonts.roles import Roles, roles
from provenance.paper.blocks import Image, Paper
from provenance.paper.places import anchors, pictures
from provenance.paper.typst_blocks import Setter, document
from provenance.paper.typst_fonts import OWN_MONO, Setting, setting
from provenance.paper.typst_pieces import CODE, Cutter

if TYPE_CHECKING:
    from typst import Fonts

SHOWN_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
STANDARD = "a-3b"
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # where a paper gives no time; it says nothing
LONGEST_ALT = 1_000  # characters of an alternative text, a string of the file
LONGEST_WORD = 200
ROUNDS = 24
_NOT_SHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r'\\(?:u\{([0-9a-fA-F]+)\}|(["\\nrt]))')


@dataclass(frozen=True)
class Printed:
    """A PDF. codes: characters that stand in it as codes, sorted. fonts: (file name, SHA-256) of the fonts it was set with; typst's own,
    which stand in where a machine has none, are not among them. missing: keys of pictures that could not be read and are empty frames."""

    data: bytes
    codes: tuple[str, ...]
    fonts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()


def printable(lang: str, fonts: Roles | None = None) -> bool:
    """Whether a paper in this language can be set with the fonts of this machine: Chinese needs one with Han characters."""
    return lang != "zh" or (fonts or roles()).han is not None


def render(papers: Sequence[Paper], images: Mapping[str, Image], fonts: Roles | None = None) -> Printed:
    """One PDF of one or more papers, one after the other, with page numbers that run through.

    The same papers, images and fonts give the same bytes. Nothing of a text is left out: what no font has stands as its code.

    Args:
        papers: at least one; the first gives title, language and time of the file. images: by key. fonts: of this machine by default.
    Raises:
        Unavailable: `printing.han` for a Chinese paper on a machine without a font for Chinese; `printing.pdf` where typst refuses.
    """
    with press(fonts) as one:
        return one.render(papers, images)


@contextlib.contextmanager
def press(fonts: Roles | None = None) -> Iterator[Press]:
    """A press with its fonts loaded, for several PDFs: loading them costs more than a short paper does."""
    with tempfile.TemporaryDirectory(prefix="prov-fonts-") as held:
        yield Press(setting(roles() if fonts is None else fonts, Path(held)))


@dataclass(frozen=True)
class Press:
    """Made by `press`; two threads may print at once."""

    setting: Setting

    def render(self, papers: Sequence[Paper], images: Mapping[str, Image]) -> Printed:
        """As the function `render`."""
        if any(not printable(paper.lang, self.setting.roles) for paper in papers):
            raise Unavailable("printing.han")
        with tempfile.TemporaryDirectory(prefix="prov-paper-") as held:
            return _Printing(tuple(papers), images, self.setting, Path(held)).print()


@dataclass(frozen=True)
class _Printing:
    papers: tuple[Paper, ...]
    images: Mapping[str, Image]
    setting: Setting
    folder: Path

    def print(self) -> Printed:
        """Tries until typst is content: what it cannot show, although a font says it can, becomes a code; a picture it cannot read goes."""
        from typst import TypstError

        used = pictures(block for paper in self.papers for block in paper.blocks)
        keys = tuple(key for key in used if key in self.images and self.images[key].media_type in SHOWN_TYPES)
        for number, key in enumerate(keys):
            (self.folder / f"{number}.{SHOWN_TYPES[self.images[key].media_type]}").write_bytes(self.images[key].data)
        missing: tuple[str, ...] = ()
        refused: frozenset[str] = frozenset()
        for _ in range(ROUNDS):
            values, codes = self._values(keys, missing, refused)
            try:
                made = self._compile(values)
            except TypstError as error:
                more = _named(f"{error} {error.diagnostic}") - refused
                bad = () if more else tuple(key for key in self._unreadable(keys) if key not in missing)
                if not more and not bad:
                    raise Unavailable("printing.pdf", why=str(error)[:LONGEST_WORD]) from error
                refused, missing = refused | more, missing + bad
                continue
            return Printed(made, codes, self.setting.files, missing)
        raise Unavailable("printing.pdf", why="text")

    def _values(self, keys: Sequence[str], missing: Sequence[str], refused: frozenset[str]) -> tuple[str, tuple[str, ...]]:
        """paper.json and the characters that are codes in it."""
        chars, dots = tuple(one.chars for one in self.setting.faces), self.setting.order("en")[""]
        cutter = Cutter(chars, refused, dots, self.setting.advances)
        shown = frozenset(keys) - frozenset(missing)
        setters = [
            Setter(paper, number, cutter, self.setting.order(paper.lang), shown, anchors(paper.blocks))
            for number, paper in enumerate(self.papers)
        ]
        mono = (self.setting.roles.mono.regular if self.setting.roles.mono else None) or OWN_MONO
        held = document(setters, self.setting.faces.index(mono), self.setting.names)
        held["images"] = {
            key: {"file": f"{number}.{SHOWN_TYPES[self.images[key].media_type]}", "alt": words.visible(self.images[key].alt)[:LONGEST_ALT]}
            for number, key in enumerate(keys)
            if key in shown
        }
        held["title"] = words.visible(self.papers[0].title)[:LONGEST_ALT]
        held["keywords"] = [words.visible(one)[:LONGEST_WORD] for one in self.papers[0].about]
        return json.dumps(held, ensure_ascii=False), _codes(held)

    def _compile(self, values: str) -> bytes:
        files = {"main.typ": data.read("paper/report.typ"), "paper.json": values}
        return _pdf(files, self.folder, self.setting.fonts, self.papers[0].time or EARLIEST)

    def _unreadable(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Pictures that typst cannot take, each tried alone."""
        return tuple(key for number, key in enumerate(keys) if not self._readable(f"{number}.{SHOWN_TYPES[self.images[key].media_type]}"))

    def _readable(self, file: str) -> bool:
        from typst import TypstError

        try:
            _pdf({"main.typ": f'#set document(title: "-")\n#image("{file}", alt: "-")'}, self.folder, self.setting.fonts, EARLIEST)
        except TypstError:
            return False
        return True


def _pdf(files: Mapping[str, str], folder: Path, fonts: Fonts, made_at: datetime) -> bytes:
    """What typst makes of files. It is given nowhere to look for packages, and a root outside of which it reads nothing."""
    import typst

    sources = {name: text.encode("utf-8") for name, text in files.items()}
    compiled: Any = typst.compile  # its stubs know no mapping, its documentation does
    where = str(folder)
    made: bytes = compiled(
        sources, root=where, package_path=where, package_cache_path=where, font_paths=fonts, ignore_system_fonts=True,
        format="pdf", pdf_standards=STANDARD, timestamp=made_at,
    )  # fmt: skip
    return made


def _named(message: str) -> frozenset[str]:
    """The characters that typst says it could not show."""
    found = "".join(_ESCAPE.sub(_unescaped, text) for text in _NOT_SHOWN.findall(message))
    return frozenset(char for char in found if not ("\x20" <= char <= "\x7e"))


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return {"n": "\n", "r": "\r", "t": "\t"}.get(match[2], match[2])


def _codes(held: object) -> tuple[str, ...]:
    found: set[str] = set()
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, tuple) and len(one) == 3 and one[0] == CODE:
            found.add(_meant(one[2]))
        elif isinstance(one, (list, tuple)):
            waiting += one
    return tuple(sorted(found))


def _meant(code: str) -> str:
    return chr(int(code.strip("\\uU+{}"), 16))
