"""Steps 8 and 9 of the verification: disclosed values against commitments, files against their names, bundle.json against all. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance import canon
from provenance.bundle.verdict import Files, Finding
from provenance.errors import BadInput
from provenance.ledger import chain
from provenance.seal.snapshot import Snapshot

FORMAT = "prov-bundle/1"
ROLES = ("chosen", "ancestor", "rejected", "input")
VALUES_CAP = 64 << 20
_HEX64 = re.compile(r"[0-9a-f]{64}")
_SEQ = re.compile(r"0|[1-9][0-9]{0,15}")
_DISCLOSED = re.compile(r"data/disclosures/([0-9]{8,16})\.json")
_PLACES = re.compile(
    r"data/(bundle\.json|(entries|disclosures)/[0-9]{8,16}\.json|originals/[0-9a-f]{16}\.[a-z0-9]{1,8}|blobs/[0-9a-f]{64})"
)
_SHAPE: dict[str, type] = {
    "format": str, "log": str, "made_at": str, "software": str, "title": str, "snapshot": dict, "entries": list, "pictures": list,
    "models": list, "withheld": list,
}  # fmt: skip

Values = dict[int, dict[str, canon.Json]]


@dataclass(frozen=True)
class Seen:
    """What the steps before found: names there, names listed and missing, SHA-256 of each file, entries in form."""

    names: frozenset[str]
    missing: frozenset[str]
    hashes: Mapping[str, str]
    entries: Mapping[int, chain.Entry]

    def gone(self, name: str) -> bool:
        """Whether this file is absent without being listed as a part of the bundle."""
        return name not in self.names and name not in self.missing


def take(files: Files, name: str, cap: int, found: list[Finding]) -> bytes | None:
    """A small file's bytes; None where it is not there or (a finding) larger than any good one."""
    try:
        return files.read(name, cap)
    except KeyError:
        return None
    except BadInput as error:
        if error.key != "bundle.too-large":
            raise
        found.append(Finding("Z013", {"name": name, "most": str(cap)}))
        return None


def disclosures(files: Files, seen: Seen, found: list[Finding]) -> Values:
    """Step 8: {seq: {field: value}} of the values that open a commitment."""
    shown: Values = {}
    for name in sorted(seen.names):
        match = _DISCLOSED.fullmatch(name)
        data = take(files, name, VALUES_CAP, found) if match else None
        if match is None or data is None:
            continue
        entry = seen.entries.get(int(match[1]))
        rows = _rows(data)
        if rows is None or name != f"data/disclosures/{int(match[1]):08d}.json":
            found.append(Finding("D001", {"name": name}))
        elif entry is None:
            if seen.gone(f"data/entries/{match[1]}.json"):
                found.append(Finding("D005", {"name": name}))
        else:
            shown[entry.seq] = _open(entry, rows, name, found)
    return shown


def _rows(data: bytes) -> list[list[Any]] | None:
    """The `[salt, name, value]` rows of a disclosure file, or None where it is anything else."""
    try:
        rows = canon.decode(data)
    except BadInput:
        return None
    if not isinstance(rows, list):
        return None
    for row in rows:
        if type(row) is not list or len(row) != 3 or type(row[0]) is not str or type(row[1]) is not str:
            return None
        if not chain.well_formed_salt(row[0]):
            return None
    return rows


def _open(entry: chain.Entry, rows: list[list[Any]], name: str, found: list[Finding]) -> dict[str, canon.Json]:
    values: dict[str, canon.Json] = {}
    for salt, field, value in rows:
        where = {"name": name, "field": field}
        if field not in entry.sealed:
            found.append(Finding("D002", where))
        elif chain.sealed_digest(salt, field, value) != entry.sealed[field]:
            found.append(Finding("D003", where))
        elif field in values:
            found.append(Finding("D004", where))
        else:
            values[field] = value
    return values


