"""A headless Chromium, driven through a pipe by the Chrome DevTools Protocol: one browser for many questions."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FIREFOX = next((path for name in ("firefox", "firefox-esr") if (path := shutil.which(name))), None)
PATIENCE = 20.0
"""Seconds until a browser that says nothing counts as hung."""


@dataclass
class Page:
    """One page of a running browser. errors: what it wrote to its console as an error, and uncaught exceptions."""

    to: int
    back: int
    session: str = ""
    number: int = 0
    buffer: bytes = b""
    errors: list[str] = field(default_factory=list)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command and wait for its answer."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while (told := self._next()).get("id") != self.number:
            self._note(told)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        return told["result"]

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is awaited."""
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(json.dumps(told["exceptionDetails"])[:2000])
        return told["result"].get("value")

    def files(self, selector: str, paths: Sequence[Path]) -> None:
        """Put files, or one folder, into a file input as a person would with its dialog, which forgets what was chosen before."""
        self.run(f"document.querySelector('{selector}').value = ''")
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            if not select.select([self.back], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser says nothing")
            got = os.read(self.back, 1 << 20)
            if not got:
                raise EOFError("the browser ended")
            self.buffer += got
        one, _, self.buffer = self.buffer.partition(b"\0")
        told: dict[str, Any] = json.loads(one)
        return told

    def _note(self, told: dict[str, Any]) -> None:
        params = told.get("params", {})
        if told.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params)[:2000])
        if told.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])


@contextlib.contextmanager
def opened(url: str, home: Path, *options: str) -> Iterator[Page]:
    """A browser with this page open, its profile in `home`."""
    assert CHROMIUM is not None
    (theirs_in, to), (back, theirs_out) = os.pipe(), os.pipe()
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (theirs_in, theirs_out)]  # 3 and 4 are where the browser looks for them
    for fd in (theirs_in, theirs_out):
        os.close(fd)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={home}", *options, "about:blank"]
    shell = f'exec "$@" 3<&{moved[0]} 4>&{moved[1]}'
    process = subprocess.Popen(
        ["bash", "-c", shell, "bash", CHROMIUM, *flags], pass_fds=moved, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for fd in moved:
        os.close(fd)
    try:
        page = Page(to, back)
        target = page.ask("Target.createTarget", url="about:blank")["targetId"]
        page.session = page.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            page.ask(f"{domain}.enable")
        page.ask("Page.navigate", url=url)
        page.run("new Promise(good => document.readyState === 'complete' ? good() : addEventListener('load', good))")
        yield page
    finally:
        process.terminate()
        process.wait(PATIENCE)
        os.close(to)
        os.close(back)
