"""Pictures of a work against the person's own folders: read in the helper process at the lowest priority; nothing is kept, nothing leaves.

What a file of the folder is, is worked out there, one file at a time: a file that its decoder dies of is passed over and counted.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance import canon
from provenance.daemon.describing import MOST_BYTES
from provenance.daemon.house import House
from provenance.daemon.pixel_helper import Died, Helper
from provenance.errors import BadInput
from provenance.review.material import Alike
from provenance.views.family_rates import likeness, sentence
from provenance.views.fold import plain
from provenance.views.selection import REJECTED, Selection

ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
MOST_FILES = 5_000
MOST_SEEN = 200_000  # names in the folders that are looked at for pictures
STEP = 16
NEAR = 8  # of the 128 bits of both likeness hashes; how often that is wrong was not measured, and is said so
FLAT = "0000000000000000"
Row = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """files: of the folders that were compared. left_out: files and pictures that were not, or by their hashes alone. cut: whether the
    folders hold more names than are looked through. previews: of the files that agree, by path."""

    alike: tuple[Alike, ...]
    files: int
    left_out: int
    cut: bool = False
    previews: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reference:
    """A file of the folders, described. told: as `FileDescribed` has it."""

    n: int
    path: str
    sha256: str
    told: Row

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, upright."""
        return _upright(self.told)


def compare(
    house: House, chosen: Selection, folders: Sequence[str], step: Callable[[int, int], None] = lambda done, total: None
) -> Compared:
    """Compare the pictures of a work that were not rejected with the pictures in these folders.

    Args:
        folders: searched with all below them; links to folders are not followed. step: told (done, in all).
    Raises:
        BadInput: `review.folder` for what is no folder. Unavailable: `pixels.no-helper`.
    """
    files, left_out, cut = _files(folders)
    pictures, bare = _pictures(house, chosen)
    total = 2 * len(files) + len(pictures)
    with tempfile.TemporaryDirectory(prefix="prov-check-") as place:
        helper = Helper(house.home.path)
        try:
            found, missed = _described(helper, files, Path(place), lambda done: step(done, total))
            found, own = _others(house, found)
            pairs = _same(found, pictures)
            looks, unsought = _looks(helper, found, pictures, (Path(place), lambda done: step(len(files) + done, total)), pairs)
        finally:
            helper.end()
        pairs |= looks
        pairs |= _near(found, pictures, pairs)
        order, paired = {sha256: at for at, sha256 in enumerate(pictures)}, {n for _, n in pairs}
        alike = tuple(pairs[key] for key in sorted(pairs, key=lambda key: (order[key[0]], key[1])))
        previews = {one.path: (Path(place) / str(one.n)).read_bytes() for one in found if one.n in paired}
    return Compared(alike, len(found) + own, left_out + missed + bare + unsought, cut, previews)


def _files(folders: Sequence[str]) -> tuple[list[str], int, bool]:
    """Pictures by their names, MOST_FILES at most, in the order of their paths; how many more were seen; and whether there are more than
    MOST_SEEN names."""
    found: list[str] = []
    seen, cut = 0, False
    for folder in folders:
        if not Path(folder).is_dir():
            raise BadInput("review.folder", path=folder)
        for base, below, names in os.walk(os.path.abspath(folder)):  # noqa: PTH100 - links stay as the user named them
            if seen > MOST_SEEN:
                cut = True
                break
            below.sort()
            seen += len(names)
            found += [os.path.join(base, name) for name in sorted(names) if name.lower().endswith(ENDINGS)]  # noqa: PTH118
    unique = list(dict.fromkeys(found))
    return unique[:MOST_FILES], max(0, len(unique) - MOST_FILES), cut


def _pictures(house: House, chosen: Selection) -> tuple[dict[str, Row], int]:
    """The described pictures of the work, by hash; and how many are not described."""
    found: dict[str, Row] = {}
    bare = 0
    for one in chosen.pictures:
        if one.role == REJECTED:
            continue
        rows = house.views.ask("SELECT * FROM described WHERE sha256 = :s", s=one.sha256)
        found[one.sha256] = rows[0] if rows else {}
        bare += not rows
    return found, bare


def _described(
    helper: Helper, files: Sequence[str], place: Path, step: Callable[[int], None]
) -> tuple[list[_Reference], int]:
    """Each file decoded once, in the helper; its preview lies under its number."""
    found, missed = list[_Reference](), 0
    for n, path in enumerate(files):
        step(n)
        sha256 = _hash(path)
        one = _one(helper, n, path, sha256, place) if sha256 else None
        missed += one is None
        found += [one] if one is not None else []
    return found, missed


def _one(helper: Helper, n: int, path: str, sha256: str, place: Path) -> _Reference | None:
    try:
        told, preview = helper.ask(do="describe", of=sha256, path=_sent(path))
    except Died:  # by this file: the next request starts another process
        return None
    if "told" not in told:
        return None
    (place / str(n)).write_bytes(preview)
    return _Reference(n, path, sha256, told["told"])


