"""The profiles: every row has its source and its day, every statement both languages, and no word that judges."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from provenance import data
from provenance.terms.profile import FIELDS, FOLDERS, LICENCE, MANY, SERVICE, SINGLE, folded, local_programs, profiles

NAMES = [name for _, folder in FOLDERS for name in data.names(folder)]
DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
JUDGING = re.compile(
    r"\b(un)?(fair|favou?rable|generous|harsh|risky|safe|dangerous|bad|good|great|excellent|poor|strict|lenient|aggressive|reasonable|friendly)\b"
    r"|苛刻|友好|宽松|严苛|霸王|优厚|危险|安全|合理|糟糕|有利|不利",
    re.IGNORECASE,
)
KEYS = {"dated", "number", "from", "until", "until_inferred", "stands_for", "source", "looked", "read", "sha256", *FIELDS}


def statements(version: dict[str, Any]) -> list[dict[str, Any]]:
    return [version[name] for name in SINGLE if version[name] is not None] + [one for name in MANY for one in version[name]]


def complaints(raw: dict[str, Any]) -> list[str]:
    """What is wrong with a profile."""
    found = [] if raw["documents"] else ["no document"]
    for document in raw["documents"]:
        if not document["versions"]:
            found.append(f"{document['id']}: no version")
        for version in document["versions"]:
            found += [f"{document['id']}: {what}" for what in _wrong(version)]
    texts = [raw["name"], *(d["covers"] for d in raw["documents"]), *(f["means"] for f in raw["flags"])]
    return found + [f"one language: {one}" for one in texts if not (one.get("en", "").strip() and one.get("zh", "").strip())]


def _wrong(version: dict[str, Any]) -> list[str]:
    found = [] if set(version) == KEYS else [f"keys {set(version) ^ KEYS}"]
    if not re.match(r"https://[^\s]+$", version.get("source") or ""):
        found.append("no source")
    if not DAY.fullmatch(version.get("looked") or ""):
        found.append("no day on which it was looked at")
    if version.get("read") not in ("primary", "secondary", "uncertain"):
        found.append("how it was read")
    found += [f"day {version[name]}" for name in ("dated", "from", "until") if version.get(name) and not DAY.fullmatch(version[name])]
    if version.get("read") == "uncertain" and not all(one.get("uncertain") for one in statements(version)):
        found.append("a statement of an uncertain text is not marked")
    for one in statements(version) if not found else ():
        if not (one.get("en", "").strip() and re.search("[\u4e00-\u9fff]", one.get("zh", ""))):
            found.append(f"one language: {one}")
        if JUDGING.search(one["en"] + one["zh"]):
            found.append(f"a word that judges: {one}")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_source_day_and_both_languages(name: str) -> None:
    raw = json.loads(data.read(name))
    assert complaints(raw) == []
    assert raw["id"] == name.rpartition("/")[2].removesuffix(".json")


@pytest.mark.parametrize(
    "spoil",
    [
        {"source": ""}, {"source": None}, {"looked": None}, {"looked": "lately"}, {"read": "maybe"}, {"from": "soon"},
        {"output": {"en": "The user.", "zh": ""}}, {"output": {"en": "A fair deal.", "zh": "归用户。"}}, {"read": "uncertain"},
    ],
)  # fmt: skip
def test_a_row_that_lacks_one_is_found(spoil: dict[str, Any]) -> None:
    raw = json.loads(data.read("terms/midjourney.json"))
    raw["documents"][0]["versions"][-1] |= spoil
    assert complaints(raw)


def test_the_versions_of_a_text_stand_in_order_and_do_not_overlap() -> None:
    for one in profiles():
        for document in one.documents:
            for before, after in zip(document.versions, document.versions[1:], strict=False):
                assert before.until and before.until < after.start, (one.id, before.label)
                assert before.start <= before.until
            for version in document.versions:
                assert list(version.stands_for) == sorted(version.stands_for)
                assert version.sha256 == "" or re.fullmatch("[0-9a-f]{64}", version.sha256)


def test_the_platforms_and_licences_are_there_and_names_mean_one_thing() -> None:
    services = {one.id for one in profiles() if one.kind == SERVICE}
    licences = {one.id for one in profiles() if one.kind == LICENCE}
    assert services >= {"openai", "google", "midjourney", "runway", "pika", "deepseek", "yuanbao", "kimi", "doubao", "stability", "civitai"}
    assert licences >= {"openrail-m", "openrail-pp-m", "stability-community", "flux1-dev", "flux-dev", "civitai-permissions"}
    called = [name for one in profiles() for name in {folded(name) for name in (*one.generators, *one.perhaps, *one.licences)}]
    called += list(local_programs())
    assert sorted({name for name in called if called.count(name) > 1}) == []


def test_what_the_notes_mark_uncertain_stays_marked() -> None:
    by_id = {one.id: one for one in profiles()}
    assert by_id["runway"].documents[0].versions[0].read == "uncertain"
    assert {by_id[name].documents[0].versions[0].read for name in ("pika", "yuanbao", "kimi")} == {"secondary"}
    (commercial,) = by_id["doubao"].documents[0].versions[0].statements["commercial"]
    assert commercial.uncertain and "2.2.3" in commercial.en
