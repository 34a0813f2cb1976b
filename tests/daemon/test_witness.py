"""Witness and owner as two real processes over the loopback, by files on a stick, and killed between remembering and answering."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.prov import ROOT, Near, Prov

from provenance.clock import system
from provenance.daemon.desk import Desk
from provenance.daemon.desk_server import Server
from provenance.errors import BadInput, Damaged, ProvError, Unavailable
from provenance.ledger import merkle
from provenance.seal import cosign, keys, snapshot, witnessing
from provenance.seal.snapshot import Snapshot
from provenance.seal.witnessing import Request

LOG = keys.Signer.of_seed("prov.local/log", bytes(range(32)))
LEAVES = [merkle.leaf_hash(b"%d" % n) for n in range(40)]
FORK = [*LEAVES[:5], *(merkle.leaf_hash(b"f%d" % n) for n in range(35))]


def asked(old: int, size: int, leaves: list[bytes] = LEAVES) -> bytes:
    path = merkle.consistency_proof(leaves[:size], old) if old else []
    signed = snapshot.sign(Snapshot(LOG.name, size, merkle.root(leaves[:size])), LOG)
    return witnessing.encode(Request(old, tuple(path), signed))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk.create(tmp_path / "w", "witness.example/w1", system)
    assert made.trust(LOG.vkey) and not made.trust(LOG.vkey)
    return made


@contextlib.contextmanager
def serving(desk: Desk) -> Iterator[tuple[str, int]]:
    with Server(desk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield "127.0.0.1", int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def post(where: tuple[str, int], body: bytes, path: str = "/add-checkpoint", **headers: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(*where, timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, str(answer.headers["Content-Type"]), answer.read()


# --- the desk ---------------------------------------------------------------------------------------------------------------------------


def test_what_was_seen_outlives_the_process(desk: Desk) -> None:
    assert desk.answer(asked(0, 7)).status == 200
    again = Desk(desk.folder, system)
    assert [(one.key.name, one.head.size if one.head else None) for one in again.known()] == [(LOG.name, 7)]
    assert again.answer(asked(0, 9)).body == "7\n" and again.answer(asked(7, 9)).status == 200
    for body in (asked(7, 8), asked(9, 9, FORK), asked(9, 12, FORK), witnessing.encode(Request(9, (), witnessing.parse(asked(0, 8)).note))):
        assert again.answer(body).status in (400, 409, 422)
    assert [one.head.size for one in again.known() if one.head] == [9]


def test_two_histories_are_kept_as_proof(desk: Desk) -> None:
    desk.answer(asked(0, 9))
    for _ in range(3):
        assert desk.answer(asked(9, 9, FORK)).status == 409
    (line,) = (desk.folder / "astray.log").read_text().splitlines()
    told = json.loads(line)
    heads = [snapshot.open_snapshot(told[name].encode(), LOG.verifier) for name in ("seen", "shown")]
    assert heads[0].size == heads[1].size == 9 and heads[0].root != heads[1].root


def test_a_memory_that_cannot_be_read_is_not_an_empty_one(desk: Desk) -> None:
    desk.answer(asked(0, 9))
    (seen,) = (desk.folder / "seen").iterdir()
    seen.write_bytes(b"")
    with pytest.raises(Damaged):
        desk.answer(asked(0, 12))
    with serving(desk) as where:
        assert post(where, asked(0, 12))[0] == 500
    (desk.folder / "logs.txt").write_text("nonsense\n")
    with pytest.raises(Damaged):
        desk.answer(asked(0, 12))


def test_the_key_is_made_once_and_is_its_owner_s(desk: Desk) -> None:
    with pytest.raises(Unavailable) as caught:
        Desk.create(desk.folder, "witness.example/w2", system)
    assert caught.value.key == "seal.key-exists" and Desk(desk.folder, system).witness == desk.witness
    with pytest.raises(Unavailable) as caught:
        Desk(desk.folder / "nothing", system)
    assert caught.value.key == "witness.none"
    with pytest.raises(BadInput):
        Desk.create(desk.folder / "x", "a name", system)
    pem = desk.folder / "witness.pem"
    assert pem.stat().st_mode & 0o077 == 0
    pem.write_bytes(pem.read_bytes().replace(b"w1+", b"w2+"))
    with pytest.raises(Damaged):
        Desk(desk.folder, system)


def test_a_full_disk_is_answered_with_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("provenance.seal.files.put", full)
    with pytest.raises(ProvError):
        desk.answer(asked(0, 9))
    with serving(desk) as where:
        assert post(where, asked(0, 9))[0] == 500


KILLED = """
import os, signal, sys
from pathlib import Path
from provenance.clock import system
from provenance.daemon.desk import Desk
from provenance.seal import cosign
cosign.sign = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Desk(Path(sys.argv[1]), system).answer(sys.stdin.buffer.read())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="LOUD: no SIGKILL here: kill -9 of a witness was NOT checked")
def test_killed_between_remembering_and_answering(desk: Desk) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(desk.folder)], input=asked(0, 9), cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -9
    assert desk.answer(asked(0, 9)).body == "9\n", "it was remembered before anything was answered"
    assert desk.answer(asked(9, 9, FORK)).status == 409
    assert desk.answer(asked(9, 9)).status == 200, "the same head, asked for again, is cosigned"


