"""Which names are passed over."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.capture.names import names
from provenance.config import IGNORED, IGNORED_FOLDERS


@pytest.mark.parametrize(
    "name", ["a.tmp", "a.png~", "b_exiftool_tmp", "#4711", ".hidden", "x.swarmpreview.jpg", "Thumbs.db", "图.part", "\udcff.tmp"],
)
def test_working_files_of_tools_are_passed_over(name: str) -> None:
    assert names(IGNORED, IGNORED_FOLDERS).skips_file(name)


@pytest.mark.parametrize("name", ["a.png", "a.tmp.png", "tmp", "图.png", "\udcff.png", "a#1.png", "~a.png"])
def test_pictures_are_not(name: str) -> None:
    assert not names(IGNORED, IGNORED_FOLDERS).skips_file(name)


def test_folders_have_patterns_of_their_own() -> None:
    chosen = names(IGNORED, IGNORED_FOLDERS)
    assert chosen.skips_folder("thumbnails") and chosen.skips_folder(".git") and not chosen.skips_folder("a.tmp")


def test_no_patterns_pass_over_nothing() -> None:
    assert not names((), ()).skips_file(".x") and not names((), ()).skips_file("")


@settings(deadline=None)
@given(st.lists(st.text("ab.*?[]!#", max_size=5), max_size=5), st.text("ab.#*", max_size=6))
def test_the_quick_way_says_what_fnmatch_says(patterns: list[str], name: str) -> None:
    assert bool(names(patterns, ()).skips_file(name)) == any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
