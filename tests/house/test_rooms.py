"""Who may import whom. This test IS the import table of docs/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "provenance"
GROUND = ("errors", "canon", "clock", "words", "facts", "config", "data")

DOORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(GROUND, GROUND),
    "carriers": ("errors", "carriers"),
    "prompts": ("prompts",),
    "readers": ("errors", "prompts", "readers"),
    "pixels": ("errors", "canon", "pixels"),
    "terms": ("errors", "data", "terms"),
    "law": ("errors", "data", "words", "law"),
    "projects": ("errors", "canon", "carriers", "pixels", "projects"),
    "ledger": (*GROUND, "ledger"),
    "seal": ("errors", "canon", "clock", "seal"),
    "capture": (*GROUND, "prompts", "carriers", "readers", "ledger", "capture"),
    "views": (*GROUND, "terms", "ledger", "views"),
    "fonts": ("errors", "data", "fonts"),
    "paper": ("errors", "canon", "data", "words", "fonts", "paper"),
    "report": (*GROUND, "law", "terms", "prompts", "views", "ledger", "paper", "report"),
    "exhibits": (*GROUND, "ledger", "views", "report", "exhibits"),
    "review": (*GROUND, "law", "prompts", "terms", "views", "review"),
    "bundle": (*GROUND, "ledger", "seal", "views", "fonts", "paper", "report", "annex", "exhibits", "bundle"),
    "annex": (*GROUND, "views", "annex"),
    "film": (*GROUND, "fonts", "ledger", "views", "pixels", "report", "film"),
}
NARROW: dict[str, tuple[str, ...]] = {
    "bundle/verify.py": ("errors", "canon", "ledger.chain", "ledger.merkle", "seal.ed25519", "seal.note", "seal.snapshot", "bundle"),
}
THIRD_PARTY: dict[str, tuple[str, ...]] = {
    "canon": ("rfc8785",),
    "config": ("platformdirs", "tomli_w"),
    "ledger": ("sqlalchemy", "alembic", "zstandard", "numpy"),
    "seal": ("asn1crypto", "cryptography", "keyring", "rfc3161_client"),
    "capture": ("inotify_simple", "watchdog", "yaml", "PIL", "cryptography", "c2pa"),
    "views": ("sqlalchemy",),
    "report": ("jinja2", "markupsafe"),
    "fonts": ("PIL",),
    "paper": ("docx", "jinja2", "markupsafe", "typst"),
    "exhibits": (),
    "review": (),
    "bundle": ("cryptography",),
    "annex": (),
    "film": ("PIL", "imageio_ffmpeg"),
    "carriers": ("PIL",),
    "pixels": ("PIL", "numpy", "cv2"),
    "projects": ("PIL", "numpy"),
    "readers": (),
    "prompts": (),
    "terms": (),
    "law": (),
    "errors": (),
    "clock": (),
    "words": (),
    "facts": (),
    "data": (),
}
PURE = (
    "ledger/chain.py",
    "ledger/merkle.py",
    "ledger/tiles.py",
    "capture/settle.py",
    "seal/note.py",
    "seal/snapshot.py",
    "seal/cosign.py",
    "seal/witnessing.py",
    "seal/succession.py",
    "seal/person.py",
    "seal/certificates.py",
    "seal/recovery.py",
    "seal/ots.py",
    "seal/blocks.py",
    "bundle/first.py",
    "bundle/leak.py",
    "bundle/grams.py",
    "bundle/needles.py",
    "bundle/withhold.py",
    "facts/*.py",
    "readers/**/*.py",
    "prompts/*.py",
    "views/folds/*.py",
    "report/gather.py",
    "report/agreed.py",
    "terms/*.py",
    "law/*.py",
    "report/difference.py",
    "projects/compare.py",
    "report/steps/*.py",
    "views/runs.py",
    "bundle/bag.py",
    "annex/*.py",
    "film/scene.py",
    "film/screen.py",
    "film/cards.py",
    "film/plan.py",
    "film/sampling.py",
    "film/letters.py",
    "fonts/cmap.py",
    "paper/blocks.py",
    "paper/places.py",
    "report/chapters/*.py",
    "report/course/*.py",
    "report/shown.py",
    "report/translations.py",
    "report/contribution.py",
    "report/held/*.py",
    "report/said_held.py",
    "report/tell.py",
    "report/forms/*.py",
    "exhibits/*.py",
    "review/*.py",
    "capture/binding.py",
    "errors.py",
)
IMPURE_MODULES = {"os", "time", "random", "pathlib", "sqlite3", "sqlalchemy", "socket", "subprocess", "shutil", "tempfile", "secrets"}


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "standalone" not in p.parts)


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports(path: Path) -> set[str]:
    """Every dotted name a file imports, at the top or inside a function; type-checking blocks count too."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


