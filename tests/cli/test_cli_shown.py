"""What commands print: hostile names and prompts as codes, one object a line for scripts, Chinese where it is asked for."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.imagefiles import png
from support.prov import Near, Prov

EVIL = "a cat \x1b[31mred\x1b[0m \u202egnp.exe\u202c \u2066x\u2069 <script>alert(1)</script> \x07\x9b2J\r\x00\U000e0041 end"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
NAMES = (
    "猫咪 晶钻.png",
    "\x1b]0;title\x07.png",
    "a\nb.png",
    "\u202egnp.exe.png",
    os.fsdecode(b"caf\xe9 \xff.png"),
    "<img src=x onerror=alert(1)>.png",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Prov:
    """A home with hostile names, prompts, notes, a work and two decisions."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "out").mkdir()
    prov = Near(folder / "home")
    prov.ok("init", str(folder / "out"))
    for n, name in enumerate(NAMES):
        data = png(
            [("iTXt", "parameters", f"{EVIL}\nNegative prompt: {EVIL}\nSteps: 20, Sampler: {EVIL}, Seed: {n}, Model: m{EVIL}")], seed=n
        )
        (folder / "out" / name).write_bytes(data)
    prov.ok("import", str(folder / "out"))
    first = hashes(prov)[0]
    prov.ok("note", EVIL.replace("\x00", ""), first)
    prov.ok("work", "new", "sea " + EVIL.replace("\x00", ""), *hashes(prov)[:3])
    prov.ok("keep", first, "--why", EVIL.replace("\x00", ""))
    prov.ok("reject", hashes(prov)[1], "--why", "no")
    return prov


def hashes(prov: Prov) -> list[str]:
    return [row["open"]["sha256"] for row in prov.lines("log", "--json") if row["kind"] == "file.imported/1"]


def work(prov: Prov) -> str:
    return str(prov.lines("work", "list", "--json")[0]["work"])


def commands(prov: Prov) -> Iterator[tuple[str, ...]]:
    yield from (("log",), ("find", "cat"), ("status",), ("doctor",), ("work", "list"), ("work", "show", work(prov)))
    yield from (("show", sha256) for sha256 in hashes(prov)[:3])
    yield ("read", *(str(prov.home.parent / "out" / name) for name in NAMES))


def test_nothing_hostile_reaches_the_screen(made: Prov) -> None:
    for arguments in commands(made):
        done = made.run(*arguments)
        found = RAW.search(done.stdout + done.stderr)
        assert not found and done.returncode in (0, 1), (arguments, found, done.stderr)
        if arguments[0] in ("log", "show", "read"):
            assert "\\u{202E}" in done.stdout and "\\u{001B}" in done.stdout, "shown as codes, not left out"


def test_errors_show_hostile_words_as_codes(made: Prov) -> None:
    for arguments in (
        ("show", EVIL.replace("\x00", "")),
        ("read", NAMES[1]),
        ("export", "--no-pdf", "--no-film", "\u202egnp.exe\x1b[2J"),
        ("nonsense\x1b[2J\u202e",),
        ("log", "--x\x1b[2J"),
        ("work", "show", "\x1b[2J"),
        ("log", "--limit", "\x1b[31m"),
    ):
        done = made.run(*arguments)
        assert done.returncode == 2 and not RAW.search(done.stdout + done.stderr), (arguments, done.stderr)


