"""`prov time`: chosen by a yes, asked at once, carried by hand, checked again."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support import authority
from support.authority import OPENSSL, Authority, Served
from support.prov import Near
from support.timed import authorities, home, note, row

from provenance import config
from provenance.config import Home, Time
from provenance.daemon import anchoring

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NO openssl: NOTHING OF TRUSTED TIME IS TESTED")
Two = list[tuple[Authority, Served]]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with authorities(tmp_path / "tsas") as found:
        yield found


@pytest.fixture
def prov(tmp_path: Path, two: Two) -> Near:
    """A home that knows two authorities of its own and asks nobody."""
    out = tmp_path / "out"
    out.mkdir()
    made = Near(tmp_path / "home")
    made.ok("init", str(out), "--no-time")
    rows = tuple(row(f"local{n}", served, one, rest=0) for n, (one, served) in enumerate(two))
    where = Home(made.home)
    config.write(where, replace(config.load(where), time=Time((), rows)))
    return made


def refused(prov: Near, *arguments: str) -> str:
    done = prov.run(*arguments)
    assert done.returncode not in (0, 70), done.stdout + done.stderr
    return done.stderr


def test_chosen_at_init_or_not_at_all(tmp_path: Path) -> None:
    quiet = Near(tmp_path / "a")
    assert "hash" not in quiet.ok("init", str(tmp_path))
    assert config.load(Home(tmp_path / "a")).time == Time()
    wrong = Near(tmp_path / "b")
    assert "nobody" in refused(wrong, "init", str(tmp_path), "--time", "nobody")
    assert not (tmp_path / "b").exists(), "a slip of the pen makes no home"
    told = wrong.ok("init", str(tmp_path), "--time", "digicert", "--time", "identrust")
    assert "http://timestamp.digicert.com" in told and "hash" in told and "independent" not in told
    (choice,) = (row for row in wrong.lines("log", "--json") if row["kind"] == "time.chosen/1")
    assert choice["open"]["authorities"] == ["digicert", "identrust"] and choice["class"] == "STATED"
    assert "independent" in Near(tmp_path / "c").ok("init", str(tmp_path), "--time", "digicert")


@pytest.mark.parametrize(("typed", "use"), [("\n", ()), ("n\n", ()), ("y\n", ("digicert", "identrust"))])
def test_asked_at_a_terminal_and_no_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, use: tuple[str, ...]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(typed))
    told = Near(tmp_path / "home").ok("init", str(tmp_path))
    assert "Only a hash" in told and config.load(Home(tmp_path / "home")).time.use == use
    assert ("From now on" in told) is bool(use)
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert "Only a hash" not in Near(tmp_path / "quiet").ok("init", str(tmp_path), "--no-time")


def test_on_now_list_off(prov: Near, two: Two) -> None:
    assert "prov time on" in refused(prov, "time", "now")
    assert "off" in prov.ok("time", "list") and "off" in prov.ok("status")
    prov.ok("time", "on", "local0", "local1")
    prov.ok("note", "something to be signed")
    first, second = prov.lines("time", "now", "--json")
    assert {first["authority"], second["authority"]} == {"local0", "local1"} and first["trusted"] and second["trusted"]
    assert "newest" in prov.ok("time", "now") and [len(served.asked) for _, served in two] == [1, 1]
    rows = {row["name"]: row for row in prov.lines("time", "list", "--json") if "name" in row}
    assert rows["local0"]["last"] == first["time"] and rows["local0"]["chosen"] and not rows["digicert"]["chosen"]
    assert rows["digicert"]["last"] is None
    status = json.loads(prov.ok("status", "--json"))["time"]
    assert status["last"]["size"] == first["size"] and status["unchecked"] == 0 and status["longest"]["own_since"]
    assert "longest unanchored" in prov.ok("status")
    prov.ok("time", "off")
    prov.ok("note", "more")
    assert "prov time on" in refused(prov, "time", "now")
    chosen = [row["open"]["authorities"] for row in prov.lines("log", "--json") if row["kind"] == "time.chosen/1"]
    assert sorted(chosen, key=len) == [[], ["local0", "local1"]]


def test_status_without_the_views_says_the_same(prov: Near) -> None:
    prov.ok("time", "on", "local0")
    prov.ok("note", "one")
    prov.ok("time", "now")
    prov.ok("log")
    whole = json.loads(prov.ok("status", "--json"))["time"]
    (prov.home / "views.db").unlink()
    alone = json.loads(prov.ok("status", "--json"))["time"]
    for found in (whole, alone):
        if found["longest"]["own_until"]:
            found["longest"].update(until="", seconds=0)
    assert alone == whole and whole["answers"] == 1
    (prov.home / "views.db").write_bytes(b"noise")
    assert json.loads(prov.ok("status", "--json"))["time"]["last"] == whole["last"]


def test_a_failure_is_named_and_told_by_its_exit_code(prov: Near, two: Two) -> None:
    prov.ok("time", "on", "local0", "local1")
    prov.ok("note", "x")
    two[0][1].mood = "html"
    done = prov.run("time", "now")
    assert done.returncode == 3 and "web page" in done.stdout and "local1" in done.stdout
    assert "web page" in prov.ok("time", "list")
    two[0][1].mood = "good"
    assert "local0" in prov.ok("time", "now"), "a person need not wait for the recorder's patience"


def test_by_hand_through_files(prov: Near, two: Two, tmp_path: Path) -> None:
    made = two[0][0]
    prov.ok("note", "x")
    asked, answer = tmp_path / "x.tsq", tmp_path / "x.tsr"
    prov.ok("time", "request", "-o", str(asked))
    before = asked.read_bytes()
    assert "a file already" in refused(prov, "time", "request", "-o", str(asked))
    assert asked.read_bytes() == before, "never over a user's file"
    prov.ok("note", "later entries and heads do not make an old answer worthless")
    prov.ok("time", "request", "-o", str(tmp_path / "y.tsq"))
    assert (tmp_path / "y.tsq").read_bytes() != before
    answer.write_bytes(made.reply(before))
    (got,) = prov.lines("time", "accept", str(answer), "--json")
    assert got["authority"] == "local0" and got["trusted"] is True, "whose it is follows from the pinned root"
    assert "already" in refused(prov, "time", "accept", str(answer))
    assert all(served.asked == [] for _, served in two), "by hand means: no network"
    old = tmp_path / "old.tsq"
    prov.ok("time", "request", "-o", str(old), "--size", str(got["size"]))
    assert old.read_bytes() == before
    assert "9999" in refused(prov, "time", "request", "-o", str(tmp_path / "z"), "--size", "9999")
    assert not (tmp_path / "z").exists()


def test_a_bare_token_of_an_authority_without_a_pin(prov: Near, tmp_path: Path) -> None:
    from asn1crypto import tsp

    stranger = authority.make(tmp_path / "stranger")
    prov.ok("note", "x")
    prov.ok("time", "request", "-o", str(tmp_path / "x.tsq"))
    bare = tsp.TimeStampResp.load(stranger.reply((tmp_path / "x.tsq").read_bytes()))["time_stamp_token"].dump()
    (tmp_path / "x.p7s").write_bytes(bare)
    assert "--authority" in refused(prov, "time", "accept", str(tmp_path / "x.p7s"))
    assert "trusted root" in refused(prov, "time", "accept", str(tmp_path / "x.p7s"), "--authority", "local0")
    told = prov.ok("time", "accept", str(tmp_path / "x.p7s"), "--authority", "tsa.cn")
    assert "not checked" in told
    assert json.loads(prov.ok("status", "--json"))["time"]["unchecked"] == 1
    checked = prov.lines("time", "check", "--json")
    assert [row["state"] for row in checked] == ["open"]
    with config_edited(prov, {"name": "tsa.cn", "root": str(stranger.root_pem)}):
        assert [row["state"] for row in prov.lines("time", "check", "--json")] == ["good"], "pinned later, checked later"


@contextmanager
def config_edited(prov: Near, row: dict[str, str | int]) -> Iterator[None]:
    """The home with one more authority of the user's own, before the others."""
    where = Home(prov.home)
    before = config.load(where)
    config.write(where, replace(before, time=Time(before.time.use, (row, *before.time.authorities))))
    try:
        yield
    finally:
        config.write(where, before)


