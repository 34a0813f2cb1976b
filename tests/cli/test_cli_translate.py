"""A person's translations: a table out, the filled-in one back in, and into the bundle's entries."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from support.imagefiles import png
from support.prov import Near

PROMPT = "=HYPERLINK(1), a crystal cat, 1girl\nsecond line"


@pytest.fixture
def near(tmp_path: Path) -> Near:
    out = tmp_path / "out"
    out.mkdir()
    for n, prompt in enumerate((PROMPT, "水晶猫吊坠，柔光", PROMPT)):
        (out / f"{n}.png").write_bytes(png({"parameters": f"{prompt}\nNegative prompt: blurry\nSteps: 20, Seed: {n}"}, seed=n))
    near = Near(tmp_path / "home")
    near.ok("init", str(out))
    near.ok("import", str(out))
    near.ok("work", "new", "cat", *(str(path) for path in sorted(out.iterdir())))
    return near


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def fill(path: Path, said: dict[str, str], codec: str = "utf-8-sig", delimiter: str = ",") -> None:
    """What a person does in a spreadsheet: fill the last column, save it as their system does."""
    found = rows(path)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(row | {"translation": next((text for key, text in said.items() if key in row["original"]), "")} for row in found)
    path.write_bytes(out.getvalue().encode(codec))


@pytest.mark.parametrize(("codec", "delimiter"), [("utf-8-sig", ","), ("gb18030", ";"), ("utf-16", "\t")])
def test_a_table_goes_out_and_comes_back(near: Near, tmp_path: Path, codec: str, delimiter: str) -> None:
    table = tmp_path / "table.csv"
    near.ok("translate", "cat", "--to", "zh", "-o", str(table))
    found = rows(table)
    assert [row["original"][:1] for row in found] == ["'", "b"] and not any("水晶猫" in row["original"] for row in found), "each once"
    fill(table, {"crystal": "=水晶猫，一女孩", "blurry": "模糊"}, codec, delimiter)
    (done,) = near.lines("translate", "cat", "--from", str(table), "--by", "王译", "--json")
    assert len(done["entries"]) == 2 and done["unknown"] == 0
    said = {row["text"][:6]: (row["translation"], row["by"]) for row in near.lines("translate", "cat", "--json")}
    assert said == {PROMPT[:6]: ("=水晶猫，一女孩", "王译"), "blurry": ("模糊", "王译")}
    (again,) = near.lines("translate", "cat", "--from", str(table), "--by", "王译", "--json")
    assert again["entries"] == [], "the same words are not written twice"
    assert "王译" in near.ok("translate", "cat")


def test_a_filled_table_is_never_written_over_and_other_rows_are_told(near: Near, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    near.ok("translate", "cat", "-o", str(table))
    fill(table, {"blurry": "模糊"})
    before = table.read_bytes()
    assert near.run("translate", "cat", "-o", str(table)).returncode == 2 and table.read_bytes() == before
    table.write_text("id,translation\n" + "0" * 64 + ",x\n", encoding="utf-8")
    (done,) = near.lines("translate", "cat", "--from", str(table), "--by", "Mei", "--json")
    assert done["entries"] == [] and done["unknown"] == 1
    assert near.run("translate", "cat", "--from", str(table)).returncode == 2, "without a translator nothing is recorded"