def test_many_at_once_never_go_back(desk: Desk) -> None:
    said: list[tuple[int, int]] = []

    def one(size: int) -> None:
        old = 0
        for _ in range(60):
            answer = desk.answer(asked(old, size)) if old <= size else None
            if answer is None:
                return
            if answer.status == 200:
                said.append((size, answer.status))
                return
            old = int(answer.body)

    threads = [threading.Thread(target=one, args=(size,)) for size in range(1, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [size for size, _ in said] == sorted(size for size, _ in said)
    assert desk.known()[0].head == Snapshot(LOG.name, 24, merkle.root(LEAVES[:24]))


# --- the server -------------------------------------------------------------------------------------------------------------------------


def test_the_protocol_over_http(desk: Desk) -> None:
    with serving(desk) as where:
        status, _, body = post(where, asked(0, 7))
        note = cosign.joined(witnessing.parse(asked(0, 7)).note, [body.decode()])
        assert status == 200 and cosign.cosigned(note, desk.witness).head.size == 7
        assert post(where, asked(0, 9), "/some/prefix/add-checkpoint") == (409, "text/x.tlog.size", b"7\n")
        assert post(where, asked(7, 9, FORK))[0] == 422
        assert post(where, b"garbage")[0] == 400 and post(where, b"")[0] == 400
        assert post(where, asked(7, 9), "/elsewhere")[0] == 404
        connection = http.client.HTTPConnection(*where, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", "/add-checkpoint")
            assert connection.getresponse().status == 405
        assert post(where, asked(7, 9))[0] == 200


def test_a_large_body_is_not_read(desk: Desk) -> None:
    with serving(desk) as where:
        with contextlib.suppress(ConnectionError):  # the answer may come while it is still being sent
            assert post(where, b"x" * 10_000_000)[0] == 413
        connection = http.client.HTTPConnection(*where, timeout=20)
        with contextlib.closing(connection):
            connection.putrequest("POST", "/add-checkpoint")
            connection.putheader("Content-Length", "10000000")
            connection.endheaders()
            assert connection.getresponse().status == 413
        for length in ("-1", "1e3", "٣", ""):
            connection = http.client.HTTPConnection(*where, timeout=20)
            with contextlib.closing(connection):
                connection.putrequest("POST", "/add-checkpoint")
                connection.putheader("Content-Length", length.encode())
                connection.endheaders()
                assert connection.getresponse().status == 411, length
        assert post(where, asked(0, 9))[0] == 200


def test_who_trickles_is_cut_off_and_who_comes_too_many_is_turned_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.daemon.desk_server.MOST", 2)
    with Server(desk, "127.0.0.1", 0, life=0.3) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            held = [socket.create_connection(server.server_address[:2], timeout=20) for _ in range(3)]
            for one in held:
                with contextlib.suppress(OSError):
                    one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
            for one in held:
                with contextlib.suppress(ConnectionError):
                    assert one.recv(1000) == b""
                one.close()
        finally:
            server.shutdown()
            thread.join()


# --- the commands, each a process of its own --------------------------------------------------------------------------------------------


@pytest.fixture
def owner(tmp_path: Path) -> Near:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    prov = Near(tmp_path / "home", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    prov.ok("init", str(pictures))
    return prov


def witness(tmp_path: Path, owner: Near) -> tuple[Near, str]:
    prov = Near(tmp_path / "lawyer")
    vkey = re.findall(r"witness\.example/law\+\S+", prov.ok("witness", "init", "witness.example/law"))[0]
    return prov, vkey


def key_of(owner: Near) -> str:
    return str(next(row for row in owner.lines("log", "--json") if row["kind"] == "ledger.opened/1")["open"]["vkey"])


@contextlib.contextmanager
def live(prov: Near) -> Iterator[str]:
    running = Prov(prov.home).popen("witness", "serve", "--port", "0")
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        yield re.findall(r"http://[0-9.:]+", line)[0]
    finally:
        running.kill()
        running.communicate()


def test_two_processes_over_the_loopback(tmp_path: Path, owner: Near) -> None:
    lawyer, vkey = witness(tmp_path, owner)
    with live(lawyer) as url:
        refused = owner.run("witness", "ask", url, "--witness", vkey)
        assert refused.returncode == 2 and "does not know this ledger" in refused.stderr
        (said,) = owner.lines("witness", "list", "--json")
        assert (said["kind"], said["refusal"], said["status"], said["vkey"]) == ("witness.refused/1", "unknown-log", 404, vkey)
        assert "url" not in said, "where it was asked is nobody's business"
        assert "witness.example/law refused the head of" in owner.ok("status")
        lawyer.ok("witness", "trust", key_of(owner))
        assert "witness.example/law" in owner.ok("witness", "ask", url, "--witness", vkey)
        assert "refused" not in owner.ok("status") and "refused" in owner.ok("witness", "list"), "answered since, and never forgotten"
        owner.ok("note", "a thought")
        (row,) = owner.lines("witness", "ask", url, "--json")
        told = owner.lines("witness", "list", "--json")
        assert [one["size"] for one in told][-1] == row["size"] and told[-1]["vkey"] == vkey and row["forgot"] is None
        assert [one["kind"] for one in told] == ["witness.refused/1", "head.witnessed/1", "head.witnessed/1"]
        assert told[1]["size"] < told[2]["size"]
    assert lawyer.lines("witness", "logs", "--json")[0]["size"] == row["size"]
    entry = next(one for one in owner.lines("log", "--json") if one["seq"] == row["seq"])
    assert entry["kind"] == "head.witnessed/1" and entry["open"]["class"] == "ATTESTED"
    size_before = row["seq"] + 1
    owner.ok("verify")
    with live(lawyer) as url:
        owner.ok("witness", "ask", url)
    heads = [one for one in owner.lines("log", "--json") if one["kind"] == "snapshot.signed/1" and one["seq"] >= size_before]
    assert heads == [], "a witness's word makes no new head"
    gone = owner.run("witness", "ask", "http://127.0.0.1:9", "--witness", vkey)
    assert gone.returncode == 4 and "cannot be reached" in gone.stderr


def test_an_older_copy_put_back_is_found_out_by_the_witness(tmp_path: Path, owner: Near) -> None:
    lawyer, vkey = witness(tmp_path, owner)
    lawyer.ok("witness", "trust", key_of(owner))
    with live(lawyer) as url:
        owner.ok("witness", "ask", url, "--witness", vkey)
        shutil.copytree(owner.home, tmp_path / "copy")
        owner.ok("note", "this will be gone")
        owner.ok("witness", "ask", url)
        shutil.rmtree(owner.home)
        shutil.copytree(tmp_path / "copy", owner.home)  # ledger and heads.log together: nothing on this machine can tell
        before = (owner.home / "heads.log").read_bytes()
        for _ in range(2):
            refused = owner.run("witness", "ask", url)
            assert refused.returncode == 6 and "older copy" in refused.stderr
        kept = [one for one in owner.lines("witness", "list", "--json") if one["kind"] == "witness.refused/1"]
        assert [(one["refusal"], one["status"]) for one in kept] == [("ahead", 409)] * 2 and kept[0]["seen"] > kept[0]["size"]
        assert "seen more entries than there are" in owner.ok("status")
        assert (owner.home / "heads.log").read_bytes() == before, "and nothing more was signed"
        for n in range(9):
            owner.ok("note", f"another history {n}")
        refused = owner.run("witness", "ask", url)
        assert refused.returncode == 6


def test_a_stick_instead_of_a_network(tmp_path: Path, owner: Near) -> None:
    lawyer, vkey = witness(tmp_path, owner)
    stick = tmp_path / "stick"
    stick.mkdir()
    said = owner.ok("witness", "request", "-o", str(stick / "1.req"))
    refused = lawyer.run("witness", "sign", str(stick / "1.req"), "-o", str(stick / "1.note"))
    assert refused.returncode == 1 and "not known" in refused.stdout and not (stick / "1.note").exists()
    lawyer.ok("witness", "trust", re.findall(r"trust (\S+)", said)[0])
    lawyer.ok("witness", "sign", str(stick / "1.req"), "-o", str(stick / "1.note"))
    taken = owner.run("witness", "accept", str(stick / "1.note"))
    assert taken.returncode == 2 and "Which witness" in taken.stderr
    owner.ok("witness", "accept", str(stick / "1.note"), "--witness", vkey)
    assert owner.run("witness", "accept", str(stick / "1.note")).returncode == 2, "once is enough"
    owner.ok("note", "more")
    owner.ok("witness", "request", "-o", str(stick / "2.req"), "--old", "0")
    refused = lawyer.run("witness", "sign", str(stick / "2.req"), "-o", str(stick / "2.note"))
    assert refused.returncode == 1 and "--old" in refused.stdout
    owner.ok("witness", "request", "-o", str(stick / "3.req"))
    lawyer.ok("witness", "sign", str(stick / "3.req"), "-o", str(stick / "3.note"))
    owner.ok("witness", "accept", str(stick / "3.note"))
    assert owner.run("witness", "request", "-o", str(stick / "3.req")).returncode == 2, "never over a file"
    raw = (stick / "3.note").read_bytes()
    for bent in (raw.replace(b"\n", b"\n\n", 1), raw[:-5], raw[:40] + b"x" + raw[41:], b"", b"x" * 100_000):
        (stick / "bent").write_bytes(bent)
        assert owner.run("witness", "accept", str(stick / "bent")).returncode == 2
    assert len(owner.lines("witness", "list", "--json")) == 2


def test_another_machine_s_answer_is_not_this_witness_s(tmp_path: Path, owner: Near) -> None:
    lawyer, _ = witness(tmp_path, owner)
    lawyer.ok("witness", "trust", key_of(owner))
    other = Near(tmp_path / "other")
    stranger = re.findall(r"witness\.example/law\+\S+", other.ok("witness", "init", "witness.example/law"))[0]
    with live(lawyer) as url:
        refused = owner.run("witness", "ask", url, "--witness", stranger)
        assert refused.returncode == 2 and owner.lines("witness", "list", "--json") == []


def test_tiles_by_the_command(tmp_path: Path, owner: Near) -> None:
    (row,) = owner.lines("ledger", "export-tiles", str(tmp_path / "tiles"), "--json")
    assert row["before"] is None and row["size"] > 0
    owner.ok("note", "more")
    assert "read again and checked" in owner.ok("ledger", "export-tiles", str(tmp_path / "tiles"))
    (again,) = owner.lines("ledger", "export-tiles", str(tmp_path / "tiles"), "--json")
    assert again["written"] == 0 and again["before"] == again["size"] > row["size"]
    assert owner.run("ledger", "export-tiles", str(tmp_path / "pictures" / "..")).returncode == 2
