"""Marks that lie in files: the webui's Save button, SwarmUI's stars, Eagle's libraries, XMP of photo managers."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provenance.capture.collect import collect, with_sidecars
from provenance.capture.marks.mark import BIN, LABELLED, RATED, SAVED, STARRED, TAGGED, Mark
from provenance.errors import ProvError

MOST_FILES = 1_000_000
MOST_JSON = 4 << 20
MOST_LINE = 1 << 20
MOST_TAGS = 100  # of one picture
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".tif", ".tiff", ".jxl", ".bmp")
STARS = "Starred"
_PICK = {"1": "pick rejected", "2": "pick pending", "3": "pick accepted"}  # digiKam: core/libs/database/coredb/coredbconstants (PickLabel)
_HEADER = ["prompt", "seed", "width", "height", "sampler", "cfgs", "steps", "filename", "negative_prompt"]


def a1111_finds(path: str) -> list[str]:
    """`log.csv` itself, or `log/images/log.csv` below the webui's folder."""
    if os.path.basename(path).lower() == "log.csv":  # noqa: PTH119
        return [path] if Path(path).is_file() else []
    return [str(found) for part in ("log.csv", "log/images/log.csv") if (found := Path(path) / part).is_file()][:1]


def a1111_marks(path: str) -> Iterator[Mark]:
    """One mark for each press of the button.

    Source: modules/ui_common.py save_files: columns by name in the first row, `filename` relative to the folder of the log. Of several
    pictures that one press saved, only the first is named. The log tells no time; the file's own is what there is.
    """
    folder = Path(path).absolute().parent
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:  # noqa: PTH123
        rows = csv.reader(line.replace("\0", "") for line in iter(lambda: file.readline(MOST_LINE), ""))
        place: int | None = None
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:  # a field longer than the reader takes: this press is lost, those behind it are not
                continue
            if place is None:
                header = "filename" in row
                place = (row if header else _HEADER).index("filename")
                if header:
                    continue
            if len(row) > place and row[place].strip() and ".." not in row[place]:
                yield Mark(str(folder / row[place].strip()), SAVED, "A1111")


def swarmui_finds(path: str) -> list[str]:
    """Folders named `Starred` below an output folder, or that folder itself."""
    if os.path.basename(path.rstrip("/\\")) == STARS:  # noqa: PTH119
        return [path] if Path(path).is_dir() else []
    return [str(found) for found in (Path(path) / STARS, *sorted(Path(path).glob(f"*/{STARS}"))) if found.is_dir()]


def swarmui_marks(path: str) -> Iterator[Mark]:
    """Copies that the star button made (src/WebAPI/T2IAPI.cs ToggleImageStarred): `Starred/` and the picture's own path below it, or, by a
    user's setting, that path without its slashes. The same bytes, so that they are known by them."""
    for file in walk(path):
        if file.lower().endswith(PICTURES) and ".swarmpreview." not in file:
            yield Mark(file, STARRED, "SwarmUI")


def eagle_finds(path: str) -> list[str]:
    """A library (`NAME.library`), or those in a folder."""
    here = Path(path)
    if (here / "images").is_dir() and here.name.endswith(".library"):
        return [path]
    return [str(found) for found in sorted(here.glob("*.library")) if (found / "images").is_dir()]


def eagle_marks(path: str) -> Iterator[Mark]:
    """Stars, tags and the bin, from each item's `images/<id>.info/metadata.json` (name, ext, star, tags, isDeleted)."""
    try:
        folders = [entry.path for entry in os.scandir(os.path.join(path, "images")) if entry.name.endswith(".info")]  # noqa: PTH118
    except OSError:
        return
    for folder in sorted(folders)[:MOST_FILES]:
        item = _json(os.path.join(folder, "metadata.json"))  # noqa: PTH118
        name, ext = item.get("name"), item.get("ext")
        if not isinstance(name, str) or not isinstance(ext, str) or "/" in name or "\\" in name:
            continue
        picture = os.path.join(folder, f"{name}.{ext}")  # noqa: PTH118
        if type(item.get("star")) is int and 0 < item["star"] <= 5:
            yield Mark(picture, RATED, "Eagle", value=str(item["star"]))
        if item.get("isDeleted") is True:
            yield Mark(picture, BIN, "Eagle")
        for tag in _texts(item.get("tags")):
            yield Mark(picture, TAGGED, "Eagle", place=tag)


def xmp_finds(path: str) -> list[str]:
    """A picture, or any folder of pictures: what a program wrote into or beside them is read file by file."""
    return [path] if Path(path).is_dir() or (Path(path).is_file() and path.lower().endswith(PICTURES)) else []


def xmp_marks(path: str) -> Iterator[Mark]:
    """xmp:Rating, xmp:Label, digiKam's pick label, and tags of digiKam and Lightroom, in the file or in `<stem>.xmp`, `<name>.xmp`."""
    for file in [path] if Path(path).is_file() else walk(path):
        if not file.lower().endswith(PICTURES):
            continue
        try:
            carriers = with_sidecars(collect(file)[0]).container.carriers
        except (ProvError, OSError):
            continue
        found = {carrier.name: carrier.text for carrier in carriers if carrier.name.startswith("xmp:") and carrier.text}
        yield from _xmp(file, found)


def _xmp(file: str, found: dict[str, str]) -> Iterator[Mark]:
    rating = found.get("xmp:xmp:Rating", "").strip().removesuffix(".0")
    if rating in ("-1", "1", "2", "3", "4", "5"):  # 0 is "not rated"
        yield Mark(file, RATED, "XMP", value=rating)
    if label := found.get("xmp:xmp:Label", "").strip():
        yield Mark(file, LABELLED, "XMP", place=label[:200])
    if pick := _PICK.get(found.get("xmp:digiKam:PickLabel", "").strip()):
        yield Mark(file, LABELLED, "digiKam", value=pick)
    for name, tool in (("xmp:digiKam:TagsList", "digiKam"), ("xmp:lr:hierarchicalSubject", "Lightroom")):
        for tag in _listed(found.get(name, "")):
            yield Mark(file, TAGGED, tool, place=tag)


def _listed(text: str) -> list[str]:
    """The items of a list as `carriers.xmp` writes one: JSON, or the text itself where there is one alone."""
    if not text.startswith("["):
        return _texts([text])
    try:
        return _texts(json.loads(text))
    except (ValueError, RecursionError):
        return _texts([text])


def _texts(value: Any) -> list[str]:
    return [text[:200] for text in value if isinstance(text, str) and text][:MOST_TAGS] if isinstance(value, list) else []


def walk(path: str) -> Iterator[str]:
    """Regular files below a folder, in order; links are not followed, and no more than MOST_FILES are looked at."""
    left = MOST_FILES
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            left -= 1
            if left < 0:
                return
            yield os.path.join(folder, name)  # noqa: PTH118


def _json(path: str) -> dict[str, Any]:
    try:
        if not Path(path).is_file():  # a pipe would be waited for
            return {}
        with open(path, "rb") as file:  # noqa: PTH123
            raw = file.read(MOST_JSON + 1)
        found = json.loads(raw) if len(raw) <= MOST_JSON else None
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
