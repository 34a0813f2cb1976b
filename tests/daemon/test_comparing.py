"""A work against the person's own folders: equal, like and unlike files, in the helper process; hostile ones are passed over."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from support.imagefiles import png
from support.pictured import Pictured

from provenance.clock import Clock
from provenance.daemon import comparing
from provenance.daemon.comparing import Compared, compare
from provenance.daemon.pixel_helper import Died, Helper
from provenance.errors import BadInput
from provenance.views import selection


def drawing(seed: int, side: int = 420) -> Image.Image:
    """A picture with texture enough to be found again."""
    import random

    chance, picture = random.Random(seed), Image.new("RGB", (side, side), (230, 225, 210))
    pen = ImageDraw.Draw(picture)
    for _ in range(260):
        x, y, size = chance.randrange(side), chance.randrange(side), chance.randrange(6, 60)
        box = (x, y, x + size, y + chance.randrange(6, 60))
        colour = tuple(chance.randrange(256) for _ in range(3))
        (pen.ellipse if chance.random() < 0.5 else pen.rectangle)(box, fill=colour, outline=(0, 0, 0))
    return picture


def saved(picture: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **({"quality": 70} if form == "JPEG" else {}))
    return out.getvalue()


@pytest.fixture
def found(tmp_path: Path, clock: Clock) -> Compared:
    home = Pictured(tmp_path / "home", clock)
    original = drawing(1)
    sha = home.record("work.png", saved(original))
    home.record("bare.png", png(seed=77), describe_it=False)
    home.write()
    refs = tmp_path / "refs" / "deep"
    refs.mkdir(parents=True)
    (refs / "same.png").write_bytes(saved(original))
    (refs / "pixels.webp").write_bytes(_lossless(original))
    (refs / "crop.jpg").write_bytes(saved(original.crop((20, 30, 400, 400)), "JPEG"))
    (refs / "other.png").write_bytes(saved(drawing(2)))
    (refs / "broken.png").write_bytes(saved(original)[:200])
    (refs / "notes.txt").write_text("no picture")
    steps: list[tuple[int, int]] = []
    chosen = selection.of_pictures(home.house.views, [sha, *(s for s in home.known if s != sha)])
    try:
        told = compare(home.house, chosen, [str(tmp_path / "refs")], lambda done, total: steps.append((done, total)))
    finally:
        home.close()
    assert steps and all(done <= total for done, total in steps)
    return told


def _lossless(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=True, exact=True)
    return out.getvalue()


def test_each_pair_is_told_as_what_it_is(found: Compared) -> None:
    told = {Path(one.path).name: one for one in found.alike}
    assert {name: one.how for name, one in told.items()} == {
        "same.png": "same file", "pixels.webp": "same pixels", "crop.jpg": "looks alike",
    }  # fmt: skip
    measured = dict(told["crop.jpg"].measured)
    assert measured["method"] == "orb-blocks/1" and float(measured["share"]) > 0.3 and told["crop.jpg"].rate[1]
    assert found.files == 4 and found.left_out == 2  # what is broken, and the picture that was never described
    assert set(found.previews) == {one.path for one in found.alike} and all(found.previews.values())


def test_what_could_not_be_sought_or_looked_through_is_said(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Pictured(tmp_path / "home", clock)
    sha = home.record("work.png", saved(drawing(1)))
    home.write()
    (tmp_path / "refs" / "deep").mkdir(parents=True)
    for name in ("a.png", "deep/b.png"):
        (tmp_path / "refs" / name).write_bytes(saved(drawing(2)))
    ask = Helper.ask

    def dying(self: Helper, **asked: Any) -> tuple[dict[str, Any], bytes]:
        if asked["do"] == "alike":
            raise Died("decoder died")
        return ask(self, **asked)

    chosen = selection.of_pictures(home.house.views, [sha])
    monkeypatch.setattr(comparing, "MOST_SEEN", 0)
    monkeypatch.setattr(Helper, "ask", dying)
    told = compare(home.house, chosen, [str(tmp_path / "refs")])
    assert (told.files, told.left_out, told.cut, told.alike) == (1, 1, True, ())
    home.close()


def test_what_is_no_folder_is_refused(tmp_path: Path, clock: Clock) -> None:
    home = Pictured(tmp_path / "home", clock)
    sha = home.record("a.png", png(seed=1))
    home.write()
    with pytest.raises(BadInput):
        compare(home.house, selection.of_pictures(home.house.views, [sha]), [str(tmp_path / "none")])
    home.close()
