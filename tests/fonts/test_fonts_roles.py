"""Which fonts of a machine a paper is set with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provenance.fonts import find
from provenance.fonts.roles import Roles, roles


@pytest.fixture
def latin() -> Path:
    found = roles().latin
    if found is None:
        pytest.skip("NO LATIN FONT on this machine: nobody looked how fonts are found")
    return Path(found.regular.path)


def machine(folder: Path) -> Roles:
    """What is found on a Windows machine of which only this folder exists."""
    return roles({"WINDIR": str(folder)}, "win32")


def test_the_first_of_each_role_is_taken_and_bold_is_its_own_face(tmp_path: Path, latin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "PACKAGES", ())
    fonts = tmp_path / "Fonts"
    fonts.mkdir()
    assert machine(tmp_path) == Roles()
    shutil.copy(latin, fonts / "arial.ttf")
    (fonts / "arialbd.ttf").write_bytes(b"no font")
    (fonts / "msyh.ttc").write_bytes(b"ttcf no font either")
    shutil.copy(latin, fonts / "simhei.ttf")  # a name alone makes no font for Chinese
    found = machine(tmp_path)
    assert found.latin is not None and found.latin.bold is None and found.han is None
    shutil.copy(latin, fonts / "arialbd.ttf")
    found = machine(tmp_path)
    assert found.latin is not None and found.latin.bold is not None and Path(found.latin.bold.path).name == "arialbd.ttf"
    shutil.copy(latin, fonts / "segoeui.ttf")
    found = machine(tmp_path)
    assert found.latin is not None and Path(found.latin.regular.path).name == "segoeui.ttf" and len(found.faces) == 1


def test_a_package_of_fonts_is_found_without_being_run(tmp_path: Path, latin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_fonts_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('it was run')", encoding="utf-8")
    shutil.copy(latin, package / "arial.ttf")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(find, "PACKAGES", ("some_fonts_package", "a_package_that_is_not_there"))
    found = machine(tmp_path / "nothing")
    assert found.latin is not None and Path(found.latin.regular.path).parent == package


def test_a_folder_full_of_files_does_not_hide_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MOST_FILES", 3)
    full, own = tmp_path / "full", tmp_path / "own"
    for folder, names in ((full, ("a", "b", "c", "x.ttf")), (own, ("x.ttf",))):
        folder.mkdir()
        for name in names:
            (folder / name).touch()
    assert find.scan([full, own], frozenset({"x.ttf"})) == {"x.ttf": own / "x.ttf"}
    assert find.scan([full], frozenset({"x.ttf"})) == {}


def test_advances_are_those_of_the_font(latin: Path) -> None:
    one = find.face(str(latin))
    assert one is not None
    wide = find.widths(one)
    assert wide["i"] < wide["n"] < wide["W"] <= 1.2 and wide["0"] == wide["9"]
