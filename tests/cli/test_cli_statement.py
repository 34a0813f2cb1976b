"""`prov statement`, and `--sign` on what a person states: as typed, into a bundle, and checked with openssl as VERIFY.txt says."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from support.prov import Near, Prov
from support.verifiers import alone, package

from provenance import words

SECRET = "a long passphrase"
TEXT = "我先画了草图，猫耳是我画的。\nThe ears were mine."


@pytest.fixture
def near(tmp_path: Path) -> Near:
    (tmp_path / "out").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "out" / "a.png")
    made = Near(tmp_path / "home")
    made.ok("init", "--yes", str(tmp_path / "out"))
    made.ok("import", str(tmp_path / "out"))
    made.ok("work", "new", "sea", str(tmp_path / "out" / "a.png"))
    return made


def secretly(near: Prov, *arguments: str, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    """The passphrase on a descriptor, as a script hands it over."""
    reading, writing = os.pipe()
    os.write(writing, secret.encode() + b"\n")
    os.close(writing)
    try:
        return near.run(*arguments, "--passphrase-fd", str(reading))
    finally:
        os.close(reading)


def good(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def entries(near: Prov, kind: str) -> list[dict]:
    return near.lines("log", "--json", "--kind", kind)


def test_a_statement_is_written_down_and_a_later_one_deletes_none(near: Near, tmp_path: Path) -> None:
    first = json.loads(near.ok("statement", "sea", TEXT, "--lang", "zh", "--json"))
    assert (first["kind"], first["lang"], first["way"], first["signed"]) == ("statement.made/1", "zh", "typed", None)
    near.ok("statement", "sea", "Shorter.", "--replaces", str(first["seq"]))
    one, two = near.lines("statement", "sea", "--show", "--json")
    assert (one["text"], one["replaced_by"], two["lang"], two["replaces"]) == (TEXT, two["seq"], "und", one["seq"])
    said = near.ok("statement", "sea", "--show")
    assert "The ears were mine." in said and f"replaced by #{two['seq']}" in said and "language not stated" in said
    assert [row["sealed"]["text"] for row in entries(near, "statement.made")] == [TEXT, "Shorter."]
    shown = near.lines("work", "show", "sea", "--json")[0]
    assert [row["seq"] for row in shown["statements"]] == [one["seq"], two["seq"]] and "not signed" in near.ok("work", "show", "sea")


def test_what_is_too_long_or_no_text_is_kept_as_a_file(near: Near, tmp_path: Path) -> None:
    short, long, scan, none = (tmp_path / name for name in ("short.txt", "long.txt", "scan.pdf", "none.txt"))
    short.write_bytes(TEXT.encode("gb18030"))
    long.write_text("x" * 60_001)
    scan.write_bytes(b"%PDF-1.4\nnothing that is read\n%%EOF")
    none.write_text("")
    told = [json.loads(near.ok("statement", "sea", "--file", str(path), "--json")) for path in (short, long, scan)]
    made = entries(near, "statement.made")
    assert [row["sealed"].get("text") for row in made] == [TEXT, None, None]
    assert [row["open"]["media_type"] for row in made] == ["application/octet-stream", "text/plain", "application/pdf"]
    assert all(row["kept"] == entry["open"]["kept"] for row, entry in zip(told, made, strict=True))
    assert near.run("statement", "sea", "--file", str(none)).returncode == 2
    assert len(entries(near, "statement.made")) == 3


def typed(near: Near, tmp_path: Path, script: str) -> subprocess.CompletedProcess[bytes]:
    """The command on a terminal, with an editor that does this to the file (`$1`)."""
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    above, below = pty.openpty()
    try:
        command = [sys.executable, "-m", "provenance", "statement", "sea"]
        return subprocess.run(
            command, stdin=below, capture_output=True, env={**near.environ, "VISUAL": str(editor)}, timeout=60, check=False
        )
    finally:
        os.close(above)
        os.close(below)


def test_an_editor_asks_and_nothing_of_the_questions_is_kept(near: Near, tmp_path: Path) -> None:
    done = typed(near, tmp_path, f'cp "$1" {tmp_path}/asked; printf \'# my own heading\\nI drew it.\\n\' >> "$1"')
    assert done.returncode == 0, done.stderr
    (made,) = entries(near, "statement.made")
    assert made["sealed"]["text"] == "# my own heading\nI drew it."
    asked = (tmp_path / "asked").read_text()
    assert asked == words.say("statement.template", "en", name="sea") and all(line.startswith("#:") for line in asked.splitlines())
    for nothing in ("true", 'echo "  " >> "$1"'):
        done = typed(near, tmp_path, nothing)
        assert done.returncode == 2 and b"Nothing is said" in done.stderr
    assert len(entries(near, "statement.made")) == 1


def test_signed_statements_go_into_the_bundle_and_openssl_says_so_too(near: Near, tmp_path: Path) -> None:
    good(secretly(near, "key", "author", "new", "--name", "Mei"))
    told = json.loads(good(secretly(near, "statement", "sea", TEXT, "--lang", "zh", "--sign", "--json")))
    idea = json.loads(good(secretly(near, "idea", "a red cat", "--work", "sea", "--sign", "--json")))
    note = json.loads(good(secretly(near, "note", "redder", "--work", "sea", "--sign", "--json")))
    assert idea["signed"] == [idea["seq"] + 1] and note["signed"] == note["seq"] + 1
    signed = entries(near, "statement.signed")
    assert [row["open"]["of"] for row in signed] == [told["seq"], idea["seq"], note["seq"]]
    out = tmp_path / "b.zip"
    near.ok("export", "sea", "-o", str(out))
    for judge in (package, alone):
        word, codes = judge(out)
        assert (word, codes["A012"], codes["T001"]) == ("INTEGRITY ONLY", 3, 1)
    if shutil.which("openssl") is None:
        pytest.skip("LOUD: no openssl: that it says the same of a signed statement was NOT tried")
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path / "x")
    (bundle,) = (tmp_path / "x").iterdir()
    commands = [
        line.strip()[2:] for line in (bundle / "VERIFY.txt").read_text().split("How to check")[1].splitlines()
        if line.strip().startswith("$") and "statement.signed" in line
    ]  # fmt: skip
    script = "\n".join(commands)
    assert len(commands) == 2
    done = subprocess.run(["sh", "-c", script], cwd=bundle, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.count("Signature Verified Successfully") == done.stdout.count(": the same") == 3, done.stdout + done.stderr
    assert done.stdout.count("data/entries/") == 3 and "NOT NAMED" not in done.stdout
    entry = bundle / "data" / "entries" / f"{told['seq']:08d}.json"
    entry.write_bytes(entry.read_bytes().replace(b'"lang":"zh"', b'"lang":"en"'))
    done = subprocess.run(["sh", "-c", script], cwd=bundle, capture_output=True, text=True, timeout=60, check=False)
    assert f"entry {told['seq']}: DIFFERS" in done.stdout and done.stdout.count(": the same") == 2


def test_only_what_a_person_states_and_only_with_the_key_that_is_named(near: Near, tmp_path: Path) -> None:
    assert "no author key" in secretly(near, "statement", "sea", "x", "--sign").stderr
    assert not entries(near, "statement.made"), "nothing is written where it cannot be signed as asked"
    good(secretly(near, "key", "author", "new"))
    for seq, said in ((1, "not a person"), (999, "no entry 999")):
        done = secretly(near, "key", "author", "sign", str(seq))
        assert done.returncode == 2 and said in done.stderr
    assert "passphrase" in secretly(near, "note", "x", "--sign", secret="another one").stderr and not entries(near, "note.added")
    seq = json.loads(near.ok("statement", "sea", TEXT, "--json"))["seq"]
    row = json.loads(good(secretly(near, "key", "author", "sign", str(seq), "--json")))
    assert row["of"] == seq and entries(near, "statement.signed")[0]["open"]["leaf"] == row["leaf"]
    for name in ("author.p12", "author.pem"):  # the key file of another: the ledger does not name it
        (near.home / "keys" / name).rename(tmp_path / name)
    other = Near(tmp_path / "other")
    other.ok("init", "--yes")
    good(secretly(other, "key", "author", "new"))
    for name in ("author.p12", "author.pem"):
        shutil.copy(other.home / "keys" / name, near.home / "keys" / name)
    done = secretly(near, "statement", "sea", "y", "--sign")
    assert done.returncode == 2 and "does not name this key" in done.stderr
    assert len(entries(near, "statement.made")) == len(entries(near, "statement.signed")) == 1
