"""A small sitting, played through the real recorder into a fresh home: what `prov demo` and the tests of the whole path use."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import facts
from provenance.capture import tools
from provenance.config import Config, Home
from provenance.daemon import demo_files as files
from provenance.daemon.exporting import hand_over
from provenance.daemon.house import House, create
from provenance.daemon.recorder import Recorder
from provenance.errors import Unavailable
from provenance.views import ask
from provenance.views.selection import of_work

PATIENCE = 60.0
TITLE = "Lighthouse at dusk"


@dataclass(frozen=True)
class Played:
    """home: the fresh home. output: the watched folder. bundle: the zip. pictures: how many file entries were written."""

    home: Home
    output: Path
    bundle: Path
    pictures: int


class _Heard:
    """Counts what is durable, so that the player goes on when it is, and not when a timer says so."""

    def __init__(self, tell: Callable[[Any, Any], None]) -> None:
        self._names: dict[str, Any] = {}
        self._tell, self._changed = tell, threading.Condition()

    def __call__(self, taken: Any, entry: Any) -> None:
        self._tell(taken, entry)
        with self._changed:
            self._names[Path(taken.path).name] = entry
            self._changed.notify_all()

    def wait(self, name: str) -> Any:
        with self._changed:
            if not self._changed.wait_for(lambda: name in self._names, PATIENCE):
                raise Unavailable("demo.not-recorded", name=name)
            return self._names[name]


def play(folder: Path, tell: Callable[[Any, Any], None], step: Callable[[str], None]) -> Played:
    """Make a home and a ComfyUI folder below `folder`, record a sitting, decide, export.

    Args:
        folder: empty. tell: told of each capture (taken, entry). step: told the message key of each step of the story.
    Raises:
        Unavailable: `demo.not-recorded` when the recorder did not write a picture within a minute.
    """
    base = folder / "ComfyUI"
    base.mkdir()
    files.model_folders(base)
    home = Home(folder / "home")
    tool = tools.recognise(base)
    house = create(
        home, Config(roots=tuple(root for root in (tool.roots if tool else ()) if Path(root).is_dir()) or (str(base / "output"),))
    )
    heard, ready = _Heard(tell), threading.Event()
    recorder = Recorder(house, house.config.roots, heard=heard, ready=ready.set)
    failed: list[BaseException] = []
    thread = threading.Thread(target=_run, args=(recorder, failed), name="recorder")
    thread.start()
    try:
        while not ready.wait(0.2):
            if failed:
                raise failed[0]
        work = _sitting(house, base / "output", heard, step)
    finally:
        recorder.stop()
        thread.join()
    if failed:
        raise failed[0]
    return _finish(house, base / "output", work, step)


def _run(recorder: Recorder, failed: list[BaseException]) -> None:
    try:
        recorder.run()
    except BaseException as error:
        failed.append(error)


def _sitting(house: House, output: Path, heard: _Heard, step: Callable[[str], None]) -> str:
    step("demo.idea")
    work = secrets.token_hex(8)
    house.tell(
        facts.WorkNamed(work=work, name=TITLE),
        facts.NoteAdded(text="Idea: the light must come from inside the house, not from the sky.", work=work),
    )
    step("demo.generate")
    for n, (prompt, seed, lora) in enumerate(
        (
            ("a lighthouse on a cliff, calm sea", 1001, None),
            ("a lighthouse on a cliff at dusk, calm sea", 1001, None),
            ("a lighthouse on a cliff at dusk, storm clouds, (warm window light:1.2)", 1002, None),
            ("a lighthouse on a cliff at dusk, storm clouds, (warm window light:1.2), ink wash", 1002, files.LORA),
        ),
        1,
    ):
        path = output / f"lighthouse_{n:05}_.png"
        files.write_comfy(path, prompt, seed, lora)
        heard.wait(path.name)
    step("demo.edit")
    files.touch_up(output / "lighthouse_00003_.png", output / "lighthouse_final.png")
    heard.wait("lighthouse_final.png")
    return work


def _finish(house: House, output: Path, work: str, step: Callable[[str], None]) -> Played:
    try:
        step("demo.decide")
        house.views.catch_up(house.ledger)
        third, fourth, final = (
            ask.by_name(house.views, name)[0] for name in ("lighthouse_00003_.png", "lighthouse_00004_.png", "lighthouse_final.png")
        )
        house.tell(
            facts.WorkFiled(work=work, pictures=(final,)),
            facts.DecisionMade(decision="kept", pictures=(final,), why="The painted window carries the idea."),
            facts.DecisionMade(decision="rejected", pictures=(fourth,), why="The ink wash flattens the light."),
            facts.LinkStated(parent=third, child=final, how="edited by hand", why="Window painted in an editor."),
        )
        step("demo.export")
        done, _entry = hand_over(
            house, of_work(house.views, work), output.parent.parent / "lighthouse.zip", withheld=frozenset(), why="", languages=("zh", "en")
        )
        count = house.views.ask("SELECT count(*) AS n FROM versions")[0]["n"]
        return Played(house.home, output, done.path, count)
    finally:
        house.close()
