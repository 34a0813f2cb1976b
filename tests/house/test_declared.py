"""What is imported is declared: a library that lies here by chance is not there on a fresh machine."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = {"PIL": "pillow", "cv2": "opencv-python-headless", "yaml": "pyyaml", "c2pa": "c2pa-python", "docx": "python-docx"}
"""Where a library's name is not its distribution's."""


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower().replace("_", "-") for line in lines}


def third_parties(folder: str) -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "standalone" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in (whole.split(".")[0] for whole in names):
                if name not in sys.stdlib_module_names and name != "provenance":
                    found[DISTRIBUTIONS.get(name, name).lower().replace("_", "-")] = path.name
    return found


def test_every_library_that_the_product_imports_is_declared() -> None:
    undeclared = {name: where for name, where in third_parties("provenance").items() if name not in declared("c2pa", "film")}
    assert not undeclared


@pytest.mark.parametrize("name", sorted(declared("c2pa", "film")))
def test_every_declared_library_has_its_reason_and_a_lower_bound(name: str) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").lower().replace("_", "-")
    assert re.search(rf'"{re.escape(name)}>=\d', text)
    reasons = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8").lower().replace("_", "-")
    assert re.search(rf"\b{re.escape(name)}\b", reasons)


def test_no_data_file_says_one_thing_twice() -> None:
    """The second of two equal keys silently wins, and a page then bears a word that is another field's."""

    def twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        assert len(set(names)) == len(names), (path, [name for name in set(names) if names.count(name) > 1])
        return dict(pairs)

    for path in sorted((ROOT / "provenance" / "data").rglob("*.json")):
        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=twice)