def test_what_is_no_answer_to_this_ledger(prov: Near, two: Two, tmp_path: Path) -> None:
    from provenance.seal import timestamp

    prov.ok("note", "x")
    other = tmp_path / "other.tsr"
    other.write_bytes(two[0][0].reply(timestamp.query(hashlib.sha256(b"another").digest(), None)))
    assert "nothing that this ledger signed" in refused(prov, "time", "accept", str(other))
    for n, bad in enumerate((b"", b"<html></html>", b"\x30\x03\x02\x01\x00", other.read_bytes()[:-9])):
        (tmp_path / f"{n}.tsr").write_bytes(bad)
        assert "no answer of a time authority" in refused(prov, "time", "accept", str(tmp_path / f"{n}.tsr"))
    refused(prov, "time", "accept", str(tmp_path / "missing.tsr"))


def test_check_names_what_is_wrong(prov: Near, two: Two) -> None:
    assert "no token" in prov.ok("time", "check")
    prov.ok("time", "on", "local0", "local1")
    prov.ok("note", "x")
    prov.ok("time", "now")
    assert [row["state"] for row in prov.lines("time", "check", "--json")] == ["good", "good"]
    tokens = {row["authority"]: row["token"] for row in _anchors(prov)}
    for path in (prov.home / "blobs").glob(f"{tokens['local0'][:2]}/{tokens['local0'][2:]}*"):
        path.unlink()
    with config_edited(prov, row("local1", two[1][1], two[0][0])):
        done = prov.run("time", "check", "--json")
    rows = {row["authority"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1 and rows["local0"]["why"] == "blobs.missing" and rows["local0"]["state"] == "bad"
    assert rows["local1"]["why"] == "time.untrusted", "another root is pinned for that name now"


def _anchors(prov: Near) -> list[dict[str, str]]:
    return [row["open"] for row in prov.lines("log", "--json") if row["kind"] == "time.attested/1"]


def test_an_entry_that_says_another_time_than_its_token(tmp_path: Path, two: Two) -> None:
    """The ledger's owner writes an earlier time beside a true token: found, for the token is signed and the entry is only his word."""
    made, served = two[0]
    with home(tmp_path, row("local", served, made)) as house:
        note(house)
        from provenance.daemon.sealing import sign_now

        sign_now(house, "asked")
        head = anchoring.newest_head(house)
        assert head is not None
        from provenance.seal import timestamp

        answer = made.reply(timestamp.query(bytes.fromhex(head.covers), None))
        fact = anchoring.attested(anchoring.named(house.home, house.config.time, "local"), answer, head)
        anchoring.write_down(house, answer, replace(fact, time="2019-01-01T00:00:00.000000Z"))
    done = Near(tmp_path / "home").run("time", "check", "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["why"] == "time.check.differs"


def test_openssl_reads_the_request(prov: Near, tmp_path: Path) -> None:
    prov.ok("note", "x")
    told = prov.ok("time", "request", "-o", str(tmp_path / "x.tsq"))
    command = [str(OPENSSL), "ts", "-query", "-in", str(tmp_path / "x.tsq"), "-text"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split(" - ")[1][:49] for line in done.stdout.splitlines() if " - " in line]
    digits = "".join(lines).replace("-", "").replace(" ", "")
    assert digits in told and "Nonce: unspecified" in done.stdout and "Certificate required: yes" in done.stdout
