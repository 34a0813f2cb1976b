"""What a backup says of itself: `backup.json` and the list of its blobs. Format `prov-backup/1`, docs/recovery.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from provenance import canon
from provenance.errors import BadInput, Unavailable

FORMAT = "prov-backup/1"
MANIFEST = "backup.json"
MOST = 256 * 1024 * 1024
LIST = "list"
"""`home` of the item that is the list of blobs, and no file of a home."""

_HASH = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")


@dataclass(frozen=True)
class Item:
    """One file of a backup. name: below the backup's folder. home: below a home, where it belongs; `list` for the list of blobs."""

    name: str
    home: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """A backup. log: the ledger's origin. size, root: its head, root in hex. files: all but the blobs, which stand in the list.

    keys: whether the private key is in it. originals: whether copies of originals were wanted. missing, damaged: blobs that entries name
    and that the home did not hold, or held with other bytes, when this was made.
    """

    log: str
    made_at: str
    software: str
    size: int
    root: str
    keys: bool
    originals: bool
    files: tuple[Item, ...]
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()

    def item(self, home: str) -> Item | None:
        """The file that belongs at `home`."""
        return next((one for one in self.files if one.home == home), None)


def encode(manifest: Manifest) -> bytes:
    """The bytes of `backup.json`: canonical JSON, with the SHA-256 of itself without that field, so that rot in it is found."""
    value: dict[str, Any] = {"format": FORMAT, **asdict(manifest)}
    value = {name: list(one) if isinstance(one, tuple) else one for name, one in value.items()}
    return canon.encode({**value, "digest": canon.sha256(canon.encode(value))})


def parse(data: bytes) -> Manifest:
    """A manifest from its bytes; names that lead out of the folder are refused. Raises BadInput `backup.bad-manifest`."""
    try:
        value = canon.decode(data)
        if not isinstance(value, Mapping) or value.get("format") != FORMAT:
            raise BadInput("backup.bad-manifest", why="not of this format")
        if canon.sha256(canon.encode({name: one for name, one in value.items() if name != "digest"})) != value.get("digest"):
            raise BadInput("backup.bad-manifest", why="it is not what was written")
        raw: dict[str, Any] = {name: value[name] for name in Manifest.__dataclass_fields__}
        raw["files"] = tuple(Item(**one) for one in raw["files"])
        raw["missing"], raw["damaged"] = tuple(raw["missing"]), tuple(raw["damaged"])
        made = Manifest(**raw)
    except BadInput as error:
        raise BadInput("backup.bad-manifest", why=str(error.params.get("why", "not canonical"))) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput("backup.bad-manifest", why=f"a part is missing or unknown: {error}"[:100]) from error
    texts = (made.log, made.made_at, made.software, made.root)
    fine = all(type(text) is str for text in texts) and type(made.size) is int and type(made.keys) is bool
    if not fine or not all(_fine(one) for one in made.files) or len({one.name for one in made.files}) != len(made.files):
        raise BadInput("backup.bad-manifest", why="a value of a wrong kind, or a name that leads elsewhere")
    return made


def _fine(item: Item) -> bool:
    typed = type(item.name) is str and type(item.home) is str and type(item.size) is int and type(item.sha256) is str
    return typed and safe(item.name) and safe(item.home) and _HASH.fullmatch(item.sha256) is not None


def safe(name: str) -> bool:
    """Whether a name stays below the folder it is joined to, on every system."""
    return len(name) < 500 and all(_PART.fullmatch(part) and not part.endswith(".") for part in name.split("/"))


def encode_list(files: Mapping[str, tuple[str, int]]) -> bytes:
    """The list of blobs: name -> (SHA-256 of the stored bytes, size), as lines `<sha256> <size> <name>` sorted by name."""
    return "".join(f"{sha} {size} {name}\n" for name, (sha, size) in sorted(files.items())).encode("ascii")


def parse_list(data: bytes) -> dict[str, tuple[str, int]]:
    """The list of blobs from its bytes. Raises BadInput `backup.bad-manifest`."""
    found: dict[str, tuple[str, int]] = {}
    for line in data.decode("ascii", "replace").splitlines():
        sha, _, rest = line.partition(" ")
        size, _, name = rest.partition(" ")
        if not _HASH.fullmatch(sha) or not size.isdigit() or not safe(name):
            raise BadInput("backup.bad-manifest", why="a malformed line in the list of blobs")
        found[name] = (sha, int(size))
    return found


def read(folder: Path) -> Manifest | None:
    """The manifest of the backup in a folder; None where there is none. Raises BadInput, Unavailable `backup.unreadable`."""
    try:
        if (folder / MANIFEST).stat().st_size > MOST:
            raise BadInput("backup.bad-manifest", why="too large")
        return parse((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unavailable("backup.unreadable", path=str(folder), why=error.strerror or "") from error


def read_list(folder: Path, manifest: Manifest) -> dict[str, tuple[str, int]]:
    """The list of blobs of a backup; empty where the file is not there. Raises BadInput, Unavailable."""
    item = manifest.item(LIST)
    try:
        return parse_list((folder / item.name).read_bytes()) if item is not None else {}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable("backup.unreadable", path=str(folder), why=error.strerror or "") from error
