"""Every command with every kind of bad argument: one line, mostly a hint, the right exit code, never a traceback."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from support.imagefiles import png
from support.prov import Prov

from provenance.cli.app import run
from provenance.cli.table import COMMANDS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Prov:
    """A home with one picture and two works; tests that harm it copy it first."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "out").mkdir()
    (folder / "out" / "a.png").write_bytes(png({"parameters": "a cat\nSteps: 20, Seed: 1"}))
    (folder / "other.png").write_bytes(png(seed=2))
    prov = Prov(folder / "home")
    prov.ok("init", str(folder / "out"))
    prov.ok("import", str(folder / "out"))
    prov.ok("work", "new", "sea")
    return prov


@pytest.fixture
def copy(made: Prov, tmp_path: Path) -> Prov:
    """The same home, to be harmed."""
    shutil.copytree(made.home, tmp_path / "home")
    return Prov(tmp_path / "home")


def refused(prov: Prov, code: int, *arguments: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run in this process, because a hundred processes take minutes; what it said on standard error."""
    monkeypatch.setenv("PROV_HOME", str(prov.home))
    monkeypatch.setenv("PROV_LANG", "en")
    found = run(arguments)
    out, err = capsys.readouterr()
    assert found == code, (found, out, err)
    lines = err.splitlines()
    assert "Traceback" not in err and 1 <= len(lines) <= 2, err
    assert lines[0].startswith("prov: ") and "{" not in lines[0].replace("\\u{", "") and len(lines[0]) < 600
    assert not set("\x1b\u202e") & set(err)
    return err


MISSING = "no/such/thing.png"
BAD = [
    (2, "nonsense"),
    (2, "--nonsense"),
    (2, "log", "extra"),
    (2, "log", "--sitting", "99"),
    (2, "log", "--day", "soon"),
    (2, "log", "--story", "--follow"),
    (2, "sittings", "extra"),
    (2, "annex"),
    (2, "annex", "sea", "-o", "x.json"),
    (2, "annex", MISSING, "-o", "x.json"),
    (2, "film"),
    (2, "film", "sea"),
    (2, "film", "no such work", "-o", "x.webp"),
    (2, "film", "sea", "-o", "x.avi"),
    (2, "film", "sea", "--contact", "x.gif"),
    (2, "film", "sea", "-o", "x.webp", "--seconds", "0"),
    (2, "film", "sea", "-o", "x.webp", "--withhold", "promt"),
    (2, "init", MISSING),
    (2, "init"),
    (2, "watch", MISSING),
    (2, "watch", "--nonsense"),
    (2, "start", MISSING),
    (2, "stop", "extra"),
    (2, "status", "extra"),
    (2, "import"),
    (2, "import", MISSING),
    (2, "import", "x" * 5_000),
    (2, "add-conversation"),
    (2, "add-conversation", MISSING),
    (2, "add-conversation", "."),
    (2, "add-conversation", "{other}"),
    (2, "add-conversation", "{other}", "--all", "--only", "1"),
    (2, "backup"),
    (2, "restore", MISSING),
    (2, "restore", "{other}"),
    (2, "key", "nonsense"),
    (2, "key", "author", "import", MISSING),
    (2, "ledger", "nonsense"),
    (2, "ledger", "salvage", MISSING, "--to", "{out}"),
    (2, "time", "nonsense"),
    (2, "time", "on", "nobody"),
    (2, "time", "check", "--block-headers", MISSING),
    (2, "time", "check", "--block-headers", "{other}"),
    (2, "time", "accept", MISSING),
    (2, "time", "accept", "{other}"),
    (2, "witness", "nonsense"),
    (2, "note"),
    (2, "note", ""),
    (2, "note", "  \n "),
    (2, "note", "hello", MISSING),
    (2, "note", "hello", "--work", "nowhere"),
    (2, "note", "hello", "{other}"),
    (2, "statement"),
    (2, "statement", "nowhere", "x"),
    (2, "statement", "sea", " "),
    (2, "statement", "sea", "x", "--lang", "not a tag"),
    (2, "statement", "sea", "x", "--replaces", "0"),
    (2, "statement", "sea", "x", "--file", MISSING),
    (2, "statement", "sea", "--file", MISSING),
    (2, "statement", "sea", "x", "--show"),
    (2, "statement", "sea", "x", "--sign"),
    (2, "key", "author", "sign", "0"),
    (2, "key", "author", "sign", "9999"),
    (2, "note", "hello", "--sign"),
    (2, "translate"),
    (2, "translate", "nowhere"),
    (2, "translate", "sea", "--to", "not a tag"),
    (2, "translate", "sea", "--from", MISSING, "--by", "Mei"),
    (2, "translate", "sea", "--from", "{other}"),
    (2, "translate", "{out}/a.png", "--from", "{other}", "--by", "Mei"),
    (2, "translate", "{out}/a.png", "-o", "{other}"),
    (2, "translate", "{out}/a.png", "-o", "x.csv", "--from", "{other}", "--by", "Mei"),
    (2, "idea"),
    (2, "idea", "  "),
    (2, "idea", "a sea", "--file", MISSING),
    (2, "say", "x", "--about", MISSING),
    (2, "say", "--file", MISSING),
    (2, "say", "--file", "{other}"),
    (2, "say", "x", "--work", "nowhere"),
    (2, "input"),
    (2, "input", "{other}"),
    (2, "input", MISSING, "--mine"),
    (2, "input", "{other}", "--mine", "--licence", MISSING),
    (2, "as", ""),
    (2, "as", "Mei", "--nobody"),
    (2, "who", "nonsense"),
    (2, "who", "add"),
    (2, "who", "add", " "),
    (2, "who", "add", "Mei", "--for", "a client"),
    (2, "decide", "99"),
    (2, "decide", "i1"),
    (2, "decide", "x" * 5_000),
    (2, "decisions", "import"),
    (2, "decisions", "import", MISSING),
    (2, "decisions", "import", "{other}", "--from", "invokeai"),
    (2, "decisions", "import", "{other}", "--from", "nonsense"),
    (2, "decisions", "list", MISSING),
    (2, "choose"),
    (2, "choose", MISSING),
    (2, "publish", MISSING, "--where", "x"),
    (2, "keep"),
    (2, "keep", MISSING),
    (2, "keep", "ffff"),
    (2, "keep", "#999"),
    (2, "keep", "{other}"),
    (2, "keep", "\u202e\x1b[31m"),
    (2, "keep", ""),
    (2, "reject"),
    (2, "reject", MISSING),
    (2, "reject", "#0"),
    (2, "reject", "x" * 5_000),
    (2, "key", "nonsense"),
    (2, "key", "show", "extra"),
    (2, "key", "rotate", "--next", MISSING),
    (2, "key", "lost", "--yes", "--next", "."),
    (2, "key", "revoke", "--yes"),
    (2, "key", "revoke", "--yes", "--since", "yesterday"),
    (2, "key", "keep", "nowhere"),
    (2, "key", "author", "show"),
    (2, "key", "author", "new", "--passphrase-fd", "999"),
    (2, "key", "author", "import", MISSING),
    (2, "key", "author", "import", "{other}"),
    (2, "key", "author", "certificate", "{other}"),
    (2, "export", "a.png", "--sign"),
    (2, "verify", "--trust-ca", MISSING),
    (2, "verify", "a.png", "--witness", "law"),
    (2, "verify", "a.png", "--witness", "w.example/law+00000000+AAAA"),
    (2, "work"),
    (2, "work", "nonsense"),
    (2, "work", "new"),
    (2, "work", "new", " "),
    (2, "work", "new", "sea"),
    (2, "work", "new", "x", MISSING),
    (2, "work", "add", "sea"),
    (2, "work", "add", "nowhere", "a.png"),
    (2, "work", "add", "sea", MISSING),
    (2, "work", "show"),
    (2, "work", "show", "nowhere"),
    (2, "work", "list", "extra"),
    (2, "log", "--limit", "0"),
    (2, "log", "--limit", "x"),
    (2, "log", "--since", "-1"),
    (2, "log", "--kind"),
    (2, "show"),
    (2, "show", MISSING),
    (2, "show", "#999999999999999"),
    (2, "show", "0" * 64),
    (2, "show", "{other}"),
    (2, "show", "a", "b"),
    (2, "tree"),
    (2, "tree", MISSING),
    (2, "tree", "a.png", "--depth", "0"),
    (2, "tree", "0" * 64),
    (2, "check"),
    (2, "check", "no such work"),
    (2, "check", "sea"),
    (2, "check", "#1", "--answer", "name.prompt"),
    (2, "check", "#1", "--answer", "\u202e=looked-at"),
    (2, "check", "#1", "--against", MISSING),
    (2, "publish", "#1", "--override", "--nonsense"),
    (2, "terms", "show", "nobody"),
    (2, "terms", "show", "\u202e"),
    (2, "terms", "show", "openai", "--on", "2026-13-01"),
    (2, "terms", "diff", "openai", "2026-01-01", "soon"),
    (2, "terms", "record", "openai"),
    (2, "terms", "record", " ", "--plan", "pro"),
    (2, "terms", "record", "openai", "--file", MISSING),
    (2, "terms", "record", "openai", "--accepted", "20260101"),
    (2, "terms", "of", MISSING),
    (2, "link", "a.png"),
    (2, "link", "a.png", "--from", MISSING),
    (2, "link", "a.png", "--from", "a.png"),
    (2, "link", "a.png", "--from", "a.png", "--how", " "),
    (2, "find", "--since", "yesterday"),
    (2, "find", "--until", "2026-13"),
    (2, "find", "--since", "2026-02-30"),
    (2, "find", "--limit", "0"),
    (2, "diff", "only-one.png"),
    (2, "diff", MISSING, MISSING),
    (2, "describe", "nonsense"),
    (2, "describe", "find"),
    (2, "describe", "find", MISSING),
    (2, "describe", "find", "."),
    (2, "describe", "pause", "extra"),
    (2, "read"),
    (2, "read", MISSING),
    (2, "read", "."),
    (2, "read", "x" * 5_000),
    (2, "export"),
    (2, "export", "nowhere"),
    (2, "export", MISSING),
    (2, "export", "sea"),
    (2, "export", "a.png", "--forum", "mars"),
    (2, "export", "a.png", "--withhold", "promt"),
    (2, "export", "a.png", "--withhold", "prompt@x"),
    (2, "export", "a.png", "--withhold", "prompt@99999999", "--no-film", "--no-pdf"),
    (2, "export", "a.png", "--withhold", "picture:" + MISSING),
    (2, "export", "a.png", "--withhold-file", MISSING),
    (2, "export", "a.png", "--withhold-file", "a.png"),
    (2, "export", "a.png", "--previews", "soft"),
    (2, "export", "a.png", "--include-privileged", "-1"),
    (2, "disclose", MISSING, "--field", "prompt"),
    (2, "disclose", "a.png", "--field", "prompt"),
    (2, "disclose", "a.png"),
    (2, "hold", "start"),
    (2, "hold", "start", "--why", " "),
    (2, "hold", "end"),
    (2, "hold", "end", "x"),
    (2, "export", "a.png", "--lang", "fr"),
    (2, "export", "a.png", "-o", "."),
    (2, "export", "{other}"),
    (2, "verify", MISSING),
    (2, "verify", "{out}", "--key", "xyz"),
    (2, "verify", "--nonsense"),
    (2, "demo", "--folder", "{out}"),
    (2, "demo", "--folder", "{other}"),
    (2, "doctor", "extra"),
]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [(case[0], case[1:]) for case in BAD],
    ids=lambda value: "-".join(map(repr, value))[:60] if isinstance(value, tuple) else None,
)
def test_a_bad_argument(
    made: Prov, code: int, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = made.home.parent
    given = tuple(a.replace("{other}", str(here / "other.png")).replace("{out}", str(here / "out")) for a in arguments)
    monkeypatch.chdir(here)
    refused(made, code, *given, capsys=capsys, monkeypatch=monkeypatch)


def test_every_command_was_tried() -> None:
    assert {case[1] for case in BAD} >= set(COMMANDS)


NEEDS_HOME = (
    ("watch",),
    ("start",),
    ("status",),
    ("import", "."),
    ("note", "x"),
    ("keep", "x"),
    ("reject", "x"),
    ("work", "list"),
    ("log",),
    ("show", "x"),
    ("tree", "x"),
    ("link", "x", "--from", "x"),
    ("find",),
    ("export", "x"),
)


@pytest.mark.parametrize("arguments", NEEDS_HOME, ids=lambda value: value[0])
def test_without_a_home(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(Prov(tmp_path / "none"), 4, *arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert "prov init" in said
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", [*NEEDS_HOME, ("verify",)], ids=lambda value: value[0])
def test_with_a_ledger_that_is_none(
    copy: Prov,
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (copy.home / "ledger.db").write_bytes(os.urandom(60_000))
    before = (copy.home / "ledger.db").read_bytes()
    if arguments == ("verify",):
        monkeypatch.setenv("PROV_HOME", str(copy.home))
        assert run(arguments) in (1, 6)
        assert "Traceback" not in "".join(capsys.readouterr())
    else:
        refused(copy, 6, *arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert (copy.home / "ledger.db").read_bytes() == before, "nothing is repaired"


def test_an_entry_that_was_changed_is_found_by_what_reads_it(
    copy: Prov, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = sqlite3.connect(copy.home / "ledger.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("UPDATE entries SET bytes = CAST(replace(bytes, 'IMPORTED', 'OBSERVED') AS BLOB) WHERE seq = 1")
    database.commit()
    database.close()
    refused(copy, 6, "log", capsys=capsys, monkeypatch=monkeypatch)
    assert run(("verify",)) == 1
    assert "FAILED" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["roots = [", 'roots = "x"', "originals_gb = -1", "originals_gb = true", 'rots = ["x"]', "\udcff"])
def test_settings_that_cannot_be_meant(
    copy: Prov, content: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy.home / "prov.toml").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert "prov.toml" in refused(copy, 2, "log", capsys=capsys, monkeypatch=monkeypatch)


def test_a_key_that_is_gone_or_no_key(
    copy: Prov, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in (copy.home / "keys").iterdir():
        path.write_bytes(b"nonsense\n")
    refused(copy, 6, "export", "a.png", "-o", str(tmp_path / "x.zip"), capsys=capsys, monkeypatch=monkeypatch)
    shutil.rmtree(copy.home / "keys")
    monkeypatch.setenv("PROV_HOME", str(copy.home))
    assert run(("export", "a.png", "-o", str(tmp_path / "x.zip"))) in (4, 6)
    assert "Traceback" not in capsys.readouterr().err and not (tmp_path / "x.zip").exists()


def test_a_home_made_twice_stays_as_it_was(copy: Prov, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in copy.home.rglob("*") if path.is_file()}
    refused(copy, 2, "init", "--yes", capsys=capsys, monkeypatch=monkeypatch)
    assert before == {path: path.read_bytes() for path in copy.home.rglob("*") if path.is_file()}


def test_a_defect_is_one_line_and_its_traceback_a_file(
    copy: Prov, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from provenance.views import ask

    def broken(*_: object) -> None:
        raise RuntimeError("a defect \x1b[31m of prov")

    monkeypatch.setattr(ask, "works", broken)
    monkeypatch.setenv("PROV_HOME", str(copy.home))
    assert run(("work", "list")) == 70
    err = capsys.readouterr().err
    assert "Traceback" not in err and "\x1b" not in err and "RuntimeError" in err
    assert "Traceback" in (copy.home / "defect.txt").read_text()


def test_a_file_in_the_homes_place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_text("a file")
    for arguments in (("init", "--yes"), ("log",), ("status",), ("watch", str(tmp_path))):
        refused(Prov(tmp_path / "home"), 4, *arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert (tmp_path / "home").read_text() == "a file"


def test_help_of_every_command_in_both_languages() -> None:
    from provenance import words

    for name in COMMANDS:
        for lang in words.LANGUAGES:
            assert words.known(f"cli.{name}") and words.say(f"cli.{name}", lang) != f"cli.{name}"


def test_the_wrong_python_name_is_no_command(made: Prov) -> None:
    done = made.run("import_")
    assert (done.returncode, done.stdout) == (2, "") and "Traceback" not in done.stderr and sys.version_info >= (3, 11)