def test_every_name_finds_its_picture(made: Prov, tmp_path: Path) -> None:
    for name, sha256 in zip(NAMES, by_name(made), strict=True):
        (shown,) = made.lines("show", str(made.home.parent / "out" / name), "--json")
        assert shown["sha256"] == sha256
        assert made.lines("show", sha256[:12], "--json")[0]["sha256"] == sha256
    made.ok("export", "--no-pdf", "--no-film", *(str(made.home.parent / "out" / name) for name in NAMES), "-o", str(tmp_path / "all.zip"))
    assert made.run("verify", str(tmp_path / "all.zip")).returncode == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        assert all(re.fullmatch(r"[A-Za-z0-9._/ -]+", name) for name in bundle.namelist()), "no hostile name in the zip"
        page = next(bundle.read(name).decode() for name in bundle.namelist() if name.endswith("exhibits/record.html"))
    assert "<script>alert" not in page and "<img src=x" not in page and not RAW.search(page), RAW.search(page)
    assert "猫咪 晶钻.png" in page and "&lt;script&gt;alert(1)" in page


def by_name(prov: Prov) -> list[str]:
    import hashlib

    return [hashlib.sha256((prov.home.parent / "out" / name).read_bytes()).hexdigest() for name in NAMES]


def test_json_is_one_object_a_line_with_the_keys_promised(made: Prov) -> None:
    log = made.lines("log", "--json")
    assert all(list(row) == ["seq", "at", "kind", "class", "open", "sealed"] for row in log)
    assert [row["seq"] for row in log] == list(range(len(log)))
    assert all(row["class"] == row["open"]["class"] for row in log)
    assert made.lines("log", "--json", "--limit", "2") == log[-2:] and made.lines("log", "--json", "--since", "3") == log[3:]
    assert {row["kind"] for row in made.lines("log", "--json", "--kind", "note.added")} == {"note.added/1"}
    assert len(made.lines("find", "cat", "--json")) == len(NAMES)
    for arguments in (
        ("work", "list", "--json"),
        ("work", "show", work(made), "--json"),
        ("status", "--json"),
        ("verify", "--json"),
        ("read", *(str(made.home.parent / "out" / name) for name in NAMES), "--json"),
    ):
        assert all(isinstance(row, dict) for row in made.lines(*arguments))
    assert {json.loads(line)["level"] for line in made.run("doctor", "--json").stdout.splitlines()} <= {"good", "warn", "bad"}


READ = {
    "file",
    "generator",
    "container",
    "prompts",
    "negative_prompts",
    "seeds",
    "steps",
    "cfgs",
    "samplers",
    "schedulers",
    "models",
    "sizes",
    "loras",
    "hashes",
    "inputs",
    "warnings",
    "rest",
}


def test_read_and_show_give_the_same_object(made: Prov) -> None:
    path = str(made.home.parent / "out" / NAMES[0])
    (read,), (shown,) = made.lines("read", path, "--json"), made.lines("show", path, "--json")
    assert set(read) >= READ
    assert {key: shown["reading"][key] for key in READ} == {key: read[key] for key in READ}
    assert {"reading", "models", "entries"} <= set(shown)
    assert (read["seeds"] == ["0"] and read["prompts"] == [EVIL]) or read["prompts"][0].startswith("a cat")


def test_numbers_of_a_log_for_people_are_newest_first(made: Prov) -> None:
    seqs = [int(number) for number in re.findall(r"^#(\d+)", made.ok("log"), re.M)]
    assert seqs == sorted(seqs, reverse=True) and seqs[-1] == 0
    assert [int(number) for number in re.findall(r"^#(\d+)", made.ok("log", "-n", "3"), re.M)] == seqs[:3]


@pytest.mark.parametrize(
    ("given", "chinese"), [({"PROV_LANG": "zh"}, True), ({"PROV_LANG": "", "LC_ALL": "zh_CN.UTF-8"}, True), ({"PROV_LANG": "en"}, False)]
)
def test_chinese_where_it_is_asked_for(made: Prov, given: dict[str, str], chinese: bool) -> None:
    prov = Prov(made.home, **given)
    for arguments in (("--help",), ("log",), ("status",), ("note", "--help"), ("verify",), ("show", "nothing-like-this")):
        done = prov.run(*arguments)
        assert bool(re.search("[\u4e00-\u9fff]", (done.stdout + done.stderr).replace("猫咪 晶钻", ""))) == chinese, (
            arguments,
            done.stdout,
            done.stderr,
        )
    names = re.compile("[a-z]+ [a-z]+ [a-z]+ [a-z]+")
    if chinese:
        assert not names.search(prov.run("verify").stdout), "no English sentence left"


