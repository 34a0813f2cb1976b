"""Papers as one HTML page: whole, closed to the outside, each picture once, the same bytes again."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.paper_hostile import TEXTS
from support.paper_sample import HASH, images, paper

from provenance import words
from provenance.paper import html
from provenance.paper.blocks import VERBATIM, Figure, Figures, Heading, Image, Paper, Para, Run, run

TESTS = Path(__file__).parents[1]
VOID = {"meta", "input", "br", "col", "image", "use"}
SCRIPT = '</style><script>document.title="PWNED"</script><img src=x onerror="document.title=1">'


class Reader(HTMLParser):
    """The text of a page, and whether its elements are closed in order."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode("utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    @property
    def whole(self) -> str:
        return "".join(self.text)


def both() -> bytes:
    return html.page((paper("zh"), paper("en")), images())


def test_two_languages_stand_in_one_page() -> None:
    page = Reader(both())
    articles = [attrs for tag, attrs in page.tags if tag == "article"]
    assert [one["lang"] for one in articles] == ["zh-CN", "en"]
    assert [attrs.get("id") for tag, attrs in page.tags if tag == "input"] == ["show-zh", "show-en"]
    assert "中文" in page.whole and "English" in page.whole and "Printing prints the language chosen here." in page.whole
    assert "已观察" in page.whole and "observed" in page.whole and "#12–15, #20 · E003" in page.whole
    assert f"withheld {HASH[:8]}…" in page.whole and "signed by hand" in page.whole
    assert len([tag for tag, _ in Reader(html.page((paper("en"),), {})).tags if tag == "input"]) == 0


def test_every_link_has_its_place_and_every_place_is_one() -> None:
    page = Reader(both())
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] or "" for tag, attrs in page.tags if tag in ("a", "use") and "href" in attrs]
    assert links and all(link[1:] in ids for link in links)
    loose = Paper(
        "en",
        "t",
        (Para((Run("there", link="nowhere"),)), Heading("a", 2, "twice"), Heading("b", 2, "twice"), Para((Run("x", link="twice"),))),
    )
    assert all("href" not in attrs for _, attrs in Reader(html.page((loose,), {})).tags)


def test_each_picture_is_held_once_and_only_pictures_are() -> None:
    given = {**images(), "svg": Image("image/svg+xml", b"<svg onload='alert(1)'/>")}
    more = Paper("en", "t", (Figures((Figure("one"), Figure("one"), Figure("svg"), Figure(""))),), labels={"none": "nothing here"})
    page = html.page((paper("en"), more), given)
    for key, image in images().items():
        assert page.count(base64.b64encode(image.data)) == 1, key
    assert b"onload" not in page and b"svg+xml" not in page
    assert Reader(page).whole.count("nothing here") == 2
    assert [attrs["aria-label"] for _, attrs in Reader(page).tags if attrs.get("class") == "pic"].count("the chosen picture") > 1


def test_the_policy_allows_the_style_and_nothing_else() -> None:
    page = both().decode()
    style = re.search("<style>(.*?)</style>", page, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;; img-src data:;" in page
    assert "style=" not in page.replace(style[1], "") and "<script" not in page and "http://" not in page and "https://" not in page


def test_hostile_texts_are_whole_and_inert() -> None:
    made = html.page((Paper("en", TEXTS[11], tuple(Para(run(text, VERBATIM)) for text in TEXTS), footer=TEXTS[1]),), {})
    page = Reader(made)
    for text in TEXTS:
        assert words.visible(text, keep_newlines=True) in page.whole.replace("\r\n", "\n"), ascii(text[:80])
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "object"}
    assert not [char for char in page.whole if char in "\u202e\u2066\x00\x1b"]


def test_long_texts_are_folded_but_whole() -> None:
    page = Reader(html.page((Paper("en", "t", (Para(run("word " * 400, VERBATIM)),)),), {}))
    assert [tag for tag, _ in page.tags].count("details") == 1 and "word " * 400 in page.whole


def test_the_same_papers_are_the_same_bytes(tmp_path: Path) -> None:
    source = (
        "import hashlib; from support.paper_sample import images, paper; from provenance.paper import html\n"
        "print(hashlib.sha256(html.page((paper('zh'), paper('en')), images())).hexdigest())"
    )
    environ = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LANG": "C", "PROV_LANG": "zh"}
    done = subprocess.run([sys.executable, "-c", source], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == hashlib.sha256(both()).hexdigest()


@pytest.mark.slow
def test_nothing_executes_in_a_browser(tmp_path: Path) -> None:
    browser = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if browser is None:
        pytest.skip("NO BROWSER: Chromium is not installed, so nobody looked whether hostile text can run in the report")
    (tmp_path / "control.html").write_text(f"<title>safe</title>{SCRIPT}", encoding="utf-8")
    hostile = Paper(
        "en", "safe", (Heading(SCRIPT), *(Para(run(text, VERBATIM)) for text in (SCRIPT, *TEXTS[:60]))), labels={"contents": SCRIPT}
    )
    (tmp_path / "report.html").write_bytes(html.page((hostile,), {"x": Image("image/png", b"", SCRIPT)}))
    slipped = html.page((paper("en", "safe"),), {}).decode().replace("</h1>", f"</h1>{SCRIPT}", 1)  # the policy alone
    (tmp_path / "slipped.html").write_text(slipped.replace("<title>Record of how a picture was made", "<title>safe"), encoding="utf-8")
    titles = {}
    for file in tmp_path.glob("*.html"):
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=2000",
            f"--user-data-dir={tmp_path / 'home'}",
            "--dump-dom",
        ]
        done = subprocess.run([browser, *options, file.as_uri()], capture_output=True, check=True, timeout=100)
        found = re.search("<title>(.*?)</title>", done.stdout.decode("utf-8", "replace"))
        titles[file.stem] = found[1] if found else ""
    assert titles["control"] != "safe"  # this browser runs scripts: the others being silent means something
    assert titles["report"] == titles["slipped"] == "safe"