def _others(house: House, found: Sequence[_Reference]) -> tuple[list[_Reference], int]:
    """Without the recorded files themselves, where a folder holds the work's own: they are like themselves."""
    sql = "SELECT 1 FROM places WHERE path = :p AND sha256 = :s AND here = 1"
    rest = [one for one in found if not house.views.ask(sql, p=plain(canon.path(one.path)), s=one.sha256)]
    return rest, len(found) - len(rest)


def _same(found: Sequence[_Reference], pictures: Mapping[str, Row]) -> dict[tuple[str, int], Alike]:
    """Equal files, then equal pixels, then equal in all that can be seen."""
    pixels: dict[str, list[str]] = {}
    visible: dict[str, list[str]] = {}
    for sha256, row in pictures.items():
        if row.get("version") == 2:
            pixels.setdefault(row["pixels"], []).append(sha256)
            if row["visible"]:
                visible.setdefault(row["visible"], []).append(sha256)
    pairs: dict[tuple[str, int], Alike] = {}
    for one in found:
        if one.sha256 in pictures:
            pairs[one.sha256, one.n] = Alike(one.sha256, one.path, "same file")
        for sha256 in pixels.get(one.told["pixels"], ()):
            pairs.setdefault((sha256, one.n), Alike(sha256, one.path, "same pixels", (("method", "pixels/2"),)))
        for sha256 in visible.get(one.told.get("visible") or "", ()):
            pairs.setdefault((sha256, one.n), Alike(sha256, one.path, "same visible", (("method", "visible-pixels/2"),)))
    return pairs


def _looks(
    helper: Helper, found: Sequence[_Reference], pictures: Mapping[str, Row], where: tuple[Path, Callable[[int], None]],
    known: Mapping[tuple[str, int], Alike],
) -> tuple[dict[tuple[str, int], Alike], int]:
    """What looks alike, by the method whose error rates were measured; and how many pictures could not be sought by it."""
    place, step = where
    folder, by_number = _sent(str(place)), {one.n: one for one in found}
    wanted = [(sha256, row) for sha256, row in pictures.items() if row] if found else []
    pairs: dict[tuple[str, int], Alike] = {}
    sought = 0
    try:
        for at in range(0, len(found), STEP):
            step(at)
            rows = [{"n": one.n, "width": one.size[0], "height": one.size[1]} for one in found[at : at + STEP]]
            helper.ask(do="references", folder=folder, add=rows)
        for count, (sha256, row) in enumerate(wanted):
            step(len(found) + count)
            size = _upright(row)
            same = [n for sha, n in known if sha == sha256]
            answer, _ = helper.ask(do="alike", folder=folder, preview=row["preview"], width=size[0], height=size[1], known=same)
            sought += "found" in answer
            for hit in answer.get("found", ()):
                if (sha256, hit["n"]) not in known:
                    pairs[sha256, hit["n"]] = _alike(sha256, by_number[hit["n"]].path, hit)
    except Died:  # the previews are this program's own: what remains is compared by hashes alone
        pass
    return pairs, len(wanted) - sought


def _upright(row: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height as the picture is to be looked at."""
    wide, high = row["width"], row["height"]
    return (high, wide) if (row.get("orientation") or 1) >= 5 else (wide, high)


def _alike(sha256: str, path: str, hit: Row) -> Alike:
    names = ("method", "agreeing", "compared", "share", "inliers", "transform")
    measured = tuple((name, str(hit[name])) for name in names if hit[name] != "")
    table = likeness()
    rate = ("", "")
    if table.get("method") == hit["method"]:
        rate = (sentence(table["id"], "en"), sentence(table["id"], "zh"))
    return Alike(sha256, path, "looks alike", measured, rate)


def _near(
    found: Sequence[_Reference], pictures: Mapping[str, Row], known: Mapping[tuple[str, int], Alike]
) -> dict[tuple[str, int], Alike]:
    """Likeness hashes that differ in few bits, where nothing else agrees. Flat pictures are like everything and left out."""
    theirs = [(one, int(one.told["dhash"] + one.told["phash"], 16)) for one in found if one.told["dhash"] != FLAT]
    pairs: dict[tuple[str, int], Alike] = {}
    for sha256, row in pictures.items():
        if not row or row.get("version") != 2 or row["dhash"] == FLAT:
            continue
        mine = int(row["dhash"] + row["phash"], 16)
        for one, other in theirs:
            bits = (mine ^ other).bit_count()
            if bits <= NEAR and (sha256, one.n) not in known:
                pairs[sha256, one.n] = Alike(sha256, one.path, "near", (("bits", f"{bits}/128"),))
    return pairs


def _hash(path: str) -> str:
    """"" for what cannot be read, is no file, or is larger than anything that is decoded."""
    try:
        if not Path(path).is_file() or Path(path).stat().st_size > MOST_BYTES:
            return ""
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def _sent(path: str) -> str:
    return base64.b64encode(os.fsencode(path)).decode("ascii")