def test_a_pipe_that_closes_early_is_quiet(made: Prov) -> None:
    for arguments in (("log",), ("log", "--json"), ("--help",), ("show", hashes(made)[0])):
        process = made.popen(*arguments)
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == ("", 141), arguments
        process.stderr.close()


def test_output_that_knows_no_unicode_is_no_crash(made: Prov) -> None:
    done = subprocess.run(
        made.command("log"),
        env={**made.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr


FORMS: tuple[Any, ...] = (
    lambda text: text.encode(),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16-be"),
    *(lambda text, at=at: base64.b64encode(b"x" * at + text.encode())[(0, 2, 3)[at] + 2 : -6] for at in range(3)),
    lambda text: json.dumps(text).encode()[1:-1],
    lambda text: text.encode().hex().encode(),
)


def test_what_is_withheld_is_in_no_file_of_the_bundle(tmp_path: Path) -> None:
    prompt, folder = "geheimer leuchtturm 秘密 lighthouse recipe", tmp_path / "privater ordner 私密"
    folder.mkdir()
    graph = {
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": 5,
                "steps": 20,
                "cfg": 7.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1,
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
                "model": ["4", 0],
            },
        },
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 8, "height": 8, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": prompt, "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "no " + prompt, "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}},
    }
    secret = folder / "geheimname.png"
    secret.write_bytes(png([("tEXt", "prompt", json.dumps(graph))]))
    prov = Near(tmp_path / "home")
    prov.ok("init", str(folder))
    prov.ok("import", str(folder))
    prov.ok("keep", str(secret), "--why", "the light is right")
    prov.ok("export", "--no-pdf", "--no-film", str(secret), "-o", str(tmp_path / "open.zip"))
    held = ("--withhold", "prompt,path", "--why", "trade secret")
    prov.ok("export", "--no-pdf", "--no-film", str(secret), "-o", str(tmp_path / "shut.zip"), *held)
    assert leaks(tmp_path / "open.zip", prompt) and leaks(tmp_path / "open.zip", secret.name), "the search would find it"
    for word in (prompt, prompt[:20], secret.name, folder.name, str(tmp_path)):
        assert not leaks(tmp_path / "shut.zip", word), word
    (verdict,) = prov.lines("verify", str(tmp_path / "shut.zip"), "--json")
    assert verdict["verdict"] == "INTEGRITY ONLY" and {"prompts", "path"} <= set(verdict["withheld"])
    with zipfile.ZipFile(tmp_path / "shut.zip") as bundle:
        page = next(bundle.read(name).decode() for name in bundle.namelist() if name.endswith("exhibits/record.html"))
        assert 'class="bar"' in page, "a bar stands where something was left out"
        about = next(bundle.read(name).decode() for name in bundle.namelist() if name.endswith("data/bundle.json"))
    assert "trade secret" in about and "the light is right" in page


def leaks(path: Path, word: str) -> list[str]:
    """The files of a zip in which a word stands, in any of the usual spellings."""
    with zipfile.ZipFile(path) as bundle:
        return [
            name
            for name in bundle.namelist()
            if word in name or any(form(word) in bundle.read(name) for form in FORMS if len(form(word)) > 5)
        ]


def test_a_field_that_there_is_not_is_refused_and_nothing_written(made: Prov, tmp_path: Path) -> None:
    done = made.run("export", "--no-pdf", "--no-film", hashes(made)[0], "-o", str(tmp_path / "x.zip"), "--withhold", "promt")
    assert done.returncode == 2 and "promt" in done.stderr and "prompt" in done.stderr and not (tmp_path / "x.zip").exists()
    assert sys.version_info >= (3, 11)
