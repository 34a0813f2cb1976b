"""The words for a finding: data/findings.json, zh and en."""

from __future__ import annotations

import functools
import json
from typing import Any

from provenance import data, words
from provenance.bundle.verdict import Finding


@functools.cache
def _findings() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data.read("findings.json"))
    return found


def text(finding: Finding, lang: str) -> str:
    """A finding in a language, its untrusted parts made visible."""
    entry = _findings()[finding.code]
    shown = dict.fromkeys(entry.get("params", ()), "?") | {name: words.visible(str(value)) for name, value in finding.params.items()}
    said: str = entry.get(lang, entry["en"])
    return said.format_map(shown)
