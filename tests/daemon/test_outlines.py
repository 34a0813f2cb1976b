"""Declared inputs are laid over what was made with them, behind the capture, once; also when they are declared afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from support.pictured import Pictured
from support.prov import Near
from test_mapping import data, kit, run

from provenance import canon, facts
from provenance.clock import Clock
from provenance.daemon import outlines


@pytest.fixture
def pictured(tmp_path: Path, clock: Clock) -> Iterator[Pictured]:
    made = Pictured(tmp_path / "home", clock)
    yield made
    made.close()


def declared(sha256: str, size: int) -> facts.InputDeclared:
    return facts.InputDeclared(sha256=sha256, size=size, media_type="image/png", rights="mine")


def made_with(pictured: Pictured, name: str, seed: int, own: str) -> str:
    content = data(kit.picture(11, seed, jitter=0))
    pictured.house.blobs.put_many([(content, None)])
    return pictured.record(name, content, inputs=({"role": "image", "name": "sketch.png", "sha256": own},))


def test_an_input_that_was_declared_is_laid_over_what_was_made_with_it(pictured: Pictured, tmp_path: Path) -> None:
    sketch = data(kit.picture(11, 9, jitter=0))
    own = pictured.record("sketch.png", sketch)
    pictured.house.blobs.put_many([(sketch, None)])
    output = made_with(pictured, "a.png", 1, own)
    pictured.write()
    assert not [one for one in run(pictured, None) if isinstance(one, facts.InputCompared)]  # nobody said that it is an input of theirs
    pictured.house.append([declared(own, len(sketch))])
    pictured.write()
    (one,) = [one for one in run(pictured, None) if isinstance(one, facts.InputCompared)]
    assert (one.own, one.output, one.outcome, one.laid, one.material) == (own, output, "recurs", "whole frame", "files")
    assert one.again is not None and one.by_chance is not None and one.again > one.by_chance and one.rate
    assert one.overlay is not None and canon.sha256(shown := pictured.house.blobs.get(one.overlay)) == one.overlay
    assert Image.open(io.BytesIO(shown)).format == "JPEG"
    pictured.write()
    assert not [one for one in run(pictured, None) if isinstance(one, facts.InputCompared)]  # and it is said once
    assert f"outlines of {own[:12]} found again" in Near(pictured.house.home.path).ok("show", output[:12])


def test_prov_diff_tells_where_an_input_is_found_again(tmp_path: Path) -> None:
    for name, image in (("own", kit.picture(11, 9, jitter=0)), ("out", kit.picture(11, 1, jitter=0)), ("other", kit.picture(99, 1))):
        (tmp_path / f"{name}.png").write_bytes(data(image))
    prov, own, made = Near(tmp_path / "home"), str(tmp_path / "own.png"), str(tmp_path / "out.png")
    said = prov.ok("diff", own, made, "--outlines", "-o", str(tmp_path / "shown.jpg"))
    assert "found again in" in said and "at most when displaced" in said and "Measured on made pictures" in said
    with Image.open(tmp_path / "shown.jpg") as shown:
        assert shown.format == "JPEG" and shown.width > 3 * 200
    assert "not told apart from chance" in prov.ok("diff", own, str(tmp_path / "other.png"), "--outlines")
    assert prov.run("diff", own, made, "--outlines", "--map", "m.png").returncode == 2


def test_many_tries_from_one_sketch_are_not_all_laid_over_it(pictured: Pictured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "MOST_OUTPUTS", 2)
    sketch = data(kit.picture(11, 9, jitter=0))
    own = pictured.record("sketch.png", sketch)
    pictured.house.blobs.put_many([(sketch, None)])
    made = [made_with(pictured, f"{seed}.png", seed, own) for seed in range(4)]
    pictured.write()
    pictured.house.append([declared(own, len(sketch)), facts.DecisionMade(pictures=(made[3],), decision="kept")])
    pictured.write()
    said = [one for one in run(pictured, None) if isinstance(one, facts.InputCompared)]
    assert len(said) == 3 and made[3] in {one.output for one in said}
