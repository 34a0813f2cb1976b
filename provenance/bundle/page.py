"""verify.html: the verifier for a browser, put together from its parts. Pure given the data files.

One file without a network: its policy names the SHA-256 of its one script and one style, and forbids all else. The words, the severities
and the pinned roots are those of the package's own data, so that the page cannot say otherwise than `prov verify`.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from importlib import resources
from typing import Any

from provenance import data

PARTS = ("bytes.js", "container.js", "ledger.js", "time.js", "ots.js", "forms.js", "author.js", "witness.js", "check.js", "page.js")
"""The script's parts in their order; each needs only those before it."""

_ELSEWHERE = frozenset("HLR")
"""First letters of codes that are found in ledgers, heads and single files, never in a bundle."""

_ALONE = ("T010",)
"""What only the stand-alone verify.py can say, and says of itself."""


def page() -> bytes:
    """The page, the same bytes each time."""
    script = f"\nconst BAKED = {_json(baked())};\n" + "".join(_part(name) for name in PARTS)
    style = _part("page.css")
    filled = _part("page.html").replace("@SCRIPT-HASH@", _source(script)).replace("@STYLE-HASH@", _source(style))
    return filled.replace("@STYLE@", style).replace("@SCRIPT@", script).encode()


def baked() -> dict[str, Any]:
    """What the script knows beforehand: findings, steps, verdicts and words in both languages, and the pinned roots with their names."""
    rows = json.loads(data.read("findings.json"))
    findings = {code: row for code, row in rows.items() if code[0] not in _ELSEWHERE and code not in _ALONE}
    said = {key: row for name in data.names("messages") for key, row in json.loads(data.read(name)).items()}
    authorities = json.loads(data.read("authorities.json"))["authorities"]
    return {
        "findings": {code: {part: row[part] for part in ("severity", "en", "zh")} for code, row in findings.items()},
        "pinned": {root: row["label"]["en"] for row in authorities for root in row["roots"]},
        "steps": {key.removeprefix("step."): row for key, row in said.items() if key.startswith("step.")},
        "verdicts": {key.removeprefix("verdict."): row for key, row in said.items() if key.startswith("verdict.")},
        "words": json.loads(data.read("bundle/page.json")),
    }


def _part(name: str) -> str:
    return resources.files("provenance.bundle").joinpath(f"standalone/{name}").read_text(encoding="utf-8")


def _source(text: str) -> str:
    """A hash source of the Content Security Policy, level 2."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def _json(value: object) -> str:
    """JSON that ends no script element and is JavaScript as it stands."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
