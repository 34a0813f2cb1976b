"""docs/ledger-format.md says what the code does: every kind, every field, every code, and its example to the byte."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from pathlib import Path

import pytest

from provenance import facts
from provenance.facts import Fact
from provenance.ledger import chain, merkle
from provenance.seal.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "ledger-format.md").read_text(encoding="utf-8")
ROWS = {row[0].strip("`"): row for row in (
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| `[a-z.]+/[0-9]+` \|", line)
)}
FILE_SEALED = TEXT.split("Sealed fields of the three kinds of file entry: ")[1].split("\n\n")[0]


def _fields(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z0-9_]+)`†?", cell))


@pytest.mark.parametrize("fact", facts.KINDS.values(), ids=list(facts.KINDS))
def test_every_kind_is_described(fact: type[Fact]) -> None:
    _, told_class, opened, hidden = ROWS[fact.KIND]
    if "as `file.captured/1`" in opened:
        opened = ROWS["file.captured/1"][2] + opened.replace("`file.captured/1`", "")
    if hidden == "see below":
        hidden = FILE_SEALED
    fields = dataclasses.fields(fact)
    assert told_class == fact.CLASS
    assert _fields(opened) == {f.name for f in fields if not f.metadata.get("sealed")}
    assert _fields(hidden) == {f.name for f in fields if f.metadata.get("sealed")}
    assert set(re.findall(r"`([a-z0-9_]+)`†", hidden)) == {f.name for f in fields if f.metadata.get("claimed")}


def test_no_kind_is_described_that_is_not_there() -> None:
    assert set(ROWS) == set(facts.KINDS)


def test_a_fact_s_fields_have_names_that_an_entry_may_have() -> None:
    for fact in facts.KINDS.values():
        names = {f.name for f in dataclasses.fields(fact)}
        assert not names & {"class", "clock"}, fact.KIND
        assert all(chain.well_formed_name(name) for name in names)


def test_every_code_is_described() -> None:
    told = set(re.findall(r"^\| ([LH][0-9]{3}) \|", TEXT, re.M))
    rooms = [ROOT / "provenance" / "ledger", ROOT / "provenance" / "bundle"]
    code = "".join(path.read_text(encoding="utf-8") for room in rooms for path in room.glob("*.py"))
    used = set(re.findall(r'"(L[0-9]{3})"', code))
    assert told == used | {f"H00{n}" for n in range(1, 8)}


def _example(name: str) -> str:
    """The example's lines under a name, put together again."""
    found = re.search(rf"^    {re.escape(name)} +(.*(?:\n {{15,}}.*)*)", TEXT.split("## 9.")[1], re.M)
    assert found is not None, name
    return "".join(line.strip() for line in found[1].splitlines())


def test_the_example_is_right_to_the_byte() -> None:
    values = _example("salt, name, value")
    assert hashlib.sha256(values.encode()).hexdigest() == _example("digest")
    first, second = (chain.parse(_example(f"entry {n}").encode()) for n in (0, 1))
    chain.check_link(None, first)
    chain.check_link(first, second)
    assert (first.leaf.hex(), second.leaf.hex()) == (_example("leaf 0"), _example("leaf 1"))
    assert first.sealed["text"] == _example("digest") == chain.sealed_digest("00112233445566778899aabbccddeeff", "text", "灯 on the left")
    root = merkle.root([first.leaf, second.leaf])
    assert root.hex() == _example("root of 2")
    assert Snapshot("prov.local/example", 2, root).text().replace("\n", "") == _example("snapshot")
    assert base64.b64encode(root).decode() in TEXT
