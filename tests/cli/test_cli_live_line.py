"""The line that `prov watch` prints for each capture: what is not known is left out, and nothing in a reading can end the recorder."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from provenance.cli.watch import live_line
from provenance.readers.reading import Model, Reading

ENTRY = SimpleNamespace(kind="file.captured/1", at="2026-11-22T02:30:11.000000Z")


def line(capsys: pytest.CaptureFixture[str], reading: Reading | None) -> str:
    live_line(SimpleNamespace(reading=reading, path="/pictures/one.png"), ENTRY)
    return capsys.readouterr().out


def test_what_a_reading_tells(capsys: pytest.CaptureFixture[str]) -> None:
    reading = Reading(generator="ComfyUI", seeds=("123", "4"), models=(Model("one.safetensors", "checkpoint"),))
    assert "one.png" in (said := line(capsys, reading)) and said.rstrip().endswith("ComfyUI  seed 123  one.safetensors")


def test_labels_without_a_generator(capsys: pytest.CaptureFixture[str]) -> None:
    assert line(capsys, Reading(generator=None)).rstrip().endswith("one.png")
    assert line(capsys, None).startswith("02:30:11")


def test_control_characters_of_a_file_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in line(capsys, Reading(generator="a\x1b[2J", models=(Model("b\x07", "checkpoint"),)))
