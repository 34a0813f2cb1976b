"""Which version was in force on a day, and what a picture's file leads to; "unknown" is an answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import BadInput
from provenance.terms import saved
from provenance.terms.applies import Saved, about, of_generator, of_licence, platform_id
from provenance.terms.force import all_in_force, day, difference, in_force
from provenance.terms.profile import profile, profiles


def label(name: str, on: str, document: int = 0) -> str | None:
    found = all_in_force(profile(name), on)[document]
    return found.version.label if found.version else None


def test_midjourney_by_day() -> None:
    assert label("midjourney", "2023-07-20") is None, "before the first known version"
    assert label("midjourney", "2023-07-21") == label("midjourney", "2023-12-19") == "2023-07-21"
    assert label("midjourney", "2023-12-20") == label("midjourney", "2026-05-26") == "2023-12-20"
    assert label("midjourney", "2026-05-27") == "2026-05-27"
    first = all_in_force(profile("midjourney"), "2023-08-01")[0]
    assert first.version is not None and "CC BY-NC" in first.version.statements["output"][0].en and first.marks == ("until-inferred",)


def test_what_is_not_known_is_marked() -> None:
    marks = {on: all_in_force(profile("midjourney"), on)[0].marks for on in ("2026-08-22", "2026-08-23")}
    assert marks == {"2026-08-22": (), "2026-08-23": ("not-looked-since",)}
    assert all_in_force(profile("openai"), "2026-02-01")[0].marks == ("start-unknown",)
    assert label("openai", "2025-12-31", 1) is None and label("openai", "2026-01-01", 1) == "2025-12-01"
    assert label("runway", "2026-10-31") is None
    assert all_in_force(profile("runway"), "2026-11-05")[0].marks == ("start-unknown", "not-looked-since", "uncertain")
    assert all_in_force(profile("kimi"), "2025-06-01")[0].marks == ("start-unknown", "not-looked-since", "second-hand")


@settings(deadline=None, max_examples=60)
@given(st.dates().map(str))
def test_a_version_never_counts_outside_its_days(on: str) -> None:
    for one in profiles():
        for document in one.documents:
            found = in_force(document, on)
            if found.version is not None:
                begin = found.version.start or found.version.dated or found.version.looked
                assert begin[:7] <= on[:7] and (not found.version.until or on <= found.version.until)


def test_the_difference_names_the_fields() -> None:
    first, _, last = profile("midjourney").documents[0].versions
    changed = {change.field for change in difference(first, last)}
    assert "output" in changed and "input" not in changed and "remarks" not in changed
    assert difference(last, last) == ()


@pytest.mark.parametrize("text", ["", "2026", "20260101", "2026-02-30", "2026-W01-1", "today", "２０２６-01-01"])
def test_a_day_that_is_none(text: str) -> None:
    with pytest.raises(BadInput, match=r"terms\.day"):
        day(text)


def test_names_in_files_lead_to_services() -> None:
    assert of_generator("ComfyUI", "2026-11-22", []).marks == ("local",)
    assert of_generator("OpenAI Media Service API", "2026-06-01", []).profile == profile("openai")
    assert of_generator("Nobody’s Tool", "2026-06-01", []).marks == ("no-profile",)
    company = of_generator("Beijing Chuntian Zhiyun (ByteDance: Doubao, Coze)", "2026-08-01", [])
    assert company.profile == profile("doubao") and company.marks == ("product-not-named",)
    undated = of_generator("Midjourney", "", [])
    assert undated.marks == ("no-day",) and undated.found == ()
    assert of_generator("", "2026-06-01", []).profile is None


def test_licences_by_the_words_of_the_header() -> None:
    found = of_licence("CreativeML Open RAIL++-M License", "2026-11-22")
    assert found.profile == profile("openrail-pp-m") and found.found[0].version is not None
    assert of_licence("CreativeML Open RAIL-M", "2026-11-22").profile == profile("openrail-m")
    assert of_licence("creativeml-openrail-m", "2022-01-01").found[0].version is None, "the text is younger than the picture"
    own = of_licence("all rights reserved by me", "2026-11-22")
    assert own.profile is None and own.marks == ("no-profile",)


def test_what_the_person_recorded_stands_first_and_by_its_day() -> None:
    early = Saved(3, "2026-06-01T00:00:00.000000Z", "midjourney", accepted="2026-01-01", plan="pro")
    late = Saved(9, "2026-10-01T00:00:00.000000Z", "midjourney", sha256="a" * 64)
    other = Saved(4, "2026-01-01T00:00:00.000000Z", "openai")
    found = of_generator("Midjourney", "2026-08-01", [late, early, other])
    assert found.saved == early and found.found[0].version is not None
    assert of_generator("Midjourney", "2026-10-01", [late, early]).saved == late
    before = of_generator("Midjourney", "2025-01-01", [late, early])
    assert before.saved == early and "saved-later" in before.marks
    mine = Saved(1, "2026-01-01T00:00:00.000000Z", platform_id("  Nobody’s Tool "))
    assert of_generator("nobody’s tool", "2026-08-01", [mine]).saved == mine
    assert about(early, "Midjourney") and not about(other, "Midjourney") and not about(mine, "Midjourney")


def test_a_saved_page_gives_its_dates_and_nothing_is_run() -> None:
    page = b"""<!DOCTYPE html><html><head><title>Terms &amp; more</title>
    <script>Updated: 1 January 2001</script></head>
    <body><svg><title>no</title></svg><h1>Terms</h1><p>Effective <b>May 27, 2026</b></p><p>born 3 March 1999</p>

    <p>\xe6\x9c\xac\xe5\x8d\x8f\xe8\xae\xae\xe6\x9b\xb4\xe6\x96\xb0\xe4\xba\x8e 2026\xe5\xb9\xb47\xe6\x9c\x8815\xe6\x97\xa5</p>
    </body></html>"""
    assert saved.is_html(page) and not saved.is_html(b"%PDF-1.7 ...")
    found = saved.page(page)
    assert found.title == "Terms & more"
    dates = [date for date, _ in found.dates]
    assert dates[0] == "2026-05-27" and "2026-07-15" in dates and "2001-01-01" not in dates


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=3000) | st.text(max_size=500).map(lambda t: ("<html>" + t).encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_page(data: bytes) -> None:
    found = saved.page(data)
    assert len(found.title) <= 300 and len(found.dates) <= saved.MOST_DATES
