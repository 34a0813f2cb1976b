"""Descriptions behind the capture: the helper process, what kills it, pauses, what an earlier run left, and likenesses as entries."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.imagefiles import png
from support.pictured import Pictured
from support.prov import Near

from provenance import facts
from provenance.clock import Clock
from provenance.daemon import describe
from provenance.daemon.describe import Describer
from provenance.daemon.known import Known
from provenance.daemon.pixel_helper import Died, Helper
from provenance.errors import Unavailable

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))


class Said:
    """Where a describer submits: written at once."""

    def __init__(self, pictured: Pictured) -> None:
        self._pictured = pictured
        self.facts: list[facts.Fact] = []

    def __call__(self, said: Sequence[facts.Fact], blobs: Sequence[bytes] = (), then: Callable[[], None] | None = None) -> None:
        self._pictured.house.keep(list(blobs))
        self._pictured.house.append(list(said))
        self.facts += said
        if then is not None:
            then()


class Playing:
    """A helper that does what a test says, by hash."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers, self.asked, self.pid = answers, list[tuple[str, str]](), None

    def ask(self, **asked: Any) -> tuple[dict[str, Any], bytes]:
        if asked["do"] == "sync":
            return {"taken": 0}, b""
        self.asked.append((asked["do"], asked["of"]))
        answer = self.answers.get(asked["of"], {"found": []})
        if isinstance(answer, Exception):
            raise answer
        return answer, b"preview"

    def end(self) -> None:
        return

    kill = end


@pytest.fixture
def pictured(tmp_path: Path, clock: Clock) -> Iterator[Pictured]:
    found = Pictured(tmp_path / "home", clock)
    yield found
    found.close()


def describer(pictured: Pictured, helper: Any = None) -> tuple[Describer, Said]:
    said = Said(pictured)
    house = pictured.house
    pictured.write()
    return Describer(house.home.path, said, Known(house.views, house.ledger), helper=helper), said


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_pictures_are_described_in_another_process_and_a_copy_without_metadata_is_found(pictured: Pictured, tmp_path: Path) -> None:
    import io

    from PIL import Image

    names = []
    first = png({"parameters": "a cat\nSteps: 20, Seed: 1"}, (24, 24), seed=5)
    file = io.BytesIO()
    Image.open(io.BytesIO(first)).save(file, "WEBP", lossless=True)
    for n, content in enumerate((first, file.getvalue(), b"\x89PNG\r\n\x1a\n no picture")):
        path = tmp_path / f"{n}.png"
        path.write_bytes(content)
        names.append((pictured.record(path.name, content, describe_it=False), str(path)))
    # at the lowest priority a busy machine may keep it waiting for minutes
    worker, said = describer(pictured, Helper(pictured.house.home.path, nice=0))
    for sha, path in names:
        worker.offer(sha, path)
    worker.start()
    worker.close(60)
    described = [fact for fact in said.facts if isinstance(fact, facts.FileDescribed)]
    assert [fact.of for fact in described] == [names[0][0], names[1][0]] and described[0].pixels == described[1].pixels
    assert facts.FileUndescribed(of=names[2][0], why="not decoded") in said.facts
    found = [fact for fact in said.facts if isinstance(fact, facts.LikenessFound)]
    assert [(f.child, f.parent, f.how, f.rate) for f in found] == [(names[1][0], names[0][0], "same pixels", None)]
    assert pictured.house.blobs.has(described[0].preview)
    again, more = describer(pictured)
    pictured.house.views.catch_up(pictured.house.ledger)
    again.left_over(Known(pictured.house.views, pictured.house.ledger))
    assert again.waiting == (0, 0), "nothing is done twice, not even what could not be done"
    again.close(0)
    assert more.facts == []


def test_a_helper_that_is_killed_is_started_again(pictured: Pictured) -> None:
    helper = Helper(pictured.house.home.path)
    try:
        ask = {"do": "describe", "of": "a" * 64, "path": ""}
        assert helper.ask(**ask)[0] == {"gone": True}
        first = helper.pid
        assert first is not None
        if os.name == "posix":
            assert os.getpriority(os.PRIO_PROCESS, first) == 19
            os.kill(first, 9)
            with pytest.raises(Died, match="decoder died"):
                helper.ask(**ask)
        assert helper.ask(**ask)[0] == {"gone": True} and (os.name != "posix" or helper.pid != first)
    finally:
        helper.kill()


def test_what_takes_too_long_is_given_up(pictured: Pictured) -> None:
    helper = Helper(pictured.house.home.path, nice=0)
    helper.ask(do="sync")
    helper.seconds = 0.0
    with pytest.raises(Died, match="too long"):
        helper.ask(do="sync")
    assert helper.pid is None


