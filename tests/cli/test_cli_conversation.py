"""`prov add-conversation`: on record by its class, listed, chosen, in the bundle of its work, and left out where that is asked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from support.imagefiles import png
from support.prov import Near

TALK = "**User:** 我想画一只猫\n\n**豆包:** 好的，试试蓝色\n\n**User:** blue, and no light from the sky\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Near:
    folder = tmp_path_factory.mktemp("talk")
    prov = Near(folder / "home")
    (folder / "out").mkdir()
    prov.ok("init", str(folder / "out"))
    (folder / "out" / "cat.png").write_bytes(png([("tEXt", "parameters", "a cat\nSteps: 20, Sampler: Euler, Seed: 7")]))
    prov.ok("import", str(folder / "out"))
    (folder / "talk.md").write_text(TALK, encoding="utf-8")
    prov.ok("work", "new", "cat", str(folder / "out" / "cat.png"))
    prov.ok("add-conversation", str(folder / "talk.md"), "--work", "cat", "--about", str(folder / "out" / "cat.png"))
    return prov


def test_recorded_as_imported_with_turns_as_the_file_tells(desk: Near) -> None:
    (row,) = desk.lines("log", "--json", "--kind", "conversation.imported")
    assert row["class"] == "IMPORTED" and (row["open"]["count"], row["open"]["turns_of_people"]) == (3, 2)
    assert [turn["role"] for turn in row["sealed"]["turns"]] == ["user", "assistant", "user"]
    assert row["sealed"]["turns"][1] == {"role": "assistant", "text": "好的，试试蓝色", "by": "豆包"}
    blob = desk.home / "blobs" / row["open"]["kept"][:2]
    assert any(blob.iterdir())


def test_show_names_it_with_its_class(desk: Near) -> None:
    shown = desk.ok("show", str(desk.home.parent / "out" / "cat.png"))
    assert "IMPORTED" in shown and "3 turns" in shown


@pytest.mark.parametrize("withheld", [(), ("--withhold", "conversation")])
def test_in_the_bundle_of_its_work(desk: Near, tmp_path: Path, withheld: tuple[str, ...]) -> None:
    bundle = tmp_path / "cat.zip"
    desk.ok("export", "--no-pdf", "--no-film", "cat", "-o", str(bundle), *withheld)
    assert desk.run("verify", str(bundle)).returncode == 0
    with zipfile.ZipFile(bundle) as z:
        everything = b"\n".join(z.read(name) for name in z.namelist())
        page = next(z.read(name) for name in z.namelist() if name.endswith("exhibits/record.html")).decode("utf-8")
    assert ("blue, and no light from the sky" in page) is not bool(withheld)
    assert (TALK.encode() in everything) is not bool(withheld)
    assert ("蓝色".encode() in everything) is not bool(withheld)


def test_stated_by_the_person(desk: Near, tmp_path: Path) -> None:
    text = tmp_path / "song.txt"
    text.write_bytes("\u6211\uff1a\u6b4c\u8bcd".encode("gb18030"))
    (row,) = desk.lines("add-conversation", str(text), "--stated", "--tool", "MiniMax", "--title", "Song", "--json")
    assert (row["kind"], row["title"], row["turns"]) == ("conversation.stated/1", "Song", 1)
    entry = next(r for r in desk.lines("log", "--json") if r["seq"] == row["seq"])
    assert entry["class"] == "STATED" and entry["sealed"]["turns"][0]["text"] == "歌词" and entry["sealed"]["tool"] == "MiniMax"


def test_several_are_listed_and_chosen(desk: Near, tmp_path: Path) -> None:
    talks = [{"title": f"T{n}", "id": f"id{n}", "messages": [{"role": "user", "content": f"words {n}"}]} for n in range(3)]
    export = tmp_path / "conversations.json"
    export.write_text(json.dumps(talks), encoding="utf-8")
    refused = desk.run("add-conversation", str(export))
    assert refused.returncode == 2 and "3 conversations" in refused.stderr and "--only" in refused.stderr
    before = len(desk.lines("log", "--json"))
    assert [row["title"] for row in desk.lines("add-conversation", str(export), "--list", "--json")] == ["T0", "T1", "T2"]
    assert len(desk.lines("log", "--json")) == before
    made = desk.lines("add-conversation", str(export), "--only", "2", "--only", "id2", "--json")
    assert [row["title"] for row in made] == ["T1", "T2"]
    kept = [r["open"]["kept"] for r in desk.lines("log", "--json") if r["seq"] >= made[0]["seq"]]
    assert len(set(kept)) == 2, "each keeps its own part of the file, not the others'"
    assert desk.run("add-conversation", str(export), "--only", "T9").returncode == 2
    assert desk.run("add-conversation", str(export), "--all", "--only", "1").returncode == 2
    assert len(desk.lines("add-conversation", str(export), "--all", "--json")) == 3


@pytest.mark.parametrize(("data", "words"), [(b"\x89PNG\r\n\x1a\n\x00\x00", "no text"), (b"", "no words"), (b'{"a":1}', "known form")])
def test_what_is_no_conversation_is_refused_in_one_line(desk: Near, tmp_path: Path, data: bytes, words: str) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(data)
    refused = desk.run("add-conversation", str(bad))
    assert refused.returncode == 2 and words in refused.stderr and "Traceback" not in refused.stderr
    assert desk.run("add-conversation", str(tmp_path)).returncode == 2
