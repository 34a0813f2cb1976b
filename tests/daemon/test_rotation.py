"""Another key for a ledger, in real processes: killed at each step, two at once, old files put back, beside a running recorder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.keychain import BACKEND
from support.prov import ROOT, Near, Prov

from provenance import clock, facts
from provenance.config import Home
from provenance.daemon import rotation
from provenance.daemon.house import House, open_house
from provenance.daemon.sealing import check_heads, sign_now
from provenance.errors import BadInput, Busy, Damaged, Unavailable
from provenance.seal import heads, keys, note, recovery, succession

posix = pytest.mark.skipif(os.name != "posix", reason="NOT RUN: kill -9 is POSIX")


@pytest.fixture
def near(tmp_path: Path) -> Near:
    (tmp_path / "out").mkdir()
    made = Near(tmp_path / "home")
    made.ok("init", "--yes", str(tmp_path / "out"))
    return made


def shown(near: Prov) -> dict:
    return json.loads(near.ok("key", "show", "--json"))


def verdict(near: Prov) -> tuple[str, set[str]]:
    told = json.loads(near.run("verify", "--json").stdout)
    return told["verdict"], {row["code"] for row in told["findings"]} - {"T001"}


def test_a_home_commits_to_its_next_key_and_says_where_its_code_lies(near: Near) -> None:
    told = shown(near)
    assert told["kept"] == "file-0600" and len(told["keys"]) == 1 and told["next_key"]
    text = (near.home / "keys" / recovery.FILE).read_text(encoding="utf-8")
    assert "NEXT KEY" in text and "下一把密钥" in text
    assert keys.Signer.of_seed("x", recovery.find(text)).fingerprint == told["next_key"]


def test_three_changes_of_key_and_every_head_still_counts(near: Near, tmp_path: Path) -> None:
    house = open_house(Home(near.home))
    sign_now(house, "asked")
    committed = house.line().current.next_key
    near.ok("key", "rotate")
    sign_now(house, "asked")
    stored = (near.home / "keys" / recovery.FILE).rename(tmp_path / "drawer.txt")
    (near.home / "keys" / keys.PEM).unlink()
    with pytest.raises(Unavailable):
        _ = open_house(Home(near.home)).signer
    near.ok("key", "lost", "--yes", "--next", str(stored))
    sign_now(house, "asked")
    near.ok("key", "revoke", "--yes", "--since", "2026-11-20T10:00:00+08:00")
    sign_now(house, "asked")
    check_heads(house)
    house.close()
    told = shown(near)
    assert [row["event"] for row in told["keys"]] == ["opened", "rotated", "lost", "revoked"]
    assert told["keys"][1]["fingerprint"] == committed and told["keys"][3]["since"] == "2026-11-20T02:00:00.000000Z"
    assert verdict(near) == ("INTEGRITY ONLY", {"K009", "K010"})
    assert sorted(path.name for path in (near.home / "keys").iterdir()) == [keys.PEM, recovery.FILE, "rotation.lock"]


def test_a_revoked_key_counts_up_to_the_last_attested_time_before_the_theft(near: Near) -> None:
    house = open_house(Home(near.home))
    for size, time, trusted in ((3, "2026-11-01", True), (7, "2026-11-09", True), (8, "2026-11-09", False), (9, "2026-11-12", True)):
        house.tell(facts.TimeAttested(authority="a", form="rfc3161", size=size, covers="0" * 64, token="0" * 64,
                                      time=f"{time}T00:00:00.000000Z", trusted=trusted))
    house.close()
    told = json.loads(near.ok("key", "revoke", "--yes", "--since", "2026-11-10T00:00:00Z", "--json"))
    assert told["counted"] == 7


STEPS = [
    "before:provenance.daemon.keyfiles.commitment", "after:provenance.daemon.keyfiles.commitment", "before:provenance.seal.keys.put",
    "after:provenance.seal.keys.put", "before:provenance.daemon.house.House.tell", "after:provenance.daemon.house.House.tell",
    "before:provenance.daemon.keyfiles.finish", "after:pathlib.Path.replace:1", "after:pathlib.Path.replace:2",
    "after:pathlib.Path.replace:3", "after:pathlib.Path.replace:4",
    "before:provenance.seal.files.sync_folder:3", "after:provenance.daemon.keyfiles.finish",
]
KILL = """
import functools, importlib, os, signal, sys
from provenance.config import Home
from provenance.daemon import rotation
from provenance.daemon.house import open_house
from pathlib import Path
when, path, nth = (sys.argv[2].split(":") + ["1"])[:3]
owner, name = path.rsplit(".", 1)
try:
    where = importlib.import_module(owner)
