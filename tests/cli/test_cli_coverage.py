"""`prov verify LEDGER` and `prov status` say when it watched and when not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.prov import Near
from support.recording import Recording


@pytest.fixture
def near(tmp_path: Path) -> Near:
    for _ in range(2):
        with Recording(tmp_path) as live:
            pass
    return Near(live.home.path)


def test_verify_draws_a_timeline(near: Near) -> None:
    said = near.run("verify")
    assert said.returncode == 0 and "by this machine's clock" in said.stdout and "in 2 stretch(es)" in said.stdout
    assert "not watched 1 time(s)" in said.stdout and "stopped" in said.stdout
    near.environ["PROV_LANG"] = "zh"
    assert "按本机时钟" in near.run("verify").stdout


def test_and_as_json(near: Near) -> None:
    found = json.loads(near.run("verify", "--json").stdout)["coverage"]
    assert len(found["spans"]) == 2 and found["spans"][0]["roots"] == [str(near.home.parent / "out")]
    assert found["gaps"][0]["reason"] == "stopped" == found["longest_gap"]["reason"] and not found["goes_on"]
    assert sum(hour != "none" for day in found["days"] for hour in day["hours"]) >= 1


def test_status_says_how_much_of_the_week(near: Near) -> None:
    (found,) = near.lines("status", "--json")
    assert found["coverage"]["longest_gap"]["reason"] == "stopped" and found["coverage"]["watched_seconds"] >= 0
    assert "in the last 7 days; longest gap" in near.ok("status")


def test_a_ledger_nobody_watched_for_says_so(tmp_path: Path) -> None:
    near = Near(tmp_path / "home")
    near.ok("init", "--yes", str(tmp_path))
    assert "no recorder has watched anything yet" in near.run("verify").stdout
    assert near.lines("status", "--json")[0]["coverage"]["watched_seconds"] == 0
