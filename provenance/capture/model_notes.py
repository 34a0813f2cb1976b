"""What lies beside a model file and tells of its page: `.civitai.info` and `.metadata.json`, as download tools write them.

`.civitai.info` (Civitai Helper) is an answer of Civitai's API for a model version, with its model under `model`; `.metadata.json` (ComfyUI
LoRA Manager 1.x) has the same under `civitai`, and the file's `sha256`. The latter fills in permissive values where it was told none.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance import canon, clock, facts

FORMS = ("civitai.info", "metadata.json")
FLAGS = ("allowNoCredit", "allowCommercialUse", "allowDerivatives", "allowDifferentLicense")
MOST = 8 * 1024 * 1024  # bytes: example pictures' prompts make some of them long
MOST_TEXT = 400


def beside(path: str) -> Iterator[tuple[str, str]]:
    """(form, path) of the small files that may lie beside a model file."""
    stem = os.path.splitext(path)[0]  # noqa: PTH122 - a path may hold what no text can
    yield from ((form, f"{stem}.{form}") for form in FORMS)


def note(model: str, form: str, path: str) -> facts.ModelNoted | None:
    """The fact that a small file makes; None where there is none, or where it is no such file or too large.

    Args:
        model: SHA-256 of the model file that it lies beside.
    """
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST:
            return None
        with Path(path).open("rb") as file:
            raw = file.read(MOST + 1)
        whole = json.loads(raw.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError, MemoryError):
        return None
    if len(raw) > MOST or not isinstance(whole, dict):
        return None
    said = _mapping(whole.get("civitai")) if form == "metadata.json" else whole
    flags = permissions((_mapping(said.get("model")), said, whole))
    ids = {name: value for name, value in (("model", _text(said.get("modelId"))), ("version", _text(said.get("id")))) if value}
    title = _text(_mapping(said.get("model")).get("name")) or _text(whole.get("model_name")) or _text(said.get("name"))
    if not (flags or ids):
        return None  # some other program's file of that name
    claimed = _claimed(said, whole)
    return facts.ModelNoted(
        model=model, sha256=hashlib.sha256(raw).hexdigest(), size=len(raw), mtime=clock.stamp_ns(found.st_mtime_ns), form=form,
        agrees=model in claimed if claimed else None, permissions=flags or None, ids=ids or None, title=title or None,
        creator=_text(_mapping(said.get("creator")).get("username")) or None,
        base=_text(said.get("baseModel")) or _text(whole.get("base_model")) or None, path=canon.path(path),
    )  # fmt: skip


def permissions(places: tuple[Mapping[str, Any], ...]) -> dict[str, str]:
    """The flags, each from the first place that has it. `allowCommercialUse` was one word, is a list, and in answers of 2025 and later a
    PostgreSQL array, `{Image,RentCivit}`; an empty one is `None`, as the model's page then shows it."""
    found: dict[str, str] = {}
    for flag in FLAGS:
        value = next((place[flag] for place in places if place.get(flag) is not None), None)
        if isinstance(value, bool):
            found[flag] = "true" if value else "false"
        elif isinstance(value, str | list):
            parts = _text(value).strip("{}").split(",") if isinstance(value, str) else [_text(one) for one in value[:16]]
            found[flag] = ",".join(part.strip()[:40] for part in parts if part.strip()) or "None"
    return found


def _claimed(said: Mapping[str, Any], whole: Mapping[str, Any]) -> set[str]:
    """SHA-256 that the file names, of any file of the version: a page may offer several."""
    found = {_text(whole.get("sha256")).lower()}
    files = said.get("files")
    for row in files[:64] if isinstance(files, list) else ():
        found.add(_text(_mapping(_mapping(row).get("hashes")).get("SHA256")).lower())
    return {one for one in found if len(one) == 64}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return str(value)[:MOST_TEXT].strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