ROOMS = sorted({room(path) for path in modules()})
in_each_room = pytest.mark.parametrize("here", ROOMS)  # one case a room: a thousand cases cost more than what they look at


def files(here: str) -> list[Path]:
    return [path for path in modules() if room(path) == here]


@in_each_room
def test_a_door_is_opened_only_as_listed(here: str) -> None:
    for path in files(here):
        allowed = NARROW.get(str(path.relative_to(PACKAGE)), DOORS.get(here))
        for name in (name for name in imports(path) if name.startswith("provenance")):
            target = name.removeprefix("provenance").lstrip(".")
            if allowed is None or target in ("", "__version__"):  # daemon and cli may open any door
                continue
            assert any(target == door or target.startswith(door + ".") for door in allowed), f"{path.name} of {here} opens {target}"


@in_each_room
def test_third_parties_come_only_where_they_are_listed(here: str) -> None:
    allowed = THIRD_PARTY.get(here)
    for path in files(here) if allowed is not None else ():
        for top in {name.split(".")[0] for name in imports(path)}:
            if top not in sys.stdlib_module_names and top != "provenance":
                assert top in (allowed or ()), f"{path.relative_to(PACKAGE)} imports {top}"


@pytest.mark.parametrize("pattern", PURE)
def test_pure_files_touch_nothing_outside(pattern: str) -> None:
    found = sorted(PACKAGE.glob(pattern))
    assert found, f"no file matches {pattern}: the table is out of date"
    for path in found:
        tree = parsed(path)
        used = {name.split(".")[0] for name in imports(path)}
        assert not used & IMPURE_MODULES, f"{path.name} imports {used & IMPURE_MODULES}"
        calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        assert not calls & {"open", "print", "input"}, f"{path.name} calls {calls & {'open', 'print', 'input'}}"


@in_each_room
def test_one_clock_and_no_global(here: str) -> None:
    for path in files(here):
        assert not any(isinstance(node, ast.Global) for node in ast.walk(parsed(path))), path.name
        asked = [n.attr for n in ast.walk(parsed(path)) if isinstance(n, ast.Attribute) and n.attr in ("now", "utcnow", "today")]
        assert not asked or path.name == "clock.py", f"{path.name} asks the time itself"


def test_the_rooms_on_disk_are_the_rooms_of_the_table() -> None:
    on_disk = {room(p) for p in modules()} - {"__init__", "__main__", "cli", "daemon"}
    assert on_disk == set(DOORS)


def test_the_verifier_needs_nothing_heavy() -> None:
    blocked = ["sqlalchemy", "PIL", "watchdog", "click", "inotify_simple", "zstandard", "jinja2", "alembic"]
    code = f"import sys\nfor n in {blocked}: sys.modules[n] = None\nimport provenance.bundle.verify"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


@in_each_room
def test_files_stay_small(here: str) -> None:
    for path in files(here):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 400, f"{path.relative_to(PACKAGE)} has {lines} lines: is it two rooms?"


def test_every_message_has_both_languages() -> None:
    import json
    import string

    for file in sorted((PACKAGE / "data" / "messages").glob("*.json")):
        for key, entry in json.loads(file.read_text(encoding="utf-8")).items():
            assert set(entry) == {"en", "zh"}, f"{file.name}: {key}"
            fields = [{f for _, f, _, _ in string.Formatter().parse(entry[lang]) if f} for lang in ("en", "zh")]
            assert fields[0] == fields[1], f"{file.name}: {key} has other placeholders in zh"
