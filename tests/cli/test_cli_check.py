"""`prov check` and the policy before `prov export` and `prov publish`: findings, answers, exit codes, refusals, overrides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening
from support.imagefiles import png
from support.prov import Near, Prov

from provenance.config import Home
from provenance.daemon import checking
from provenance.daemon.house import open_house

SETTINGS = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8, Model: mystery"


@pytest.fixture
def home(tmp_path: Path) -> Near:
    """A work `sea` of two pictures, one of them asking for Ultraman."""
    with Evening(tmp_path) as evening:
        evening.at(10).webui("a.png", "奥特曼 on a beach, (hatsune_miku:1.2)", SETTINGS, negative="disney", salt=1)
        evening.at(20).webui("b.png", "a red fox", SETTINGS, salt=2)
    prov = Near(tmp_path / "home")
    prov.ok("work", "new", "sea")
    prov.ok("work", "add", "sea", str(tmp_path / "out" / "a.png"), str(tmp_path / "out" / "b.png"))
    return prov


def checked(prov: Prov, code: int, *more: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The findings by code and subject, and the last line."""
    done = prov.run("check", "sea", "--json", *more)
    assert done.returncode == code, done.stdout + done.stderr
    *rows, last = [json.loads(line) for line in done.stdout.splitlines()]
    return {f"{row['code']}/{row['subject']}": row for row in rows}, last


def policy(prov: Prov, text: str) -> None:
    path = prov.home / "prov.toml"
    path.write_text(path.read_text(encoding="utf-8").partition("[policy]")[0] + "[policy]\n" + text, encoding="utf-8")


def test_findings_are_told_recorded_and_stay_open_until_they_are_answered(home: Near) -> None:
    rows, last = checked(home, 3)
    assert rows["name.prompt/characters/ultraman"]["authorities"][0]["date"] == "2024-02-08"
    assert rows["name.negative/brands/disney"]["level"] == "hint"
    assert {"record.no-time/", "label.duty/cn-publish", "label.duty/eu-disclose"} <= set(rows)
    assert last["open"] == sum(row["level"] == "warning" for row in rows.values()) and last["exit"] == 3
    entry = next(e for e in home.lines("log", "--json") if e["seq"] == last["seq"])
    assert entry["kind"] == "work.checked/1" and entry["open"]["picture_count"] == 2
    assert "奥特曼" not in json.dumps(entry["open"], ensure_ascii=False)


def test_answers_close_findings_and_will_change_does_not(home: Near) -> None:
    rows, last = checked(home, 3, "--answer", "name.prompt/characters/ultraman=will-change:paint over it", "--yes")
    assert last["open"] == 1 and not rows["name.prompt/characters/ultraman"]["answered"]
    answers = [e for e in home.lines("log", "--json") if e["kind"] == "check.answered/1"]
    assert {e["open"]["way"] for e in answers} == {"given", "all at once"} and all(e["open"]["of"] == last["seq"] for e in answers)
    _, last = checked(home, 0, "--answer", "name.prompt/characters/ultraman=looked-at")
    assert last["open"] == 0
    checked(home, 0)  # the answers stand for the same pictures
    other = home.home.parent / "out" / "c.png"
    other.write_bytes(png({"parameters": f"ultraman again\n{SETTINGS}"}, seed=3))
    home.ok("import", str(other))
    home.ok("work", "add", "sea", str(other))
    rows, _ = checked(home, 3)  # another picture: looked at again
    assert not rows["name.prompt/characters/ultraman"]["answered"] and rows["label.duty/cn-publish"]["answered"]


def test_it_is_said_in_words_too_in_both_languages(home: Near) -> None:
    done = home.run("check", "sea")
    assert done.returncode == 3 and "no verdict" in done.stdout and "CAC" in done.stdout and "2025-09-01" in done.stdout
    home.environ["PROV_LANG"] = "zh"
    done = home.run("check", "sea")
    assert "并非结论" in done.stdout and "标识办法" in done.stdout


def test_a_folder_of_ones_own_is_compared(home: Near, tmp_path: Path) -> None:
    folder = tmp_path / "refs"
    folder.mkdir()
    (folder / "copy.png").write_bytes((tmp_path / "out" / "a.png").read_bytes())
    rows, last = checked(home, 3, "--against", str(folder))
    assert rows[f"alike.same-file/{folder / 'copy.png'}"]["level"] == "warning" and last["compared"] == 1


