"""A range of a ledger walked by a second process: started, and what it found read back.

The process is this file run by the same Python. Its lines: `{"before": hex}` once, `{"fault": [...]}`, `{"mark": [...]}`, and
`{"done": true}` at the end, without which nothing it said is believed to be all.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from provenance.ledger.raw import connect
from provenance.ledger.walking import PIECE, Fault, Mark, Walk, walk

ROOT = Path(__file__).resolve().parents[2]


class Aside:
    """A walk in another process. full: as asked for. before: the stored leaf hash it began after, 64 hex digits; known after `found`."""

    def __init__(self, process: subprocess.Popen[bytes] | None, said: IO[bytes], full: bool) -> None:
        self._process, self._said, self.full, self.before = process, said, full, b""

    def found(self) -> Iterator[Fault | Mark] | None:
        """Wait for its end; None where it did not come to its end as it should."""
        if self._process is None or self._process.wait() != 0:
            return None
        self._said.seek(0)
        self.before = str(json.loads(self._said.readline() or b"{}").get("before", "")).encode()
        at = self._said.tell()
        last = b""
        for line in self._said:
            last = line
        if last != b'{"done": true}\n':
            return None
        self._said.seek(at)
        return self._items()

    def _items(self) -> Iterator[Fault | Mark]:
        for line in self._said:
            item: dict[str, Any] = json.loads(line)
            if "fault" in item:
                yield Fault(*item["fault"])
            elif "mark" in item:
                count, edge = item["mark"]
                yield Mark(count, tuple(bytes.fromhex(node) for node in edge))

    def end(self) -> None:
        """Nobody waits for it any more."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def walking(path: Path, origin: bytes, start: int, stop: int, wanted: Sequence[int], *, full: bool) -> Iterator[Aside]:
    """Begin to walk the entries from `start` to before `stop` elsewhere. wanted: counts from `start`."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as asked:
        asked.write(json.dumps([str(path), origin.decode("latin-1"), start, stop, list(wanted), full]).encode())
        asked.seek(0)
        process = None
        if not getattr(sys, "frozen", False) and sys.executable:  # frozen into one file, there is no Python to run
            environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))}
            with contextlib.suppress(OSError):
                process = subprocess.Popen(
                    [sys.executable, "-m", "provenance.ledger.aside"], stdin=asked, stdout=said, stderr=subprocess.DEVNULL, env=environ
                )
        aside = Aside(process, said, full)
        try:
            yield aside
        finally:
            aside.end()


def main() -> None:
    """The second process: what to do on standard input, what was found on standard output."""
    path, origin, start, stop, wanted, full = json.load(sys.stdin)
    connection = connect(Path(path))
    try:
        row = connection.execute("SELECT leaf FROM entries WHERE seq = ?", (start - 1,)).fetchone()
        state = Walk(origin.encode("latin-1"), next=start, prev=row[0].hex().encode())
        _say({"before": row[0].hex()})
        asked = set(wanted)
        for item in walk(connection, state, start, stop, wanted, full=full):
            if isinstance(item, Fault):
                _say({"fault": [item.code, item.seq, item.detail]})
            elif item.count in asked or not item.count % PIECE or item.count == stop - start:
                _say({"mark": [item.count, [node.hex() for node in item.edge]]})
    finally:
        connection.close()
    _say({"done": True})


def _say(item: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(item) + "\n")


if __name__ == "__main__":
    main()
