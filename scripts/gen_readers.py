"""docs/readers.md from READERS, LABELS and WALKERS: what is read of which generator in which container, what is not, and why."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from provenance.readers.reading import About, Labeller, Reader

HEAD = """# Readers

Made by `scripts/gen_docs.py` from `READERS`, `LABELS` and `WALKERS`; do not edit it here.

A file is read in two steps. `provenance/carriers` knows **formats**: it finds the places that carry words, whatever they mean
(`prov read --raw` shows them). `provenance/readers` knows **generators**: in the order below, each reader whose key the file has is asked
whether the data are its own; the first that can read them tells the rest (`generator`), and the others that claimed them are named
(`also_claimed`). Labels stand beside a generator's data, or alone: a file with a label or a credential and no generator's data has
`generator` null.

What is not understood is kept verbatim in `rest`; what a graph does not resolve is a warning and never a guess. Numbers keep the tool's
own spelling. `scripts/score_readers.py` prints how much of the sample corpus is read, beside other readers.

*tried*: `real files`: on files of the generator itself; `own files`: written after the named source, as no real one was to be had.
"""
MATRIX = """
## Generator by container

`x`: the reader's own line names the format. `(x)`: it reads EXIF or XMP, which this format carries too.

"""


@dataclass(frozen=True)
class Format:
    """A column of the matrix. words: by which a reader's `where` names it. exif, xmp: whether the format carries them."""

    name: str
    words: str
    exif: bool = False
    xmp: bool = False


FORMATS = (
    Format("PNG", "PNG", True, True), Format("JPEG", "JPEG|JPG", True, True), Format("WebP", "WebP", True, True),
    Format("AVIF, HEIF", "AVIF|HEI[CF]", True, True), Format("JXL", "JXL|JPEG XL", True, True), Format("GIF", "GIF", False, True),
    Format("TIFF, PSD", "TIFF|PSD", True, True), Format("SVG", "SVG", False, True), Format("MP4, MOV", "MP4|MOV|BMFF", False, True),
    Format("WebM, MKV", "WebM|MKV|Matroska"), Format("sound", "FLAC|MP3|Opus|Ogg|WAV|M4A|ID3|RIFF"),
    Format("latents, models", "safetensors|latents"), Format("KRA, ORA", r"KRA|ORA\b"), Format("stealth LSB", "stealth"),
    Format("beside the picture", r"sidecar|beside (the|videos|it\b)"),
)


def page() -> str:
    """The whole page."""
    from provenance.carriers import WALKERS
    from provenance.readers import LABELS, READERS

    parts = [HEAD, MATRIX]
    modules: tuple[Reader | Labeller, ...] = (*READERS, *LABELS)
    parts += matrix([(module.NAME, module.ABOUT.where) for module in modules])
    parts.append("\n## Generators, in the order in which they are asked\n")
    parts += [entry(reader.NAME, reader.ABOUT, reader.KEYS) for reader in READERS]
    parts.append("\n## Labels\n")
    parts += [entry(label.NAME, label.ABOUT, label.KEYS) for label in LABELS] or ["\nNone yet.\n"]
    parts.append(f"\n## Formats\n\nWalked for words: {', '.join(sorted(WALKERS))}. Everything else is kept by its hash.\n")
    return "".join(parts)


def matrix(rows: Sequence[tuple[str, str]]) -> list[str]:
    """A table of reader by container."""
    lines = [f"| reader | {' | '.join(item.name for item in FORMATS)} |\n", f"|---|{'---|' * len(FORMATS)}\n"]
    return lines + [f"| {name} | {' | '.join(_cell(item, where) for item in FORMATS)} |\n" for name, where in rows]


def _cell(item: Format, where: str) -> str:
    if re.search(rf"\b(any container|wherever)|({item.words})", where, re.IGNORECASE):
        return "x"
    return "(x)" if (item.exif and "EXIF" in where) or (item.xmp and "XMP" in where) else "-"


def entry(name: str, about: About, keys: Iterable[str]) -> str:
    """A reader in five lines."""
    told = {field: getattr(about, field) for field in ("where", "reads", "leaves", "source", "tried")}
    lines = "".join(f"- *{field}*: {text}\n" for field, text in told.items())
    return f"\n### {name}\n\n{lines}- *keys*: {', '.join(f'`{key}`' for key in sorted(keys))}\n"
