"""`prov decide` at a real terminal: how many keys a decision costs, what is stored when, and what is drawn."""

from __future__ import annotations

import base64
import io
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.evening import Evening
from support.imagefiles import png
from support.prov import Near, Prov

from provenance.cli import keys, preview

TERMINAL = pytest.mark.skipif(sys.platform == "win32", reason="LOUD: no pseudo-terminal on Windows: single keys were NOT checked")
PATIENCE = 20.0


@pytest.fixture
def home(tmp_path: Path) -> Prov:
    """Five pictures: a batch of three (seeds count up), one more run, and one file that says nothing of its making."""
    with Evening(tmp_path) as evening:
        for n in range(3):
            evening.at(n * 10).webui(f"batch{n}.png", "a cat", f"Steps: 20, Seed: {10 + n}", salt=n)
        evening.at(100).webui("single.png", "a dog", "Steps: 20, Seed: 5", salt=7)
        evening.at(110).save("plain.png", png(seed=9))
    return Prov(tmp_path / "home", TERM="xterm-256color", PROV_PREVIEW="none", LINES="40", COLUMNS="100")


class Terminal:
    """A process on a pseudo-terminal of its own; what it prints is gathered, and keys are pressed when it waits for them."""

    def __init__(self, prov: Prov, *arguments: str) -> None:
        import pty

        self._mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            prov.command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=prov.environ, close_fds=True, start_new_session=True
        )
        os.close(theirs)
        self.said = ""

    def until(self, text: str) -> str:
        """Everything since the last call up to `text`."""
        end = time.monotonic() + PATIENCE
        while text not in self.said:
            assert time.monotonic() < end, self.said
            if select.select([self._mine], [], [], 0.5)[0]:
                try:
                    self.said += os.read(self._mine, 65_536).decode("utf-8", "replace")
                except OSError:  # Linux says so at the end
                    assert text in self.said, self.said
        before, _, self.said = self.said.partition(text)
        return before

    def press(self, *pressed: str) -> None:
        for one in pressed:
            os.write(self._mine, one.encode())

    def waits_for_lines(self) -> bool:
        """Whether the terminal hands over whole lines and shows what is typed."""
        import termios

        return termios.tcgetattr(self._mine)[3] & (termios.ICANON | termios.ECHO) == termios.ICANON | termios.ECHO

    def end(self) -> int:
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end
            if select.select([self._mine], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self._mine, 65_536).decode("utf-8", "replace")
                except OSError:
                    break
        os.close(self._mine)
        return self.process.wait(PATIENCE)


def made(prov: Prov) -> list[tuple[str, str]]:
    rows = Near(prov.home).lines("decisions", "list", "--json")
    return [(row["name"], row["decision"]) for row in rows]


@TERMINAL
def test_one_key_a_decision_and_nothing_for_what_is_skipped(home: Prov) -> None:
    terminal = Terminal(home, "decide")
    terminal.until("3 pictures made together")
    terminal.until("batch0.png")
    terminal.press("k")
    terminal.until("batch1.png")
    terminal.press("s")
    terminal.until("batch2.png")
    terminal.press("\x1b[A", "Ｘ".lower())  # an arrow means nothing; a full-width x is an x
    terminal.until("single.png")
    terminal.press("q")
    assert terminal.end() == 0 and "decided 2, left 3" in terminal.said
    assert made(home) == [("batch0.png", "kept"), ("batch2.png", "rejected")]
    left = [row["name"] for row in Near(home.home).lines("decide", "--json")]
    assert left == ["batch1.png", "single.png", "plain.png"], "the next time only what is left is asked"


@TERMINAL
def test_a_reason_an_undo_and_a_hard_end(home: Prov) -> None:
    terminal = Terminal(home, "decide", "1")
    terminal.until("batch0.png")
    terminal.press("w")
    terminal.until("why:")
    terminal.press("光线对了\n")
    terminal.until("batch0.png")
    terminal.press("c")
    terminal.until("batch1.png")
    terminal.press("x")
    terminal.until("batch2.png")
    terminal.press("u")
    terminal.until("is withdrawn by entry")
    terminal.until("batch1.png")
    assert not terminal.waits_for_lines()
    terminal.process.send_signal(signal.SIGINT)  # Ctrl-C: what was decided stays, and the terminal is given back as it was
    terminal.process.wait(PATIENCE)
    assert terminal.waits_for_lines() and terminal.end() == 130
    rows = Near(home.home).lines("decisions", "list", "--json")
    assert [(row["decision"], row["why"]) for row in rows] == [("chosen", "光线对了"), ("rejected", ""), ("withdrawn", "")]
    assert rows[1]["withdrawn_by"] == rows[2]["seq"]
    assert Near(home.home).lines("decide", "--json")[0]["name"] == "batch1.png"


