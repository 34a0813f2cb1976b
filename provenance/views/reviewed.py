"""Checks before publishing and their answers, asked of the views."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from provenance import canon
from provenance.views.store import Views

CLOSING = ("looked at", "not applicable")
"""Answers that close a finding: who says that it will be changed says that it is not done yet."""


def digest(hashes: Iterable[str]) -> str:
    """SHA-256 over pictures' hashes, sorted, a line feed after each: which pictures a check was about."""
    return canon.sha256("".join(f"{sha256}\n" for sha256 in sorted(hashes)).encode("ascii"))


def answered(views: Views, work: str | None) -> frozenset[str]:
    """Idents of the findings of a work (None: of single pictures) whose last answer closes them."""
    rows = views.ask("SELECT finding, answer FROM answers WHERE work IS :work ORDER BY seq, n", work=work)
    last = {row["finding"]: row["answer"] for row in rows}
    return frozenset(ident for ident, answer in last.items() if answer in CLOSING)


def checks(views: Views, work: str | None, digest: str) -> list[dict[str, Any]]:
    """The checks of a work, or of exactly these pictures where there is none, oldest first."""
    if work is not None:
        return views.ask("SELECT * FROM checks WHERE work = :work ORDER BY seq", work=work)
    return views.ask("SELECT * FROM checks WHERE work IS NULL AND pictures_sha256 = :d ORDER BY seq", d=digest)


def entries(views: Views, work: str | None, digest: str, shown: Iterable[str]) -> set[int]:
    """The entries of a work's checks, of their answers and overrides, and of what lies beside the models of these pictures."""
    of = [row["seq"] for row in checks(views, work, digest)]
    found = set(of)
    found |= {row["seq"] for row in views.ask("SELECT seq FROM answers WHERE of IN (SELECT value FROM json_each(:of))", of=json.dumps(of))}
    if work is not None:
        found |= {row["seq"] for row in views.ask("SELECT seq FROM overrides WHERE work = :work", work=work)}
    sql = (
        "SELECT seq FROM noted WHERE model IN (SELECT sha256 FROM bindings WHERE picture IN (SELECT value FROM json_each(:shown)))"
    )
    return found | {row["seq"] for row in views.ask(sql, shown=json.dumps(list(shown)))}
