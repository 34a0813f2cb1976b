"""A film and a contact sheet from an open home: its entries and the previews among its blobs; a user's folders are not read."""

from __future__ import annotations

import functools
import heapq
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from provenance import canon, facts, words
from provenance.bundle import kin
from provenance.daemon.house import House
from provenance.daemon.telling import Teller, Told
from provenance.errors import BadInput, ProvError, Unavailable
from provenance.film import cards, draw, gif, mp4, sampling, sheet, webp
from provenance.film.cards import Eye
from provenance.film.plan import About, plan
from provenance.film.scene import Film
from provenance.fonts.find import find
from provenance.ledger import copying
from provenance.ledger.chain import Entry
from provenance.ledger.files import write_whole
from provenance.views import selection, sittings
from provenance.views.fold import plain
from provenance.views.selection import Selection

if TYPE_CHECKING:
    from PIL.Image import Image

FILMS = {".webp": "image/webp", ".gif": "image/gif", ".mp4": "video/mp4"}
SHEETS = {".png": "image/png", ".webp": "image/webp"}
SIZE = (draw.WIDTH, draw.HEIGHT)
MOST_BYTES = 64 << 20  # of a blob that is decoded
MOST_PIXELS = 40_000_000

Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Subject:
    """What a film is of. name: the person's own name of a work, "" for a sitting. told: its runs and entries in order."""

    title: str
    name: str
    told: Iterator[Told]


@dataclass(frozen=True)
class Made:
    """A file that was made. entry: its `film.made`, None from a closed ledger, which takes no entry."""

    path: Path
    fact: facts.FilmMade
    entry: Entry | None


def subject(house: House, ref: str, lang: str) -> Subject:
    """A work by its name or id, or a sitting by its name; a work is meant where both could be.

    Raises:
        BadInput: `film.unknown`, `work.ambiguous`.
    """
    teller = Teller(house, folders=False)
    try:
        chosen = selection.of_work(house.views, ref)
    except BadInput as error:
        if error.key != "work.unknown":
            raise
        return _sitting(house, teller, ref, lang)
    return Subject(words.say("film.work", lang, name=(chosen.work or "")[:8]), chosen.title, _of_selection(house, teller, chosen))


def of_selection(house: House, chosen: Selection, lang: str, withheld: frozenset[str]) -> Subject:
    """What is exported: a work, or single pictures, which have no name of their own. Only entries that a bundle of it holds are in it."""
    edges, here = kin.told(chosen.edges, withheld, {*chosen.entries}), {*chosen.entries}
    told = (
        one for one in _of_selection(house, Teller(house, folders=False), chosen)
        if one.record is None or (one.seq in here and kin.mapped(one.record.entry, edges))
    )  # fmt: skip
    if chosen.work is not None:
        return Subject(words.say("film.work", lang, name=chosen.work[:8]), chosen.title, told)
    return Subject(words.say("film.pictures", lang, count=len(chosen.pictures)), "", told)


def _of_selection(house: House, teller: Teller, chosen: Selection) -> Iterator[Told]:
    kinds = cards.KINDS - {facts.EditMapped.KIND}  # all maps come below, whichever of them the selection has
    seqs = [seq for seq in chosen.entries if house.ledger.record(seq).entry.kind in kinds]
    pictures = {picture.sha256 for picture in chosen.pictures}
    return heapq.merge(_edits(house, teller.among(seqs)), _maps(house, 0, pictures.__contains__), key=lambda one: one.seq)


def _sitting(house: House, teller: Teller, ref: str, lang: str) -> Subject:
    try:
        one = sittings.named(teller.views, ref, teller.gap)
    except BadInput as error:
        raise BadInput("film.unknown", what=ref) from error

    def within(sha256: str) -> bool:
        return bool(house.views.ask(
            "SELECT 1 FROM versions WHERE sha256 = :s AND seq >= :a AND seq <= :b LIMIT 1", s=sha256, a=one.first, b=one.last
        ))  # fmt: skip

    story = (told for told in teller.story(one) if told.record is None or told.record.entry.kind != facts.EditMapped.KIND)
    told = heapq.merge(_edits(house, story), _maps(house, one.first, within), key=lambda told: told.seq)
    return Subject(words.say(f"film.sitting{'.imported' if one.imported else ''}", lang, name=one.name), "", told)


def _edits(house: House, story: Iterable[Told]) -> Iterator[Told]:
    """Files of a run that were changed in place come as entries of their own, too, where they stand in the order."""
    waiting: list[int] = []
    for told in story:
        while waiting and waiting[0] < told.seq:
            seq = heapq.heappop(waiting)
            yield Told(seq, record=house.ledger.record(seq))
        yield told
        for seq in told.step.run.edited if told.step is not None else ():
            heapq.heappush(waiting, seq)
    for seq in sorted(waiting):
        yield Told(seq, record=house.ledger.record(seq))


def _maps(house: House, start: int, wanted: Callable[[str], bool]) -> Iterator[Told]:
    for record in house.ledger.records(start, kinds=(facts.EditMapped.KIND,)):
        if wanted(str(record.entry.open.get("child", ""))):
            yield Told(record.entry.seq, record=record)


