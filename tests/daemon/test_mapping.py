"""Difference maps behind the capture: written once, with the map as a blob, for edits and not for copies; told by the commands."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from support.pictured import Pictured
from support.prov import Near

from provenance import canon, facts
from provenance.clock import Clock
from provenance.daemon import mapping
from provenance.daemon.describe import Describer
from provenance.daemon.known import Known
from provenance.daemon.laying import MAP_METHOD
from provenance.pixels import difference

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import picture_kit as kit


def data(image: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def pictured(tmp_path: Path, clock: Clock) -> Iterator[Pictured]:
    made = Pictured(tmp_path / "home", clock)
    yield made
    made.close()


def run(pictured: Pictured, until: Callable[[list[facts.Fact]], bool] | None) -> list[facts.Fact]:
    """Let a describer work until the facts are there, or, without `until`, as long as anything waits that an earlier run left over."""
    house, said = pictured.house, list[facts.Fact]()

    def submit(said_now: Sequence[facts.Fact], blobs: Sequence[bytes] = (), then: Callable[[], None] | None = None) -> None:
        house.keep(list(blobs))
        house.append(list(said_now))
        said.extend(said_now)
        if then is not None:
            then()

    known = Known(house.views, house.ledger)
    one = Describer(house.home.path, cast(Any, submit), known)
    one.left_over(known)
    one.start()
    end = time.monotonic() + 60
    while time.monotonic() < end and (any(one.waiting) if until is None else not until(said) and (any(one.waiting) or not said)):
        time.sleep(0.05)
    one.close(30)
    return said


def test_an_edit_is_mapped_once_and_shown(pictured: Pictured, tmp_path: Path) -> None:
    base = kit.picture(3, 1)
    edit = base.copy()
    edit[40:80, 60:120] = (200, 30, 60)
    first = pictured.record("a.png", data(base))
    child = pictured.record("a.png", data(edit), was=first)
    pictured.house.blobs.put_many([(data(base), None), (data(edit), None)])
    pictured.write()
    said = run(pictured, lambda said: any(isinstance(one, facts.EditMapped) for one in said))
    (one,) = [one for one in said if isinstance(one, facts.EditMapped)]
    assert (one.parent, one.child, one.outcome, one.material, one.placed) == (first, child, "mapped", "files", "same frame")
    assert one.regions == 1 and one.repainted is not None and 2350 <= one.repainted <= 2400 and one.added == 0
    assert one.map is not None and canon.sha256(pictured.house.blobs.get(one.map)) == one.map
    shown = np.asarray(Image.open(io.BytesIO(pictured.house.blobs.get(one.map))))
    assert int(shown.sum()) == one.repainted
    assert not [two for two in run(pictured, None) if isinstance(two, facts.EditMapped)], "not written twice"
    pictured.house.views.catch_up(pictured.house.ledger)
    (row,) = pictured.house.views.ask("SELECT * FROM edit_maps")
    assert (row["child"], row["parent"], row["repainted"], row["map"]) == (child, first, one.repainted, one.map)
    told = json.loads(Near(pictured.house.home.path).ok("show", child[:12], "--json"))
    assert told["edits"][0]["repainted"] == one.repainted
    assert f"{one.repainted} of {base.shape[0] * base.shape[1]} pixels differ" in Near(pictured.house.home.path).ok("show", child[:12])


def test_where_a_file_is_gone_its_preview_is_compared_and_that_is_told(pictured: Pictured) -> None:
    base = kit.picture(5, 1)
    edit = base.copy()
    edit[30:120, 40:160] = (250, 250, 20)
    first = pictured.record("a.png", data(base))
    pictured.record("a.png", data(edit), was=first)
    pictured.write()
    said = run(pictured, lambda said: any(isinstance(one, facts.EditMapped) for one in said))
    (one,) = [one for one in said if isinstance(one, facts.EditMapped)]
    assert one.material == "previews" and (one.outcome == "mapped") == (one.repainted is not None)


def test_a_copy_with_the_same_pixels_gets_no_map(pictured: Pictured) -> None:
    base = kit.picture(6, 1)
    pictured.record("a.png", data(base))
    file = io.BytesIO()
    Image.fromarray(base).save(file, "PNG", compress_level=1)
    pictured.record("b.png", file.getvalue())
    pictured.write()
    said = run(pictured, lambda said: any(isinstance(one, facts.LikenessFound) for one in said))
    assert [type(one) for one in said] == [facts.LikenessFound]


def test_the_method_that_is_written_is_the_one_that_is_used() -> None:
    assert MAP_METHOD == difference.METHOD


def test_a_mask_tells_what_lies_inside_and_outside() -> None:
    base = kit.picture(4, 1)
    edit, mask = base.copy(), np.zeros((*base.shape[:2], 4), np.uint8)
    edit[40:80, 60:120] = (1, 2, 3)
    mask[..., 3] = 255
    mask[40:60, :, 3] = 0  # as ComfyUI keeps a mask: where it is not opaque
    told, _ = mapping.mapped(data(base), data(edit), data(mask), region=True)
    assert told["inside"] + told["outside"] == told["repainted"] and abs(told["inside"] - told["outside"]) <= 120


def test_prov_diff_tells_areas_and_writes_pictures(tmp_path: Path) -> None:
    base = kit.picture(3, 1)
    edit = base.copy()
    edit[40:80, 60:120] = (200, 30, 60)
    for name, image in (("b.png", base), ("a.png", edit), ("other.png", kit.picture(99, 1))):
        (tmp_path / name).write_bytes(data(image))
    prov, b, a = Near(tmp_path / "home"), str(tmp_path / "b.png"), str(tmp_path / "a.png")
    told = json.loads(prov.ok("diff", b, a, "--json", "-o", str(tmp_path / "o.png"), "--map", str(tmp_path / "m.png")))
    assert told["outcome"] == "mapped" and told["crop"] == [0, 0, base.shape[1], base.shape[0]]
    for name, size in (("m.png", base.shape[1::-1]), ("o.png", (3 * base.shape[1] + 24, base.shape[0]))):
        with Image.open(tmp_path / name) as shown:
            assert shown.size == size
    assert "cannot compare" in prov.ok("diff", b, str(tmp_path / "other.png"))
    refused = prov.run("diff", b, a, "-o", a)
    assert refused.returncode == 2 and (tmp_path / "a.png").read_bytes() == data(edit), "a picture that is compared is not written over"
