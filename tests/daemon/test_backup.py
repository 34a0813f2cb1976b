"""A backup is whole, checked, incremental, made while others write; and never puts an older ledger in a newer one's place."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from support import homes
from support.prov import ROOT, Near, Prov

from provenance import canon
from provenance.bundle import backup_format as form
from provenance.bundle.backup_verify import verify_backup
from provenance.config import Home
from provenance.daemon.backup import back_up
from provenance.daemon.lock import RecorderLock
from provenance.errors import BadInput, Busy, Damaged, Unavailable
from provenance.ledger import schema
from provenance.ledger.check import check

APPENDER = """
import sys
from pathlib import Path
from provenance.clock import system
from provenance.facts import NoteAdded
from provenance.ledger.store import Ledger
with Ledger.open(Path(sys.argv[1]), system) as ledger:
    for n in range(100000):
        entry, = ledger.append([NoteAdded(text=f"{n} " + "x" * 2000)])
        print(entry.seq, flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return homes.make(tmp_path / "home")


def codes(folder: Path) -> tuple[str, set[str]]:
    verdict = verify_backup(folder)[1]
    return verdict.word, {finding.code for finding in verdict.findings}


def test_a_backup_is_whole_and_leaves_the_home_as_it_was(home: Home, tmp_path: Path) -> None:
    before = homes.files(home.path)
    done = back_up(home, tmp_path / "stick")
    assert homes.files(home.path) == before
    assert codes(tmp_path / "stick") == ("INTEGRITY ONLY", {"T001"})
    kept = homes.files(tmp_path / "stick")
    assert {name: data for name, data in before.items() if name.startswith("blobs/") and "/shapes/" not in name} == {
        name: data for name, data in kept.items() if name.startswith("blobs/")
    }
    by_home = {item.home: kept[item.name] for item in done.manifest.files}
    assert by_home["heads.log"] == before["heads.log"] and by_home["prov.toml"] == before["prov.toml"]
    assert (done.before, done.copied, done.blobs) == (None, 9, 9)
    assert not any(b"PRIVATE KEY" in data for data in kept.values()) and not done.manifest.keys
    assert "views.db" not in kept and done.manifest.missing == done.manifest.damaged == ()


def test_the_second_run_copies_only_what_is_new(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "stick"
    first = back_up(home, target)
    stamps = {path: path.stat().st_mtime_ns for path in (target / "blobs").rglob("*") if path.is_file()}
    assert back_up(home, target).copied == 0
    homes.more(home, 3, 2)
    done = back_up(home, target)
    assert done.copied == 6 and done.before == first.manifest.size < done.manifest.size
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert codes(target) == ("INTEGRITY ONLY", {"T001"})
    named = {item.name for item in done.manifest.files} | {form.MANIFEST, "backup.lock"}
    assert {path.name for path in target.iterdir() if path.is_file()} == named, "earlier generations are cleared away"


def test_keys_only_when_asked_for_and_never_the_code_of_the_next(home: Home, tmp_path: Path) -> None:
    (home.keys / "next-key.txt").write_text("recovery words")
    target = tmp_path / "stick"
    done = back_up(home, target, keys=True)
    keys = [item for item in done.manifest.files if item.home.startswith("keys/")]
    assert [item.home for item in keys] == ["keys/ledger.pem"] and (target / keys[0].name).stat().st_mode & 0o077 == 0
    again = back_up(home, target)
    assert again.key_gone and not any(b"PRIVATE KEY" in data for data in homes.files(target).values())


def test_without_originals(home: Home, tmp_path: Path) -> None:
    done = back_up(home, tmp_path / "stick", originals=False)
    assert done.copied == 6 and not (tmp_path / "stick" / "blobs" / "originals").exists()
    assert codes(tmp_path / "stick") == ("INTEGRITY ONLY", {"T001"})
    assert back_up(home, tmp_path / "stick").copied == 3


def test_what_is_missing_or_rotten_is_said_and_the_rest_is_kept(home: Home, tmp_path: Path) -> None:
    texts = sorted(path for path in home.blobs.glob("??/*") if path.suffix != ".zst")
    texts[0].unlink()
    texts[1].write_bytes(b"rotten")
    done = back_up(home, tmp_path / "stick")
    gone, rotten = (path.parent.name + path.name for path in texts[:2])
    assert (done.manifest.missing, done.manifest.damaged) == ((gone,), (rotten,))
    assert codes(tmp_path / "stick") == ("INCOMPLETE", {"T001", "R010"})
    assert back_up(home, tmp_path / "stick").manifest.missing == (gone,), "an earlier run's finding is not forgotten"
    prov = Near(home.path)
    said = prov.run("backup", str(tmp_path / "stick"))
    assert said.returncode == 3 and gone in said.stdout and rotten in said.stdout


def test_while_another_process_writes_without_pause(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    process = subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(home.ledger)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        for turn in range(4):
            said = int(process.stdout.readline())
            done = back_up(home, tmp_path / "stick")
            assert done.manifest.size > said, f"run {turn}: an entry that was acknowledged before the backup began is not in it"
            assert codes(tmp_path / "stick") == ("INTEGRITY ONLY", {"T001"})
            for _ in range(20):
                process.stdout.readline()
        assert process.poll() is None, "the writer was stopped by the backup"
    finally:
        process.kill()
        process.communicate()
    assert list(check(home.ledger)) == []


def test_an_older_ledger_never_takes_a_newer_ones_place(home: Home, tmp_path: Path) -> None:
    shutil.copytree(home.path, tmp_path / "old")
    homes.more(home, 3)
    back_up(home, tmp_path / "stick")
    before = homes.files(tmp_path / "stick")
    with pytest.raises(Damaged) as caught:
        back_up(Home(tmp_path / "old"), tmp_path / "stick")
    assert caught.value.key == "backup.newer" and homes.files(tmp_path / "stick") == before
    homes.more(Home(tmp_path / "old"), 7, 2)
    with pytest.raises(Damaged) as caught:
        back_up(Home(tmp_path / "old"), tmp_path / "stick")
    assert caught.value.key == "backup.fork" and homes.files(tmp_path / "stick") == before


def test_a_ledger_put_back_or_damaged_is_not_backed_up(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "stick")
    old = home.ledger.read_bytes()
    homes.more(home, 3)
    home.ledger.write_bytes(old)
    before = homes.files(tmp_path / "stick")
    with pytest.raises(Damaged) as caught:
        back_up(home, tmp_path / "stick")
    assert (caught.value.key, caught.value.params["code"]) == ("backup.source-bad", "H001")
    assert homes.files(tmp_path / "stick") == before
    home.ledger.write_bytes(b"SQLite format 3\0" + b"no database" * 999)
    with pytest.raises(Damaged):
        back_up(home, tmp_path / "stick")
    assert homes.files(tmp_path / "stick") == before


def test_where_a_backup_may_not_be(home: Home, tmp_path: Path) -> None:
    other = homes.make(tmp_path / "other", 1)
    back_up(other, tmp_path / "stick")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("three years")
    for target, kind, key in (
        (tmp_path / "stick", BadInput, "backup.other"), (tmp_path / "mine", BadInput, "backup.foreign"),
        (home.path / "backup", Unavailable, "backup.inside"), (home.path, Unavailable, "backup.inside"),
    ):
        with pytest.raises(kind) as caught:
            back_up(home, target)
        assert caught.value.key == key
    assert homes.files(tmp_path / "mine") == {"thesis.txt": b"three years"}
    lock = RecorderLock(tmp_path / "stick" / "backup.lock")
    lock.acquire()
    with pytest.raises(Busy):
        back_up(other, tmp_path / "stick")
    lock.release()


def test_every_flipped_byte_of_a_backup_is_found(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "stick", keys=True)
    for path in sorted(path for path in (tmp_path / "stick").rglob("*") if path.is_file() and path.name != "backup.lock"):
        good = path.read_bytes()
        for at in {0, len(good) // 2, len(good) - 1}:
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            try:
                word, found = codes(tmp_path / "stick")
                assert word == "FAILED", (path.name, at, found)
            except BadInput as error:
                assert error.key == "backup.bad-manifest"
        path.write_bytes(good)
    assert codes(tmp_path / "stick")[0] == "INTEGRITY ONLY"
    next((tmp_path / "stick" / "blobs").glob("??/*")).unlink()
    assert codes(tmp_path / "stick") == ("INCOMPLETE", {"R020", "T001"})


def test_names_that_lead_elsewhere_are_refused(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "stick")
    manifest = tmp_path / "stick" / form.MANIFEST
    value = json.loads(manifest.read_bytes())
    assert form.parse(manifest.read_bytes()).size == value.pop("size") and value.pop("digest")
    with pytest.raises(BadInput):
        form.parse(canon.encode({**value, "size": 1}))
    for bad in ("../x", "/etc/passwd", "a/../../x", "a\\b", "", ".hidden", "c:x"):
        changed = {**value, "size": 1, "files": [{**value["files"][0], "home": bad}]}
        with pytest.raises(BadInput) as caught:
            form.parse(canon.encode({**changed, "digest": canon.sha256(canon.encode(changed))}))
        assert "leads elsewhere" in str(caught.value.params["why"]) and not form.safe(bad)


def test_the_command(tmp_path: Path) -> None:
    prov = Prov(tmp_path / "home")
    prov.ok("init", "--yes")
    prov.ok("note", "one")
    said = prov.ok("backup", str(tmp_path / "stick"))
    assert "without the key" in said
    (line,) = prov.lines("backup", str(tmp_path / "stick"), "--with-keys", "--json")
    assert line["keys"] and line["new_entries"] == 0 and line["missing"] == []
    (checked,) = prov.lines("backup", str(tmp_path / "stick"), "--check", "--json")
    assert checked["verdict"] == "INTEGRITY ONLY" and checked["size"] == line["size"]
    assert prov.run("backup", str(tmp_path / "nothing"), "--check").returncode == 2
    (chinese,) = {Prov(prov.home, PROV_LANG="zh").ok("backup", str(tmp_path / "stick")).splitlines()[0]}
    assert chinese.startswith("已备份")


def test_a_ledger_in_wal_mode_is_copied_with_what_is_not_yet_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "WAL_SAFE", (3, 0, 0))
    home = homes.make(tmp_path / "home")
    raw = sqlite3.connect(home.ledger)  # it keeps the write-ahead log from being folded in when the writers close
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    size = raw.execute("SELECT count(*) FROM entries").fetchone()[0]
    homes.more(home, 3)
    more = raw.execute("SELECT count(*) FROM entries").fetchone()[0]
    assert more > size and home.ledger.with_name("ledger.db-wal").stat().st_size
    done = back_up(home, tmp_path / "stick")
    raw.close()
    assert done.manifest.size == more and codes(tmp_path / "stick")[0] == "INTEGRITY ONLY"
    assert not [path for path in (tmp_path / "stick").iterdir() if path.name.endswith(("-wal", "-shm", "-journal"))]
