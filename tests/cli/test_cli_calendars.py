"""OpenTimestamps by the command: chosen, asked, checked against block headers, exported, and read by every verifier."""

from __future__ import annotations

import json
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from support import verifiers
from support.calendars import Calendar, calendar, header, row
from support.imagefiles import png
from support.prov import Near, Prov

from provenance import config
from provenance.config import Home, Time


@pytest.fixture
def served() -> Iterator[Calendar]:
    with calendar() as found:
        yield found


@pytest.fixture
def prov(tmp_path: Path, served: Calendar) -> Near:
    """A home that knows a calendar of its own and asks nobody."""
    out = tmp_path / "out"
    out.mkdir()
    made = Near(tmp_path / "home")
    made.ok("init", str(out), "--no-time")
    where = Home(made.home)
    config.write(where, replace(config.load(where), time=Time((), (row("local", served),))))
    return made


def test_chosen_beside_the_authorities_and_announced(prov: Near, served: Calendar) -> None:
    said = prov.ok("time", "on", "--ots")
    assert "https://alice.btc.calendar.opentimestamps.org" in said and "timestamp.digicert.com" in said and "promise" in said
    use = config.load(Home(prov.home)).time.use
    assert use == ("digicert", "identrust", "ots-alice", "ots-finney")
    prov.ok("time", "on", "sectigo")
    prov.ok("time", "on", "--ots")
    assert config.load(Home(prov.home)).time.use == ("sectigo", "ots-alice", "ots-finney"), "nobody's place is taken"
    prov.ok("time", "on", "local")
    assert served.asked == [] and "promise" not in prov.ok("time", "on", "sectigo")
    listed = {one["name"]: one for one in prov.lines("time", "list", "--json") if "name" in one}
    assert listed["local"]["calendar"] and not listed["sectigo"]["calendar"] and not listed["local"]["chosen"]


def test_now_list_status_check_doctor(prov: Near, served: Calendar, tmp_path: Path) -> None:
    assert "trusted time is off" in prov.run("doctor").stdout
    prov.ok("time", "on", "local")
    prov.ok("note", "something")
    (first,) = prov.lines("time", "now", "--json")
    assert first["authority"] == "local" and "time" not in first and len(served.posted) == 1
    assert "promise" in prov.ok("time", "check") and "1 waiting" in prov.ok("time", "list")
    assert "waiting for a Bitcoin block: 1" in prov.ok("status")
    doctor = prov.run("doctor").stdout
    assert "no checked answer yet" in doctor and "wait for a Bitcoin block: 1" in doctor
    assert "nothing" not in prov.ok("time", "now") and len(served.posted) == 1
    served.mine(900_123)
    assert "Bitcoin block 900123" in prov.ok("time", "now")
    assert "900123" in prov.ok("time", "list") and "Bitcoin block 900123" in prov.ok("status")
    (found,) = prov.lines("time", "check", "--json")
    assert (found["state"], found["why"], found["time"]) == ("open", "time.check.block", "")
    assert served.blocks[900_123][::-1].hex() in prov.ok("time", "check")
    easy = tmp_path / "headers.txt"
    easy.write_text(f"# of a chain that anybody can make\n900123 {header(served.blocks[900_123], 1_800_000_000).hex()}\n")
    done = prov.run("time", "check", "--block-headers", str(easy))
    assert done.returncode == 1 and "has not the work of a Bitcoin block" in done.stdout
    status = json.loads(prov.ok("status", "--json"))["time"]
    assert status["last"] is None and status["answers"] == 0 and status["longest"]["own_until"], "no trusted time"
    (prov.home / "views.db").unlink()
    assert json.loads(prov.ok("status", "--json"))["time"]["block"] == status["block"]


@pytest.mark.parametrize("text", ["900123\n", "x y\n", "900123 00\n", "\x00" * 9000, "900123 zz\n"])
def test_a_file_that_holds_no_headers_is_named(prov: Near, tmp_path: Path, text: str) -> None:
    path = tmp_path / "headers.txt"
    path.write_text(text)
    done = prov.run("time", "check", "--block-headers", str(path))
    assert done.returncode == 2 and "block header" in done.stderr and "Traceback" not in done.stderr
    assert prov.run("time", "check", "--block-headers", str(tmp_path / "none")).returncode == 2


