"""verify.html in a browser, asked as a person asks it: a zip or a folder in, what it shows out."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from support import browser, firefox

from provenance.bundle import page as source

SHOWN = """new Promise(good => {
  const told = () => document.body.dataset.turn === "TURN" && document.body.dataset.state === "done";
  const tell = () => good({
    word: document.getElementById("verdict").dataset.verdict,
    codes: [...document.querySelectorAll("#result [data-code]")].map(item => item.dataset.code),
    marks: [...document.querySelectorAll(".steps > li")].map(item => item.className),
    text: document.getElementById("result").innerText,
  });
  if (told()) tell();
  else new MutationObserver((_, watch) => { if (told()) { watch.disconnect(); tell(); } }).observe(document.body, {attributes: true});
})"""


@dataclass
class Verifier:
    """The page, open. turns: how often it has verified."""

    page: browser.Page | firefox.Page
    turns: int = 0

    def put(self, selector: str, *paths: Path) -> dict[str, Any]:
        """What it shows after these were put into that input."""
        self.turns += 1
        self.page.files(selector, paths)
        told: dict[str, Any] = self.page.run(SHOWN.replace("TURN", str(self.turns)))
        return told

    def check(self, path: Path) -> tuple[str, Counter[str]]:
        """Verdict and codes, as support.verifiers has them."""
        told = self.put("#folder" if path.is_dir() else "#zip", path)
        return told["word"], Counter(told["codes"])

    def trust(self, *roots: Path) -> None:
        """Hand over roots of time authorities; a bundle that is there is checked again."""
        again = self.turns > 0
        count = self.page.run("state.roots.length")
        if again:
            self.put("#roots", *roots)
            return
        self.page.files("#roots", roots)
        there = f"state.roots.length >= {count + len(roots)}"
        self.page.run(f"new Promise(good => {{ const wait = () => {there} ? good() : setTimeout(wait, 5); wait(); }})")

    def witnesses(self, *vkeys: str) -> None:
        """Paste verifier keys of witnesses; a bundle that is there is checked again before this returns."""
        pasted = "\n".join(vkeys)
        busy = self.turns > 0
        self.turns += busy
        again = f'state.turn >= {self.turns} && document.body.dataset.state === "done"'
        done = again if busy else f"state.witnesses.length === {len(vkeys)}"
        script = f"(() => {{ const box = document.getElementById('witnesses'); box.value = {json.dumps(pasted)};"
        self.page.run(script + " box.dispatchEvent(new Event('change')); })()")
        self.page.run(f"new Promise(good => {{ const wait = () => {done} ? good() : setTimeout(wait, 5); wait(); }})")


@contextlib.contextmanager
def opened(folder: Path, *options: str, roots: Sequence[Path] = (), by: ModuleType = browser) -> Iterator[Verifier]:
    """The page in a browser of its own, from a file. by: support.browser or support.firefox."""
    file = folder / "verify.html"
    file.write_bytes(source.page())
    with by.opened(file.as_uri(), folder / "home", *options) as page:
        made = Verifier(page)
        if roots:
            made.trust(*roots)
        yield made
