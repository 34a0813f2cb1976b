"""The files: frames, times, sizes as other programs read them; the same bytes each time; one frame in memory at a time."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from provenance.errors import Unavailable
from provenance.film import draw, gif, mp4, scene, webp
from provenance.film.scene import Piece, Scene, Shot, withheld
from provenance.fonts import find as fonts

SIZE = (64, 48)


def frames(count: int, ms: int = 120) -> Iterator[tuple[Image.Image, int]]:
    for n in range(count):
        yield Image.new("RGB", SIZE, (n * 9 % 256, 80, 200 - n)), ms + 10 * n


@pytest.mark.parametrize(("kind", "write"), [("WEBP", webp.write), ("GIF", gif.write)])
def test_another_program_reads_the_same_film_each_time(kind: str, write: object) -> None:
    made = []
    for _ in range(2):
        file = io.BytesIO()
        assert write(file, frames(7), SIZE) == 7  # type: ignore[operator]
        made.append(file.getvalue())
    assert made[0] == made[1]
    with Image.open(io.BytesIO(made[0])) as film:
        assert (film.format, film.size, film.n_frames, film.info["loop"]) == (kind, SIZE, 7, 0)
        for n, (picture, ms) in enumerate(frames(7)):
            film.seek(n)
            film.load()
            assert film.info["duration"] == ms
            near = zip(film.convert("RGB").getpixel((30, 20)), picture.getpixel((30, 20)), strict=True)  # type: ignore[arg-type]
            assert all(abs(a - b) < 10 for a, b in near)


def test_an_mp4_plays_as_long_as_its_cards(tmp_path: Path) -> None:
    try:
        exe = mp4.encoder()
    except Unavailable:
        pytest.skip("NO ENCODER: install the extra `film` to test MP4")
    made = []
    for n in range(2):
        path = tmp_path / f"{n}.mp4"
        assert mp4.write(path, frames(5, 990), SIZE) == 5
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert made[0].index(b"moov") < made[0].index(b"mdat"), "playable from its first byte on"
    said = subprocess.run([exe, "-hide_banner", "-i", str(path), "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    assert "h264" in said and "yuv420p" in said and "64x48" in said
    seconds = re.search(r"Duration: 00:00:0(\d\.\d+)", said)
    assert seconds and abs(float(seconds[1]) - 5.05) <= 0.25


def test_a_missing_encoder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(Unavailable, match=r"film\.no-encoder"):
        mp4.write(tmp_path / "x.mp4", frames(1), SIZE)


def test_an_encoder_that_fails_is_said(tmp_path: Path) -> None:
    try:
        mp4.encoder()
    except Unavailable:
        pytest.skip("NO ENCODER: install the extra `film` to test MP4")
    with pytest.raises(Unavailable, match=r"film\.encoder"):
        mp4.write(tmp_path / "no" / "such" / "x.mp4", frames(40), SIZE)


def test_a_card_covers_what_is_withheld_and_frames_what_is_missing() -> None:
    """The bar is black with something light on it; a picture that the record does not hold leaves an empty frame and no fault."""
    faces = fonts.find("en")
    lines = ((Piece("prompt: "), withheld()), *(((Piece("long words " * 60),),) * 9))
    one = Scene(scene.RUN, (3, 4), "2026-11-22T20:00:00.000000Z", "OBSERVED", "Run 1", lines, tuple(Shot(f"{n}", "", ()) for n in range(4)))
    picture = draw.frame(one, 1, 2, faces, "en", lambda _: None)
    assert picture.size == (draw.WIDTH, draw.HEIGHT)
    right = picture.crop((draw.EDGE + draw.PICTURES + 28, draw.TOP, draw.WIDTH, draw.TOP + 40))
    black = sum(1 for pixel in right.get_flattened_data() if pixel == (0, 0, 0))
    assert black > 800
    margin = picture.crop((draw.WIDTH - 20, draw.TOP, draw.WIDTH, draw.HEIGHT - 40))
    assert margin.getcolors() == [(margin.width * margin.height, (250, 250, 247))], "no text runs over the edge"
