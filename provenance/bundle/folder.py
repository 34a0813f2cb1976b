"""An unpacked bundle: the same files in a folder. Links and special files are refused, not followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provenance.bundle import names as safe
from provenance.bundle.archive import CHUNK, refuse
from provenance.errors import BadInput

_REPARSE = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT: junctions and links of Windows
_MAX_FILES = 500_000


@dataclass(frozen=True)
class FolderFiles:
    """The files of a folder, with the sizes they had when it was listed. See verdict.Files."""

    root: Path
    sizes: dict[str, int]

    def names(self) -> tuple[str, ...]:
        """Every file below the folder."""
        return tuple(self.sizes)

    def size(self, name: str) -> int:
        """Bytes of one file."""
        return self.sizes[name]

    def checksum(self, name: str) -> int | None:
        """None: a folder states no checksums."""
        return None

    def chunks(self, name: str) -> Iterator[bytes]:
        """One file's bytes in pieces of at most 1 MiB. Raises BadInput `bundle.unreadable`."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            with os.fdopen(os.open(self.root / name, flags), "rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise BadInput("bundle.unreadable", path=name, why=error.strerror or "") from error

    def read(self, name: str, cap: int) -> bytes:
        """One file whole. Raises BadInput `bundle.too-large` above `cap` bytes."""
        self.size(name)  # only what was listed is read
        data = bytearray()
        for chunk in self.chunks(name):
            data += chunk
            if len(data) > cap:
                raise BadInput("bundle.too-large", name=name, most=cap)
        return bytes(data)


def read_folder(path: Path) -> FolderFiles:
    """List a folder's files, sorted by name.

    Raises:
        BadInput: `bundle.refused` with code Z008 (name), Z009 (two names for one), Z011 (link or special file), Z013 (too many);
            `bundle.unreadable` where the system refuses.
    """
    sizes: dict[str, int] = {}
    try:
        _list(path, "", sizes)
    except OSError as error:
        raise BadInput("bundle.unreadable", path=str(error.filename or path), why=error.strerror or "") from error
    double = safe.twin(sorted(sizes))
    if double is not None:
        raise refuse("Z009", name=double)
    return FolderFiles(path, dict(sorted(sizes.items())))


def _list(folder: Path, above: str, sizes: dict[str, int]) -> None:
    with os.scandir(folder) as items:
        for item in items:
            name = above + item.name
            why = safe.fault(name)
            if why:
                raise refuse("Z008", name=name, why=why)
            found = item.stat(follow_symlinks=False)
            if getattr(found, "st_file_attributes", 0) & _REPARSE or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
                raise refuse("Z011", name=name)
            if stat.S_ISDIR(found.st_mode):
                _list(folder / item.name, name + "/", sizes)
            else:
                sizes[name] = found.st_size
            if len(sizes) > _MAX_FILES:
                raise refuse("Z013", name=str(folder), most=_MAX_FILES)
