"""The helper process that decodes pictures: `python -m provenance.daemon.pixel_work HOME NICE`. Requests on standard input, answers on
standard output.

It runs at the lowest priority, with bounded memory where the system can, and only its death is what a hostile picture can reach.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from provenance import config
from provenance.daemon.describing import described, drawn, load
from provenance.daemon.finder import Finder
from provenance.daemon.project_work import taken_apart
from provenance.daemon.references import References
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs

MOST_MESSAGE = 64 * 1024 * 1024
MOST_MEMORY = 6 * 1024**3
_IOPRIO = {"x86_64": 251, "aarch64": 30}  # the numbers of Linux' ioprio_set


def send(pipe: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    """One message: length of the head, length of the body (4 bytes each, big endian), JSON, bytes."""
    raw = json.dumps(head, ensure_ascii=True).encode("ascii")
    pipe.write(struct.pack(">II", len(raw), len(body)) + raw + body)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message, None at the end. Raises ValueError for what is none."""
    lengths = pipe.read(8)
    if len(lengths) < 8:
        return None
    head, body = struct.unpack(">II", lengths)
    if head > MOST_MESSAGE or body > MOST_MESSAGE:
        raise ValueError("message")
    raw, rest = pipe.read(head), pipe.read(body)
    if len(raw) < head or len(rest) < body:
        return None
    found = json.loads(raw)
    if not isinstance(found, dict):
        raise ValueError("message")
    return found, rest


class Work:
    """Answers requests about pictures of one home."""

    def __init__(self, home: config.Home) -> None:
        self._home = home
        self._finder: Finder | None = None
        self._references: References | None = None

    def answer(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """One request: `describe`, `project`, `map`, `outline`, `references`, `alike`, `sync`, `find`."""
        if asked["do"] == "describe":
            return self._describe(asked)
        if asked["do"] == "project":
            path = os.fsdecode(base64.b64decode(asked["path"]))
            return taken_apart(Blobs(self._home.blobs), asked["of"], path, asked.get("was", ""))
        if asked["do"] in ("map", "outline"):
            return self._laid(asked)
        if asked["do"] == "references":
            return {"taken": self._of(asked).add(asked["add"])}, b""
        if asked["do"] == "alike":
            preview = Blobs(self._home.blobs).get(asked["preview"], MOST_MESSAGE)
            return {"found": self._of(asked).find(preview, (asked["width"], asked["height"]), asked["known"])}, b""
        finder = self._found()
        if asked["do"] == "sync":
            return {"taken": finder.sync()}, b""
        return {"found": finder.find(asked["of"], asked["was"])}, b""

    def _describe(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        data = load(Blobs(self._home.blobs), asked["of"], os.fsdecode(base64.b64decode(asked["path"])))
        if data is None:
            return {"gone": True}, b""
        try:
            told, preview = described(data)
            measured = drawn(data, os.fsdecode(base64.b64decode(asked["path"])))
        except ProvError as error:
            return {"why": "too large" if error.key == "pixels.too-large" else "not decoded"}, b""
        return {"told": told, "drawn": measured}, preview

    def _laid(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Compare two files, or their previews where one of the files is gone."""
        from provenance.daemon import mapping, outlines

        blobs, gone = Blobs(self._home.blobs), dict[str, Any](told={"outcome": "cannot compare", "why": "gone", "material": "previews"})
        paths = {name: os.fsdecode(base64.b64decode(path)) for name, path in asked["paths"].items()}
        files = [load(blobs, asked[name], paths.get(name, "")) for name in ("parent", "of")]
        material = "files" if None not in files else "previews"
        if material == "previews":
            try:
                files = [blobs.get(preview, MOST_MESSAGE) for preview in asked["previews"]]
            except (ProvError, OSError):
                return gone, b""
        before, after = files
        if before is None or after is None:
            return gone, b""
        if asked["do"] == "outline":
            told, shown = outlines.compared(before, after)
        else:
            mask = load(blobs, asked["mask"], paths.get("mask", "")) if asked["mask"] else None
            told, shown = mapping.mapped(before, after, mask, region=bool(asked["mask"]))
        return {"told": told | {"material": material}}, shown

    def _of(self, asked: dict[str, Any]) -> References:
        folder = Path(os.fsdecode(base64.b64decode(asked["folder"])))
        if self._references is None or self._references.folder != folder:
            self._references = References(folder)
        return self._references

    def _found(self) -> Finder:
        if self._finder is None:
            self._finder = Finder(self._home.views, self._home.blobs, self._home.path / "alike")
        return self._finder


def yield_to_others(nice: int) -> None:
    """A low priority for this whole process: CPU and, where the system has one, disk. A refusal is no error."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        if sys.platform == "win32":
            ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), 0x00000040)  # IDLE_PRIORITY_CLASS
        else:
            os.nice(max(0, nice - os.nice(0)))
    if sys.platform.startswith("linux") and os.uname().machine in _IOPRIO:
        with contextlib.suppress(OSError, AttributeError):  # IOPRIO_WHO_PROCESS, this one; IOPRIO_CLASS_IDLE
            ctypes.CDLL(None).syscall(_IOPRIO[os.uname().machine], 1, 0, 3 << 13)


def _bounded() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def serve(home: Path, nice: int) -> int:
    """Answer until standard input ends."""
    asked_on, told_on = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    _bounded()
    import cv2
    from PIL import Image

    cv2.setNumThreads(1)
    from provenance.pixels import alike, describe, difference  # noqa: F401 - loaded at usual priority: a starved start would hold up a recorder that ends

    Image.preinit()
    send(told_on, {"ready": True})
    yield_to_others(nice)
    work = Work(config.Home(home))
    while (message := receive(asked_on)) is not None:
        try:
            head, body = work.answer(message[0])
        except MemoryError:
            head, body = {"why": "too large"}, b""
        except Exception as error:  # a full disk, a locked file, a library's own trouble: this one is left for another time
            head, body = {"later": type(error).__name__}, b""
        send(told_on, head, body)
    return 0


if __name__ == "__main__":
    raise SystemExit(serve(Path(sys.argv[1]), int(sys.argv[2])))
