"""A witness's desk: what it remembers of each log, and the one order in which it remembers and answers. Edge: its folder.

`witness.pem` is its key, `logs.txt` the keys of the logs it was told to look at, `seen/<sha256 of the origin>.note` the newest head of each
that it cosigned, as the log signed it. `astray.log` keeps heads that did not fit. Remembering is all that a witness is for: a folder put
back from a backup forgets, and must not be used again.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provenance.clock import Clock
from provenance.errors import BadInput, Damaged, Unavailable
from provenance.ledger import merkle
from provenance.seal import cosign, files, note, witness_key, witnessing
from provenance.seal.keys import Signer
from provenance.seal.snapshot import Snapshot
from provenance.seal.witnessing import Answer

LOGS, SEEN, ASTRAY, LOCK = "logs.txt", "seen", "astray.log", "lock"
MOST_ASTRAY = 16 << 20


@dataclass(frozen=True)
class Known:
    """A log that this witness looks at. head: the newest one it cosigned, None before the first."""

    key: note.Verifier
    head: Snapshot | None


class Desk:
    """One witness. Safe from several threads and processes: each request is judged and remembered under one lock.

    Args:
        folder: made by `create`. clock: for the time in a cosignature.
    Raises:
        Unavailable: `witness.none`, `seal.key-open`, `seal.key-unreadable`. Damaged: `seal.key-damaged`.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self._clock = folder, clock
        self._key: Signer = witness_key.load(folder)
        self._alone = threading.Lock()
        self.witness = cosign.witness(self._key.name, self._key.public)

    @classmethod
    def create(cls, folder: Path, name: str, clock: Clock) -> Desk:
        """Make a witness. Raises as `witness_key.create`."""
        witness_key.create(folder, name)
        return cls(folder, clock)

    def trust(self, vkey: str) -> bool:
        """Look at a log from now on. Returns whether it is new. Raises BadInput `seal.bad-key`, `seal.weak-key`."""
        key = note.parse_vkey(vkey)
        with self._locked():
            if key in self._keys():
                return False
            path = self.folder / LOGS
            before = path.read_bytes() if path.exists() else b""
            files.put(path, before + (b"\n" if before and not before.endswith(b"\n") else b"") + key.vkey.encode() + b"\n")
        return True

    def known(self) -> list[Known]:
        """The logs, in the order they were trusted. Raises Damaged `witness.damaged`."""
        return [Known(key, self._seen(key.name)[0]) for key in self._keys()]

    def answer(self, data: bytes) -> Answer:
        """Judge a request; where all is well, remember its head and cosign it.

        Returns:
            The answer; with 200 its body is the cosignature's line.
        Raises:
            Damaged: `witness.damaged`: what it remembers cannot be read; then nothing is cosigned. Unavailable: `file.trouble`.
        """
        try:
            request = witnessing.parse(data)
            origin = witnessing.claimed(request.note).origin
        except BadInput as error:
            return Answer(400, f"{error}\n")
        with self._locked():
            seen, before = self._seen(origin)
            keys: dict[str, list[note.Verifier]] = {}
            for key in self._keys():
                keys.setdefault(key.name, []).append(key)
            found = witnessing.judge(request, seen, keys, merkle.verify_consistency)
            if found.head is None:
                if found.astray:
                    self._keep(found, request, before)
                return found
            self._remember(found.head, request.note)
            # A crash here: remembered and not answered. The log asks again, is told the size that was remembered, and asks from there.
            text, _ = note.parse(request.note)
            return Answer(200, cosign.sign(text, self._key, int(self._clock().wall.timestamp())), head=found.head)

    def _keys(self) -> list[note.Verifier]:
        path = self.folder / LOGS
        try:
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            return [note.parse_vkey(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
        except (OSError, UnicodeDecodeError, BadInput) as error:
            raise Damaged("witness.damaged", path=str(path)) from error

    def _place(self, origin: str) -> Path:
        return self.folder / SEEN / f"{hashlib.sha256(origin.encode()).hexdigest()}.note"

    def _seen(self, origin: str) -> tuple[Snapshot | None, bytes]:
        """The newest head cosigned for a log and its note. One that cannot be read is never taken for none: that would allow a fork."""
        path = self._place(origin)
        try:
            raw = path.read_bytes()
            head = witnessing.claimed(raw)
        except FileNotFoundError:
            return None, b""
        except (OSError, BadInput) as error:
            raise Damaged("witness.damaged", path=str(path)) from error
        if head.origin != origin:
            raise Damaged("witness.damaged", path=str(path))
        return head, raw

    def _remember(self, head: Snapshot, signed: bytes) -> None:
        path = self._place(head.origin)
        try:
            born = not path.parent.exists()
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if born:
                files.sync_folder(self.folder)
            files.put(path, signed)
        except OSError as error:
            raise Unavailable("file.trouble", path=str(path), why=error.strerror or "") from error

    def _keep(self, found: Answer, request: witnessing.Request, before: bytes) -> None:
        """Both heads, as the log's key signed them. Its own key under two that do not fit is proof against it, whoever holds them."""
        path = self.folder / ASTRAY
        said = {"status": found.status, "old": request.old, "proof": [base64.b64encode(item).decode() for item in request.path],
                "seen": before.decode(), "shown": request.note.decode("utf-8", "replace")}  # fmt: skip
        with contextlib.suppress(OSError):  # a full disk must not turn a refusal into anything else
            held = path.read_bytes() if path.exists() else b""
            line = json.dumps(said, ensure_ascii=False, sort_keys=True)
            if line.encode() in held or len(held) > MOST_ASTRAY:
                return
            with path.open("ab") as file:
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._alone, (self.folder / LOCK).open("ab") as file:
            if os.name == "posix":
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
            yield
