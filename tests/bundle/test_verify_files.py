"""The stand-alone verifier's files: taken from its own folder alone, and what it says without one of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import anchors, authority, authors, bundles, heirs, signed, verifiers

BOOBY_TRAP = b"raise SystemExit('this came out of the bundle')\n"


def placed(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for path in verifiers.PARTS:
        if path.name in names:
            shutil.copy(path, folder / path.name)
    return folder / "verify.py"


def run(program: Path, *words: str, cwd: Path | None = None, isolated: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(("-I", "-S") if isolated else ()), str(program), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


def told(done: subprocess.CompletedProcess[str]) -> tuple[int, str, set[str]]:
    answer = json.loads(done.stdout)
    return done.returncode, answer["verdict"], {row["code"] for row in answer["findings"]}


@pytest.fixture(scope="module")
def anchored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A good anchored bundle, and the root that it leads to."""
    if shutil.which("openssl") is None:
        pytest.skip("LOUD: no openssl: a bundle with a time authority's word was NOT checked")
    base = tmp_path_factory.mktemp("anchored")
    made = anchors.make(base / "w", authority.make(base / "a"))
    return bundles.write_folder(base / "EVIDENCE-a", made.files()), made.tsa.root_pem


def test_without_third_parties_the_rest_is_checked_and_nothing_is_anchored(anchored: tuple[Path, Path], tmp_path: Path) -> None:
    bundle, root = anchored
    whole = placed(tmp_path / "whole", "verify.py", "verify_forms.py", "verify_time.py")
    assert told(run(whole, str(bundle), "--json", "--root", str(root))) == (0, "ANCHORED", set())
    part = placed(tmp_path / "part", "verify.py", "verify_forms.py")
    assert told(run(part, str(bundle), "--json", "--root", str(root))) == (0, "INTEGRITY ONLY", {"T001", "T010"})
    said = run(part, str(bundle), "--lang", "en").stdout
    assert "T010" in said and "verify_time.py is not beside" in said
    (path,) = (path for path in bundle.rglob("*.json") if path.name == "00000003.json" and path.parent.name == "entries")
    harmed = tmp_path / "harmed"
    shutil.copytree(bundle, harmed)
    (harmed / path.relative_to(bundle)).write_bytes(path.read_bytes() + b" ")
    assert told(run(part, str(harmed), "--json"))[:2] == (1, "FAILED")


def test_without_the_forms_it_stops_and_says_why(anchored: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(placed(tmp_path / "alone", "verify.py", "verify_time.py"), str(anchored[0]))
    assert done.returncode == 2 and "verify_forms.py" in done.stderr and not done.stdout


def test_an_author_whom_nobody_looked_at_is_no_good_verdict(tmp_path: Path) -> None:
    made = authors.mei()
    files = heirs.files(heirs.world(tmp_path / "w", [], signer=0, author=made), made)
    bundle = bundles.write_folder(tmp_path / "EVIDENCE-m", files)
    stated = heirs.world(tmp_path / "s", [], signer=0, says=signed.says())
    other = bundles.write_folder(tmp_path / "EVIDENCE-s", heirs.files(stated))
    whole = placed(tmp_path / "whole", "verify.py", "verify_forms.py", "verify_time.py", "verify_author.py")
    assert told(run(whole, str(bundle), "--json")) == (0, "INTEGRITY ONLY", {"A004", "T001"})
    assert told(run(whole, str(other), "--json")) == (0, "INTEGRITY ONLY", {"A012", "T001"})
    for name, codes in (("verify_time.py", {"T001"}), ("verify_author.py", {"T001", "T010"})):
        part = placed(tmp_path / f"only-{name}", "verify.py", "verify_forms.py", name)
        for one in (bundle, other):
            assert told(run(part, str(one), "--json")) == (3, "INCOMPLETE", codes)


@pytest.mark.parametrize("isolated", [True, False])
def test_nothing_is_run_out_of_the_bundle_that_is_checked(world: bundles.World, tmp_path: Path, isolated: bool) -> None:
    """Another verify_forms.py in the bundle, in the folder one stands in, and as a compiled copy: none is run, and none is written."""
    files = world.files()
    files |= dict.fromkeys(("verify_forms.py", "verify_time.py", "verify.py"), BOOBY_TRAP)
    bundles.rehash(files)
    bundles.resign(files, world.signer)
    bundle = bundles.write_folder(tmp_path / "EVIDENCE-trap", files)
    program = placed(tmp_path / "own", *(path.name for path in verifiers.PARTS))
    assert told(run(program, str(bundle), "--json", cwd=bundle, isolated=isolated)) == (0, "INTEGRITY ONLY", {"T001"})
    assert sorted(path.name for path in program.parent.iterdir()) == sorted(path.name for path in verifiers.PARTS)


def test_a_compiled_copy_is_not_run(world: bundles.World, tmp_path: Path) -> None:
    """Python would take it for the source where size and time fit; who reads the source would not see it."""
    import os
    import py_compile

    program = placed(tmp_path / "own", *(path.name for path in verifiers.PARTS))
    source = program.with_name("verify_forms.py")
    good, found = source.read_bytes(), source.stat()
    source.write_bytes(BOOBY_TRAP.ljust(len(good), b"#"))
    os.utime(source, ns=(found.st_atime_ns, found.st_mtime_ns))
    py_compile.compile(str(source), doraise=True)
    source.write_bytes(good)
    os.utime(source, ns=(found.st_atime_ns, found.st_mtime_ns))
    probe = subprocess.run([sys.executable, "-c", "import verify_forms"], cwd=program.parent, capture_output=True, text=True, check=False)
    assert "came out of the bundle" in probe.stderr, "the trap must work for a careless loader"
    path = tmp_path / "b.zip"
    path.write_bytes(bundles.zipped(world.files()))
    assert told(run(program, str(path), "--json")) == (0, "INTEGRITY ONLY", {"T001"})
