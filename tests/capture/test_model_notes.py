"""Small files beside models: what they claim is read, what they are not is passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provenance.capture import model_notes

MODEL = "ab" * 32


def note(path: Path, value: Any, form: str = "civitai.info", model: str = MODEL) -> Any:
    file = path / f"lora.{form}"
    file.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return model_notes.note(model, form, str(file))


def test_an_answer_of_the_api_with_its_model_inside(tmp_path: Path) -> None:
    found = note(tmp_path, {
        "id": 7, "modelId": 5, "name": "v1", "baseModel": "SDXL 1.0", "creator": {"username": "someone"},
        "model": {"name": "A style", "allowNoCredit": False, "allowCommercialUse": ["Image", "RentCivit"], "allowDerivatives": True},
        "files": [{"hashes": {"SHA256": MODEL.upper()}}],
    })  # fmt: skip
    assert found.permissions == {"allowNoCredit": "false", "allowCommercialUse": "Image,RentCivit", "allowDerivatives": "true"}
    assert found.ids == {"model": "5", "version": "7"} and found.title == "A style" and found.creator == "someone"
    assert found.agrees is True and found.base == "SDXL 1.0" and found.model == MODEL


def test_what_lora_manager_writes(tmp_path: Path) -> None:
    value = {"model_name": "B", "sha256": "cd" * 32, "base_model": "Pony", "civitai": {"id": 1, "model": {"allowCommercialUse": []}}}
    found = note(tmp_path, value, "metadata.json")
    assert found.permissions == {"allowCommercialUse": "None"} and found.agrees is False and found.title == "B" and found.base == "Pony"


@pytest.mark.parametrize(("value", "expected"), [
    ("Sell", "Sell"), ("{Image,RentCivit,Rent}", "Image,RentCivit,Rent"), ("{}", "None"), ([], "None"), ("None", "None"),
    (["Rent", 3], "Rent,3"),
])  # fmt: skip
def test_the_forms_that_the_flag_had(value: Any, expected: str) -> None:
    assert model_notes.permissions(({"allowCommercialUse": value},)) == {"allowCommercialUse": expected}


def test_a_flag_of_millions_of_words_is_cut() -> None:
    for value in ("Sell," * 1_000_000, ["Sell" * 1_000_000] * 1_000_000):
        (said,) = model_notes.permissions(({"allowCommercialUse": value},)).values()
        assert said.startswith("Sell") and len(said) <= 16 * 41


def test_a_claim_of_no_hash_neither_agrees_nor_disagrees(tmp_path: Path) -> None:
    assert note(tmp_path, {"modelId": 5}).agrees is None


@pytest.mark.parametrize("value", [
    b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"a": 1}', json.dumps({"model": {"allowNoCredit": "perhaps"}}).encode()[:20], b"null",
])
def test_what_is_no_such_file_says_nothing(tmp_path: Path, value: bytes) -> None:
    assert note(tmp_path, value) is None


@pytest.mark.parametrize("value", [
    {"modelId": 5, "model": [], "files": {"a": 1}, "creator": "x"}, {"modelId": 5, "files": [None, {"hashes": []}]},
    {"modelId": 5, "name": "\ud800", "allowCommercialUse": {"a": 1}},
])  # fmt: skip
def test_odd_shapes_are_taken_as_far_as_they_go(tmp_path: Path, value: Any) -> None:
    assert note(tmp_path, value).ids == {"model": "5"}


def test_folders_missing_and_large_files_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lora.civitai.info").mkdir()
    assert [model_notes.note(MODEL, form, path) for form, path in model_notes.beside(str(tmp_path / "lora.safetensors"))] == [None, None]
    monkeypatch.setattr(model_notes, "MOST", 4)
    assert note(tmp_path, {"modelId": 5}, "metadata.json") is None
