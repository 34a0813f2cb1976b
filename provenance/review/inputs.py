"""Files that went into pictures, and what the person declared of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

from provenance import data
from provenance.law.authority import Authority, all_cited
from provenance.review.finding import HINT, WARNING, Finding, Params
from provenance.review.material import Input, Material

OURS = ("clipspace-",)  # names of ComfyUI's mask editor: drawn in the tool itself


@functools.cache
def _authorities() -> tuple[Authority, ...]:
    return all_cited(json.loads(data.read("review/duties.json"))["inputs"])


def inputs(material: Material) -> Iterator[Finding]:
    """Third parties' files, and files of which nothing is declared."""
    for one in material.inputs:
        code, level = said(one)
        if code:
            params: Params = {"name": one.name or one.sha256[:12], "count": len(one.pictures)}
            authorities = _authorities() if level == WARNING else ()
            yield Finding(code, level, one.sha256 or one.name, one.pictures, one.entries, params, authorities)


def said(one: Input) -> tuple[str, str]:
    """(code, level); ("", "") where there is nothing to say."""
    if one.rights == "third-party":
        return ("input.third-party-licence", HINT) if one.licence else ("input.third-party", WARNING)
    if one.rights == "licensed":
        return ("", "") if one.licence else ("input.licence-not-kept", HINT)
    if not one.rights and not one.name.startswith(OURS):
        return "input.undeclared", WARNING
    return "", ""
