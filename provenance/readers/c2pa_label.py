"""What a C2PA manifest claims, beside whatever generator the file names. Claims only: `capture.attest` adds what was checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provenance.readers import credentials
from provenance.readers.credentials import claim_of, mapping
from provenance.readers.jsontext import plain
from provenance.readers.reading import About, Texts
from provenance.readers.texts import by_key

NAME = "C2PA"
KEYS = frozenset({*credentials.KEYS, "provenance"})
ABOUT = About(
    where="PNG caBX, JPEG APP11, WebP C2PA, BMFF uuid, RIFF, ID3 GEOB: a JUMBF manifest store",
    reads="claim generator, signer's certificate, actions, source types, ingredients, custom assertions, of all manifests",
    leaves="compressed manifests (told); a manifest kept elsewhere: its address is told, it is never fetched",
    source="C2PA specification 1.0 to 2.2; ISO/IEC 19566-5; RFC 9052",
    tried="real and own files",
)
_SAME = ("claim_version", "claim_generator_info", "title", "format", "instance_id", "ingredients", "assertions", "data", "signer")


def label(texts: Texts) -> Mapping[str, Any]:
    """`c2pa`: claim_generator, issuer (the organisation its certificate names), digital_source_types (of all manifests), n_manifests,
    and what else the manifests say. validation_state, time and checked stay None until they are checked, and `unchecked` says why."""
    claim = claim_of(texts)
    remote = by_key(texts, "provenance")
    elsewhere = {"c2pa_remote": remote} if remote and remote.startswith(("http://", "https://")) else {}
    if not claim:
        return {"rest": elsewhere} if elsewhere else {}
    others = [mapping(one) for one in claim.get("others", ())]
    found: dict[str, Any] = {
        "claim_generator": claim.get("claim_generator"),
        "issuer": mapping(claim.get("signer")).get("organisation"),
        "digital_source_types": list(claim.get("digital_source_types", ())),
        "n_manifests": int(claim.get("manifests", 0)),
        "active": claim.get("active"),
        "validation_state": None,
        "time": None,
        "checked": None,
        "unchecked": "not-asked",
        "actions": list(claim.get("actions", ())),
        "software_agents": list(_agents((*others, claim))),
        **{key: claim[key] for key in _SAME if claim.get(key)},
    }
    if others:
        found["others"] = [{key: value for key, value in one.items() if value} for one in others]
    return {"c2pa": {key: _kept(value) for key, value in found.items()}} | ({"rest": elsewhere} if elsewhere else {})


def _kept(value: Any) -> Any:
    return value if type(value) is str or isinstance(value, int) else plain(value)


def _agents(manifests: Iterable[Mapping[str, Any]]) -> dict[str, None]:
    """Every software that is named as having taken a step, once."""
    steps = (mapping(action) for manifest in manifests for action in manifest.get("actions", ()))
    named = (f"{step['softwareAgent']} {step.get('softwareAgentVersion', '')}".strip() for step in steps if "softwareAgent" in step)
    return dict.fromkeys(named)
