"""SHA-256 of the program's own files, so that a record says by which code it was made.

What is hashed can be made with `find`, `sort` and `sha256sum`. For each file of the package (compiled files, caches and names that begin
with a point left out) one line, `<sha256>  <name>`: names with `/`, counted from the package's folder, in the order of their bytes. The
SHA-256 of those lines is the code hash. The migrations count as `migrations/...` of the package, where a wheel has them; in a checkout
they lie beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import provenance

LEFT_OUT = (".pyc", ".pyo")


def code_hash(package: Path | None = None) -> str | None:
    """The code hash, 64 hex digits; None where the program's files cannot be read one by one (frozen into one file, no right to read)."""
    try:
        lines = listing(package)
    except OSError:
        return None
    return sha256(lines).hexdigest() if lines else None


def listing(package: Path | None = None) -> bytes:
    """The lines that are hashed, as `sha256sum -c` reads them in the package's folder. Raises OSError."""
    package = package or Path(provenance.__file__).resolve().parent
    found = dict(_files(package, ""))
    beside = package.parent / "migrations"
    if not (package / "migrations").is_dir() and (beside / "env.py").is_file():
        found |= dict(_files(beside, "migrations/"))
    return b"".join(sha256(path.read_bytes()).hexdigest().encode() + b"  " + name + b"\n" for name, path in sorted(found.items()))


def _files(folder: Path, prefix: str) -> Iterator[tuple[bytes, Path]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__pycache__" or entry.name.endswith(LEFT_OUT):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), f"{prefix}{entry.name}/")
            elif entry.is_file():
                yield f"{prefix}{entry.name}".encode(), Path(entry.path)
