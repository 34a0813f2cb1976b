"""What a check finds in a record: each finding in both languages, as a hint, with its authority where it is a legal one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from provenance import data, words
from provenance.config import POLICY_RULES, Policy
from provenance.review import checks, labels
from provenance.review.finding import HINT, REFUSAL, WARNING, Finding
from provenance.review.likeness import CODES
from provenance.review.material import NAME, NEGATIVE, PROMPT, Alike, Decision, Input, Label, Material, Noted, Shown, Standing, Text, Use
from provenance.terms.applies import of_generator, of_licence

A, B, C = (f"{n:064x}" for n in (10, 11, 12))
REVIEW = Path(__file__).resolve().parents[2] / "provenance" / "review"
FULL = Standing(ideas=1, notes=1, statements=1, unanchored=3600, since="2026-11-22T00:00:00Z", until="2026-11-22T01:00:00Z", trusted=2)


def shown(sha256: str, role: str = "chosen", **more: bool) -> Shown:
    return Shown(sha256, role, f"{sha256[-2:]}.png", 3, "2026-11-22T00:00:00Z", more.get("live", True), more.get("generated", True))


GOOD = Material("sea", "0" * 16, "2026-11-22", (shown(A), shown(B, "ancestor")), decisions=(Decision(5, True, (A,)),), standing=FULL)


def codes(material: Material, policy: Policy | None = None, reviewed: bool = True) -> dict[str, Finding]:
    return {one.code: one for one in checks.check(material, policy or Policy(), reviewed)}


def test_a_whole_record_leaves_only_the_duties_of_who_publishes() -> None:
    found = codes(GOOD)
    assert set(found) == {"label.duty", "label.none"}
    for one in checks.check(GOOD, Policy()):
        if one.code == "label.duty":
            assert all(stands.date and stands.source and all(stands.name) for stands in one.authorities) and one.authorities


def test_duties_begin_on_their_days_and_only_where_a_generator_took_part() -> None:
    early = checks.check(replace(GOOD, day="2025-08-31"), Policy())
    assert {one.code for one in early if one.topic == "label"} == {"label.none", "label.duty-later"}
    later = checks.check(replace(GOOD, day="2025-09-01"), Policy())
    assert [one.subject for one in later if one.code == "label.duty"] == ["cn-publish"]
    drawn = replace(GOOD, pictures=(shown(A, generated=False),))
    assert not [one for one in checks.check(drawn, Policy()) if one.topic == "label"]


def test_the_data_on_duties_has_source_and_date_in_every_row() -> None:
    whole = json.loads(data.read("review/duties.json"))
    assert whole["as_of"] and whole["source"]["en"] and whole["source"]["zh"]
    for row in whole["duties"]:
        assert row["from"] and row["says"]["en"] and row["says"]["zh"]
    dates = {row["id"]: (row["from"], row["until"]) for row in whole["duties"]}
    assert dates["cn-publish"][0] == "2025-09-01" and dates["eu-mark"] == ("2026-08-02", "2026-12-02")
    assert len(labels.version()) == 64


def test_labels_found_are_told_and_a_labelled_file_is_not_called_bare() -> None:
    found = codes(replace(GOOD, labels=(Label("aigc", "Label=1", A, 3), Label("c2pa", "tool", B, 4))))
    assert "label.aigc" in found and "label.none" not in found and "label.c2pa" not in found  # B is no final file


@pytest.mark.parametrize(("rights", "licence", "name", "code", "level"), [
    ("third-party", False, "x.png", "input.third-party", WARNING),
    ("third-party", True, "x.png", "input.third-party-licence", HINT),
    ("licensed", False, "x.png", "input.licence-not-kept", HINT),
    ("licensed", True, "x.png", "", ""),
    ("mine", False, "x.png", "", ""),
    ("", False, "x.png", "input.undeclared", WARNING),
    ("", False, "clipspace-mask-12.png", "", ""),
])  # fmt: skip
def test_inputs(rights: str, licence: bool, name: str, code: str, level: str) -> None:
    found = {k: v for k, v in codes(replace(GOOD, inputs=(Input(C, name, rights, licence, (7,), (A,)),))).items() if v.topic == "input"}
    assert list(found) == ([code] if code else [])
    if code:
        assert found[code].level == level and (not found[code].authorities) == (level == HINT)


def test_terms_in_force_are_quoted_with_their_source() -> None:
    day = "2026-11-22"
    uses = (Use(of_licence("flux-1-dev-non-commercial-license", day), "flux", day, (A,), (4,)),
            Use(of_generator("Doubao", day, ()), "", day, (A,), (4,)), Use(of_generator("ComfyUI", day, ()), "", day, (A,), (4,)),
            Use(None, "mystery.safetensors", day, (A,), (4,)), Use(of_licence("CreativeML Open RAIL-M", day), "sd", day, (A,), (4,)))
    found = [one for one in checks.check(replace(GOOD, uses=uses), Policy()) if one.topic == "licence"]
    warned = [one for one in found if one.level == WARNING]
    assert warned and all(one.authorities and one.authorities[0].source.startswith("http") and one.authorities[0].date for one in warned)
    assert any("2.2" in one.said("en") for one in warned) and any("非商业" in one.said("zh") for one in warned)
    (unknown,) = (one for one in found if one.code == "licence.unknown")
    assert "mystery" in unknown.said("en") and "ComfyUI" not in unknown.said("en")


def test_flags_of_a_models_page_are_told_as_claims_and_only_where_they_restrict() -> None:
    def flags(**permissions: str) -> set[str]:
        noted = (Noted(C, "lora", permissions, None, (A,), (9,)),)
        return {one.code for one in checks.check(replace(GOOD, noted=noted), Policy()) if one.topic == "licence"}

    assert flags(allowCommercialUse="None", allowNoCredit="false") == {"licence.civitai-none", "licence.civitai-credit"}
    assert flags(allowCommercialUse="RentCivit,Rent") == {"licence.civitai-no-image"}
    assert flags(allowCommercialUse="Image,Sell", allowNoCredit="true", allowDerivatives="true") == set()
    assert flags(allowDerivatives="false") == {"licence.civitai-derivatives"}
    other = replace(GOOD, noted=(Noted(C, "lora", {}, False, (A,), (9,)),))
    assert "licence.note-of-other" in codes(other)


def test_the_record_itself() -> None:
    bare = replace(GOOD, standing=Standing(holes=(("2026-11-22T00:00:00Z", "2026-11-22T02:00:00Z", "stopped"),)), decisions=())
    missing = {f"record.{name}" for name in ("no-time", "no-notes", "no-idea", "no-statement", "no-decision", "holes")}
    assert missing <= set(codes(bare))
    assert "record.decisions" in codes(replace(GOOD, decisions=(Decision(5, False, (A,)),)))
    assert "record.idea-late" in codes(replace(GOOD, standing=replace(FULL, late=1)))
    assert "record.imported" in codes(replace(GOOD, pictures=(shown(A, live=False),)))
    assert "record.open" in codes(replace(GOOD, standing=replace(FULL, open_entries=2)))
    assert "record.unanchored" in codes(replace(GOOD, standing=replace(FULL, unanchored=200_000)))


def test_likeness_says_how_it_was_measured() -> None:
    alike = (Alike(A, "/refs/x.png", "looks alike", (("share", "0.912"),), ("wrong 0 of 2000", "误判 0")), Alike(A, "/refs/y.png", "near"))
    found = codes(replace(GOOD, alike=alike, compared=3, not_compared=1, cut=True))
    assert "0.912" in found["alike.looks-alike"].said("en") and "误判" in found["alike.looks-alike"].said("zh")
    assert found["alike.near"].level == HINT and {"alike.not-compared", "alike.cut"} <= set(found)


def test_an_answer_is_to_the_same_finding_about_the_same_pictures() -> None:
    one = Finding("name.prompt", WARNING, "x", (A, B))
    assert one.ident == replace(one, pictures=(B, A)).ident != replace(one, pictures=(A,)).ident
    duty = Finding("label.duty", WARNING, "x", (A,), always=True)
    assert duty.ident == replace(duty, pictures=(A, B)).ident


POLICY = Policy(forbid_inputs=("third-party-unlicensed",), forbid_models=("bad*",), forbid_names=("奥特曼", "Project Nightjar"),
                require_review=True, require_reason=True, require_statement=True, require_anchor=24, mode="refuse",
                modes=(("require_reason", "warn"),))  # fmt: skip


def test_a_policy_that_is_kept_says_nothing_and_each_broken_rule_is_told() -> None:
    assert not [one for one in checks.check(GOOD, POLICY) if one.topic == "policy"]
    broken = replace(
        GOOD, inputs=(Input(C, "x.png", "third-party", False, (7,), (A,)),), standing=Standing(), decisions=(Decision(5, False, (A,)),),
        texts=(Text("models/BadMix_v1.safetensors", NAME, (A,), (4,)), Text("an ULTRAMAN and project_nightjar", "prompt", (A,), (4,))),
    )  # fmt: skip
    found = [one for one in checks.check(broken, POLICY, reviewed=False) if one.topic == "policy"]
    assert {one.code for one in found} == {f"policy.{rule}" for rule in POLICY.rules}
    assert {one.code for one in found if one.level == WARNING} == {"policy.require_reason"}
    assert all(one.level == REFUSAL for one in found if one.code != "policy.require_reason")
    assert sorted(one.subject for one in found if one.code == "policy.forbid_names") == ["Project Nightjar", "奥特曼"]


def test_a_forbidden_name_that_is_kept_out_is_not_forbidden() -> None:
    kept_out = replace(GOOD, texts=(Text("ultraman", "negative", (A,), (4,)),))
    assert not [one for one in checks.check(kept_out, POLICY) if one.code == "policy.forbid_names"]


def test_every_code_has_its_sentence_in_both_languages() -> None:
    literal = re.compile(r'"((?:input|alike|licence|label|record)\.[a-z0-9-]+)"')
    said = {code for path in REVIEW.glob("*.py") for code in literal.findall(path.read_text(encoding="utf-8"))}
    said |= {f"name.{where}" for where in (PROMPT, NAME, NEGATIVE)} | {f"policy.{rule}" for rule in POLICY_RULES}
    said |= {"label.aigc", "label.c2pa"} | {f"alike.{code}" for code in CODES.values()}
    assert len(said) > 30
    for code in said:
        assert words.known(f"review.{code}"), code
    for topic in checks.TOPICS:
        assert words.known(f"cli.check.topic.{topic}")
