"""docs/threats.md names for each attack the test that shows it, or the sentence of the report that says nothing can. Both must exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from provenance import words

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Each attack and the test that shows it")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| ")][1:]
TEST = re.compile(r"`([a-z]+/test_\w+\.py)::(test_\w+)`")
LIMIT = re.compile(r"`(limit\.\d\d)`")


def test_there_is_a_table() -> None:
    assert len(ROWS) >= 28 and all(len(row) == 3 for row in ROWS), ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_each_attack_is_shown_or_its_limit_is_said(row: list[str]) -> None:
    _, shown, limit = row
    tests, limits = TEST.findall(shown), LIMIT.findall(limit)
    assert tests or limits, "neither detected nor said"
    assert bool(shown) == bool(tests) and bool(limit) == bool(limits), "a cell that names nothing"
    for file, name in tests:
        tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{file} has no {name}"
    for key in limits:
        assert all(words.say(f"report.{key}", lang) for lang in words.LANGUAGES) and words.known(f"report.{key}")


def test_every_limit_of_the_report_belongs_to_an_attack_or_to_the_law() -> None:
    """A limit that no attack needs may be there for another reason: 01 says what this is, 10 that no law is applied."""
    said = {key for row in ROWS for key in LIMIT.findall(row[2])}
    there = {f"limit.{number:02}" for number in range(1, 100) if words.known(f"report.limit.{number:02}")}
    assert said <= there and there - said == {"limit.01", "limit.10"}