def test_a_policy_refuses_and_an_override_is_an_entry(home: Near, tmp_path: Path) -> None:
    rules = 'forbid_names = ["ultraman"]\nrequire_review = true\nmode = "refuse"\n'
    policy(home, rules)
    rows, last = checked(home, 1)
    assert rows["policy.forbid_names/ultraman"]["level"] == "refusal" and last["refused"] == 1
    target = str(tmp_path / "x.zip")
    refused = home.run("export", "sea", "-o", target, "--no-pdf", "--no-film")
    assert refused.returncode == 1 and "forbid_names" in refused.stderr and not Path(target).exists()
    assert home.run("publish", str(tmp_path / "out" / "a.png")).returncode == 1
    assert home.run("export", "sea", "-o", target, "--override").returncode == 2  # without a reason
    assert home.run("export", "sea", "-o", target, "--override", "--why", "the client waits").returncode == 1  # none is allowed
    policy(home, rules + "override = true\n")
    done = home.run("publish", str(tmp_path / "out" / "a.png"), "--override", "--why", "the client waits")
    assert done.returncode == 0, done.stderr
    (entry,) = (e for e in home.lines("log", "--json") if e["kind"] == "policy.overridden/1")
    assert entry["open"]["action"] == "publish" and set(entry["open"]["rules"]) == {"forbid_names", "require_review"}


def test_a_review_on_record_lets_it_pass_and_a_warning_only_warns(home: Near, tmp_path: Path) -> None:
    policy(home, 'require_review = true\nmode = "refuse"\nmodes = { require_reason = "warn" }\nrequire_reason = true\n')
    picture = str(tmp_path / "out" / "a.png")
    assert home.run("publish", picture).returncode == 1
    checked(home, 3)
    assert home.run("publish", picture).returncode == 1  # looked over, and not answered
    checked(home, 0, "--yes")
    done = home.run("publish", picture)
    assert done.returncode == 0 and "require_reason" in done.stderr


def test_each_warning_is_written_down_however_many_findings_there_are(home: Near, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checking, "MOST_ROWS", 1)
    policy(home, 'require_review = true\nmode = "refuse"\n')
    rows, last = checked(home, 3)
    warned = {row["finding"] for row in rows.values() if row["level"] == "warning"}
    with open_house(Home(home.home), read_only=True).ledger as ledger:
        found = ledger.record(last["seq"]).values["findings"]
    assert len(warned) > 1 and {row["finding"] for row in found} == warned
    one = next(row for row in rows.values() if row["level"] == "warning")
    checked(home, 3, "--answer", f"{one['finding']}=looked-at")
    assert home.run("publish", str(tmp_path / "out" / "a.png")).returncode == 1  # the others are open


@pytest.mark.parametrize("arguments", [
    ("--answer", "name.prompt"), ("--answer", "name.prompt=perhaps"), ("--answer", "=looked-at"), ("--answer", "nothing.such=looked-at"),
    ("--against", "no/such/folder"),
])  # fmt: skip
def test_bad_arguments_write_nothing(home: Near, arguments: tuple[str, ...]) -> None:
    before = len(home.lines("log", "--json"))
    done = home.run("check", "sea", *arguments)
    assert done.returncode == 2 and done.stderr.startswith("prov: ") and "Traceback" not in done.stderr
    assert len(home.lines("log", "--json")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo terminal is one of POSIX")
def test_on_a_terminal_each_warning_is_asked_and_each_answer_is_durable(home: Near) -> None:
    import pty

    above, below = pty.openpty()
    real = Prov(home.home)
    process = subprocess.Popen(real.command("check", "sea"), stdin=below, stdout=below, stderr=below, env=real.environ, close_fds=True)
    os.close(below)
    said, sent = b"", 0
    keys = [(b"#", b"l"), (b"(Enter for none)", b"looked twice\n"), (b"looked at  #", b"q")]
    marker = b"q stop"
    while True:
        try:
            piece = os.read(above, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if sent == 0 and marker in said:
            said, sent = said[said.index(marker) :], 1
        if 1 <= sent <= len(keys) and keys[sent - 1][0] in said:
            os.write(above, keys[sent - 1][1])
            said, sent = b"", sent + 1
    assert process.wait(60) == 3, said
    os.close(above)
    (answer,) = (e for e in home.lines("log", "--json") if e["kind"] == "check.answered/1")
    assert answer["open"]["way"] == "one by one" and answer["open"]["answer"] == "looked at"
