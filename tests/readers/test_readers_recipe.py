"""Adding a generator is one new file and its name in READERS: CONTRIBUTING.md says so, and this is the proof."""

from __future__ import annotations

import ast
import functools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reader_builders import ROOT
from support.imagefiles import png

from provenance.readers import LABELS, READERS
from provenance.readers.reading import About, Labeller, Reader

PACKAGE = ROOT / "provenance"
SHARED = {"a1111", "comfyui", "aigc", "dreamina"}
"""Readers that are also building blocks: others hand them the part of a file that is theirs."""

PAPERMAKER = '''"""Papermaker: one JSON object under `paper`."""

from __future__ import annotations

from provenance.readers.jsontext import loads
from provenance.readers.reading import About, Reading, Texts
from provenance.readers.texts import by_key

NAME = "Papermaker"
KEYS = frozenset({"paper"})
ABOUT = About("PNG tEXt `paper`", "prompt and seed", "nothing", "Papermaker 1.0", "own files")


def claims(texts: Texts) -> bool:
    return (by_key(texts, "paper") or "").startswith('{"papermaker"')


def read(texts: Texts, file_name: str = "") -> Reading:
    found = loads(by_key(texts, "paper") or "")["papermaker"]
    return Reading(generator=NAME, prompts=(found["words"],), seeds=(found["seed"],))
'''


def name_of(module: Reader | Labeller) -> str:
    return module.__name__.rpartition(".")[2]  # type: ignore[union-attr]


@functools.cache
def imported(path: Path) -> set[str]:
    """Modules of the readers' room that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("provenance.readers"):
            found |= {alias.name for alias in node.names} | {(node.module or "").rpartition(".")[2]}
    return found


@pytest.mark.parametrize("module", [item for item in (*READERS, *LABELS) if name_of(item) not in SHARED], ids=name_of)
def test_nothing_but_the_list_names_a_reader(module: Reader | Labeller) -> None:
    name = name_of(module)
    own = {PACKAGE / "readers" / f"{name}.py", PACKAGE / "readers" / "__init__.py", *(PACKAGE / "readers" / name).glob("*.py")}
    others = [path for path in PACKAGE.rglob("*.py") if path not in own and "standalone" not in path.parts]
    assert len(others) > 150
    assert [str(path.relative_to(PACKAGE)) for path in others if name in imported(path)] == []


def test_every_reader_has_an_honest_line() -> None:
    for module in (*READERS, *LABELS):
        assert isinstance(module.ABOUT, About) and module.KEYS and all(key == key.lower() for key in module.KEYS)
        assert all((module.ABOUT.where, module.ABOUT.reads, module.ABOUT.leaves, module.ABOUT.source)), module.NAME
        assert re.search(r"\b(real|own) files", module.ABOUT.tried) or module.ABOUT.tried == "real and own files", module.NAME


@pytest.mark.slow
def test_one_file_and_one_name_are_enough(tmp_path: Path) -> None:
    """In a copy of the package: `prov read` knows the new generator, and the page of readers lists it."""
    shutil.copytree(PACKAGE, tmp_path / "provenance", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "gen_readers.py", tmp_path / "scripts")
    (tmp_path / "provenance" / "readers" / "papermaker.py").write_text(PAPERMAKER, encoding="utf-8")
    table = tmp_path / "provenance" / "readers" / "__init__.py"
    text = table.read_text(encoding="utf-8")
    line = "READERS: tuple[Reader, ...] = ("
    assert text.count(line) == 1
    imports = "from provenance.readers import ("
    text = text.replace(line, f"{line}papermaker, ").replace(imports, f"{imports}papermaker, ", 1)
    table.write_text(text, encoding="utf-8")
    (tmp_path / "sheet.png").write_bytes(png([("tEXt", "paper", '{"papermaker": {"words": "a paper boat", "seed": 7.0}}')]))
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "provenance", "read", "--json", "sheet.png"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["generator"], found["prompts"], found["seeds"]) == ("Papermaker", ["a paper boat"], ["7.0"])
    code = "import sys; sys.path.insert(0, 'scripts'); from gen_readers import page; print(page())"
    page = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "| Papermaker | x |" in page.stdout and "### Papermaker" in page.stdout, page.stderr
