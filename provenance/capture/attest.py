"""What third parties say inside a file, checked: C2PA manifests, and NovelAI's signature. Only on demand, never while recording.

The C2PA library is an optional extra and native code: it runs in a process of its own, with a limit on its time (`c2pa_check`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from provenance.capture.intake import texts_of
from provenance.carriers.carrier import Container
from provenance.readers.reading import Reading

MAX_SIZE = 64 * 1024 * 1024
TIMEOUT = 20.0  # seconds; a picture takes a fifth of one
_HASHES = ("dataHash", "bmffHash", "boxesHash", "collectionHash", "multiAssetHash")
_BOUND = frozenset(f"assertion.{name}.match" for name in _HASHES)
_UNBOUND = ("assertion.", "claim.hardBindings", "hashedURI.", "ingredient.hashedURI")
_TRUST = (
    ("signingCredential.ocsp.revoked", "revoked"),
    ("signingCredential.invalid", "invalid"),
    ("signingCredential.expired", "expired"),
    ("signingCredential.untrusted", "untrusted"),
    ("signingCredential.trusted", "trusted"),
)

Runner = Callable[[bytes, str], Mapping[str, Any]]
"""(a file's bytes, media type) -> what `c2pa_check.check` returns."""


def attested(reading: Reading | None, container: Container, data: bytes | None, run: Runner | None = None) -> Reading | None:
    """A Reading with what was checked of the attestations in its file.

    Args:
        reading: as the readers gave it; what says nothing of an attestation comes back as it is. container: of the same file.
        data: the whole file; None where it is too large to be at hand. run: checks a manifest; where None, the library does so, if
            it is installed.
    Returns:
        The Reading with `c2pa["checked"]` = {binding, signature, trust, state, time, codes, with}, or with `c2pa["unchecked"]`, a code
        for why it could not be checked (`no-library`, `too-large`, `timeout`, `crashed`, `failed ...`); and with `attestations` added.
    """
    if reading is None:
        return None
    if reading.c2pa is not None and reading.c2pa.get("n_manifests"):
        reading = replace(reading, c2pa={**reading.c2pa, **_c2pa(container.media_type, data, run)})
    texts = texts_of(container)
    if data is not None and any("signed_hash" in text for _, text in texts):
        from provenance.capture import novelai_signature

        found = novelai_signature.check(data, texts)
        reading = reading if found is None else replace(reading, attestations=(*reading.attestations, found))
    return reading


def _c2pa(media_type: str, data: bytes | None, run: Runner | None) -> dict[str, Any]:
    if data is None or len(data) > MAX_SIZE:
        return {"unchecked": "too-large"}
    if run is None:
        if find_spec("c2pa") is None:
            return {"unchecked": "no-library"}
        run = in_process
    found = run(data, media_type)
    if "error" in found:
        return {"unchecked": f"failed {found['error']}"} if "with" in found else {"unchecked": str(found["error"])}
    told = verdict(found)
    return {"checked": told, "unchecked": None, "validation_state": told["state"], "time": told["time"]}


def verdict(found: Mapping[str, Any]) -> dict[str, Any]:
    """The three questions answered apart, from the status codes of the active manifest.

    binding: do the bytes of the file and the assertions match what was signed (valid, invalid, absent). signature: is the claim as its
    signer left it (valid, invalid, absent). trust: what is known of the signer (trusted, untrusted, expired, invalid, revoked, unknown):
    the first that holds of revoked, invalid, expired, untrusted. A valid signature of an untrusted signer says who nobody knows.
    """
    good, bad = set(_texts(found.get("success"))), set(_texts(found.get("failure")))
    notes, ingredients = set(_texts(found.get("informational"))), _texts(found.get("ingredients"))
    binding = "invalid" if any(code.startswith(_UNBOUND) for code in bad) else "valid" if good & _BOUND else "absent"
    broken = any(code.startswith(("claimSignature.", "claim.")) and not code.startswith("claim.hardBindings") for code in bad)
    signature = "invalid" if broken else "valid" if "claimSignature.validated" in good else "absent"
    return {
        "binding": binding,
        "signature": signature,
        "trust": next((word for code, word in _TRUST if code in bad | good), "unknown"),
        "state": found.get("state"),
        "time": found.get("time"),
        "codes": sorted(bad | notes) + sorted(f"ingredient:{code}" for code in ingredients),
        "with": found.get("with"),
    }


def _texts(codes: Any) -> list[str]:
    return [str(code) for code in codes] if isinstance(codes, Iterable) and not isinstance(codes, str) else []


def in_process(data: bytes, media_type: str, timeout: float = TIMEOUT) -> Mapping[str, Any]:
    """Run `c2pa_check` in a process of its own. Where that dies or takes too long, `error` says so."""
    command = [sys.executable, "-P", "-m", "provenance.capture.c2pa_check", media_type]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return {"error": "timeout"}
    except OSError:
        return {"error": "no-process"}
    try:
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"error": "crashed"}
