"""A zip archive from strangers: its directory and each entry bounded, whatever lengths they claim."""

from __future__ import annotations

import zipfile
import zlib

from provenance.projects.bounds import Data, stream

MOST_ENTRIES = 100_000
MOST_READ = 16 * 1024 * 1024  # at once: a directory of a hundred thousand entries
MOST_INFLATED = 768 * 1024 * 1024  # of all entries that are read
_BROKEN = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error, KeyError, IndexError)


class Archive:
    """The entries of a zip by name; of two with one name the first. Raises ValueError where it is none."""

    def __init__(self, data: Data) -> None:
        try:
            self._zip = zipfile.ZipFile(stream(data, MOST_READ))
            found = self._zip.infolist()
        except _BROKEN as error:
            raise ValueError("zip") from error
        self._left = MOST_INFLATED
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in found[:MOST_ENTRIES]:
            self._entries.setdefault(entry.filename, entry)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all entries, in the order of the directory."""
        return tuple(self._entries)

    def get(self, name: str, most: int) -> bytes | None:
        """An entry's bytes; None where it is not there, encrypted, packed by other methods than deflate, damaged or longer than `most`."""
        entry = self._entries.get(name)
        if entry is None or entry.flag_bits & 0x41 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return None
        most = min(most, self._left)
        out = bytearray()
        try:
            with self._zip.open(entry) as file:
                while len(out) <= most and (piece := file.read(262_144)):
                    out += piece
        except _BROKEN:
            return None
        finally:
            self._left -= len(out)
        return bytes(out) if len(out) <= most else None
