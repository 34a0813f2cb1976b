"""The short report as a PDF: what a lawyer reads first stands on the first page, and its length stays that of a report."""

from __future__ import annotations

import io
import re
import shutil
import subprocess

import paper_builders as p
import pikepdf
import pytest
from report_builders import Book, meta, picture

from provenance import facts, words
from provenance.fonts.roles import Roles, roles
from provenance.paper import pdf
from provenance.report.dossier import Dossier
from provenance.report.gather import gather

MOST = 13
"""Pages of a language, for a work in which every chapter has something to say; ten are aimed at."""


@pytest.fixture(scope="module")
def fonts() -> Roles:
    found = roles()
    if found.han is None:
        pytest.skip("NO FONT FOR CHINESE on this machine: nobody counted the pages of the Chinese report")
    return found


def pages(d: Dossier, lang: str, forum: str, fonts: Roles) -> tuple[int, str]:
    """How many pages there are, and the text of the first without its blanks."""
    made = pdf.render([p.made(d, lang, forum)], {}, fonts).data
    if shutil.which("pdftotext") is None:
        pytest.skip("NO pdftotext (poppler-utils): nobody read the first page")
    told = subprocess.run(["pdftotext", "-raw", "-l", "1", "-", "-"], input=made, capture_output=True, check=True, timeout=60).stdout
    with pikepdf.open(io.BytesIO(made)) as opened:
        return len(opened.pages), re.sub(r"\s", "", told.decode("utf-8"))


@pytest.mark.parametrize(("lang", "forum"), [("zh", "cn"), ("en", "us")])
def test_the_first_page_ends_with_what_is_not_proved_and_the_whole_is_short(lang: str, forum: str, fonts: Roles) -> None:
    count, first = pages(p.work(), lang, forum, fonts)
    assert count <= MOST
    for key in ("cover.what", "cover.who", "cover.how", "cover.shows", "cover.third", "cover.not", "limits.short"):
        assert re.sub(r"\s", "", words.say(f"paper.{key}", lang)) in first, key
    assert p.SECRETS["name"].replace(" ", "") in first


def test_an_empty_record_and_many_runs_are_reports_too(fonts: Roles) -> None:
    count, first = pages(p.empty(), "en", "general", fonts)
    assert count <= 7 and re.sub(r"\s", "", words.say("paper.limits.short", "en")) in first
    book = Book()
    pictures = [picture(book, f"chosen-{n}", seeds=(str(n),), prompts=(f"a cat {n // 3}",)) for n in range(150)]
    for one in pictures[::5]:
        book.write(facts.DecisionMade(decision="rejected", pictures=(one.sha256,), why="the ears"))
    assert pages(gather(book.records, pictures, meta(book)), "en", "us", fonts)[0] <= MOST
