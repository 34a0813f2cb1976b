"""The bundle as an RO-Crate (1.1, with the Process Run Crate profile 0.5): `ro-crate-metadata.json` in the bundle's own folder. Pure.

Files carry their SHA-256, each making that a file tells of is a CreateAction. It has no time: when an entry was written is in its
description, when the file was made nobody but the file says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance.annex.common import Making, Material, files, makings, names, people
from provenance.views.family_edge import NAMED
from provenance.views.fold import plain

METADATA = "ro-crate-metadata.json"
CONTEXT = ("https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context")
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"

Node = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A file of the bundle. path: in its folder, with `/`. sha256: "" where it is not known yet."""

    path: str
    media_type: str
    sha256: str = ""
    size: int | None = None


def metadata(material: Material, parts: Mapping[str, Part], others: tuple[Part, ...]) -> bytes:
    """ro-crate-metadata.json: the same material gives the same bytes.

    Args:
        parts: SHA-256 of a recorded file -> where it lies in the bundle. others: further files that are worth a word.
    """
    nodes: dict[str, Node] = {}
    recorded = files(material.records)
    for sha256, part in parts.items():
        told = recorded.get(sha256, [])
        about = f"{material.roles.get(sha256, 'file')}; entries {', '.join(str(r.entry.seq) for r in told)}"
        _add(nodes, _file(part) | {"name": (names(told) or [part.path])[0], "description": about})
    for part in others:
        _add(nodes, _file(part) | {"name": part.path})
    for person, records in people(material.records).items():
        name = next((text for r in reversed(records) if (text := plain(r.values.get("name")))), "")
        _add(nodes, {"@id": f"#person-{person}", "@type": "Person", "name": name or f"person {person[:8]}",
                     "description": f"named in entries {', '.join(str(r.entry.seq) for r in records)} (STATED)"})  # fmt: skip
    actions = [_action(nodes, making, material, parts) for making in makings(material.records)]
    root = {
        "@id": "./", "@type": "Dataset", "name": material.title, "datePublished": material.made_at, "conformsTo": {"@id": PROFILE},
        "description": f"Evidence bundle of the ledger {material.origin}, made by {material.software}. What can be checked is the bundle; "
        "this file only describes it.",
        "hasPart": [{"@id": part.path} for part in (*parts.values(), *others)], "mentions": [{"@id": one["@id"]} for one in actions],
    }  # fmt: skip
    profile = {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    self = {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}}
    graph = [self, root, profile, *nodes.values(), *actions]
    whole = {"@context": list(CONTEXT), "@graph": graph}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8", "backslashreplace") + b"\n"


def _file(part: Part) -> Node:
    known = {"sha256": part.sha256} if part.sha256 else {}
    size = {"contentSize": str(part.size)} if part.size is not None else {}
    return {"@id": part.path, "@type": "File", "encodingFormat": part.media_type, **known, **size}


def _action(nodes: dict[str, Node], one: Making, material: Material, parts: Mapping[str, Part]) -> Node:
    """A file's own account of its making."""
    inputs = [edge.parent for edge in material.edges if edge.child == one.sha256 and edge.grade == NAMED and edge.parent != edge.child]
    used = [_thing(nodes, sha256, parts, "") for sha256 in dict.fromkeys(inputs)]
    used += [_thing(nodes, sha256, parts, kind) for sha256, kind in dict.fromkeys(one.models)]
    tool = f"#software-{one.seq}"
    version = {"softwareVersion": one.version} if one.version else {}
    _add(nodes, {"@id": tool, "@type": "SoftwareApplication", "name": one.generator or "not shown", **version})
    prompt = f" Prompt: {one.prompts[0]}" if one.prompts and one.prompts[0] else ""
    about = f"FILE_CLAIMED. Entry {one.seq} was written at {one.at} ({one.klass}).{prompt}"
    if one.person:
        about += f" Entry {one.said} states who was at the machine."
    action: Node = {
        "@id": f"#making-{one.seq}", "@type": "CreateAction", "name": f"Making told by the file of entry {one.seq}", "description": about,
        "instrument": {"@id": tool}, "object": used, "result": [_thing(nodes, one.sha256, parts, "")],
    }  # fmt: skip
    if one.person:
        _add(nodes, {"@id": f"#person-{one.person}", "@type": "Person", "name": f"person {one.person[:8]}"})
        action["agent"] = {"@id": f"#person-{one.person}"}
    return action


def _thing(nodes: dict[str, Node], sha256: str, parts: Mapping[str, Part], kind: str) -> Node:
    """A file of the bundle, or one that is only known by its hash."""
    if sha256 in parts:
        return {"@id": parts[sha256].path}
    known = f"#sha256-{sha256}"
    about = "not in this bundle; known by its hash" + (f" ({kind})" if kind else "")
    _add(nodes, {"@id": known, "@type": "CreativeWork", "name": sha256[:12], "sha256": sha256, "description": about})
    return {"@id": known}


def _add(nodes: dict[str, Node], node: Node) -> None:
    nodes.setdefault(node["@id"], node)
