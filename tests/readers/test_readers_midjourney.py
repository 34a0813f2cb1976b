"""Midjourney: what its descriptions say, and what is none of its files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.readers import attempt, midjourney, read
from provenance.readers.reading import Control, InputFile, Reading, Texts

JOB = "0b9f3c2e-1a2b-4c3d-9e8f-001122334455"


def described(words: str, *more: tuple[str, str], key: str = "tEXt:Description") -> Texts:
    return ((key, f"{words} Job ID: {JOB}"), *more)


def got(words: str, *more: tuple[str, str], name: str = "") -> Reading:
    found = read(described(words, *more), name)
    assert found is not None and found.generator == "Midjourney"
    return found


def test_prompt_flags_job_author_and_time_stay_apart() -> None:
    time = ("tEXt:Creation Time", "Sun, 21 Jan 2024 13:17:47 GMT")
    found = got('a paper boat, "no 2" --ar 3:2 --v 6.1', ("tEXt:Author", "someone"), time)
    assert found.prompts == ('a paper boat, "no 2"',)
    assert (found.version, found.dialect) == ("6.1", "midjourney")
    assert found.rest == {
        "mj_flags": "--ar 3:2 --v 6.1",
        "job_id": JOB,
        "author": "someone",
        "created": "Sun, 21 Jan 2024 13:17:47 GMT",
        "flags": {"ar": "3:2", "v": "6.1"},
    }
    assert [(text.role, text.text, text.origin) for text in found.texts] == [("prompt", found.prompts[0], "TYPED")]


def test_no_seed_and_long_names() -> None:
    found = got("boat --no people, text --seed 4294967295 --version 7 --aspect 16:9 --stylize 250 --tile")
    assert (found.negative_prompts, found.seeds, found.version) == (("people, text",), ("4294967295",), "7")
    assert found.rest["flags"] == {"no": "people, text", "seed": "4294967295", "v": "7", "ar": "16:9", "s": "250", "tile": ""}
    assert got("boat --niji 6").version == "niji 6"
    assert got("boat").version is None and got("boat").seeds == ()


def test_pictures_and_references() -> None:
    found = got(
        "https://s.mj.run/aaa <https://s.mj.run/bbb> a boat, see https://not.one --iw 2 "
        "--sref https://s.mj.run/ccc::2 2213253170 --sw 300 --cref https://s.mj.run/ddd --cw 40 --oref https://s.mj.run/eee"
    )
    assert found.inputs == tuple(InputFile(f"https://s.mj.run/{name}", "image") for name in ("aaa", "bbb", "ccc", "ddd", "eee"))
    assert found.controls == (
        Control("style", weight="2", image="https://s.mj.run/ccc"),
        Control("style", model="2213253170", weight="300"),
        Control("reference", weight="40", image="https://s.mj.run/ddd"),
        Control("reference", image="https://s.mj.run/eee"),
    )
    assert found.prompts[0].endswith("a boat, see https://not.one")


def test_dashes_inside_a_prompt_are_the_prompts() -> None:
    assert got("a well--known boat -- by night --v 6").prompts == ("a well--known boat -- by night",)
    only = got("https://s.mj.run/aaa --v 6")
    assert only.prompts == ("https://s.mj.run/aaa",)
    assert got("--v 6").prompts == ()


@pytest.mark.parametrize("key", ["tEXt:Description", "iTXt:Description", "xmp:dc:description", "exif:IFD0.ImageDescription"])
def test_carriers(key: str) -> None:
    found = read(described("a boat --v 6", key=key))
    assert found is not None and found.generator == "Midjourney" and found.prompts == ("a boat",)


def test_the_guid_and_the_name_confirm_and_disagree() -> None:
    source = ("xmp:Iptc4xmpExt:DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")
    same = got("a boat", ("xmp:Iptc4xmpExt:DigImageGUID", JOB), source, name=f"someone_a_boat_{JOB}_0.png")
    assert same.rest["file_name_has_job_id"] is True and same.warnings == ()
    assert same.rest["digital_source_type"] == source[1]
    other = got("a boat", ("xmp:Iptc4xmpExt:DigImageGUID", JOB.replace("0b", "ff")))
    assert other.warnings == ("disagreement description/xmp job_id",)


@pytest.mark.parametrize(
    "found",
    [
        (("tEXt:Description", "a boat --v 6"),),
        (("tEXt:Description", "Job ID: 4711"),),
        (("tEXt:Description", f"Job ID: {JOB} was printed twice"),),
        (("tEXt:Author", "someone"), ("tEXt:Creation Time", "today")),
        (("tEXt:Title", f"boat Job ID: {JOB}"),),
    ],
)
def test_nothing_less_than_its_mark_is_claimed(found: Texts) -> None:
    assert not midjourney.claims(found)
    reading, failed = attempt(found, f"someone_a_boat_{JOB}_0.png")
    assert (reading is None or reading.generator != "Midjourney") and failed == ()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(deadline=None, max_examples=150)
def test_any_words_before_the_mark_are_read(words: str) -> None:
    found = midjourney.read(described(words))
    assert found.rest["job_id"] == JOB
    assert " ".join(f"{' '.join(found.prompts)} {found.rest['mj_flags']}".split()) == " ".join(words.split())
