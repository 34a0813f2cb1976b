"""The bag around the evidence: BagIt 1.0 (RFC 8493), so that `sha256sum -c` and any BagIt tool can check a bundle. Pure.

Written in one spelling and read strictly: a hash in lower case, two blanks, the name, a line feed; sorted; each name once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from provenance.errors import BadInput

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST, BAGIT, BAG_INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bagit.txt", "bag-info.txt"
_LINE = re.compile(r"([0-9a-f]{64})  ([^ ].*)")
_LABEL = re.compile(r"([A-Za-z0-9-]+): (\S(?:.*\S)?)")
_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def escape(name: str) -> str:
    """A file name for a manifest: CR, LF and % percent-encoded (RFC 8493 section 2.1.3)."""
    return "".join(_ESCAPED.get(char, char) for char in name)


def unescape(name: str) -> str:
    """The file name that `escape` wrote. Raises BadInput `bundle.manifest` for another use of %."""
    plain = name
    for char, code in reversed(_ESCAPED.items()):
        plain = plain.replace(code, char)
    if escape(plain) != name:
        raise BadInput("bundle.manifest", line=name[:80])
    return plain


def manifest(hashes: Mapping[str, str]) -> bytes:
    """A manifest: `{name: SHA-256 in hex}` as `<hash>  <name>` lines, sorted by name, as `sha256sum -c` reads them."""
    return "".join(f"{digest}  {escape(name)}\n" for name, digest in sorted(hashes.items())).encode()


def parse_manifest(data: bytes) -> dict[str, str]:
    """`{name: SHA-256 in hex}` of a manifest, in its order.

    Raises:
        BadInput: `bundle.manifest` with `line` for anything but what `manifest` writes: other blanks, a name twice, another order.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadInput("bundle.manifest", line="not UTF-8") from error
    found: dict[str, str] = {}
    for line in text.split("\n")[:-1]:
        match = _LINE.fullmatch(line)
        if match is None or unescape(match[2]) in found:
            raise BadInput("bundle.manifest", line=line[:80])
        found[unescape(match[2])] = match[1]
    if manifest(found) != data:
        raise BadInput("bundle.manifest", line="order or end of the file")
    return found


def bag_info(rows: Sequence[tuple[str, str]]) -> bytes:
    """bag-info.txt from (label, value) rows, in their order. A value is one line; what cannot be printed becomes a blank."""
    plain = ((label, "".join(char if char.isprintable() else " " for char in value)) for label, value in rows)
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in plain).encode()


def parse_bag_info(data: bytes) -> dict[str, str]:
    """`{label: value}` of bag-info.txt. Raises BadInput `bundle.bag-info` for a line that is no `Label: value` or a label twice."""
    found: dict[str, str] = {}
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise BadInput("bundle.bag-info", line="not UTF-8") from error
    if lines.pop():
        raise BadInput("bundle.bag-info", line="end of the file")
    for line in lines:
        match = _LABEL.fullmatch(line)
        if match is None or match[1] in found:
            raise BadInput("bundle.bag-info", line=line[:80])
        found[match[1]] = match[2]
    return found


def payload_oxum(sizes: Iterable[int]) -> str:
    """Payload-Oxum (RFC 8493 section 2.2.2): bytes and count of the payload files, `<bytes>.<count>`."""
    counted = tuple(sizes)
    return f"{sum(counted)}.{len(counted)}"