def test_a_picture_that_kills_the_helper_twice_is_marked_and_the_others_go_on(pictured: Pictured) -> None:
    told = {"width": 1, "height": 1, "form": "rgb8", "pixels": "1" * 64, "dhash": "1" * 16, "phash": "1" * 16, "decoder": "x"}
    good = {"told": {**told, "preview": "2" * 64}}
    shas = [letter * 64 for letter in "abc"]
    helper = Playing({shas[0]: Died("decoder died"), shas[1]: good, shas[2]: Died("too long")})
    worker, said = describer(pictured, helper)
    for sha in shas:
        worker.offer(sha, "")
    worker.start()
    worker.close(30)
    marks = {fact.of: fact.why for fact in said.facts if isinstance(fact, facts.FileUndescribed)}
    assert marks == {shas[0]: "decoder died", shas[2]: "too long"}
    assert [f.of for f in said.facts if isinstance(f, facts.FileDescribed)] == [shas[1]]
    assert helper.asked.count(("describe", shas[0])) == 2


def test_without_a_helper_nothing_is_marked_and_nothing_is_lost(pictured: Pictured) -> None:
    helper = Playing({"a" * 64: Unavailable("pixels.no-helper", why="x")})
    worker, said = describer(pictured, helper)
    worker.offer("a" * 64, "")
    worker.offer("b" * 64, "")
    worker.start()
    worker.close(30)
    assert said.facts == [] and helper.asked == [("describe", "a" * 64)] and worker.waiting[0] == 1


def test_a_pause_is_kept_until_it_is_taken_back(pictured: Pictured) -> None:
    mark = pictured.house.home.path / describe.PAUSE
    mark.write_bytes(b"")
    helper = Playing({"a" * 64: {"why": "not decoded"}})
    worker, said = describer(pictured, helper)
    worker.offer("a" * 64, "")
    worker.start()
    assert worker.paused and worker.waiting == (1, 0) and said.facts == []
    mark.unlink()
    until(lambda: bool(said.facts))
    worker.close(10)
    assert helper.asked == [("describe", "a" * 64)]


def test_a_name_that_is_written_over_is_compared_with_what_stood_there(pictured: Pictured) -> None:
    import io

    import picture_kit as kit
    from PIL import Image

    def data(image: Any) -> bytes:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "PNG")
        return file.getvalue()

    base = kit.picture(3, 1)
    edit = kit.painted(base, np.random.default_rng(1), 0.1, 0.2)
    first = pictured.record("a.png", data(base))
    pictured.record("b.png", data(kit.picture(3, 2)))
    child = pictured.record("a.png", data(edit), was=first)
    finder = pictured.finder()
    found = finder.find(child, [first])
    assert [(one["parent"], one["how"]) for one in found] == [(first, "looks alike")]
    assert found[0]["transform"].startswith("scale=1.000 rotation=0.0 mirrored=no")
    assert finder.find(first) == [], "what came later is nobody's parent"
    like = finder.like(data(kit.crop(base, np.random.default_rng(2))))
    assert [one["parent"] for one in like] in ([first], [child])
    finder.close()


def test_the_index_outlives_the_process_and_its_loss(pictured: Pictured, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.daemon import finder as finding

    monkeypatch.setattr(finding, "TAIL", 4)
    shas = [pictured.record(f"{n}.png", png(size=(16, 16), seed=n)) for n in range(11)]
    finder = pictured.finder()
    pieces = [(p.first, p.count) for p in finder._pieces]
    finder.close()
    assert sum(count for _, count in pieces) == 8
    again = pictured.finder()
    assert [(p.first, p.count) for p in again._pieces] == pieces and again._row(shas[10])["n"] == 10
    again.close()
    folder = pictured.house.home.path / "alike"
    for path in folder.glob("*.npy"):
        path.write_bytes(b"broken")
    third = pictured.finder()
    assert third._row(shas[10])["n"] == 10
    third.close()


def test_pausing_by_command_shows_in_the_status(tmp_path: Path) -> None:
    prov = Near(tmp_path / "home")
    (tmp_path / "out").mkdir()
    prov.ok("init", str(tmp_path / "out"))
    (tmp_path / "out" / "a.png").write_bytes(png(seed=1))
    prov.ok("import", str(tmp_path / "out"))
    prov.ok("describe", "pause")
    assert json.loads(prov.ok("describe", "status", "--json")) == {
        "described": 0, "waiting": 1, "undescribed": 0, "links": 0, "state": "paused",
    }  # fmt: skip
    assert "paused" in prov.ok("status")
    assert json.loads(prov.ok("status", "--json"))["describing_paused"] is True
    prov.ok("describe", "resume")
    assert "No recorded picture agrees" in prov.ok("describe", "find", str(tmp_path / "out" / "a.png"))
