"""A search for words in the files of a bundle, written apart from the program's own: plain, UTF-16, hex, base64, and what is packed."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def spellings(word: str) -> Iterator[bytes]:
    raw = word.encode()
    for one in (raw, word.encode("utf-16-le"), word.encode("utf-16-be")):
        yield one
        yield one.hex().encode()
        yield one.hex().upper().encode()
        for before in range(3):
            coded = base64.b64encode(b"\0" * before + one)
            yield coded[(before * 4 + 2) // 3 : len(coded) // 4 * 4 - 4]
    yield "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "".join(f"&#{ord(char)};" for char in word).encode()
    yield "".join(f"\\u{ord(char):04x}" for char in word).encode()


def layers(data: bytes, depth: int = 3) -> Iterator[bytes]:
    yield data
    if not depth:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            for name in opened.namelist():
                yield from layers(opened.read(name), depth - 1)
        return
    for match in re.finditer(b"\x78[\x01\x5e\x9c\xda]", data):
        try:
            yield from layers(zlib.decompressobj().decompress(data[match.start() :], 1 << 24), depth - 1)
        except zlib.error:
            continue


def printed(data: bytes) -> bytes:
    """What a PDF's pages say, and its metadata; b"" where pdftotext is missing."""
    if data[:5] != b"%PDF-" or not shutil.which("pdftotext"):
        return b""
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, timeout=60, check=True).stdout


def found(bundle: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """word -> the files (and folder names) of a zip that hold it."""
    sought = {word: [one for one in spellings(word) if one] for word in words}
    hits: dict[str, set[str]] = {}
    with zipfile.ZipFile(bundle) as opened:
        for name in opened.namelist():
            data = opened.read(name)
            whole = b"\n".join([name.encode(), *layers(data), printed(data)])
            for word, forms in sought.items():
                if any(form in whole for form in forms):
                    hits.setdefault(word, set()).add(name.partition("/")[2] or name)
    return hits
