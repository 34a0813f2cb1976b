"""A headless Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) over a WebSocket (RFC 6455) of our own."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from support.browser import FIREFOX, PATIENCE

PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
"""No word to anybody, and no page but ours."""

START = 60.0
"""Seconds that a first start on a busy machine may take."""


@dataclass
class Wire:
    """The client's end of a WebSocket: text messages only."""

    end: socket.socket
    buffer: bytes = b""

    @classmethod
    def to(cls, port: int, path: str) -> Wire:
        """Open one on loopback."""
        wire = cls(socket.create_connection(("127.0.0.1", port), PATIENCE))
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {"Host": f"127.0.0.1:{port}", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**fields, "Sec-WebSocket-Key": key}.items()), "", ""]
        wire.end.sendall("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in wire.buffer:
            wire.more()
        answer, _, wire.buffer = wire.buffer.partition(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        return wire

    def more(self) -> None:
        got = self.end.recv(1 << 20)
        if not got:
            raise EOFError("the browser ended")
        self.buffer += got

    def exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def send(self, data: bytes, kind: int = 1) -> None:
        """A frame; what a client sends is masked (section 5.3)."""
        size, mask = len(data), os.urandom(4)
        long = struct.pack(">BH", 126 | 128, size) if size < 1 << 16 else struct.pack(">BQ", 127 | 128, size)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self.end.sendall(bytes([128 | kind]) + (bytes([128 | size]) if size < 126 else long) + mask + masked)

    def take(self) -> bytes:
        """The next whole message; pings are answered."""
        parts = b""
        while True:
            first, size = self.exactly(2)
            if size > 125:
                (size,) = struct.unpack(*((">H", self.exactly(2)) if size == 126 else (">Q", self.exactly(8))))
            data = self.exactly(size)
            if first & 15 == 9:
                self.send(data, 10)
            elif first & 15 == 8:
                raise EOFError("the browser closed the connection")
            elif first & 15 in (0, 1):
                parts += data
                if first & 128:
                    return parts


@dataclass
class Page:
    """One page of a running browser, as support.browser's. errors: what it wrote to its console as an error, and uncaught exceptions."""

    wire: Wire
    context: str = ""
    number: int = 0
    errors: list[str] = field(default_factory=list)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command and wait for its answer."""
        self.number += 1
        self.wire.send(json.dumps({"id": self.number, "method": method, "params": params}).encode())
        while (told := json.loads(self.wire.take())).get("id") != self.number:
            if told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
                self.errors.append(str(told["params"]["text"]))
        if told["type"] == "error":
            raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
        return told["result"]

    def _evaluate(self, script: str) -> Any:
        told = self.ask("script.evaluate", expression=script, target={"context": self.context}, awaitPromise=True)
        if told["type"] == "exception":
            raise RuntimeError(json.dumps(told["exceptionDetails"])[:2000])
        return told["result"]

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is awaited."""
        text = self._evaluate(f"Promise.resolve({script.strip().rstrip(';')}).then(value => JSON.stringify(value ?? null))")["value"]
        return json.loads(text)

    def files(self, selector: str, paths: Sequence[Path]) -> None:
        """Put files into a file input as a person would with its dialog, which forgets what was chosen before."""
        self.run(f"document.querySelector('{selector}').value = ''")
        node = self._evaluate(f"document.querySelector('{selector}')")["sharedId"]
        self.ask("input.setFiles", context=self.context, element={"sharedId": node}, files=[str(path) for path in paths])


def _port(process: subprocess.Popen[bytes], end: float) -> int:
    """Where it listens, as it says on its standard error."""
    said = b""
    assert process.stderr is not None
    while not (found := re.search(rb"BiDi listening on ws://127\.0\.0\.1:([0-9]+)", said)):
        if not select.select([process.stderr], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError(said.decode(errors="replace"))
        got = os.read(process.stderr.fileno(), 1 << 16)
        if not got:
            raise EOFError(said.decode(errors="replace"))
        said += got
    return int(found.group(1))


def _drain(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError), pipe:
        while pipe.read(1 << 16):
            pass


@contextlib.contextmanager
def opened(url: str, home: Path, *options: str) -> Iterator[Page]:
    """A browser with this page open, its profile in `home`."""
    assert FIREFOX is not None
    home.mkdir()
    (home / "user.js").write_text("".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()))
    flags = ["--headless", "--no-remote", "--profile", str(home), "--remote-debugging-port=0", *options, "about:blank"]
    environment = {**os.environ, "HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1"}
    with contextlib.ExitStack() as last:
        process = subprocess.Popen([FIREFOX, *flags], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        last.callback(_end, process)
        wire = Wire.to(_port(process, time.monotonic() + START), "/session")
        last.callback(wire.end.close)
        threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()  # a full pipe would stop the browser
        page = Page(wire)
        page.ask("session.new", capabilities={})
        page.ask("session.subscribe", events=["log.entryAdded"])
        page.context = page.ask("browsingContext.getTree")["contexts"][0]["context"]
        page.ask("browsingContext.navigate", context=page.context, url=url, wait="complete")
        yield page


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, and let the thread that reads what it says see the end."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
