"""Checks a C2PA manifest with the library of the Content Authenticity Initiative (c2pa-python), in a process of its own.

Native code reads hostile bytes here: it may crash or hang, and then only this process does. Nothing is fetched: remote manifests and
OCSP are turned off. Run as a module it takes a file's bytes on standard input and answers with one JSON object on standard output.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

SETTINGS = {
    "verify": {
        "verify_after_reading": True,
        "verify_trust": True,
        "verify_timestamp_trust": True,
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
    },
    "core": {"allowed_network_hosts": []},
}
"""Names as in c2pa-rs `Settings`; a host list that is empty allows none."""


def check(data: bytes, media_type: str) -> dict[str, Any]:
    """What the library finds.

    Args:
        data: the whole file. media_type: as its content says.
    Returns:
        `state` (Invalid, Valid, Trusted), `time` (of the signature, RFC 3339, or None), `success`, `informational`, `failure` (status
        codes of the C2PA specification for the active manifest), `ingredients` (failure codes of the manifests before it), `with`;
        or `error`, the library's word for why it could not say.
    """
    import c2pa

    version = f"c2pa-python {c2pa.__version__}"
    try:
        settings = c2pa.Settings.from_dict(SETTINGS)
        with c2pa.Context(settings) as context, c2pa.Reader(media_type, io.BytesIO(data), context=context) as reader:
            report = json.loads(reader.json())
    except Exception as error:  # the library's errors are many, and none may end more than this check
        return {"error": f"{type(error).__name__.lstrip('_')}: {error}"[:300], "with": version}
    results = report.get("validation_results") or {}
    active = report.get("manifests", {}).get(report.get("active_manifest"), {})
    deltas = (item.get("validationDeltas", {}) for item in results.get("ingredientDeltas") or ())
    return {
        "state": report.get("validation_state"),
        "time": (active.get("signature_info") or {}).get("time"),
        **{part: _codes((results.get("activeManifest") or {}).get(part)) for part in ("success", "informational", "failure")},
        "ingredients": _codes([status for delta in deltas for status in delta.get("failure") or ()]),
        "with": version,
    }


def _codes(statuses: Any) -> list[str]:
    return sorted({str(status.get("code")) for status in statuses or ()})


if __name__ == "__main__":
    sys.stdout.write(json.dumps(check(sys.stdin.buffer.read(), sys.argv[1])))
