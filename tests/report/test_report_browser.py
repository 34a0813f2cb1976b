"""A browser opens the page: nothing in it runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from report_builders import meta, previews, sitting
from report_hostile import HOSTILE, hostile_book

from provenance.report import html as page
from provenance.report.gather import gather


def _browser() -> str:
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("NO BROWSER: Chromium is not installed, so nobody looked whether hostile text can run in report.html")
    return found


def _dom(file: Path, home: Path) -> str:
    """The page's document after the browser has loaded it."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", f"--user-data-dir={home}", "--dump-dom"]
    done = subprocess.run([_browser(), *options, file.as_uri()], capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.slow
def test_nothing_executes_in_a_browser(tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text("<title>safe</title>" + HOSTILE[0], encoding="utf-8")
    assert "<title>PWNED</title>" in _dom(control, tmp_path / "home")  # this browser runs scripts: silence below means something
    book, pictures = hostile_book(HOSTILE)
    file = tmp_path / "report.html"
    file.write_bytes(page.render(gather(book.records, pictures, meta(book, title="safe")), {}))
    assert "<title>safe</title>" in _dom(file, tmp_path / "home")


@pytest.mark.slow
def test_the_policy_alone_stops_a_script_that_slipped_through(tmp_path: Path) -> None:
    book, pictures = sitting()
    raw = page.render(gather(book.records, pictures, meta(book, title="safe")), previews()).decode()
    file = tmp_path / "report.html"
    file.write_text(raw.replace("</h1>", "</h1>" + "".join(HOSTILE[:5]), 1), encoding="utf-8")
    dom = _dom(file, tmp_path / "home")
    assert "<title>safe</title>" in dom and "onerror" in dom
