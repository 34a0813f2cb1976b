"""`prov decide`: a walk through what nothing is decided of, one key for each picture, and nothing for what is passed over."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from provenance import words
from provenance.cli import out, preview
from provenance.cli.common import at_home, cli_command, help_of
from provenance.cli.keys import END, Keyboard, keyboard

if TYPE_CHECKING:
    from provenance.daemon.house import House
    from provenance.daemon.undecided import Decision
    from provenance.views.decided import Waiting

DECISIONS = {"k": "kept", "x": "rejected", "c": "chosen"}
SKIP, WHY, UNDO, QUIT = ("s", " ", "\n", "\r"), "w", "u", ("q", END)


@cli_command("decide")
@click.argument("sitting", default="", metavar="[SITTING]")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.decide.json"))
def command(sitting: str, as_json: bool) -> None:
    from provenance.daemon.telling import Teller
    from provenance.daemon.undecided import batches, chosen_sitting

    with at_home(read_only=as_json) as house:
        teller = Teller(house)
        one = chosen_sitting(teller, sitting)
        count, found = batches(teller, one) if one is not None else (0, iter(()))
        if as_json:
            for number, batch in enumerate(found, 1):
                for picture in batch:
                    row = {"seq": picture.seq, "at": picture.at, "sha256": picture.sha256, "name": picture.name, "path": picture.path}
                    out.json_line(row | {"sitting": one.name if one else None, "batch": number})
            return
        if not count:
            out.say("cli.decide.none", "quiet")
            return
        with keyboard() as keys:
            Walk(house, count, found, keys).go()


class Walk:
    """The walk itself. Each decision is durable when its key was pressed; leaving stores nothing."""

    def __init__(self, house: House, count: int, found: Iterator[tuple[Waiting, ...]], keys: Keyboard) -> None:
        self._house, self._keys, self._count, self._found = house, keys, count, found
        self._pictures: list[tuple[int, Waiting]] = []  # those met so far, each with the number of its batch
        self._batches: list[tuple[Waiting, ...]] = []
        self._made: list[Decision] = []
        self._place, self._why, self._drawn = 0, "", -1
        self._how = preview.way(os.environ, sys.stdout.isatty() and keys.single)

    def go(self) -> None:
        """Ask until all are passed or the person leaves."""
        if self._keys.single:
            out.say("cli.decide.keys", "quiet")
        while self._reached():
            self._show()
            key, rest = self._keys.key()
            if key in QUIT:
                break
            if not self._press(key, rest):
                out.say("cli.decide.unknown", "quiet")
        self._farewell()

    def _reached(self) -> bool:
        """Whether there is a picture at this place; the runs of a long sitting are read as the walk comes to them."""
        while self._place >= len(self._pictures):
            batch = next(self._found, None)
            if batch is None:
                return False
            self._pictures += [(len(self._batches), picture) for picture in batch]
            self._batches.append(batch)
        return True

    def _press(self, key: str, rest: str) -> bool:
        """Do what a key asks for; whether it asks for anything."""
        if key in DECISIONS:
            self._decide(DECISIONS[key], rest)
        elif key in SKIP:
            self._on()
        elif key == WHY:
            self._why = rest or self._asked_why()
        elif key == UNDO:
            self._undo()
        else:
            return False
        return True

    def _decide(self, decision: str, rest: str) -> None:
        from provenance.daemon.undecided import decide

        picture = self._pictures[self._place][1]
        made = decide(self._house, picture, decision, rest or self._why, self._place)
        self._made.append(made)
        out.echo(f"  {words.say(f'cli.show.{decision}', words.language())}  #{made.seq}", "good" if decision != "rejected" else "quiet")
        self._on()

    def _on(self) -> None:
        self._place, self._why = self._place + 1, ""

    def _asked_why(self) -> str:
        click.echo("  " + words.say("cli.decide.why", words.language()) + " ", nl=False)
        return self._keys.line().strip()

    def _undo(self) -> None:
        from provenance.daemon.undecided import withdraw

        if not self._made:
            out.say("cli.decide.no-undo", "quiet")
            return
        last = self._made.pop()
        entry = withdraw(self._house, last)
        self._place, self._why, self._drawn = last.place, "", -1
        out.say("cli.decide.undone", "quiet", seq=last.seq, by=entry.seq)

    def _show(self) -> None:
        number, picture = self._pictures[self._place]
        batch = self._batches[number]
        if number != self._drawn:
            self._draw(batch)
            self._drawn = number
        which = f"{batch.index(picture) + 1}/{len(batch)}  " if len(batch) > 1 else ""
        line = f"{self._place + 1}/{self._count}  {which}#{picture.seq}  {picture.at[11:19]}  {words.visible(picture.name)}"
        out.echo(line, "strong")
        if self._why:
            out.echo(f"  {words.say('cli.decide.why', words.language())} {words.visible(self._why)}", "quiet")

    def _draw(self, batch: tuple[Waiting, ...]) -> None:
        from provenance.daemon.undecided import looks

        if len(batch) > 1:
            out.say("cli.decide.batch", "quiet", count=len(batch))
        if self._how != preview.NONE:
            drawn = preview.shown(looks(self._house, batch[: preview.MOST]), self._how, shutil.get_terminal_size((80, 24)).columns)
            click.echo(drawn, nl=False)
        else:
            for picture in batch:
                out.echo(f"  {words.visible(picture.path)}", "quiet")

    def _farewell(self) -> None:
        out.say("cli.decide.done", "good", made=len(self._made), left=self._count - len(self._made))
