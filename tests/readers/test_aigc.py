"""The label of GB 45438-2025: every place and escaping, what is wrong with it, and whom it names."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.readers import attempt
from provenance.readers.aigc import FIELDS
from provenance.readers.reading import Reading

CODE = "001" + "1" + "9144030008867405X2" + "10001"  # version, kind of code, unified social credit code, service
LABEL = {
    "Label": "1",
    "ContentProducer": CODE,
    "ProduceID": "tos/1",
    "ReservedCode1": "",
    "ContentPropagator": CODE,
    "PropagateID": "tos/1",
    "ReservedCode2": "",
}
TEXT = json.dumps(LABEL)


def read(*texts: tuple[str, str]) -> Reading:
    found, problems = attempt(texts)
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        json.dumps(TEXT),
        json.dumps(json.dumps(TEXT)),
        json.dumps({"AIGC": LABEL}),
        json.dumps({"AIGC": TEXT}),
        html.escape(TEXT),
        TEXT.replace('"', '\\"'),
        "AIGC" + TEXT,
        "\ufeff " + TEXT + "\0\0",
        json.dumps({f"TC260:{key}": value for key, value in LABEL.items()}),
    ],
)
@pytest.mark.parametrize("name", ["AIGC", "tEXt:AIGC", "xmp:TC260:AIGC", "mp4:AIGC", "mkv:AIGC", "TXXX:AIGC", "INFO:AIGC"])
def test_the_label_is_read_however_it_was_escaped(name: str, text: str) -> None:
    found = read((name, text))
    assert found.aigc == LABEL
    assert found.warnings == ()


@pytest.mark.parametrize("name", ["exif:Exif.UserComment", "exif:IFD0.ImageDescription", "tEXt:Comment", "COM", "mp4:©cmt"])
def test_in_a_comment_it_must_call_itself_aigc(name: str) -> None:
    assert read((name, json.dumps({"AIGC": LABEL}))).aigc == LABEL
    bare, _ = attempt(((name, TEXT),))
    assert bare is None or bare.aigc is None


def test_single_fields_of_xmp() -> None:
    assert read(*((f"xmp:TC260:{key}", value) for key, value in LABEL.items())).aigc == LABEL


@pytest.mark.parametrize(
    "form",
    ["<x TC260:AIGC='{}'/>".replace("{}", TEXT), f'<x TC260:AIGC = "{html.escape(TEXT)}"/>', f"<TC260:AIGC>{TEXT}</TC260:AIGC>"],
)
def test_a_packet_that_declares_another_prefix_than_it_uses(form: str) -> None:
    packet = f'<x:xmpmeta xmlns:C260="http://www.tc260.org.cn/ns/AIGC/1.0/">{form}</x:xmpmeta>'
    assert read(("xmp", packet)).aigc == LABEL
    found = read(("xmp", packet), ("xmp:TC260:AIGC", TEXT))
    assert (found.aigc, found.warnings) == (LABEL, ())


def test_other_aigc_values_are_no_label() -> None:
    for text in ("yes", "1", '{"Label": "1"}', '{"name": "AIGC"}', "[]", "", '{"AIGC": {"model": "x"}}'):
        found, _ = attempt((("tEXt:AIGC", text),))
        assert found is None or found.aigc is None


def test_what_is_wrong_is_told_and_nothing_is_added() -> None:
    found = read(("tEXt:AIGC", '{"Label": 1, "ContentProducer": "某 公司", "ProduceID": null, "ReserveCode1": "x"}'))
    assert found.aigc == {"Label": "1", "ContentProducer": "某 公司"}
    assert set(found.warnings) == {
        "aigc characters ContentProducer",
        "aigc null ProduceID",
        "aigc missing ReservedCode1",
        "aigc missing ContentPropagator",
        "aigc missing PropagateID",
        "aigc missing ReservedCode2",
    }
    assert found.rest["aigc_other"] == {"ReserveCode1": "x"}


def test_several_labels_the_first_counts_and_all_are_kept() -> None:
    other = LABEL | {"Label": "2"}
    found = read(("xmp:TC260:AIGC", TEXT), ("tEXt:AIGC", json.dumps(other)))
    assert found.aigc == LABEL
    assert "several aigc labels 2" in found.warnings
    assert found.rest["aigc_labels"] == [other]


@pytest.mark.parametrize(
    ("producer", "generator"),
    [
        (CODE, "Shenzhen Lianmeng (ByteDance: Jimeng, JianYing)"),
        ("001191110102MACQD9K64010000", "Beijing Chuntian Zhiyun (ByteDance: Doubao, Coze)"),
        ("picwish", "picwish"),
        ("某某科技", "某某科技"),
        ("001191110000000000000X10000", "unnamed (AIGC label)"),
        ("0011", "unnamed (AIGC label)"),
        ("", "unnamed (AIGC label)"),
    ],
)
def test_the_producer_is_named_only_so_far_as_the_label_does(producer: str, generator: str) -> None:
    assert read(("AIGC", json.dumps(LABEL | {"ContentProducer": producer}))).generator == generator


@pytest.mark.parametrize("label", ["2", "3", "0", ""])
def test_possible_and_suspected_name_no_generator(label: str) -> None:
    found = read(("AIGC", json.dumps(LABEL | {"Label": label})))
    assert found.generator is None
    assert found.aigc is not None


def test_a_label_beside_a_generators_data() -> None:
    found = read(("tEXt:parameters", "a boat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8"), ("AIGC", TEXT))
    assert found.prompts == ("a boat",)
    assert found.aigc == LABEL
    assert found.also_claimed == ()


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30), min_size=2), st.integers(0, 2))
@settings(deadline=None)
def test_any_fields_come_back_as_written(fields: dict[str, str], escaped: int) -> None:
    text = json.dumps(fields)
    for _ in range(escaped):
        text = json.dumps(text)
    found, problems = attempt((("tEXt:AIGC", text),))
    assert problems == ()
    assert found is not None
    assert found.aigc == fields


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_under_its_key_is_survived(text: str) -> None:
    _, problems = attempt((("AIGC", text), ("exif:Exif.UserComment", "AIGC" + text)))
    assert problems == ()
