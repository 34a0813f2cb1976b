"""Other programs' marks, from small databases and files made here: what each version keeps is read, nothing is written or locked."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.imagefiles import png

from provenance.capture import marks
from provenance.capture.marks import foreign
from provenance.capture.marks.mark import Mark, meaning
from provenance.config import Rule
from provenance.errors import BadInput

IMAGES = "CREATE TABLE images (image_name TEXT PRIMARY KEY, metadata TEXT"
BOARDS = (
    "CREATE TABLE boards (board_id TEXT PRIMARY KEY, board_name TEXT NOT NULL)",
    "CREATE TABLE board_images (board_id TEXT NOT NULL, image_name TEXT NOT NULL, created_at DATETIME)",
    "INSERT INTO boards VALUES ('b1', '灯塔')",
    "INSERT INTO board_images VALUES ('b1', 'a.png', '2026-11-20 10:00:00.000')",
)


def database(path: Path, *statements: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)
    return path


def read(path: Path, only: str = "") -> list[Mark]:
    return [mark for source, place in marks.found(str(path), only) for mark in source.marks(place)]


def brief(found: Iterable[Mark]) -> list[tuple[str, str, str, str]]:
    return [(Path(mark.path).name, mark.observed, mark.value, mark.place) for mark in found]


@pytest.mark.parametrize("version", ["old", "starred", "subfolder"])
def test_invokeai_of_three_ages(tmp_path: Path, version: str) -> None:
    columns = {"old": "", "starred": ", starred BOOLEAN, deleted_at DATETIME", "subfolder": ", starred BOOLEAN, image_subfolder TEXT"}
    rows = {
        "old": ["INSERT INTO images VALUES ('a.png', '{}')", "INSERT INTO images VALUES ('b.png', '{}')"],
        "starred": ["INSERT INTO images VALUES ('a.png', '{}', TRUE, NULL)", "INSERT INTO images VALUES ('b.png', '{}', TRUE, '2026')"],
        "subfolder": ["INSERT INTO images VALUES ('a.png', '{}', TRUE, 'x/y')", "INSERT INTO images VALUES ('../b.png', '{}', 1, '')"],
    }[version]
    database(tmp_path / "databases" / "invokeai.db", f"{IMAGES}{columns[version]})", *rows, *(() if version == "subfolder" else BOARDS))
    found = read(tmp_path)
    wanted = [] if version == "old" else [("a.png", "starred", "", "")]
    if version != "subfolder":
        wanted.append(("a.png", "on board", "", "灯塔"))
    assert [row for row in brief(found) if row[0] != ".."] == wanted
    if version == "subfolder":
        assert found[0].path == str(tmp_path / "outputs" / "images" / "x" / "y" / "a.png")
        assert ".." not in found[0].path and not any("b.png" in mark.path for mark in found)
    else:
        assert found[-1].at == "2026-11-20 10:00:00.000"


def test_image_browsing_tells_a_persons_tags_from_its_own(tmp_path: Path) -> None:
    path = database(
        tmp_path / "iib.db",
        "CREATE TABLE image (id INTEGER PRIMARY KEY, path TEXT UNIQUE, exif TEXT, size INTEGER, date TEXT)",
        "CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT, score INTEGER, type TEXT, count INTEGER)",
        "CREATE TABLE image_tag (image_id INTEGER, tag_id INTEGER)",
        "INSERT INTO image VALUES (1, '/out/a.png', '', 1, '')",
        "INSERT INTO tag VALUES (1, 'like', 0, 'custom', 1)", "INSERT INTO tag VALUES (2, 'sdxl', 0, 'Model', 1)",
        "INSERT INTO image_tag VALUES (1, 1)", "INSERT INTO image_tag VALUES (1, 2)",
    )  # fmt: skip
    assert read(path) == [Mark("/out/a.png", "tagged", "Infinite Image Browsing", place="like")]


@pytest.mark.parametrize("how", ["closed", "open in WAL", "a WAL that a crash left", "a journal that a crash left"])
def test_a_database_is_read_without_a_trace(tmp_path: Path, how: str) -> None:
    home = tmp_path / "app"
    path = database(home / "invokeai.db", f"{IMAGES}, starred BOOLEAN)", "INSERT INTO images VALUES ('a.png', '', 1)")
    writer = None
    if how != "closed":
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute(f"PRAGMA journal_mode = {'DELETE' if 'journal' in how else 'WAL'}")
        writer.execute("INSERT INTO images VALUES ('b.png', '', 1)")
    if "crash" in how:
        assert writer is not None
        if "journal" in how:
            writer.execute("PRAGMA cache_size = 1")
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE images SET starred = 0, metadata = zeroblob(90000)")
        copies = {file.name: file.read_bytes() for file in home.iterdir() if not file.name.endswith("-shm")}
        writer.close()
        for file in list(home.iterdir()):
            file.unlink()
        for name, data in copies.items():
            (home / name).write_bytes(data)
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in home.iterdir()}
    names = {Path(mark.path).name for mark in read(home / "invokeai.db")}
    assert names == ({"a.png"} if how == "closed" else {"a.png", "b.png"})
    after = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in home.iterdir()}
    if how == "open in WAL":  # its owner's shared index holds the marks of readers
        before, after = ({name: one for name, one in found.items() if not name.endswith("-shm")} for found in (before, after))
    assert after == before
    if writer is not None and "crash" not in how:
        writer.execute("INSERT INTO images VALUES ('c.png', '', 1)")  # nothing is locked
        writer.close()


@pytest.mark.parametrize("harm", ["noise", "empty", "a view", "half"])
def test_what_is_no_such_database_is_told_in_one_line_or_holds_nothing(tmp_path: Path, harm: str) -> None:
    path = database(tmp_path / "invokeai.db", f"{IMAGES}, starred BOOLEAN)", "INSERT INTO images VALUES ('a.png', zeroblob(20000), 1)")
    raw = path.read_bytes()
    if harm == "a view":
        path.unlink()
        loop = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS image_name, 1 AS starred FROM c"
        database(path, f"CREATE VIEW images AS {loop}")
    else:
        path.write_bytes({"noise": os.urandom(5000), "empty": b"", "half": raw[: len(raw) // 2]}[harm])
    try:
        assert read(path) == []
    except BadInput as error:
        assert error.key == "marks.no-database"


def test_a_query_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "STEPS", 3)
    path = database(tmp_path / "x.db", "CREATE TABLE t (x)")
    loop = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    with pytest.raises(BadInput):
        foreign.read(str(path), lambda db: db.execute(loop).fetchall())


@pytest.mark.parametrize("header", ["usual", "more columns", "none"])
def test_the_save_buttons_log(tmp_path: Path, header: str) -> None:
    names = ["prompt", "seed", "width", "height", "sampler", "cfgs", "steps", "filename", "negative_prompt"]
    names = ["sd_model_name", *names] if header == "more columns" else names
    log = tmp_path / "log" / "images" / "log.csv"
    log.parent.mkdir(parents=True)
    with log.open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        if header != "none":
            writer.writerow(names)
        for name in ("a.png", "day/b.png", "../../etc/passwd", ""):
            writer.writerow([name if key == "filename" else 'a "cat",\nby the sea' if key == "prompt" else "1" for key in names])
        writer.writerow(["x" * 200_000] * len(names))
        writer.writerow(["c.png" if key == "filename" else "1" for key in names])
    found = read(tmp_path)
    assert [os.path.relpath(mark.path, log.parent) for mark in found] == ["a.png", os.path.join("day", "b.png"), "c.png"]  # noqa: PTH118
    assert {mark.observed for mark in found} == {"saved by button"}


def test_swarmui_eagle_and_nothing(tmp_path: Path) -> None:
    star = tmp_path / "out" / "local" / "Starred" / "raw" / "a.png"
    star.parent.mkdir(parents=True)
    star.write_bytes(png())
    (star.parent / "a.swarmpreview.jpg").touch()
    assert brief(read(tmp_path / "out")) == [("a.png", "starred", "", "")]
    for number, item in enumerate(
        ({"name": "b", "ext": "png", "star": 4, "tags": ["keep", 7], "isDeleted": True}, {"name": "../c", "ext": "png", "star": 4}, [])
    ):
        folder = tmp_path / "My.library" / "images" / f"K{number}.info"
        folder.mkdir(parents=True)
        (folder / "metadata.json").write_text(json.dumps(item))
    assert brief(read(tmp_path / "My.library")) == [
        ("b.png", "rated", "4", ""), ("b.png", "in the bin", "", ""), ("b.png", "tagged", "", "keep"),
    ]  # fmt: skip
    assert marks.found(str(tmp_path / "nowhere")) == []


def test_xmp_in_the_file_and_beside_it(tmp_path: Path) -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" {attributes}>'
        "<digiKam:TagsList><rdf:Seq><rdf:li>keep/sea</rdf:li><rdf:li>two</rdf:li></rdf:Seq></digiKam:TagsList>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "a.xmp").write_text(packet.format(attributes='xmp:Rating="5" xmp:Label="Green" digiKam:PickLabel="3"'))
    (tmp_path / "b.png").write_bytes(png({"XML:com.adobe.xmp": packet.format(attributes='xmp:Rating="-1"')}, seed=2))
    (tmp_path / "c.png").write_bytes(png(seed=3))
    (tmp_path / "c.xmp").write_text("<x:xmpmeta broken")
    found = brief(read(tmp_path))
    assert [row for row in found if row[0] == "a.png"] == [
        ("a.png", "rated", "5", ""), ("a.png", "labelled", "", "Green"), ("a.png", "labelled", "pick accepted", ""),
        ("a.png", "tagged", "", "keep/sea"), ("a.png", "tagged", "", "two"),
    ]  # fmt: skip
    assert ("b.png", "rated", "-1", "") in found and not any(row[0] == "c.png" for row in found)


def test_what_is_seen_and_what_it_means_are_two_things() -> None:
    rules = (
        Rule("nothing", observed="starred", folder="*/tests/*"), Rule("chosen", observed="rated", value="5"),
        Rule("kept", folder="*/keepers/*"), Rule("rejected", observed="tagged", value="bad*"),
    )  # fmt: skip
    assert meaning(rules, "rated", "/a.png", value="5").means == "chosen"
    assert meaning(rules, "rated", "/a.png", value="4") == meaning((), "rated", "/a.png", value="4")
    assert not meaning((), "rated", "/x", value="4").means
    assert meaning(rules, "moved to folder", "/x/keepers/a.png").rule == "prov.toml 3"
    assert not meaning(rules, "vanished", "/x/keepers/a.png").means, "a folder alone says what comes in, not what leaves"
    assert meaning(rules, "tagged", "/a.png", place="bad hands").means == "rejected"
    assert meaning(rules, "starred", "/x/tests/a.png").means == "" and meaning(rules, "starred", "/a.png").rule == "built-in"
    assert meaning((), "rated", "/a.png", value="-1").means == "rejected"