def bundle(
    files: Files, seen: Seen, shown: Values, head: Snapshot | None, found: list[Finding]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Step 9: counts of what is here, and the names of the withheld fields."""
    _named_by_hash(seen, shown, found)
    data = take(files, "data/bundle.json", VALUES_CAP, found)
    counts = {"files": len(seen.names), "entries": len(seen.entries), "disclosed": sum(map(len, shown.values()))}
    if data is None:
        return counts, ()
    about = _about(data)
    if about is None:
        found.append(Finding("M001"))
        return counts, ()
    if head is not None and (about["log"], about["snapshot"]) != (
        head.origin, {"size": head.size, "root": base64.b64encode(head.root).decode()},
    ):  # fmt: skip
        found.append(Finding("M006"))
    _agrees(about, seen, found)
    _withheld(about, seen, shown, found)
    return counts | {"pictures": len(about["pictures"])}, all_withheld(about)


def all_withheld(about: Mapping[str, Any]) -> tuple[str, ...]:
    """What a bundle calls withheld, as it is shown: names of fields, then `name@entry`. about: bundle.json in form."""
    rows = sorted(about.get("withheld_at", {}).items(), key=lambda row: int(row[0]))
    return (*about["withheld"], *(f"{name}@{seq}" for seq, names in rows for name in names))


def _named_by_hash(seen: Seen, shown: Values, found: list[Finding]) -> None:
    said = frozenset(text for entry in seen.entries.values() for text in _texts(entry.open)) | frozenset(
        text for values in shown.values() for text in _texts(values)
    )
    whole = not any(name.startswith(("data/entries/", "data/disclosures/")) for name in seen.missing)
    for name in sorted(name for name in seen.names if name.startswith("data/")):
        stem = name.rpartition("/")[2].partition(".")[0]
        if not _PLACES.fullmatch(name):
            found.append(Finding("F005", {"name": name}))
        elif name.startswith(("data/originals/", "data/blobs/")) and not seen.hashes[name].startswith(stem):
            found.append(Finding("F002", {"name": name}))
        elif name.startswith("data/blobs/") and whole and stem not in said:
            found.append(Finding("F004", {"name": name}))


def _texts(value: Any) -> Iterator[str]:
    """Every text of 64 characters in a value, however deep (canonical values nest 32 deep at most)."""
    if isinstance(value, str):
        if len(value) == 64:
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _about(data: bytes) -> dict[str, Any] | None:
    """bundle.json in form, or None. Names that this version does not know are left to later ones."""
    try:
        about = canon.decode(data)
    except BadInput:
        return None
    if not isinstance(about, dict) or any(type(about.get(name)) is not kind for name, kind in _SHAPE.items()):
        return None
    good = (
        about["format"] == FORMAT
        and _counts(about["entries"])
        and all(type(name) is str for name in about["withheld"])
        and _reasoned(about)
        and all(type(row) is dict for row in about["models"])
        and all(type(row) is dict and _picture(row) for row in about["pictures"])
    )
    return about if good else None


def _reasoned(about: Mapping[str, Any]) -> bool:
    """Whether what is withheld of single entries, and why, is in form where it is there."""
    at, why = about.get("withheld_at", {}), about.get("withheld_reasons", {})
    return (
        type(at) is dict
        and type(why) is dict
        and all(_SEQ.fullmatch(seq) and type(names) is list and all(type(name) is str for name in names) for seq, names in at.items())
        and all(type(text) is str for text in why.values())
    )


def _picture(row: Mapping[str, Any]) -> bool:
    preview, file = row.get("preview"), row.get("file")
    return (
        "file" in row
        and _hex64(row.get("sha256"))
        and row.get("role") in ROLES
        and type(row.get("media_type")) is str
        and (type(file) is str if file is not None else type(row.get("why_absent")) is str)
        and (preview is None or _hex64(preview))
        and type(row.get("entries")) is list
        and _counts(row["entries"])
    )


def _hex64(value: object) -> bool:
    return type(value) is str and _HEX64.fullmatch(value) is not None


def _counts(values: list[Any]) -> bool:
    """Whether these are entry numbers, each once, in order."""
    return all(type(value) is int and value >= 0 for value in values) and values == sorted(set(values))


def _agrees(about: Mapping[str, Any], seen: Seen, found: list[Finding]) -> None:
    listed = {f"data/entries/{seq:08d}.json" for seq in about["entries"]}
    here = {name for name in seen.names if name.startswith("data/entries/")}
    astray = {name for name in listed if seen.gone(name)} | here - listed
    astray |= {f"data/entries/{seq:08d}.json" for row in about["pictures"] for seq in row["entries"]} - listed
    found += [Finding("M002", {"name": name}) for name in sorted(astray)]
    originals = {name for name in seen.names if name.startswith("data/originals/")}
    for row in about["pictures"]:
        file, preview = row["file"], row.get("preview")
        wanted = [name for name in (file, preview and f"data/blobs/{preview}") if name is not None]
        if any(seen.gone(name) for name in wanted) or (file is not None and not file.startswith("data/originals/")):
            found.append(Finding("M003", {"name": row["sha256"]}))
        elif file in seen.names and seen.hashes[file] != row["sha256"]:
            found.append(Finding("F002", {"name": file}))
        entries = [seen.entries.get(seq) for seq in row["entries"]]
        if None not in entries and row["sha256"] not in [entry.open.get("sha256") for entry in entries if entry]:
            found.append(Finding("F003", {"name": row["sha256"]}))
    unnamed = originals - {row["file"] for row in about["pictures"]}
    found += [Finding("M003", {"name": name}) for name in sorted(unnamed)]


def _withheld(about: Mapping[str, Any], seen: Seen, shown: Values, found: list[Finding]) -> None:
    for seq, entry in sorted(seen.entries.items()):
        fields = shown.get(seq, {}).keys()
        withheld = frozenset(about["withheld"]).union(about.get("withheld_at", {}).get(str(seq), ()))
        if f"data/disclosures/{seq:08d}.json" in seen.missing:
            continue  # that it is missing is said already; what it would show is not known
        where = {"seq": str(seq)}
        found += [Finding("M004", where | {"field": field}) for field in sorted(fields & withheld)]
        found += [Finding("M005", where | {"field": field}) for field in sorted(entry.sealed.keys() - fields - withheld)]
