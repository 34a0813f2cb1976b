"""What entries say of which picture came from which: links stated, bytes replaced, inputs named, documents' identifiers, texts carried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, folder_and_name, plain

NAME = "lineage"
VERSION = 2
TABLES = (
    Table(
        "links",
        {"child": "text", "parent": "text", "how": "text", "class": "text", "seq": "int", "why": "text"},
        ("child", "parent", "how", "seq"),
        ("parent",),
    ),
    Table(
        "input_names",
        {"seq": "int", "n": "int", "child": "text", "name": "text", "base": "text", "role": "text", "sha256": "text"},
        ("seq", "n"),
        ("child", "base", "sha256"),
    ),
    Table("document_ids", {"sha256": "text", "part": "text", "id": "text", "seq": "int"}, ("sha256", "part", "id"), ("id",)),
    Table("makings", {"seq": "int", "sha256": "text", "text": "text", "names": "text", "post": "int"}, ("seq",), ("sha256", "text")),
    Table("hex_names", {"name": "text", "seq": "int", "sha256": "text"}, ("name", "seq")),
)
MOST_IDS = 300  # of one file: Photoshop is known to write tens of thousands of ancestors
_ANNOTATED = re.compile(r"^(.*?) ?\[(input|output|temp)\]$", re.DOTALL)
_HEX = re.compile(r"(?:[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.[0-9A-Za-z]{1,5})?")
_MAKING = frozenset({"parameters", "prompt"})  # the text chunks in which tools write what they did
_AFTER = frozenset({"postprocessing", "extras"})  # what the webui's extras tab adds beside the text that it found
_OWN = (("document_id", "document"), ("instance_id", "instance"))


def rows(record: RecordLike) -> Iterator[Put]:
    """What one entry alone says: bytes replaced in place, names of inputs, identifiers, and links a person stated."""
    entry, values = record.entry, record.values
    o = entry.open
    if entry.kind == facts.LinkStated.KIND:
        yield _link(o["child"], o["parent"], o["how"], facts.STATED, entry.seq, plain(values.get("why")))
    elif entry.kind in facts.FILE_KINDS:
        sha256 = o["sha256"]
        if o.get("was"):
            yield _link(sha256, o["was"], "replaced in place", str(o["class"]), entry.seq, "")
        for n, (name, role, claimed) in enumerate(_inputs(values)):
            base = None if claimed else base_name(name)
            row = {"seq": entry.seq, "n": n, "child": sha256, "name": name, "base": base, "role": role, "sha256": claimed}
            yield Put("input_names", row)
        for part, ident in dict.fromkeys(_idents(values)):
            yield Put("document_ids", {"sha256": sha256, "part": part, "id": ident, "seq": entry.seq})
        yield from _making(entry.seq, sha256, values)
        if name := hex_name(folder_and_name(plain(values.get("path")))[1]):
            yield Put("hex_names", {"name": name, "seq": entry.seq, "sha256": sha256})


def split_name(name: str) -> tuple[str, str]:
    """An input's name as ComfyUI writes it -> (name in its folder, `input`, `output`, `temp`, or "" where it names no folder)."""
    found = _ANNOTATED.match(name)
    return (found[1], found[2]) if found else (name, "")


def base_name(name: str) -> str:
    """The bare file name of an input's name; where it is a number in hexadecimal, without its ending."""
    base = folder_and_name(split_name(name)[0])[1]
    return hex_name(base) or base


def hex_name(name: str) -> str:
    """A bare name that no two files bear by chance, without its ending, else "": a UUID (InvokeAI), a hash (what the webui keeps of an
    init image is called by the MD5 of its pixels)."""
    return name.partition(".")[0] if _HEX.fullmatch(name) else ""


def _link(child: str, parent: str, how: str, by: str, seq: int, why: str) -> Put:
    return Put("links", {"child": child, "parent": parent, "how": how, "class": by, "seq": seq, "why": why})


def _inputs(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """(name, role, claimed SHA-256) of what a file names as its inputs; pictures that steered it and are not among them follow."""
    named = set()
    for item in values.get("inputs") or ():
        if name := plain(item.get("name")):
            named.add(name)
            yield name, plain(item.get("role")) or "image", item.get("sha256")
    for item in values.get("controls") or ():
        name = plain(item.get("image"))
        if name and name not in named:
            named.add(name)
            yield name, "control", None


def _idents(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(part, identifier): what the file is, and what it says it came from. XMP part 2 (xmpMM), photoshop:DocumentAncestors, C2PA."""
    rest, c2pa = _mapping(values.get("rest")), _mapping(values.get("c2pa"))
    for field, part in _OWN:
        yield from _named(f"own {part}", rest.get(field))
    yield from _named("own instance", c2pa.get("instance_id"))
    yield from _named("own manifest", c2pa.get("active"))
    derived = rest.get("derived_from")
    for one in derived if isinstance(derived, list) else [derived]:
        for key, part in (("instanceID", "instance"), ("documentID", "document")):
            yield from _named(f"from {part}", _mapping(one).get(f"stRef:{key}"))
    for step in (values.get("edits") or ())[-MOST_IDS:]:
        yield from _named("from earlier", _mapping(step).get("instance"))
    yield from _named("from original", rest.get("original_document_id"))
    for item in _listed(c2pa.get("ingredients")):
        for key in ("manifest", "instance_id"):
            yield from _named(f"from ingredient {plain(_mapping(item).get('relationship'))}".rstrip(), _mapping(item).get(key))
    for item in _listed(rest.get("document_ancestors")):
        yield from _named("from content", item)


def _named(part: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and 8 <= len(value.strip()) <= 200:  # shorter is no identifier
        yield part, value.strip()


def _listed(value: Any) -> list[Any]:
    return value[:MOST_IDS] if isinstance(value, list) else [value] if value else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _key(name: str) -> str:
    """What a carrier's name is about: `parameters` of `tEXt:parameters`; all of EXIF and of XMP counts as one."""
    first, _, last = name.partition(":")
    return first if first in ("exif", "xmp") else (last.rpartition(":")[2] or first).lower().replace(" ", "_")


def _making(seq: int, sha256: str, values: Mapping[str, Any]) -> Iterator[Put]:
    """The text in which the tool wrote what it did, by its hash: files that carry the same text are of one run, or one was copied."""
    carriers = {plain(item.get("name")): item.get("sha256") for item in values.get("carriers") or ()}
    keys = {_key(name): name for name in carriers}
    found = next((carriers[keys[key]] for key in sorted(_MAKING) if key in keys), None)
    if isinstance(found, str):
        names = " ".join(sorted(keys))[:200]
        yield Put("makings", {"seq": seq, "sha256": sha256, "text": found[:32], "names": names, "post": int(not _AFTER.isdisjoint(keys))})
