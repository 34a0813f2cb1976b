"""A backup comes back into an empty home, says that it is older, and never makes a second history of one ledger."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import homes
from support.prov import Near

from provenance.bundle.backup_verify import verify_backup
from provenance.bundle.home_check import check_home, predecessors
from provenance.bundle.ledger_verify import verify_ledger
from provenance.clock import system
from provenance.config import Config, Home
from provenance.daemon.arrival import STAGE
from provenance.daemon.backup import back_up
from provenance.daemon.house import create, open_house
from provenance.daemon.restore import restore
from provenance.daemon.sealing import sign_now
from provenance.errors import BadInput, Damaged, Unavailable
from provenance.facts import NoteAdded
from provenance.ledger.store import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return homes.make(tmp_path / "home")


@pytest.fixture
def stick(home: Home, tmp_path: Path) -> Path:
    back_up(home, tmp_path / "stick", keys=True)
    return tmp_path / "stick"


def entries(home: Home) -> list[bytes]:
    with Ledger.open(home.ledger, system, read_only=True) as ledger:
        return [entry.raw for entry in ledger.entries()]


def told(home: Home, kind: str) -> list[dict[str, object]]:
    with Ledger.open(home.ledger, system, read_only=True) as ledger:
        return [dict(entry.open) for entry in ledger.entries(kinds=(kind,))]


def sound(home: Home) -> set[str]:
    verdict = check_home(home, deep=True)
    assert verdict.word == "INTEGRITY ONLY", verdict.findings
    return {finding.code for finding in verdict.findings} - {"T001"}


def test_it_comes_back_whole_says_so_and_goes_on(home: Home, stick: Path, tmp_path: Path) -> None:
    new = Home(tmp_path / "new")
    before = homes.files(stick)
    done = restore(stick, new)
    assert homes.files(stick) == before, "a restore changes nothing in the backup"
    old = entries(home)
    assert entries(new)[: len(old)] == old and done.predecessor is None and not done.lacking
    (fact,) = told(new, "ledger.restored/1")
    assert (fact["entries_kept"], "later_size" in fact, "predecessor" in fact) == (len(old), False, False)
    assert sound(new) == set()
    blobs = {name: data for name, data in homes.files(home.path).items() if name.startswith("blobs/") and "/shapes/" not in name}
    assert {name: data for name, data in homes.files(new.path).items() if name.startswith("blobs/") and "/shapes/" not in name} == blobs
    assert (new.keys / "ledger.pem").stat().st_mode & 0o077 == 0 and not (new.path / STAGE).exists()
    homes.more(new, 9)
    assert sound(new) == set()


def test_only_into_an_empty_home(home: Home, stick: Path, tmp_path: Path) -> None:
    before = homes.files(home.path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("three years")
    for target in (home, Home(tmp_path / "mine"), Home(tmp_path / "mine" / "thesis.txt")):
        with pytest.raises(BadInput) as caught:
            restore(stick, target)
        assert caught.value.key == "restore.not-empty"
    assert homes.files(home.path) == before and homes.files(tmp_path / "mine") == {"thesis.txt": b"three years"}
    (tmp_path / "empty").mkdir()
    restore(stick, Home(tmp_path / "empty"))


def test_a_damaged_backup_is_not_restored(stick: Path, tmp_path: Path) -> None:
    for path in sorted(path for path in stick.rglob("*") if path.is_file() and path.name != "backup.lock"):
        good = path.read_bytes()
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 4]))
        with pytest.raises((Damaged, BadInput)):
            restore(stick, Home(tmp_path / "new"))
        assert not (tmp_path / "new").exists()
        path.write_bytes(good)
    restore(stick, Home(tmp_path / "new"))


def later(home: Home, tmp_path: Path, form: str) -> Path:
    """A head signed after the backup, as somebody else holds it."""
    homes.more(home, 7)
    line = home.heads.read_bytes().splitlines()[-1]
    path = tmp_path / f"later-{form}"
    if form == "heads.log":
        shutil.copy(home.heads, path)
    else:
        import base64

        note = base64.b64decode(line)
        if form == "checkpoint":
            path.write_bytes(note)
        else:
            (path / "proof").mkdir(parents=True)
            (path / "proof" / "checkpoint.txt").write_bytes(note)
    return path


@pytest.mark.parametrize("form", ["heads.log", "checkpoint", "folder"])
def test_where_a_later_head_is_known_the_old_ledger_is_closed_and_a_new_one_names_it(
    home: Home, stick: Path, tmp_path: Path, form: str
) -> None:
    kept = verify_backup(stick)[0].size
    head = later(home, tmp_path, form)
    new = Home(tmp_path / "new")
    with pytest.raises(Damaged) as caught:
        restore(stick, new, heads=[head])
    assert (caught.value.key, caught.value.params["size"]) == ("restore.older", kept) and not new.path.exists()
    done = restore(stick, new, heads=[head], new_ledger=True)
    (fact,) = told(new, "ledger.restored/1")
    (before,) = predecessors(new)
    old = Home(before)
    assert fact["predecessor"] == done.predecessor and fact["later_size"] == done.later and fact["entries_kept"] == kept
    assert entries(old) == entries(home)[:kept] and sound(new) == {"L013"}
    with Ledger.open(new.ledger, system) as ledger, Ledger.open(old.ledger, system) as closed:
        assert ledger.origin != closed.origin and fact["predecessor"] == closed.origin
        with pytest.raises(Unavailable) as refused:
            closed.append([NoteAdded(text="a second history")])
        assert refused.value.key == "ledger.closed"
    assert entries(old) == entries(home)[:kept]
    homes.more(new, 20)
    assert sound(new) == {"L013"}
    # and a backup of that home carries both
    back_up(new, tmp_path / "second")
    restore(tmp_path / "second", Home(tmp_path / "third"))
    assert entries(Home(predecessors(Home(tmp_path / "third"))[0])) == entries(home)[:kept]


def test_a_head_that_contradicts_the_backup(stick: Path, tmp_path: Path, home: Home) -> None:
    """The same key, another history: whoever holds the other head finds it out."""
    fork = Home(tmp_path / "fork")
    restore(stick, fork)
    homes.more(fork, 11)
    homes.more(home, 7)
    back_up(home, tmp_path / "newer", keys=True)
    with pytest.raises(Damaged) as caught:
        restore(tmp_path / "newer", Home(tmp_path / "new"), heads=[fork.heads])
    assert caught.value.key in ("restore.fork", "restore.older")


def test_a_head_by_a_key_that_the_backup_does_not_know_counts_as_later(home: Home, stick: Path, tmp_path: Path) -> None:
    other = homes.make(tmp_path / "other", 1)
    with pytest.raises(BadInput) as caught:
        restore(stick, Home(tmp_path / "new"), heads=[other.heads])
    assert caught.value.key == "restore.no-head"
    head = later(home, tmp_path, "checkpoint")
    lines = head.read_bytes().split(b"\n")
    head.write_bytes(b"\n".join([*lines[:4], lines[4][:-8] + b"AAAAAAA=", b""]))
    with pytest.raises(Damaged) as refused:
        restore(stick, Home(tmp_path / "new"), heads=[head])
    assert refused.value.key == "restore.older"


def test_without_the_key_it_can_be_read_and_not_signed(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "bare")
    new = Home(tmp_path / "new")
    assert not restore(tmp_path / "bare", new).key
    assert sound(new) == set()
    house = open_house(new)
    try:
        with pytest.raises(Unavailable):
            sign_now(house, "asked")
    finally:
        house.close()
    again = Home(tmp_path / "again")
    restore(tmp_path / "bare", again, new_ledger=True)
    homes.more(again, 5)
    assert sound(again) == set()


def test_blobs_that_the_backup_lacks_are_said_and_the_rest_comes_back(stick: Path, tmp_path: Path) -> None:
    next(path for path in (stick / "blobs").glob("??/*") if path.suffix != ".zst").unlink()
    new = Home(tmp_path / "new")
    assert len(restore(stick, new).lacking) == 1
    verdict = check_home(new, deep=True)
    assert (verdict.word, {finding.code for finding in verdict.findings}) == ("INCOMPLETE", {"R010", "T001"})
    assert verify_ledger(new.ledger, new.heads).word == "INTEGRITY ONLY"


def test_the_command_and_what_a_deep_check_finds(home: Home, stick: Path, tmp_path: Path) -> None:
    prov = Near(tmp_path / "new")
    assert "older ledger" in prov.ok("restore", str(stick))
    assert prov.run("restore", str(stick)).returncode == 2
    (found,) = prov.lines("ledger", "check", "--deep", "--json")
    assert found["verdict"] == "INTEGRITY ONLY" and [step["step"] for step in found["steps"]][-2:] == ["blobs", "originals"]
    original = next((prov.home / "blobs" / "originals").glob("??/*"))
    original.write_bytes(original.read_bytes()[:-1] + b"!")
    assert prov.run("ledger", "check").returncode == 0, "the quick check does not read them"
    done = prov.run("ledger", "check", "--deep")
    assert done.returncode == 1 and "R012" in done.stdout
    head = later(home, tmp_path, "heads.log")
    refused = Near(tmp_path / "other").run("restore", str(stick), "--head", str(head))
    assert refused.returncode == 6 and "--new-ledger" in refused.stderr
    (line,) = Near(tmp_path / "other").lines("restore", str(stick), "--head", str(head), "--new-ledger", "--json")
    assert line["predecessor"] and line["later_size"]
    assert "PROV_HOME=" in Near(tmp_path / "other").ok("ledger", "check")


def test_a_later_head_in_the_keychain_counts(tmp_path: Path) -> None:
    class Fake:
        """A keychain in memory."""

        def __init__(self) -> None:
            self.held: dict[str, str] = {}

        def get(self, name: str) -> str | None:
            return self.held.get(name)

        def put(self, name: str, value: str) -> None:
            self.held[name] = value

        def drop(self, name: str) -> None:
            self.held.pop(name, None)

    vault, home, asked = Fake(), Home(tmp_path / "home"), []

    def keychain() -> Fake:
        asked.append(1)
        return vault

    house = create(home, Config(), vault=vault)
    house.close()
    homes.more(home, 0, keychain=keychain)
    back_up(home, tmp_path / "stick", keys=True)
    homes.more(home, 5, keychain=keychain)
    shutil.rmtree(home.path)
    asked.clear()
    with pytest.raises(Damaged) as caught:
        restore(tmp_path / "stick", home, keychain=keychain)
    assert caught.value.key == "restore.older" and asked
    assert restore(tmp_path / "stick", home, keychain=keychain, new_ledger=True).later


def test_the_keychain_is_not_asked_where_the_key_never_was_in_it(stick: Path, tmp_path: Path) -> None:
    def keychain() -> None:
        raise AssertionError("asked")

    restore(stick, Home(tmp_path / "new"), keychain=keychain)
