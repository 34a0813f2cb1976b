"""Labels that final files bear, and the duties of who publishes them: to be looked at. No label is written here, none removed."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from provenance import canon, data
from provenance.law import authority
from provenance.review.finding import HINT, WARNING, Finding
from provenance.review.material import Material

BINDS_PUBLISHER = ("cn-publish", "eu-disclose")


@functools.cache
def _duties() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(data.read("review/duties.json"))["duties"]
    return found


@functools.cache
def version() -> str:
    """SHA-256 of the data on duties and of the list of authorities that they cite."""
    return canon.sha256("\n".join((data.read("review/duties.json"), authority.text())).encode())


def labels(material: Material) -> Iterator[Finding]:
    """What is in the final files, and what is owed where a generator took part."""
    finals = {one.sha256 for one in material.finals}
    for label in material.labels:
        if label.sha256 in finals:
            yield Finding(f"label.{label.form}", HINT, label.sha256, (label.sha256,), (label.seq,), {"text": label.text})
    made = tuple(one.sha256 for one in material.finals)
    if not made or not any(one.generated for one in material.pictures):
        return
    labelled = {label.sha256 for label in material.labels}
    bare = tuple(sha for sha in made if sha not in labelled)
    if bare:
        yield Finding("label.none", HINT, "", bare, (), {"count": len(bare)})
    for row in _duties():
        level = WARNING if row["id"] in BINDS_PUBLISHER else HINT
        code = "label.duty" if material.day >= row["from"] else "label.duty-later"
        params = {"says": (row["says"]["en"], row["says"]["zh"]), "since": row["from"]}
        yield Finding(code, level, row["id"], made, (), params, authority.all_cited(row["authorities"]), always=True)
