"""What editors leave: steps of work and identifiers, never a generator."""

from __future__ import annotations

import json

from provenance.readers import attempt
from provenance.readers.editors import MAX_STEPS
from provenance.readers.reading import Edit, Reading

HISTORY = [
    {
        "stEvt:action": "created",
        "stEvt:instanceID": "xmp.iid:1",
        "stEvt:when": "2026-01-01T10:00:00+08:00",
        "stEvt:softwareAgent": "Editor 1",
    },
    {"stEvt:action": "saved", "stEvt:when": "2026-01-01T11:00:00+08:00", "stEvt:softwareAgent": "Editor 1", "stEvt:changed": "/"},
    {"stEvt:action": "converted", "stEvt:parameters": "from a to b"},
    {"stEvt:when": "2026"},
    "no step",
]


def read(*texts: tuple[str, str]) -> Reading:
    found, problems = attempt(texts)
    assert problems == ()
    assert found is not None
    assert found.generator is None
    return found


def test_the_history_of_xmp() -> None:
    assert read(("xmp:xmpMM:History", json.dumps(HISTORY))).edits == (
        Edit("created", "2026-01-01T10:00:00+08:00", "Editor 1", None, "xmp.iid:1"),
        Edit("saved", "2026-01-01T11:00:00+08:00", "Editor 1", "/", None),
        Edit("converted", None, None, "from a to b", None),
    )


def test_a_history_of_one_step_that_is_no_list() -> None:
    assert [edit.action for edit in read(("xmp:xmpMM:History", json.dumps(HISTORY[0]))).edits] == ["created"]


def test_identifiers_ancestors_and_the_creator_tool() -> None:
    found = read(
        ("xmp:xmp:CreatorTool", "Adobe Photoshop 26.0 (Windows)"),
        ("xmp:xmpMM:DocumentID", "adobe:docid:1"),
        ("xmp:xmpMM:OriginalDocumentID", "xmp.did:0"),
        ("xmp:photoshop:DocumentAncestors", '["a","b"]'),
        ("xmp:crs:ProcessVersion", "15.4"),
        ("xmp:crs:Exposure2012", "+0.10"),
    )
    assert found.rest == {
        "creator_tool": "Adobe Photoshop 26.0 (Windows)",
        "document_id": "adobe:docid:1",
        "original_document_id": "xmp.did:0",
        "document_ancestors": ["a", "b"],
        "camera_raw_settings": 2,
    }


def test_gimp_by_its_comment_its_program_field_and_its_xmp() -> None:
    assert read(("tEXt:Comment", "Created with GIMP")).rest["editor"] == "GIMP"
    assert read(("COM", "Created with GIMP")).rest["editor"] == "GIMP"
    found = read(("exif:IFD0.Software", "GIMP 2.10.36"), ("xmp:GIMP:API", "2.0"), ("xmp:GIMP:Platform", "Linux"))
    assert found.rest == {"editor": "GIMP 2.10.36", "gimp": {"API": "2.0", "Platform": "Linux"}}


def test_darktables_modules() -> None:
    history = [{"darktable:operation": "exposure", "darktable:enabled": "1"}, {"darktable:operation": "sharpen", "darktable:enabled": "0"}]
    found = read(("xmp:darktable:history", json.dumps(history)))
    assert found.edits == (Edit("exposure", tool="darktable"), Edit("sharpen", tool="darktable", changed="disabled"))


def test_words_of_a_person_are_no_editor() -> None:
    for text in ("Created with love", "Made in GIMP by me", ""):
        found, _ = attempt((("tEXt:Comment", text), ("exif:IFD0.Software", "Firmware 1.2")))
        assert found is None


def test_a_history_beyond_every_real_one_is_cut_and_told() -> None:
    found = read(("xmp:xmpMM:History", json.dumps([HISTORY[0]] * (MAX_STEPS + 1))))
    assert len(found.edits) == MAX_STEPS
    assert found.warnings == (f"edits {MAX_STEPS + 1}",)


def test_a_history_stands_beside_a_generators_data() -> None:
    found, _ = attempt(
        (("tEXt:parameters", "a boat\nSteps: 20, Sampler: Euler, Seed: 1, Size: 8x8"), ("xmp:xmpMM:History", json.dumps(HISTORY)))
    )
    assert found is not None
    assert found.prompts == ("a boat",)
    assert len(found.edits) == 3


def test_damaged_histories_are_survived() -> None:
    for text in ("", "[", "[1,2", '{"stEvt:action": 5}', "[[[]]]"):
        _, problems = attempt((("xmp:xmpMM:History", text), ("xmp:xmpMM:DerivedFrom", text)))
        assert problems == ()