except ImportError:
    where = getattr(importlib.import_module(owner.rsplit(".", 1)[0]), owner.rsplit(".", 1)[1])
real, calls = getattr(where, name), []
def wrapped(*a, **k):
    calls.append(1)
    if when == "before" and len(calls) == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    done = real(*a, **k)
    if when == "after" and len(calls) == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return done
house = open_house(Home(Path(sys.argv[1])))
house.signer
setattr(where, name, wrapped)
rotation.rotate(house, sys.argv[3], None)
"""


@posix
@pytest.mark.slow
@pytest.mark.parametrize("event", ["rotated", "lost"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_the_next_start_goes_on(near: Near, step: str, event: str) -> None:
    house = open_house(Home(near.home))
    sign_now(house, "asked")
    house.close()
    done = subprocess.run([sys.executable, "-c", KILL, str(near.home), step, event], cwd=ROOT, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == -signal.SIGKILL, (step, done.stderr)
    house = open_house(Home(near.home))
    count = len(house.line().reigns)
    assert house.signer.verifier == house.line().current.verifier
    house.tell(facts.NoteAdded(text="life goes on"))
    sign_now(house, "asked")
    assert rotation.rotate(house, succession.ROTATED, None).prepared  # the code at home is the one that the ledger committed to
    sign_now(house, "asked")
    assert len(house.line().reigns) == count + 1
    house.close()
    assert verdict(near)[0] == "INTEGRITY ONLY"
    assert sorted(path.name for path in (near.home / "keys").iterdir() if ".new" not in path.name) == [
        keys.PEM, recovery.FILE, "rotation.lock"]


@posix
def test_two_at_once_make_two_changes_or_one_waits(near: Near) -> None:
    running = [Prov(near.home).popen("key", "rotate") for _ in range(3)]
    codes = sorted(one.wait(60) for one in running)
    for one in running:
        one.communicate()
    assert codes[0] == 0 and set(codes) <= {0, 5}
    assert len(shown(near)["keys"]) == 1 + codes.count(0)
    assert verdict(near)[0] == "INTEGRITY ONLY"


def test_a_home_open_in_another_process_signs_with_the_new_key(near: Near) -> None:
    """The recorder keeps the house open for weeks."""
    house = open_house(Home(near.home))
    first = house.signer.verifier
    near.ok("key", "rotate")
    house.tell(facts.NoteAdded(text="after it"))
    head = sign_now(house, "asked")
    assert house.signer.verifier != first
    assert note.open_note(head.note, [house.line().at(head.size)])
    house.close()


def test_an_old_key_put_back_signs_nothing(near: Near, tmp_path: Path) -> None:
    shutil.copytree(near.home / "keys", tmp_path / "old")
    near.ok("key", "rotate")
    shutil.rmtree(near.home / "keys")
    shutil.copytree(tmp_path / "old", near.home / "keys")
    house = open_house(Home(near.home))
    with pytest.raises(Damaged) as caught:
        sign_now(house, "asked")
    assert caught.value.key == "seal.key-former"
    with pytest.raises(BadInput) as wrong:
        rotation.rotate(house, succession.LOST, None)  # the code that was put back is of a key that reigns already
    assert wrong.value.key == "key.not-next"
    house.close()


def test_a_head_that_the_old_key_signs_after_its_time_is_found(near: Near) -> None:
    house = open_house(Home(near.home))
    thief = house.signer
    near.ok("key", "rotate")
    house.tell(facts.NoteAdded(text="the thief waits"))
    from provenance.seal import snapshot

    size = house.ledger.size()
    heads.append(house.home.heads, snapshot.sign(snapshot.Snapshot(thief.name, size, house.ledger.root_at(size)), thief))
    with pytest.raises(Damaged) as caught:
        check_heads(house)
    assert caught.value.params["code"] == "H006"
    house.close()
    assert verdict(near) == ("FAILED", {"H006"})


def test_a_rotation_that_the_old_key_did_not_sign_is_named(near: Near) -> None:
    house = open_house(Home(near.home))
    house.tell(facts.KeyRotated(event="rotated", old_key="0" * 64, new_key="0" * 64, next_key="0" * 64, signed_by="old and new",
                                key_protection="file-0600", statement="no statement\n"))
    with pytest.raises(Damaged) as caught:
        house.line()
    assert caught.value.key == "seal.key-line"
    house.close()
    assert verdict(near) == ("FAILED", {"K007"})


def test_a_code_of_another_ledger_and_no_code(near: Near, tmp_path: Path) -> None:
    stored = (near.home / "keys" / recovery.FILE).rename(tmp_path / "drawer.txt")
    assert near.run("key", "rotate").returncode == 2
    (tmp_path / "wrong.txt").write_text(recovery.encode(bytes(32)))
    done = near.run("key", "rotate", "--next", str(tmp_path / "wrong.txt"))
    assert done.returncode == 2 and "not the key that the ledger committed to" in done.stderr
    assert near.run("key", "rotate", "--next", str(tmp_path / "out")).returncode == 2
    assert len(shown(near)["keys"]) == 1 and shown(near)["next_key_file"] is None
    near.ok("key", "rotate", "--next", str(stored))
    assert len(shown(near)["keys"]) == 2


def test_the_code_typed_on_a_pipe(near: Near) -> None:
    code = recovery.encode(recovery.find((near.home / "keys" / recovery.FILE).read_text(encoding="utf-8")))
    real = Prov(near.home)
    done = real.run("key", "rotate", "--next", "-", input=code.lower() + "\n")
    assert done.returncode == 0, done.stderr
    assert len(shown(near)["keys"]) == 2


def _first_version(house: House) -> None:
    """A home as the first version made it: no next key, no code."""
    import sqlite3

    from provenance import canon
    from provenance.ledger.chain import leaf

    with sqlite3.connect(house.home.ledger) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        value = json.loads(db.execute("SELECT bytes FROM entries WHERE seq = 0").fetchone()[0])
        del value["open"]["next_key"]
        raw = canon.encode(value)
        db.execute("UPDATE entries SET bytes = ?, leaf = ? WHERE seq = 0", (raw, leaf(raw)))
    db.close()
    (house.home.keys / recovery.FILE).unlink()


def test_a_home_of_the_first_version_goes_on_and_says_that_nothing_was_prepared(near: Near) -> None:
    house = open_house(Home(near.home))
    _first_version(house)
    assert house.line().current.next_key == ""
    sign_now(house, "asked")
    assert near.run("key", "lost", "--yes").returncode == 2
    assert "nothing had committed" in near.ok("key", "rotate")
    sign_now(house, "asked")
    house.close()
    assert verdict(near) == ("INTEGRITY ONLY", {"K008", "L011"})
    near.ok("key", "rotate")
    assert shown(near)["keys"][2]["prepared"]


def test_the_machine_s_clock_and_a_lock_that_is_held(near: Near) -> None:
    from provenance.daemon.lock import RecorderLock

    held = RecorderLock(near.home / "keys" / "rotation.lock")
    held.acquire()
    house = open_house(Home(near.home), clock.system)
    with pytest.raises(Busy):
        rotation.rotate(house, succession.ROTATED, None)
    held.release()
    house.close()
    assert near.run("key", "revoke", "--yes", "--since", "yesterday").returncode == 2


# --- with a keychain ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desktop(tmp_path: Path) -> Prov:
    """A home on a machine with a keychain; real processes, for the library chooses its backend once."""
    (tmp_path / "out").mkdir()
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    made = Prov(tmp_path / "home", PYTHON_KEYRING_BACKEND=BACKEND, PROV_TEST_KEYCHAIN=str(tmp_path / "chain"), PYTHONPATH=path)
    made.ok("init", "--yes", str(tmp_path / "out"))
    return made


def test_a_keychain_is_used_where_there_is_one(desktop: Prov, tmp_path: Path) -> None:
    assert shown(desktop)["kept"] == "keychain"
    assert b"ENCRYPTED" in (desktop.home / "keys" / keys.PEM).read_bytes()
    opened = json.loads(desktop.ok("log", "--json").splitlines()[0])
    assert "keychain" in json.dumps(opened)
    desktop.ok("note", "a word")
    desktop.ok("key", "rotate")
    assert verdict(desktop)[0] == "INTEGRITY ONLY" and shown(desktop)["kept"] == "keychain"
    desktop.ok("key", "keep", "file")
    assert shown(desktop)["kept"] == "file-0600"
    desktop.ok("key", "keep", "keychain")
    assert shown(desktop)["kept"] == "keychain"


def test_a_locked_keychain_is_said_and_a_machine_without_one_falls_back(desktop: Prov, tmp_path: Path) -> None:
    (tmp_path / "chain.locked").touch()
    done = desktop.run("key", "rotate")
    assert done.returncode == 4 and "keychain" in done.stderr
    assert verdict(desktop) == ("INTEGRITY ONLY", {"H007"})
    other = Prov(tmp_path / "second", **{k: desktop.environ[k] for k in ("PYTHON_KEYRING_BACKEND", "PROV_TEST_KEYCHAIN", "PYTHONPATH")})
    assert other.run("init", "--yes", "--key", "keychain", str(tmp_path / "out")).returncode == 4
    assert not (tmp_path / "second" / "ledger.db").exists()
    assert "only you can read" in other.ok("init", "--yes", str(tmp_path / "out"))
    assert shown(other)["kept"] == "file-0600"


SIGN = """
import sys
from pathlib import Path
from provenance import facts
from provenance.config import Home
from provenance.daemon.house import open_house
from provenance.daemon.sealing import check_heads, sign_now
house = open_house(Home(Path(sys.argv[1])))
if sys.argv[2] == "check":
    check_heads(house)
else:
    house.tell(facts.NoteAdded(text="x"))
    sign_now(house, "asked")
"""


def test_database_and_heads_put_back_together_are_found_by_the_keychain(desktop: Prov, tmp_path: Path) -> None:
    def python(what: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", SIGN, str(desktop.home), what], env=desktop.environ, capture_output=True, text=True,
                              check=False, timeout=60)

    assert python("sign").returncode == 0
    for name in ("ledger.db", "heads.log"):
        shutil.copy(desktop.home / name, tmp_path / name)
    assert python("sign").returncode == 0 and python("check").returncode == 0
    assert verdict(desktop) == ("INTEGRITY ONLY", set())
    for name in ("ledger.db", "heads.log"):
        shutil.copy(tmp_path / name, desktop.home / name)
    done = python("check")
    assert done.returncode != 0 and "code=H005" in done.stderr
    assert verdict(desktop) == ("FAILED", {"H005"})
    (tmp_path / "chain.locked").touch()
    assert verdict(desktop) == ("INTEGRITY ONLY", {"H007"})  # it could not be asked, and that is said
