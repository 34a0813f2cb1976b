"""C2PA manifest stores (C2PA specification 1.0 to 2.2): what the manifests claim, as one JSON text. Claimed, not checked.

A store is a JUMBF superbox of manifests, the last of which is the active one; each has a claim, assertions and a signature.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from provenance.carriers import cbor, cose, jumbf
from provenance.carriers.carrier import Carrier, Container
from provenance.carriers.jumbf import Box
from provenance.carriers.text import label as short

MAX_STORE = 16 * 1024 * 1024
MAX_DECODED = 1024 * 1024  # of CBOR and JSON in one store; thumbnails are neither
MAX_MANIFESTS = 32  # that are told one by one; all are counted
MAX_VALUES = 20_000
MAX_STRING = 16_384
_MANIFESTS = ("c2ma", "c2um", "c2cm")
_NOT_TOLD = ("c2pa.hash", "c2pa.thumbnail", "c2pa.icon", "c2pa.certificate-status", "c2pa.time-stamp", "c2pa.depthmap")
_ACTION_TEXTS = ("action", "when", "description", "reason", "changed")


@dataclass
class _State:
    """What one store may still cost, and what was wrong with it."""

    data: bytes
    bytes_left: int = MAX_DECODED
    values_left: int = MAX_VALUES
    troubles: dict[str, None] = field(default_factory=dict)

    def warn(self, code: str) -> None:
        self.troubles[code] = None


def with_claim(container: Container) -> Container:
    """A Container with the carrier `c2pa:claim` behind its `c2pa` blob, where the blob is a manifest store that can be read.

    Of several stores the first one that can be read is told. This never raises.
    """
    stores = [carrier for carrier in container.carriers if carrier.name == "c2pa"]
    if not stores:
        return container
    text, troubles = None, list[str]()
    for store in stores:
        try:
            text, found = claim(store.raw)
        except Exception as error:  # a defect here must not cost the file's other texts
            text, found = None, (f"c2pa.failed {type(error).__name__}",)
        troubles += found
        if text is not None:
            break
    if len(stores) > 1:
        troubles.append(f"c2pa.several {len(stores)}")
    carriers = container.carriers
    if text is not None:
        carriers = (*carriers, Carrier("c2pa:claim", text.encode("utf-8", "surrogatepass"), text, derived=True))
    return replace(container, carriers=carriers, warnings=tuple(dict.fromkeys((*container.warnings, *troubles))))


def claim(store: bytes) -> tuple[str | None, tuple[str, ...]]:
    """What a manifest store claims.

    Args:
        store: the JUMBF bytes.
    Returns:
        JSON text and warnings. The text is an object: `manifests` (how many), `active` (the active one's label),
        `digital_source_types` (short names, of all manifests, in alphabetical order), the fields of the active manifest as `_manifest`
        gives them, and `others`, a list of the same for the manifests before it. None for bytes that are no manifest store.
    """
    if len(store) > MAX_STORE:
        return None, (f"c2pa.large {len(store)}",)
    box, troubles = jumbf.superbox(store)
    manifests = [child for child in box.children if child.kind in _MANIFESTS] if box is not None and box.kind == "c2pa" else []
    if not manifests:
        return None, ("c2pa.no-manifest",)
    state = _State(store, troubles={f"c2pa.{code}": None for code in troubles})
    if len(manifests) > MAX_MANIFESTS:
        state.warn(f"c2pa.too-many {len(manifests)}")
    told = [_manifest(state, manifest) for manifest in manifests[-MAX_MANIFESTS:]]
    types = {action["digitalSourceType"] for one in told for action in one["actions"] if "digitalSourceType" in action}
    found = {
        "manifests": len(manifests),
        "active": manifests[-1].label,
        "digital_source_types": sorted(types),
        **told[-1],
        "others": told[:-1],
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")), tuple(state.troubles)


def _manifest(state: _State, box: Box) -> dict[str, Any]:
    """One manifest: label, claim_version, claim_generator, claim_generator_info, title, format, instance_id, actions, ingredients,
    assertions (labels), data (label -> value of what is no hash and no thumbnail), signer. What is not said is left out, save the lists."""
    if box.kind == "c2cm":
        state.warn(f"c2pa.compressed {short(box.label)}")
    found: dict[str, Any] = {"label": box.label, "actions": [], "ingredients": [], "assertions": []}
    claims = box.child("c2cl")
    if claims is None:
        state.warn(f"c2pa.no-claim {short(box.label)}")
    else:
        found |= _claim(claims, _map(_content(state, claims)))
    assertions = box.child("c2as")
    for assertion in assertions.children if assertions is not None else ():
        _assertion(state, found, assertion)
    signature = box.child("c2cs")
    if signature is not None and signature.contents:
        found["signer"] = _signer(state, box.label, *signature.contents[0][1:])
    return found


def _signer(state: _State, label: str, start: int, end: int) -> dict[str, str]:
    state.bytes_left -= end - start
    if state.bytes_left < 0:
        state.warn("c2pa.too-much")
        return {}
    try:
        return cose.signer(state.data[start:end])
    except ValueError:
        state.warn(f"c2pa.signature {short(label)}")
        return {}


def _claim(box: Box, claim: Mapping[Any, Any]) -> dict[str, Any]:
    """The claim itself. Version 1 names its generator in a text, version 2 in a map that has a name."""
    info = claim.get("claim_generator_info")
    infos = [_map(item) for item in (info if isinstance(info, list) else [info])]
    infos = [{key: value for key, value in one.items() if isinstance(key, str) and isinstance(value, str)} for one in infos if one]
    named = next((one["name"] for one in infos if "name" in one), None)
    texts = {
        "claim_generator": claim.get("claim_generator") or named,
        "title": claim.get("dc:title"),
        "format": claim.get("dc:format"),
        "instance_id": claim.get("instanceID"),
    }
    found: dict[str, Any] = {"claim_version": 2 if box.label.startswith("c2pa.claim.v2") else 1}
    found |= {key: value[:MAX_STRING] for key, value in texts.items() if isinstance(value, str)}
    return found | ({"claim_generator_info": infos} if infos else {})


def _assertion(state: _State, found: dict[str, Any], box: Box) -> None:
    found["assertions"].append(box.label)
    if box.label.startswith(_NOT_TOLD):
        return
    value = _content(state, box)
    if value is None:
        return
    if box.label.startswith("c2pa.actions"):
        found["actions"] += _actions(state, _map(value))
    elif box.label.startswith("c2pa.ingredient") and isinstance(value, dict):
        found["ingredients"].append(_ingredient(value))
    else:
        found.setdefault("data", {}).setdefault(box.label, _plain(state, value))


def _actions(state: _State, value: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Actions in their order, under C2PA's own names; digitalSourceType as its short name, softwareAgent as text in all versions."""
    agents, told = value.get("softwareAgents"), list[dict[str, Any]]()
    actions = value.get("actions")
    for action in actions if isinstance(actions, list) else ():
        if not isinstance(action, dict):
            continue
        one: dict[str, Any] = {key: action[key] for key in _ACTION_TEXTS if isinstance(action.get(key), str)}
        agent = action.get("softwareAgent")
        index = action.get("softwareAgentIndex")
        if agent is None and isinstance(agents, list) and isinstance(index, int) and 0 <= index < len(agents):
            agent = agents[index]
        one |= _agent(agent)
        if isinstance(source := action.get("digitalSourceType"), str):
            one["digitalSourceType"] = source.rstrip("/").rpartition("/")[2]
        parameters = {key: item for key, item in _map(action.get("parameters")).items() if key not in ("ingredient", "ingredients")}
        if parameters:
            one["parameters"] = _plain(state, parameters)
        told.append(one)
    return told


def _agent(agent: Any) -> dict[str, str]:
    if isinstance(agent, str):
        return {"softwareAgent": agent}
    named = {"softwareAgent": _map(agent).get("name"), "softwareAgentVersion": _map(agent).get("version")}
    return {key: value for key, value in named.items() if isinstance(value, str)}


def _ingredient(value: Mapping[Any, Any]) -> dict[str, Any]:
    """What went in: title, format, relationship, instance_id, and the label of its own manifest in this store."""
    texts = {
        "title": value.get("dc:title"),
        "format": value.get("dc:format"),
        "relationship": value.get("relationship"),
        "instance_id": value.get("instanceID"),
        "description": value.get("description"),
    }
    found = {key: text for key, text in texts.items() if isinstance(text, str)}
    url = _map(value.get("activeManifest") or value.get("c2pa_manifest")).get("url")
    if isinstance(url, str):
        found["manifest"] = url.rpartition("/c2pa/")[2].partition("/")[0]
    return found


# --- values ---------------------------------------------------------------------------------------------------------------------


def _content(state: _State, box: Box) -> Any:
    """The value of a content box of CBOR or JSON; None for other kinds, and for what cannot be read."""
    for kind, start, end in box.contents:
        loads = _LOADERS.get(kind)
        if loads is None:
            continue
        state.bytes_left -= end - start
        if state.bytes_left < 0:
            state.warn("c2pa.too-much")
            return None
        try:
            return loads(state.data[start:end])
        except (ValueError, RecursionError):
            state.warn(f"c2pa.{kind.decode()} {short(box.label)}")
            return None
    return None


def _json(raw: bytes) -> Any:
    """JSON whose numbers stay as they are written. Some writers pad it with zero bytes."""
    return json.loads(raw.rstrip(b"\x00").decode("utf-8", "replace"), parse_int=str, parse_float=str, parse_constant=str, strict=False)


_LOADERS: MappingProxyType[bytes, Callable[[bytes], Any]] = MappingProxyType({b"cbor": cbor.loads, b"json": _json})


def _map(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}


def _plain(state: _State, value: Any, depth: int = 12) -> Any:
    """A value fit for JSON. Bytes are `{"b64": ...}`, long ones only `{"bytes": how many}`: the store itself is kept whole beside this."""
    state.values_left -= 1
    if state.values_left < 0 or depth <= 0:
        state.warn("c2pa.too-much")
        return None
    if isinstance(value, dict):
        if "url" in value and "hash" in value:  # a reference; its hash is the verifier's business
            return {key: item for key, item in value.items() if key in ("url", "relationship") and isinstance(item, str)}
        return {str(key)[:MAX_STRING]: _plain(state, item, depth - 1) for key, item in value.items() if state.values_left > 0}
    if isinstance(value, list):
        return [_plain(state, item, depth - 1) for item in value if state.values_left > 0]
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()} if len(value) <= 128 else {"bytes": len(value)}
    if isinstance(value, str) and len(value) > MAX_STRING:
        state.warn("c2pa.too-much")
        return value[:MAX_STRING]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