@TERMINAL
def test_leaving_at_once_stores_nothing_and_pictures_are_drawn(home: Prov) -> None:
    home.environ |= {"PROV_PREVIEW": "half", "COLORTERM": "truecolor"}
    terminal = Terminal(home, "decide")
    drawn = terminal.until("batch0.png")
    assert drawn.count("▀") >= 3 and "\x1b[38;2;" in drawn
    terminal.press("q")
    assert terminal.end() == 0 and made(home) == []


def test_through_a_pipe_a_line_is_a_key_and_a_reason(home: Prov) -> None:
    done = home.run("decide", input="k the hands are right\n\ns\nx\nu\nc\nnonsense\n")
    assert done.returncode == 0, done.stderr
    rows = Near(home.home).lines("decisions", "list", "--json")
    assert [(row["name"], row["decision"], row["why"]) for row in rows] == [
        ("batch0.png", "kept", "the hands are right"), ("batch2.png", "rejected", ""), ("batch2.png", "withdrawn", ""),
        ("batch2.png", "chosen", ""),
    ]  # fmt: skip


def test_batches_are_told_and_a_sitting_of_imported_files_is_refused(home: Prov, tmp_path: Path) -> None:
    near = Near(home.home)
    assert [row["batch"] for row in near.lines("decide", "--json")] == [1, 1, 1, 2, 3]
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "x.png").write_bytes(png({"parameters": "a\nSteps: 1, Seed: 1"}, seed=31))
    near.ok("import", str(tmp_path / "old"))
    assert near.run("decide", "i1").returncode == 2 and near.run("decide", "7").returncode == 2


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"), ({"TERM_PROGRAM": "iTerm.app"}, "iterm"), ({"TERM_PROGRAM": "WezTerm"}, "iterm"),
        ({"TERM": "foot"}, "sixel"), ({"TERM": "xterm-kitty", "TMUX": "1"}, "half"), ({"TERM": "xterm-256color"}, "half"),
        ({"TERM": "dumb"}, "none"), ({"TERM": "xterm", "NO_COLOR": ""}, "none"), ({"TERM": "xterm-kitty", "PROV_PREVIEW": "none"}, "none"),
    ],
)  # fmt: skip
def test_how_pictures_are_shown_follows_from_the_environment(environ: dict[str, str], wanted: str) -> None:
    assert preview.way(environ, True) == wanted
    assert preview.way(environ, False) == "none"


def test_each_protocol_carries_the_picture() -> None:
    red = io.BytesIO()
    Image.new("RGB", (40, 40), (255, 0, 0)).save(red, "PNG")
    pictures = [red.getvalue(), b"no picture", red.getvalue()]
    kitty = preview.shown(pictures, "kitty", 80)
    data = "".join(part.partition(";")[2] for part in kitty.split("\x1b_G")[1:]).replace("\x1b\\", "").strip()
    sheet = Image.open(io.BytesIO(base64.b64decode(data)))
    assert sheet.size == (2 * 40 + preview.GAP, 40) and sheet.getpixel((5, 5)) == (255, 0, 0)
    iterm = preview.shown(pictures, "iterm", 80)
    assert iterm.startswith("\x1b]1337;File=inline=1;") and Image.open(io.BytesIO(base64.b64decode(iterm.split(":")[1].split("\x07")[0])))
    sixel = preview.shown(pictures, "sixel", 80)
    assert sixel.startswith('\x1bP0;1q"1;1;88;40') and sixel.rstrip().endswith("\x1b\\") and sixel.count("-") == 7
    half = preview.shown(pictures[:1], "half", 80, {})
    assert "38;5;196" in half and preview.shown([b"x"], "half", 80) == "" and preview.shown(pictures, "none", 80) == ""


def test_a_pipes_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("k why not\n\n  ｘ\n"))
    with keys.keyboard() as board:
        pressed: list[Any] = [board.key() for _ in range(3)]
    assert pressed == [("k", "why not"), ("x", ""), (keys.END, "")] and not board.single
