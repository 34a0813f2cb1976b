"""A good bundle: both verifiers, Python 3.8, and the tools of everybody."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support import bundles, verifiers

from provenance.bundle import archive, texts
from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust
from provenance.errors import BadInput, Damaged


@pytest.fixture
def zipped(world: bundles.World, tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    with path.open("wb") as out:
        archive.write_zip(out, world.bundle().files)
    return path


@pytest.fixture
def unpacked(world: bundles.World, tmp_path: Path) -> Path:
    return bundles.write_folder(tmp_path / "bundle", world.files())


def test_both_forms_are_good_for_both_verifiers(zipped: Path, unpacked: Path) -> None:
    for path in (zipped, unpacked):
        assert verifiers.both(path) == ("INTEGRITY ONLY", {"T001"})
        assert verifiers.program(path) == (0, "INTEGRITY ONLY", {"T001": 1})


def test_the_verdict_tells_steps_withheld_fields_and_counts(zipped: Path) -> None:
    verdict = examine(zipped)
    assert [step.number for step in verdict.steps] == list(range(1, 12)) and all(step.ok for step in verdict.steps)
    assert verdict.withheld == bundles.WITHHELD
    assert verdict.counts["entries"] == 7 and verdict.counts["pictures"] == 1


def test_the_same_content_gives_the_same_bytes(world: bundles.World) -> None:
    one, two = io.BytesIO(), io.BytesIO()
    archive.write_zip(one, world.bundle().files)
    archive.write_zip(two, world.bundle().files)
    assert one.getvalue() == two.getvalue()


def test_other_zip_programs_read_it(zipped: Path, world: bundles.World) -> None:
    with zipfile.ZipFile(zipped) as other:
        assert other.testzip() is None
        assert {name.partition("/")[2]: other.read(name) for name in other.namelist()} == world.files()
        assert other.namelist()[0].endswith("/report.html")


def test_withheld_values_are_nowhere(world: bundles.World) -> None:
    everything = b"".join(world.files().values())
    assert b"/home/a" not in everything and b"studio-seven" not in everything
    assert "一只猫".encode() in everything


def test_it_runs_from_inside_the_folder_and_speaks_both_languages(unpacked: Path) -> None:
    done = subprocess.run([sys.executable, "-B", "verify.py"], cwd=unpacked, capture_output=True, timeout=60, check=False)
    said = done.stdout.decode()
    assert done.returncode == 0, said
    assert "INTEGRITY ONLY  仅证明完整性" in said and "11 ok" in said and "does not prove who holds the key" in said


def test_old_python_suffices(zipped: Path, unpacked: Path) -> None:
    found = sorted((Path.home() / ".pyenv" / "versions").glob("3.8.*/bin/python")) + [Path(p) for p in [shutil.which("python3.8")] if p]
    working = [p for p in found if subprocess.run([p, "--version"], capture_output=True, check=False).returncode == 0]
    if not working:
        pytest.skip("LOUD: no Python 3.8 on this machine: that verify.py runs on it was NOT checked")
    for path in (zipped, unpacked):
        assert verifiers.program(path, python=str(working[0])) == (0, "INTEGRITY ONLY", {"T001": 1})


def commands() -> list[str]:
    """Those for every bundle; the ones about time and witnesses are run in test_bundle_anchors.py and test_bundle_witnesses.py."""
    found = re.findall(r"^\s+\$ (.+)$", texts.instructions().decode(), re.M)
    return [command for command in found if "anchor-" not in command and "WITNESS" not in command and "witnessed-" not in command]


def test_every_command_of_the_instructions_works(world: bundles.World, unpacked: Path) -> None:
    if not all(map(shutil.which, ("openssl", "sha256sum", "bash", "cmp"))):
        pytest.skip("LOUD: openssl, sha256sum, bash or cmp is missing: the commands of VERIFY.txt were NOT run")
    told = {}
    assert len(commands()) == 24
    for command in commands():
        done = subprocess.run(["bash", "-c", command], cwd=unpacked, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        told[command.split()[0] + command[-12:]] = done.stdout
    leaf = next(out for command, out in told.items() if command.startswith("(printf")).split()[0]
    assert leaf == json.loads(world.raws[1])["prev"]
    assert world.signer.fingerprint in "".join(told.values())


def test_a_key_may_be_demanded(zipped: Path, world: bundles.World) -> None:
    assert verifiers.both(zipped, world.signer.fingerprint)[0] == "INTEGRITY ONLY"
    assert verifiers.both(zipped, "0" * 64) == ("FAILED", {"K004", "T001"})
    assert verifiers.program(zipped, "--key", "0" * 64)[0] == 1
    assert examine(zipped, Trust(world.signer.fingerprint)).exit_code == 0


def test_what_a_file_manager_leaves_is_noted_and_does_not_fail(unpacked: Path) -> None:
    (unpacked / "data" / ".DS_Store").write_bytes(b"x")
    assert verifiers.both(unpacked) == ("INTEGRITY ONLY", {"B007", "T001"})


def test_a_changed_original_is_noticed_while_writing(world: bundles.World) -> None:
    import dataclasses

    false = dataclasses.replace(world.content.blobs[0], opener=bundles.once(bundles.WORKFLOW.replace(b"3", b"4")))
    content = dataclasses.replace(world.content, blobs=(false, *world.content.blobs[1:]))
    with pytest.raises(Damaged, match=r"bundle\.changed"):
        archive.write_zip(io.BytesIO(), bundles.assemble(content, world.signer.sign).files)


@pytest.mark.parametrize(
    "change", [{"withheld": ("prompts",)}, {"entries": ()}, {"pictures": (bundles.Picture("0" * 64, "hero", "image/png", ()),)}]
)
def test_content_that_contradicts_itself_is_refused(world: bundles.World, change: dict[str, object]) -> None:
    import dataclasses

    with pytest.raises(BadInput, match=r"bundle\.content"):
        bundles.assemble(dataclasses.replace(world.content, **change), world.signer.sign)


def test_nothing_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"bundle\.unreadable"):
        examine(tmp_path / "nothing.zip")
    assert examine(tmp_path).exit_code == 2


def test_the_verifier_needs_none_of_the_recorders_libraries(zipped: Path) -> None:
    blocked = ("sqlalchemy", "alembic", "PIL", "watchdog", "click", "jinja2", "zstandard", "rich", "yaml", "sqlite3")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r})); from pathlib import Path; "
        "from provenance.bundle.examine import examine; print(examine(Path(sys.argv[1])).word)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(zipped)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "INTEGRITY ONLY\n", done.stderr


def test_the_stand_alone_program_imports_the_standard_library_only() -> None:
    import ast

    for path in verifiers.PARTS:
        tree = ast.parse(path.read_text(), feature_version=(3, 8))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in imported} <= {*sys.stdlib_module_names, "verify_forms", "verify_time"}
        assert len(path.read_text().splitlines()) < 600, "an expert must be able to read it"
