"""The record as PROV-JSON (W3C Member Submission, 24 April 2013) in the terms of PROV-DM. Pure.

PROV has no word for who says a thing, so that each statement carries `rec:class` and `rec:entries` (numbers in the ledger); `rec:` is our
namespace. A file's own account of its making is an activity of class FILE_CLAIMED. No time of making is stated: `rec:recordedAt` is when
the entry was written. Two pictures that only look alike are no derivation, and nobody is said to be an author.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from provenance import facts
from provenance.annex.common import Making, Material, files, makings, names, people
from provenance.views.family_edge import ALIKE, CLASSES, SAME_PIXELS, Edge
from provenance.views.fold import RecordLike, plain

NAMESPACES = {
    "xsd": "http://www.w3.org/2001/XMLSchema#", "rec": "urn:creative-provenance:terms#", "sha256": "urn:creative-provenance:sha256:",
}  # fmt: skip
_STATEMENTS = {facts.NoteAdded.KIND: "rec:Note", facts.IdeaStated.KIND: "rec:Idea", facts.StatementMade.KIND: "rec:Statement"}

Bundle = dict[str, dict[str, Any]]


def document(material: Material) -> bytes:
    """The whole document, UTF-8 JSON with sorted keys: the same material gives the same bytes."""
    found: Bundle = {"prefix": {**NAMESPACES, "ledger": f"urn:creative-provenance:{material.origin}:"}}
    _put(found, "agent", "rec:recorder", {"prov:type": _name("prov:SoftwareAgent"), "prov:label": material.software})
    _files(found, material)
    for person, records in people(material.records).items():
        _put(found, "agent", f"rec:person-{person}", {
            "prov:type": _name("prov:Person"), "prov:label": _last(records, "name"), "rec:part": _last(records, "part"),
            "rec:class": facts.STATED, "rec:entries": _seqs(records),
        })  # fmt: skip
    for making in makings(material.records):
        _making(found, making)
    _said(found, material)
    for edge in material.edges:
        _edge(found, edge)
    return json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8", "backslashreplace") + b"\n"


def _files(found: Bundle, material: Material) -> None:
    for sha256, records in files(material.records).items():
        o = records[0].entry.open
        _put(found, "entity", f"sha256:{sha256}", {
            "prov:type": _name("rec:File"), "prov:label": names(records)[:1], "rec:name": names(records), "rec:mediaType": o["media_type"],
            "rec:size": o["size"], "rec:class": list(dict.fromkeys(facts.KINDS[r.entry.kind].CLASS for r in records)),
            "rec:entries": _seqs(records), "rec:recordedAt": _time(records[0].entry.at), "rec:role": material.roles.get(sha256),
        })  # fmt: skip
    for record in material.records:
        if record.entry.kind == facts.ModelSeen.KIND:
            o = record.entry.open
            _put(found, "entity", f"sha256:{o['sha256']}", {
                "prov:type": _name("rec:Model"), "prov:label": plain(record.values.get("name")), "rec:modelKind": o["model_kind"],
                "rec:size": o["size"], "rec:class": facts.OBSERVED, "rec:entries": [record.entry.seq],
            })  # fmt: skip


def _making(found: Bundle, one: Making) -> None:
    run, claim = f"ledger:making-{one.seq}", {"rec:class": facts.FILE_CLAIMED, "rec:entries": [one.seq]}
    recorded = {"rec:recordedAt": _time(one.at), "rec:recordedAs": one.klass}
    _put(found, "activity", run, {"prov:type": _name("rec:Generation"), **recorded, **claim})
    _relate(found, "wasGeneratedBy", {"prov:entity": f"sha256:{one.sha256}", "prov:activity": run, **claim})
    for role, texts in (("prompt", one.prompts), ("negative-prompt", one.negative)):
        for number, text in enumerate(texts, 1):
            entity = f"ledger:{role}-{one.seq}-{number}"
            _put(found, "entity", entity, {"prov:type": _name("rec:Text"), "prov:value": text, **claim})
            _relate(found, "used", {"prov:activity": run, "prov:entity": entity, "prov:role": role, **claim})
    for sha256, kind in one.models:
        _put(found, "entity", f"sha256:{sha256}", {"prov:type": _name("rec:Model")})
        _relate(found, "used", {"prov:activity": run, "prov:entity": f"sha256:{sha256}", "prov:role": kind or "model", **claim})
    if one.generator:
        agent = f"ledger:generator-{one.seq}"
        _put(found, "agent", agent, {
            "prov:type": _name("prov:SoftwareAgent"), "prov:label": one.generator, "rec:version": one.version, **claim
        })  # fmt: skip
        _relate(found, "wasAssociatedWith", {"prov:activity": run, "prov:agent": agent, **claim})
    if one.person:
        agent = f"rec:person-{one.person}"
        _put(found, "agent", agent, {"prov:type": _name("prov:Person")})
        told = {"rec:class": facts.STATED, "rec:entries": [one.said], "prov:role": "said to be at the machine"}
        _relate(found, "wasAssociatedWith", {"prov:activity": run, "prov:agent": agent, **told})


def _said(found: Bundle, material: Material) -> None:
    """Statements as entities, decisions as activities that used the pictures. What was seen is apart from what it was taken to mean."""
    for record in material.records:
        entry, o = record.entry, record.entry.open
        told = {"rec:class": o.get("class"), "rec:entries": [entry.seq], "rec:recordedAt": _time(entry.at)}
        if entry.kind in _STATEMENTS:
            kind = _name(_STATEMENTS[entry.kind])
            _put(found, "entity", f"ledger:entry-{entry.seq}", {"prov:type": kind, "prov:value": plain(record.values.get("text")), **told})
        elif entry.kind in facts.DECISION_KINDS:
            activity = f"ledger:entry-{entry.seq}"
            _put(found, "activity", activity, {
                "prov:type": _name("rec:Decision"), "rec:decision": o.get("decision"), "rec:observed": o.get("observed"),
                "rec:takenToMean": o.get("meaning"), "rec:rule": o.get("rule"), "rec:why": plain(record.values.get("why")), **told,
            })  # fmt: skip
            for sha256 in o.get("pictures") or ():
                _put(found, "entity", f"sha256:{sha256}", {})
                _relate(found, "used", {"prov:activity": activity, "prov:entity": f"sha256:{sha256}", **told})


def _edge(found: Bundle, edge: Edge) -> None:
    if edge.parent == edge.child:
        return
    parent, child = f"sha256:{edge.parent}", f"sha256:{edge.child}"
    _put(found, "entity", parent, {})
    _put(found, "entity", child, {})
    told = {"rec:class": CLASSES[edge.grade], "rec:grade": edge.grade, "rec:relation": edge.relation, "rec:entries": list(edge.seqs)}
    if edge.grade == ALIKE:
        entity = found["entity"][child]
        entity["rec:looksAlike"] = [*entity.get("rec:looksAlike", []), {"$": parent, "type": "prov:QUALIFIED_NAME"}]
    elif edge.grade == SAME_PIXELS:  # PROV-DM relates the two and takes no attributes here
        _relate(found, "alternateOf", {"prov:alternate1": child, "prov:alternate2": parent})
    else:
        _relate(found, "wasDerivedFrom", {"prov:generatedEntity": child, "prov:usedEntity": parent, **told})


def _put(found: Bundle, part: str, name: str, values: dict[str, Any]) -> None:
    """An element; a second time only what is new is added. None, "" and [] say nothing and are left out."""
    element = found.setdefault(part, {}).setdefault(name, {})
    for key, value in values.items():
        if value not in (None, "", [], ()):
            element.setdefault(key, value)


def _relate(found: Bundle, part: str, values: dict[str, Any]) -> None:
    relations = found.setdefault(part, {})
    relations[f"_:{part}{len(relations) + 1}"] = {key: value for key, value in values.items() if value not in (None, "", [], ())}


def _name(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _time(stamp: str) -> dict[str, str]:
    return {"$": stamp, "type": "xsd:dateTime"}


def _seqs(records: Iterable[RecordLike]) -> list[int]:
    return [record.entry.seq for record in records]


def _last(records: list[RecordLike], name: str) -> str:
    return next((text for r in reversed(records) if (text := plain(r.values.get(name)))), "")
