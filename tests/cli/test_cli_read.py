"""`prov read`: what people see, one object a line for programs, the raw places, and files that are none."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.imagefiles import jpeg, png, riff_chunk, webp
from support.prov import Near

from provenance import words
from provenance.cli import out
from provenance.cli.read import record
from provenance.cli.read_shown import in_words, sections

INFOTEXT = (
    "a paper boat, (harbour:1.2) <lora:fog:0.7>\nNegative prompt: blurry\n"
    "Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7.0, Seed: 18446744073709551615, Size: 512x768, "
    "Model hash: abc1234567, Model: paper, Denoising strength: 0.5, Hires upscale: 2, Hires steps: 10, "
    'Lora hashes: "fog: 0123456789ab", Odd key: 7, Version: v1.10.1'
)
KEYS = {
    "file", "generator", "container", "prompts", "negative_prompts", "seeds", "steps", "cfgs", "samplers", "schedulers", "models", "sizes",
    "loras", "hashes", "aigc", "c2pa", "inputs", "warnings", "passes", "rest", "version", "denoises", "texts", "parts", "controls", "edits",
    "attestations", "dialect", "structure", "negative_structure", "also_claimed", "resources", "sha256", "media_type", "width", "height",
}


@pytest.fixture
def prov(tmp_path: Path) -> Near:
    return Near(tmp_path / "home")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "boat.png"
    path.write_bytes(png([("tEXt", "parameters", INFOTEXT)]))
    return path


def test_people_see_calm_sections(prov: Near, picture: Path) -> None:
    said = prov.ok("read", str(picture))
    lines = [line.strip() for line in said.splitlines()]
    assert lines[0] == "boat.png" and lines[1].startswith("generator      A1111  (png")
    titles = ("Words", "Settings", "Models", "Inputs", "Edits", "Remarks")
    assert [line for line in lines if line in titles] == ["Words", "Settings", "Models"]
    assert "18446744073709551615" in said and "fog  0.7" in said and "0123456789ab" in said
    assert "Odd key" in said and "--all shows them" in said, "what has no line of its own is named"
    assert "7" in prov.ok("read", str(picture), "--all").split("Odd key")[1]
    assert not (prov.home).exists(), "reading needs no home and makes none"


def test_people_see_passes_as_a_table(prov: Near, picture: Path) -> None:
    marks = ("18446744073709551615", "pass ", "hires")
    table = [line for line in prov.ok("read", str(picture)).splitlines() if any(mark in line for mark in marks)]
    assert len(table) == 3 and table[0].index("seed") == table[1].index("18446744073709551615")
    assert "base" in table[1] and "hires" in table[2] and "10" in table[2]


def test_people_see_it_in_chinese(tmp_path: Path, picture: Path) -> None:
    said = Near(tmp_path / "home", PROV_LANG="zh").ok("read", str(picture))
    assert "生成工具" in said and "反向提示词" in said and "\n  文字\n" in said


def test_a_long_prompt_is_wrapped_and_cut(prov: Near, tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    path.write_bytes(png([("iTXt", "parameters", "灯塔 lighthouse " * 2_000 + "\nSteps: 20, Sampler: Euler, Seed: 1")]))
    said = prov.ok("read", str(path))
    assert max(out.width(line) for line in said.splitlines()) <= 100
    assert "more characters (--all)" in said and len(said) < 12_000
    assert prov.ok("read", str(path), "--all").count("lighthouse") == 2_000


def test_the_object_has_every_key_and_numbers_as_the_tool_wrote_them(prov: Near, picture: Path) -> None:
    (found,) = prov.lines("read", str(picture), "--json")
    assert set(found) == KEYS
    assert (found["seeds"], found["cfgs"], found["sizes"][0]) == (["18446744073709551615"], ["7.0"], "512x768")
    assert found["loras"] == [{"name": "fog", "weight": "0.7", "weight_te": "0.7", "hash": "0123456789ab"}]
    assert "".join(found["prompts"][0][p["start"] : p["end"]] for p in found["structure"][0]) == found["prompts"][0]
    assert ("harbour", "1.2") in [(piece["text"], piece["weight"]) for piece in found["structure"][0]]
    assert found["sha256"] == hashlib.sha256(picture.read_bytes()).hexdigest()


def test_without_generation_data_the_generator_is_null_and_the_keys_are_the_same(prov: Near, tmp_path: Path) -> None:
    files = {"plain.png": png([]), "photo.jpg": jpeg(), "empty.png": b"", "notes.md": b"# hello", "noise.bin": os.urandom(99)}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (found,) = prov.lines("read", str(tmp_path / name), "--json")
        assert found["generator"] is None and set(found) == KEYS and found["prompts"] == [] and found["seeds"] == []
    assert "nothing about its making was read" in prov.ok("read", str(tmp_path / "plain.png"))


def test_bad_files_are_told_and_the_others_are_read_in_order(prov: Near, picture: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.png"
    second.write_bytes(png([("tEXt", "parameters", INFOTEXT.replace("boat", "ship"))]))
    os.mkfifo(tmp_path / "pipe.png")
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    bad = (str(tmp_path / "missing.png"), str(tmp_path), str(tmp_path / "pipe.png"), str(loop), "\0")
    done = prov.run("read", str(picture), *bad[:4], str(second), "--json")
    assert done.returncode == 2
    assert [Path(json.loads(line)["file"]).name for line in done.stdout.splitlines()] == ["boat.png", "second.png"]
    errors = [line for line in done.stderr.splitlines() if line.startswith("prov:")]
    assert len(errors) == 4 and "is a folder" in errors[1], errors
    assert "prov read FOLDER/*" in done.stderr, "a hint says what to do"


def test_a_link_named_by_hand_is_followed(prov: Near, picture: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.png"
    link.symlink_to(picture)
    (found,) = prov.lines("read", str(link), "--json")
    assert found["file"] == str(link) and found["generator"] == "A1111"


def test_raw_shows_the_places_before_anything_is_made_of_them(prov: Near, picture: Path) -> None:
    said = prov.ok("read", "--raw", str(picture))
    assert "tEXt:parameters" in said and f"{len(INFOTEXT)} B" in said and "a paper boat" in said
    (found,) = prov.lines("read", "--raw", "--json", str(picture))
    (carrier,) = found["carriers"]
    assert carrier["text"] == INFOTEXT and carrier["base64"] is None and carrier["size"] == len(INFOTEXT)
    assert carrier["sha256"] == hashlib.sha256(INFOTEXT.encode()).hexdigest()
    assert INFOTEXT.splitlines()[2] in prov.ok("read", "--raw", "--all", str(picture))


def test_raw_gives_blobs_whole(prov: Near, tmp_path: Path) -> None:
    path = tmp_path / "credential.webp"
    store = b"\x00\x00\x00\x30jumb\x00\x00\x00\x28jumdc2pa" + bytes(28)
    path.write_bytes(webp(chunks=riff_chunk(b"C2PA", store)))
    found = prov.lines("read", "--raw", "--json", str(path))[0]["carriers"][0]
    assert (found["name"], found["text"], base64.b64decode(found["base64"])) == ("c2pa", None, store)


HOSTILE = "cat \x1b[31m\u202egnp\u2066 \x9b2J \r\x07 end"


def test_nothing_hostile_reaches_the_screen(prov: Near, tmp_path: Path) -> None:
    path = tmp_path / "evil.png"
    evil = INFOTEXT.replace("boat", HOSTILE).replace("Odd key", "Odd \u202ekey").replace("paper,", f"{HOSTILE},")
    path.write_bytes(png([("iTXt", "parameters", evil), ("iTXt", f"{HOSTILE[:20]}", HOSTILE)]))
    for arguments in ((), ("--all",), ("--raw",), ("--raw", "--all")):
        said = prov.ok("read", str(path), *arguments)
        assert not set(said) & set("\x1b\u202e\u2066\x9b\r\x07"), arguments
        assert "\\u{202E}" in said


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("unresolved 12.text", "warning.unresolved"),
        ("disagreement prompt/workflow seed 3", "warning.disagreement-prompt/workflow"),
        ("workflow only", "warning.workflow-only"),
        ("png.crc tEXt@1234", "carriers.png.crc"),
        ("reader.failed ComfyUI", "warning.reader.failed"),
    ],
)
def test_warnings_are_told_in_words(code: str, key: str) -> None:
    for lang in words.LANGUAGES:
        assert in_words(code, lang) == words.say(key, lang, place=code.split(" ", len(key.split("-")))[-1] if "only" not in code else "-")
    assert in_words("nobody.knows this", "en") == "nobody.knows this"


def test_every_kind_of_statement_has_its_section(picture: Path) -> None:
    found: dict[str, Any] = record(str(picture)) | {
        "texts": [
            {"role": "prompt", "text": "a paper boat, (harbour:1.2) <lora:fog:0.7>", "origin": "EXPANDED", "where": "6.text"},
            {"role": "template", "text": "a __thing__", "origin": "TYPED", "where": None},
            {"role": "prompt", "text": None, "origin": "UNKNOWABLE", "where": "30.text"},
        ],
        "parts": [{"role": "character", "prompt": "1girl", "negative": "hat", "place": "B3", "weight": None}],
        "controls": [
            {"kind": "controlnet", "model": "canny", "weight": "0.8", "start": "0", "end": "1", "preprocessor": "c", "image": "i.png"}
        ],
        "inputs": [{"name": "in.png", "role": "mask", "sha256": None}],
        "aigc": {"Label": "1", "ContentProducer": "0011"},
        "c2pa": {"claim_generator": "x", "issuer": "Y", "checked": {"binding": "valid", "signature": "valid", "trust": "untrusted"}},
        "attestations": [{"by": "NovelAI", "what": "signed_hash", "result": "invalid", "detail": "pixels"}],
        "edits": [{"action": "saved", "when": "2026-01-01", "tool": "Editor", "changed": "/", "instance": None}],
        "warnings": ["workflow only"],
    }
    told = {title: " | ".join(f"{row.label}: {row.text}" for row in rows) for title, rows in sections(found, "en")}
    assert "[EXPANDED 6.text] a paper boat" in told["read.section.prompts"]
    assert "[TYPED] a __thing__" in told["read.section.prompts"]
    assert "[UNKNOWABLE 30.text] (made while the tool ran" in told["read.section.prompts"]
    assert told["read.section.parts"] == "character: (B3) 1girl | negative: hat"
    assert told["read.section.controls"] == "ControlNet: canny  0.8  0-1  c  <- i.png"
    assert told["read.section.inputs"] == "mask: in.png"
    assert "ContentProducer: 0011" in told["read.section.aigc"]
    assert told["read.section.c2pa"].endswith("binding: valid | signature: valid | trust: untrusted")
    assert told["read.section.attestations"] == "NovelAI: signed_hash  NOT valid  pixels"
    assert told["read.section.edits"] == "saved: 2026-01-01  Editor  /"
    unchecked = dict(sections(found | {"c2pa": {"issuer": "Y", "checked": None}}, "en"))["read.section.c2pa"]
    assert unchecked[-1].text == "no: these are claims, nothing of them was checked"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("abcdefghijkl", ["abcdefgh", "ijkl"]),
        ("灯塔灯塔灯塔", ["灯塔灯塔", "灯塔"]),
        ("a\n\nb", ["a", "", "b"]),
    ],
)
def test_wrapping(text: str, lines: list[str]) -> None:
    assert out.wrapped(text, 8) == lines