def planned(
    house: House, one: Subject, lang: str, withheld: frozenset[str], seconds: int | None, asked: Sequence[str] = (),
    most: int = sampling.MOST,
) -> Film:  # fmt: skip
    """The scenes of a film. asked: names of fields and groups as the person gave them. most: as of `plan`.

    Raises BadInput `film.nothing`.
    """
    views = house.views

    def look(sha256: str) -> str:
        both = "SELECT preview FROM described WHERE sha256 = :s UNION ALL SELECT preview FROM projects WHERE sha256 = :s"
        return next((str(row["preview"]) for row in views.ask(both, s=sha256) if row["preview"]), "")

    def first(sha256: str) -> int | None:
        rows = views.ask("SELECT min(seq) AS seq FROM versions WHERE sha256 = :s", s=sha256)
        return rows[0]["seq"]  # type: ignore[no-any-return]

    def decided(sha256: str) -> bool:
        return bool(views.ask("SELECT 1 FROM decisions WHERE sha256 = :s LIMIT 1", s=sha256))

    def leaf(seq: int) -> str:
        return house.ledger.record(seq).entry.leaf.hex()

    name = None if one.name and "name" in withheld else one.name
    about = About(one.title, name, house.ledger.origin, leaf, seconds, most, withheld=tuple(asked))
    return plan(one.told, about, Eye(lang, withheld, look, first, decided))


def make_film(house: House, film: Film, target: Path, lang: str, withheld: frozenset[str], step: Step | None = None) -> Made:
    """Draw and write a film, and write down that it was made.

    Args:
        target: its ending says the format. step: told (cards drawn, cards in all).
    Raises:
        BadInput: `film.format`, `film.recorded`. Unavailable: `film.no-encoder`, `film.encoder`, `film.cannot-write`.
    """
    kind = target.suffix.lower()
    if kind not in FILMS:
        raise BadInput("film.format", name=target.name)
    if kind == ".mp4":
        mp4.encoder()  # before anything is drawn
    frames = _frames(house, film, lang, step)
    if kind == ".mp4":
        digest, length = _written(house, target, lambda file, path: mp4.write(path, frames, SIZE))
    else:
        digest, length = _written(house, target, lambda file, path: (webp if kind == ".webp" else gif).write(file, frames, SIZE))
    fact = facts.FilmMade(
        sha256=digest, size=length, media_type=FILMS[kind], form="film", first=film.first, last=film.last, shown=len(film.scenes),
        left_out=film.left_out, ms=film.ms, withheld=tuple(sorted(withheld)), path=_path(target),
    )  # fmt: skip
    return Made(target, fact, _told(house, fact))


def drawn(house: House, film: Film, lang: str, step: Step | None = None) -> bytes:
    """A film as an animated WebP, for a bundle; it is no file of its own, and nothing is written down. step: as of `make_film`."""
    file = io.BytesIO()
    webp.write(file, _frames(house, film, lang, step), SIZE)
    return file.getvalue()


def _frames(house: House, film: Film, lang: str, step: Step | None) -> Iterator[tuple[Image, int]]:
    faces, look = find(lang), _pixels(house)
    for number, scene in enumerate(film.scenes, 1):
        yield draw.frame(scene, number, len(film.scenes), faces, lang, look), scene.ms
        if step is not None:
            step(number, len(film.scenes))


def make_sheet(house: House, film: Film, target: Path, lang: str, withheld: frozenset[str]) -> Made:
    """Draw and write a contact sheet, and write down that it was made. Raises BadInput `film.sheet-format`, and as `make_film`."""
    kind = target.suffix.lower()
    if kind not in SHEETS:
        raise BadInput("film.sheet-format", name=target.name)
    listed, left = sheet.cells(film, lang)
    picture = sheet.draw(film, find(lang), lang, _pixels(house))
    options: dict[str, Any] = {"quality": 88, "method": 4} if kind == ".webp" else {}
    digest, length = _written(house, target, lambda file, path: picture.save(file, kind[1:].upper(), **options))
    fact = facts.FilmMade(
        sha256=digest, size=length, media_type=SHEETS[kind], form="contact sheet", first=film.first, last=film.last, shown=len(listed),
        left_out=left, withheld=tuple(sorted(withheld)), path=_path(target),
    )  # fmt: skip
    return Made(target, fact, _told(house, fact))


def unseen(film: Film) -> int:
    """How many pictures the record keeps no preview of."""
    return len({shot.sha256 for scene in film.scenes for shot in scene.shots if not shot.blob})


def _pixels(house: House) -> draw.Look:
    """Blobs as RGB pictures; the last few are kept, because neighbouring cards show the same ones."""

    @functools.lru_cache(maxsize=8)
    def look(blob: str) -> Image | None:
        from PIL import Image

        from provenance.pixels.load import load

        try:
            picture = Image.fromarray(load(house.blobs.get(blob, MOST_BYTES), MOST_PIXELS).samples)
        except ProvError:
            return None
        if picture.mode == "RGBA":  # transparent parts on the colour that pictures stand on
            ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            picture = Image.alpha_composite(ground, picture)
        picture = picture.convert("RGB")
        picture.thumbnail((draw.PICTURES, draw.HEIGHT)) if max(picture.size) > 2 * draw.PICTURES else None
        return picture

    return look


def _written(house: House, target: Path, write: Callable[[BinaryIO, Path], object]) -> tuple[str, int]:
    """(SHA-256, bytes) of a file that stands under its name only when it is whole."""
    if house.views.ask("SELECT 1 FROM places WHERE path = :p AND here = 1", p=plain(_path(target))):
        raise BadInput("film.recorded", path=str(target))
    try:
        return write_whole(target, write)
    except OSError as error:
        raise Unavailable("film.cannot-write", path=str(target), why=error.strerror or "") from error


def _path(target: Path) -> Any:
    return canon.path(os.path.abspath(target))  # noqa: PTH100 - links stay as the user named them


def _told(house: House, fact: facts.FilmMade) -> Entry | None:
    if copying.closed(house.ledger.path):
        return None
    return house.tell(fact)[0]
