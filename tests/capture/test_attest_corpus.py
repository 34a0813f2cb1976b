"""Credentials and labels of real files: what they claim, and what is checked of it. Skipped loudly where the corpus is absent."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from provenance.capture.understand import understood
from provenance.readers.reading import Reading

CLAIMED = ("claim_generator", "issuer", "digital_source_types", "n_manifests")


def entries(corpus: Path, *keys: str) -> list[tuple[str, dict[str, Any]]]:
    index = json.loads((corpus / "index.json").read_text(encoding="utf-8"))
    rows = index if isinstance(index, list) else index["files"]
    found = [(row["path"], row["expected"]) for row in rows if any(key in (row["expected"] or {}) for key in keys)]
    assert found, f"the corpus has nothing on {keys}"
    return found


def reading(path: Path, *, check: bool = False) -> Reading:
    found = understood(str(path), check=check).reading
    assert found is not None, path
    return found


def test_every_manifest_claims_what_it_should(corpus: Path) -> None:
    rows = entries(corpus, "c2pa")
    wrong = {}
    for path, expected in rows:
        found = reading(corpus / path).c2pa or {}
        differ = {key: (found.get(key), expected["c2pa"][key]) for key in CLAIMED if found.get(key) != expected["c2pa"][key]}
        if differ:
            wrong[path] = differ
    assert wrong == {}
    assert len(rows) >= 20


@pytest.mark.slow
def test_every_manifest_is_judged_as_it_should(corpus: Path) -> None:
    pytest.importorskip("c2pa", reason="LOUD: the extra c2pa is not installed: real manifests were NOT checked")
    wrong = {}
    for path, expected in entries(corpus, "c2pa"):
        found = reading(corpus / path, check=True).c2pa or {}
        truth = expected["c2pa"]
        if found.get("validation_state") != truth["validation_state"] or _moment(found.get("time")) != _moment(truth["time"]):
            wrong[path] = (found.get("validation_state"), found.get("time"), found.get("unchecked"))
        elif found["checked"]["trust"] == "trusted":
            wrong[path] = "nobody is trusted without a list of whom to trust"
    assert wrong == {}


def _moment(text: Any) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))


def test_every_label_is_read_field_by_field(corpus: Path) -> None:
    for path, expected in entries(corpus, "aigc"):
        assert reading(corpus / path).aigc == expected["aigc"], path


def test_every_creator_tool_is_told(corpus: Path) -> None:
    for path, expected in entries(corpus, "xmp_creator_tool"):
        assert reading(corpus / path).rest["creator_tool"] == expected["xmp_creator_tool"], path
