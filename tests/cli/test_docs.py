"""The pages say what the commands do, and every message there is a word for, in both languages."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from support.prov import ROOT

from provenance import words
from provenance.cli.table import COMMANDS, GROUPS

MESSAGES = ROOT / "provenance" / "data" / "messages"
CODE = [path for path in (ROOT / "provenance").rglob("*.py") if "standalone" not in path.parts]
CALL = re.compile(
    r"""\b(?:say|BadInput|Incomplete|Unavailable|Busy|Damaged|Unreadable|Changed|Vanished|help_of|step|Check)\(\s*(?:(?:GOOD|WARN|BAD)(?:\s+if[^,]+)?,\s*)?"""
    r'''"([a-z][a-z0-9_]*(?:[.-][a-z0-9_-]+)+)"'''
)


def messages() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted(MESSAGES.glob("*.json")):
        found.update(json.loads(path.read_text(encoding="utf-8")))
    return found


@pytest.mark.slow
def test_the_pages_are_what_the_commands_say() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "gen_docs.py"), "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_message_used_in_code_has_words() -> None:
    used = {(key, path.name) for path in CODE for key in CALL.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 150, "the search finds nothing: it is the search that is broken"
    # the say of a report, a forum paper and a chapter puts its own word before the keys
    own = ("report", "forms", "paper")
    assert sorted(item for item in used if not any(words.known(key) for key in (item[0], *(f"{one}.{item[0]}" for one in own)))) == []


def test_every_message_has_both_languages_with_the_same_places() -> None:
    for key, said in messages().items():
        assert set(said) == set(words.LANGUAGES), key
        places = [{name for _, name, _, _ in string.Formatter().parse(said[lang]) if name} for lang in words.LANGUAGES]
        assert places[0] == places[1], key
        assert all(said[lang] and ("\n" not in said[lang] or key.endswith(".template")) for lang in words.LANGUAGES), key
        if re.search("[a-z]{4,} [a-z]{4,} [a-z]{4,}", said["en"]):
            assert re.search("[\u4e00-\u9fff]", said["zh"]), f"{key} is not in Chinese"


def test_no_key_stands_in_two_files() -> None:
    seen: dict[str, str] = {}
    for path in sorted(MESSAGES.glob("*.json")):
        for key in json.loads(path.read_text(encoding="utf-8")):
            assert key not in seen, (key, path.name, seen.get(key))
            seen[key] = path.name


def test_every_command_is_in_the_overview_and_in_the_page() -> None:
    from provenance.cli.overview import overview

    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert sorted(name for _, names in GROUPS for name in names) == sorted(COMMANDS)
    for lang in words.LANGUAGES:
        for name in COMMANDS:
            assert re.search(rf"^\s+(prov )?{name}\b", overview(lang), re.M) and f"## prov {name}\n" in page
            assert words.say(f"cli.{name}", lang) != f"cli.{name}"


def test_the_readme_names_files_that_are_there() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_no_page_names_this_machine() -> None:
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *CODE):
        assert str(Path.home()) + "/" not in path.read_text(encoding="utf-8") or str(Path.home()) == "/", path
