"""An expert's other tools: Go's own golang.org/x/mod/sumdb opens our notes with our keys, and checks our proofs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support import anchors, bundles, fixedauthority

GO = shutil.which("go")
SOURCES = Path(os.environ.get("PROV_GOCODE", "/usr/share/gocode"))
"""A GOPATH that holds golang.org/x/mod; where Debian's golang-golang-x-mod-dev puts it."""

PROGRAM = Path(__file__).resolve().parents[1] / "support" / "expert.go"


@pytest.fixture(scope="module")
def expert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built without a network from the packaged sources."""
    if GO is None or not (SOURCES / "src/golang.org/x/mod/sumdb/note").is_dir():
        pytest.skip("LOUD: NO Go with x/mod (Debian: golang-go golang-golang-x-mod-dev): Go's own tools did NOT open notes and proofs")
    folder = tmp_path_factory.mktemp("go")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GO")}
    environment = {**kept, "GO111MODULE": "off", "GOPATH": str(SOURCES), "GOCACHE": str(folder / "cache"), "CGO_ENABLED": "0"}
    shutil.copy(PROGRAM, folder / "expert.go")
    command = [GO, "build", "-o", str(folder / "expert"), str(folder / "expert.go")]
    subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, timeout=180)
    return folder / "expert"


def said(expert: Path, bundle: Path) -> tuple[int, list[str]]:
    done = subprocess.run([str(expert), str(bundle)], capture_output=True, text=True, timeout=60, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_go_opens_the_head_and_finds_every_entry_in_it(expert: Path, world: bundles.World, tmp_path: Path) -> None:
    bundle = bundles.write_folder(tmp_path / "b", world.files())
    count = len(list((bundle / "data" / "entries").iterdir()))
    shown = [int(path.stem) for path in sorted((bundle / "data" / "entries").iterdir())]
    assert said(expert, bundle) == (0, [f"head {bundles.ORIGIN} {len(world.raws)}", *(f"entry {seq}" for seq in shown)]) and count > 5


@pytest.mark.skipif(shutil.which("openssl") is None, reason="LOUD: NO openssl: the consistency of stamped heads was NOT checked with Go")
def test_go_finds_stamped_heads_at_the_beginning_of_the_ledger(expert: Path, tmp_path: Path) -> None:
    made = anchors.make(tmp_path / "w", fixedauthority.make(tmp_path / "a", 1))
    files = made.files()
    code, lines = said(expert, bundles.write_folder(tmp_path / "b", files))
    heads = [line for line in lines if line.startswith(("consistent", "same"))]
    assert code == 0 and len(heads) == len(made.sizes)
    name = next(name for name in files if name.endswith(".consistency") and files[name])
    files[name] = (b"B" if files[name][:1] == b"A" else b"A") + files[name][1:]
    code, lines = said(expert, bundles.write_folder(tmp_path / "c", files))
    assert code == 1 and lines[-1].startswith("WRONG consistency")


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        ("data/entries/00000002.json", lambda data: data + b" ", "WRONG entry 00000002"),
        ("proof/00000002.tlog-proof", lambda data: data.replace(b"index 2", b"index 3"), "WRONG entry 00000002"),
        ("proof/checkpoint.txt", lambda data: data.replace(b"\n8\n", b"\n9\n"), "WRONG note"),
        ("proof/signer.vkey", lambda data: data.replace(b"b0b", b"b0c"), "WRONG key"),
    ],
)
def test_go_refuses_what_we_refuse(expert: Path, world: bundles.World, tmp_path: Path, name: str, change, what: str) -> None:
    files = world.files()
    changed = change(files[name])
    assert changed != files[name]
    code, lines = said(expert, bundles.write_folder(tmp_path / "b", files | {name: changed}))
    assert code == 1 and lines[-1].startswith(what)
