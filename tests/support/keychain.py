"""A keychain for tests: what `keyring` would reach, in a file that a test can lock, forget and look into. As a backend of the real library,
so that real processes use it: PYTHON_KEYRING_BACKEND=support.keychain.Keyring, PROV_TEST_KEYCHAIN=<file>."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from provenance.errors import Unavailable

BACKEND = "support.keychain.Keyring"


class Keyring(KeyringBackend):
    """Reads and writes a JSON file; a file `<name>.locked` beside it makes every call fail."""

    priority = 5  # type: ignore[assignment]

    def _file(self) -> Path:
        path = Path(os.environ["PROV_TEST_KEYCHAIN"])
        if path.with_suffix(".locked").exists():
            raise KeyringLocked("the test locked it")
        return path

    def _all(self) -> dict[str, str]:
        path = self._file()
        return json.loads(path.read_text()) if path.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file().write_text(json.dumps(self._all() | {f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._all()
        del kept[f"{service}/{username}"]
        self._file().write_text(json.dumps(kept))


class Memory:
    """A Vault in memory. locked: refuses."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}
        self.locked = False

    def _ask(self) -> None:
        if self.locked:
            raise Unavailable("seal.keychain", why="locked")

    def get(self, name: str) -> str | None:
        self._ask()
        return self.held.get(name)

    def put(self, name: str, value: str) -> None:
        self._ask()
        self.held[name] = value

    def drop(self, name: str) -> None:
        self._ask()
        self.held.pop(name, None)
