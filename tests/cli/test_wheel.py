"""The wheel, installed where nothing of the checkout can be imported: the demo runs, and the migrations are inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from support.prov import ROOT


def built(folder: Path) -> Path:
    """The wheel of this checkout; built in the environment that runs the tests if it has hatchling, else as pip does."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    try:
        import hatchling  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        pass
    else:
        command.insert(-1, "--no-build-isolation")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "--no-build-isolation" not in command:
        pytest.skip(f"LOUD: no wheel could be built here, it was NOT checked: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.slow
def test_the_wheel_alone_plays_the_demo(tmp_path: Path) -> None:
    wheel = built(tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"provenance/migrations/env.py", "provenance/bundle/standalone/verify.py", "provenance/data/messages/cli.json"} <= names
    assert {"provenance/bundle/standalone/verify_forms.py", "provenance/bundle/standalone/verify_time.py"} <= names
    assert {"provenance/bundle/standalone/verify_author.py", "provenance/bundle/standalone/verify_witness.py"} <= names
    assert {"provenance/bundle/standalone/check.js", "provenance/data/bundle/page.json"} <= names
    assert any(name.startswith("provenance/migrations/versions/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "scripts/")) or name.endswith((".pyc", ".pem", ".db"))]
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    place = Path(
        subprocess.run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    borrow(place)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("PROV_", "PYTHON"))} | {
        "PROV_LANG": "en",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    where = subprocess.run(
        [str(python), "-c", "import provenance; print(provenance.__file__)"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert where.startswith(str(place)), "the checkout must not be what is run"
    (tmp_path / "demo").mkdir()
    done = subprocess.run(
        [str(python), "-m", "provenance", "demo", "--folder", str(tmp_path / "demo")],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "") and "INTEGRITY ONLY" in done.stdout
    entry = next(place.glob("creative_provenance-*.dist-info")) / "entry_points.txt"
    assert "prov = provenance.cli:main" in entry.read_text()


def borrow(place: Path) -> None:
    """The libraries of the environment that runs the tests, by links and not by its .pth files: those may lead to the checkout."""
    for there in {sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]}:
        for item in Path(there).iterdir():
            ours = item.name.lower().startswith(("creative_provenance", "_creative_provenance", "__editable__", "provenance"))
            if not ours and item.suffix != ".pth" and not (place / item.name).exists():
                (place / item.name).symlink_to(item)