def test_settings_that_cannot_be_meant(prov: Near, served: Calendar) -> None:
    where = Home(prov.home)
    for wrong in ({**row("bad", served), "form": "sundial"}, {"name": "bad", "form": "opentimestamps"}):
        config.write(where, replace(config.load(where), time=Time((), (wrong,))))
        done = prov.run("time", "on", "bad")
        assert done.returncode == 2 and "rfc3161 or opentimestamps" in done.stderr


def test_an_export_asks_first_and_every_verifier_reads_the_proof(prov: Near, served: Calendar, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    picture = tmp_path / "out" / "cat.png"
    picture.write_bytes(png({"parameters": "a cat\nSteps: 20, Seed: 1, Size: 8x8"}))
    prov.ok("import", str(picture))
    prov.ok("time", "on", "local")
    promised, kept, later = (tmp_path / f"{name}.zip" for name in ("promised", "kept", "later"))
    assert "asking local" in prov.ok("export", "--no-pdf", "--no-film", str(picture), "-o", str(promised))
    assert len(served.posted) == 1 and verifiers.both(promised) == ("INTEGRITY ONLY", {"T001", "T013"})
    served.mine(900_000)
    prov.ok("time", "now")
    prov.ok("export", "--no-pdf", "--no-film", str(picture), "-o", str(kept))
    assert verifiers.both(kept) == ("INTEGRITY ONLY", {"T001", "T011"}), "a block that nobody looked at is no trusted time"
    said = prov.ok("verify", str(kept))
    assert "900000" in said and served.blocks[900_000][::-1].hex() in said
    with zipfile.ZipFile(kept) as bag:
        (proof,) = (name for name in bag.namelist() if name.endswith(".ots"))
        note = bag.read(proof.replace(".ots", ".txt"))
        assert sha256(note).digest() in bag.read(proof), "the proof is over the note beside it"
        assert proof.rpartition("/")[2] in bag.read(proof.partition("/")[0] + "/manifest-sha256.txt").decode() + bag.read(
            proof.partition("/")[0] + "/tagmanifest-sha256.txt"
        ).decode()
    prov.ok("export", "--no-pdf", "--no-film", str(picture), "-o", str(later))
    assert later.read_bytes() == kept.read_bytes(), "the same ledger and head: the same bytes"


def test_an_export_goes_on_without_whoever_does_not_answer(prov: Near, served: Calendar, tmp_path: Path) -> None:
    picture = tmp_path / "out" / "cat.png"
    picture.write_bytes(png({}))
    prov.ok("import", str(picture))
    prov.ok("time", "on", "local")
    served.mood = "busy"
    bundle = tmp_path / "x.zip"
    said = prov.ok("export", "--no-pdf", "--no-film", str(picture), "-o", str(bundle))
    assert "503" in said and "no new word of local" in said and verifiers.both(bundle) == ("INTEGRITY ONLY", {"T001"})
    told = json.loads(prov.ok("export", "--no-pdf", "--no-film", str(picture), "-o", str(bundle), "--json"))
    assert told["unstamped"] == ["local"] and len(served.posted) == 1, "asked a moment ago: left in peace, and said"
    prov.ok("time", "off")
    assert "asking" not in prov.ok("export", "--no-pdf", "--no-film", str(picture), "-o", str(bundle)) and len(served.posted) == 1


def until(found: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not found():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


@pytest.mark.slow
def test_killed_between_promise_and_block(tmp_path: Path, served: Calendar) -> None:
    """What waits is in the ledger: a recorder that was killed, and lost its notes of whom it asked when, goes on where it was."""
    out = tmp_path / "out"
    out.mkdir()
    prov, where = Prov(tmp_path / "home"), Home(tmp_path / "home")
    Near(where.path).ok("init", str(out), "--no-time")
    config.write(where, replace(config.load(where), time=Time(("local",), (row("local", served),))))
    kinds = lambda: [one["kind"] for one in Near(where.path).lines("log", "--json")]  # noqa: E731
    first = prov.popen("watch", "--quiet")
    until(lambda: "time.promised/1" in kinds())
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    served.mine(900_000)
    where.asked.unlink()
    second = prov.popen("watch", "--quiet")
    try:
        until(lambda: "time.committed/1" in kinds())
    finally:
        second.send_signal(signal.SIGTERM)
        said, wrong = second.communicate(timeout=60)
    assert second.returncode == 0 and not wrong, (said, wrong)
    assert kinds().count("time.committed/1") == 1
