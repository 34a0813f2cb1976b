"""Large values by their SHA-256: workflows, metadata chunks, previews, and copies of originals.

A blob lies at `ab/cdef...` (its hash, cut after two digits) as it is, or at `ab/cdef....zst` as a zstd frame (RFC 8878). Where the frame
needs a dictionary, a skippable frame before it holds that blob's SHA-256; the dictionary is the first blob of the same shape. Copies of
originals lie under `originals/` in the same way, never compressed, and only they can be removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from provenance.canon import sha256
from provenance.errors import BadInput, Damaged, Unavailable
from provenance.ledger import files

MAX_BLOB = 256 * 1024 * 1024
MIN_SHAPE = 512  # smaller texts gain nothing from a dictionary
LEVEL = 9
_MARK = b"\x50\x2a\x4d\x18\x20\x00\x00\x00"  # RFC 8878 section 3.1.2: skippable frame 0x184D2A50 of 32 bytes
_NAME = re.compile(r"[0-9a-f]{64}")
_NAMES = re.compile(r'("(?:[^"\\]++|\\.)*+")\s*:|"(?:[^"\\]++|\\.)*+"')  # a name is captured; a text is matched and leaves an empty line


class Blobs:
    """A folder of blobs. Safe beside other processes: a name appears with all its bytes, and equal bytes have equal names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._base: tuple[str, Any] | None = None  # the last dictionary: blobs of one shape are mostly read one after another

    def put(self, data: bytes, *, shape: str | None = None) -> str:
        """Keep bytes; durable on return. Returns their SHA-256, hex. See `put_many`."""
        return self.put_many([(data, shape)])[0]

    def put_many(self, items: Sequence[tuple[bytes, str | None]]) -> list[str]:
        """Keep several values, each with a shape (`json_shape`) or None; all durable on return. What is there is not written again.

        Returns:
            Their SHA-256 in order, hex.
        Raises:
            BadInput: `blobs.too-large` above 256 MiB. Unavailable: `blobs.disk-full`, `blobs.unwritable`.
        """
        names = [sha256(data) for data, _ in items]
        known: dict[str, tuple[str, bytes] | None] = {}  # each shape's dictionary is read once for all of these values
        firsts: dict[str, tuple[str, bytes]] = {}
        written: dict[Path, bytes] = {}
        for sha, (data, shape) in zip(names, items, strict=True):
            if len(data) > MAX_BLOB:
                raise BadInput("blobs.too-large", size=len(data), most=MAX_BLOB)
            if self._find(sha) is not None or {self._plain(sha), self._packed(sha)} & written.keys():
                continue
            useful = shape if shape is not None and len(data) >= MIN_SHAPE else None
            if useful is not None and useful not in known:
                known[useful] = self._first(useful)
            first = known[useful] if useful is not None else None
            packed = _pack(data, first)
            written[self._packed(sha) if packed is not None else self._plain(sha)] = data if packed is None else packed
            if useful is not None and first is None:
                known[useful] = firsts[useful] = (sha, data)
        with files.trouble(self.folder):
            # A crash within write_all leaves .new files, which `tidy` removes, or whole blobs that no entry names yet. Both are harmless:
            # an entry is written only after its blobs are durable.
            files.write_all(written)
            # A shape's mark comes after its dictionary is durable. A crash between: the next blob of that shape becomes the dictionary.
            files.write_all({self._mark(shape): sha.encode() for shape, (sha, _) in firsts.items() if not self._mark(shape).exists()})
        return names

    def put_file(self, source: int | Path, sha: str) -> bool:
        """Keep a copy of an original; durable on return. A reflink where the file system can, so that it costs no space until one changes.

        Args:
            source: an open file descriptor or a path; only read.
            sha: its SHA-256 as it was recorded, hex.
        Returns:
            Whether the copy was made; False when the file is no longer what was recorded (nothing is kept then).
        Raises:
            Unavailable: `blobs.disk-full`, `blobs.unwritable`. BadInput: `blobs.unreadable` when the source cannot be read.
        """
        target = self._original(sha)
        if target.exists():
            return True
        try:
            handle = os.open(source, os.O_RDONLY | getattr(os, "O_BINARY", 0)) if isinstance(source, Path) else os.dup(source)
        except OSError as error:
            raise BadInput("blobs.unreadable", why=error.strerror or "") from error
        with os.fdopen(handle, "rb") as file, files.trouble(self.folder):
            return files.copy(file, target, sha)

    def put_original(self, data: bytes, sha: str) -> None:
        """Keep a copy of an original whose bytes are at hand; durable on return. Raises as `put_file`, BadInput `blobs.bad-name`."""
        target = self._original(sha)
        if not target.exists() and sha256(data) == sha:
            with files.trouble(self.folder):
                files.write_all({target: data})

    def get(self, sha: str, most: int = MAX_BLOB) -> bytes:
        """A blob's bytes, checked against its name.

        Raises:
            BadInput: `blobs.missing`, `blobs.too-large` above `most` bytes. Damaged: `blobs.damaged`.
        """
        with self.open_stream(sha, most) as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise BadInput("blobs.too-large", size=len(data), most=most)
        if sha256(data) != sha:
            raise Damaged("blobs.damaged", sha256=sha)
        return data

    def open_stream(self, sha: str, most: int = MAX_BLOB) -> BinaryIO:
        """A blob as a stream, for large ones. Not checked against its name: whoever copies it hashes what comes out."""
        path = self._find(sha)
        if path is None:
            raise BadInput("blobs.missing", sha256=sha)
        try:
            if path.suffix != ".zst":
                return path.open("rb")
            return io.BytesIO(self._unpack(sha, path.read_bytes(), most))
        except OSError as error:
            raise Unavailable("blobs.unwritable", path=str(path), why=error.strerror or "") from error

    def has(self, sha: str) -> bool:
        """Whether a blob or a copy of an original of this hash is kept."""
        return self._find(sha) is not None

    def has_original(self, sha: str) -> bool:
        """Whether a copy of an original of this hash is kept."""
        return self._original(sha).exists()

    def originals(self) -> Iterator[tuple[str, int]]:
        """Every kept copy of an original: SHA-256 and size in bytes."""
        for path in (self.folder / "originals").glob("??/*"):
            if _NAME.fullmatch(path.parent.name + path.name):
                yield path.parent.name + path.name, path.stat().st_size

    def size_on_disk(self) -> int:
        """Bytes that all blobs and originals take, as their files' sizes add up."""
        total = 0
        for path in self.folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # another process's unfinished file, which has its name by now
                total += path.stat().st_size if path.is_file() else 0
        return total

    def remove(self, sha: str) -> bool:
        """Drop the copy of an original (only those can go). Returns whether there was one."""
        try:
            self._original(sha).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unavailable("blobs.unwritable", path=str(self.folder), why=error.strerror or "") from error
        return True

    def tidy(self) -> int:
        """Remove what crashes left half written. Only for the one process that writes here. Returns how many files."""
        left = list(self.folder.rglob("*.new"))
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _plain(self, sha: str) -> Path:
        if not _NAME.fullmatch(sha):
            raise BadInput("blobs.bad-name", name=sha)
        return self.folder / sha[:2] / sha[2:]

    def _packed(self, sha: str) -> Path:
        return self._plain(sha).with_suffix(".zst")

    def _original(self, sha: str) -> Path:
        return self.folder / "originals" / self._plain(sha).relative_to(self.folder)

    def _mark(self, shape: str) -> Path:
        return self.folder / "shapes" / sha256(shape.encode())

    def _find(self, sha: str) -> Path | None:
        return next((path for path in (self._packed(sha), self._plain(sha), self._original(sha)) if path.exists()), None)

    def _first(self, shape: str) -> tuple[str, bytes] | None:
        """The dictionary of a shape. A damaged or missing one is no reason to fail: the new blob goes without."""
        try:
            sha = self._mark(shape).read_text(encoding="ascii")
            return sha, self.get(sha)
        except (OSError, UnicodeDecodeError, BadInput, Damaged):
            return None

    def _unpack(self, sha: str, frame: bytes, most: int) -> bytes:
        import zstandard

        dictionary = None
        if frame.startswith(_MARK):
            base = frame[len(_MARK) : len(_MARK) + 32].hex()
            if base == sha or ((self._base is None or self._base[0] != base) and self._base_needs_dictionary(base)):
                raise Damaged("blobs.damaged", sha256=sha)
            kept = self._base
            if kept is None or kept[0] != base:
                raw = self.get(base)
                kept = self._base = base, zstandard.ZstdCompressionDict(raw, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            dictionary = kept[1]
            frame = frame[len(_MARK) + 32 :]
        try:
            # read as a stream: the size that a frame claims is never believed, only what comes out is counted
            with zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=2**27).stream_reader(frame) as reader:
                data: bytes = reader.read(most + 1)
        except zstandard.ZstdError as error:
            raise Damaged("blobs.damaged", sha256=sha) from error
        return data

    def _base_needs_dictionary(self, base: str) -> bool:
        """A dictionary never needs one itself; a chain of them is nothing that this program wrote."""
        path = self._packed(base)
        if not path.exists():
            return False
        with path.open("rb") as file:
            return file.read(len(_MARK)) == _MARK


def _pack(data: bytes, first: tuple[str, bytes] | None) -> bytes | None:
    """The shortest of the frames, or None where compression saves less than a tenth."""
    import zstandard

    frames = []
    if first is not None:
        dictionary = zstandard.ZstdCompressionDict(first[1], dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        frames.append(_MARK + bytes.fromhex(first[0]) + zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary).compress(data))
    if not frames or len(frames[0]) > len(data) // 8:
        frames.append(zstandard.ZstdCompressor(level=LEVEL).compress(data))
    best = min(frames, key=len)
    return best if len(best) < len(data) * 9 // 10 else None


def json_shape(text: str) -> str | None:
    """A key for the structure of JSON text: its names in order, and where texts stand. None where it is not JSON, or small.

    Two runs of one workflow that differ by a seed have the same shape. Which blobs share a dictionary hangs on it and nothing else: texts
    that it does not tell apart, such as two lists of numbers, only make a poorer dictionary.
    """
    if len(text) < MIN_SHAPE:
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return hashlib.sha256("\n".join(_NAMES.findall(text)).encode("utf-8", "surrogatepass")).hexdigest()
