"""Fooocus: both schemes, both containers, and the day's log beside pictures that carry nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support.imagefiles import png

from provenance.capture.understand import understood
from provenance.readers import attempt, read
from provenance.readers.reading import Lora, Model, Reading, Written

JSON = {
    "adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "paper_v8", "base_model_hash": "aeb7e9e689",
    "full_negative_prompt": ["photo", "blurry"], "full_prompt": ["cinematic still a paper boat", "a paper boat, vivid"],
    "guidance_scale": 4.0, "lora_combined_1": "fold : 0.1", "loras": [["fold", 0.1, "4852686128"]], "metadata_scheme": "fooocus",
    "negative_prompt": "blurry", "performance": "Speed", "prompt": "a paper boat", "prompt_expansion": "a paper boat, vivid",
    "refiner_model": "None", "refiner_switch": 0.5, "resolution": "(1152, 896)", "sampler": "dpmpp_2m_sde_gpu", "scheduler": "karras",
    "seed": "123", "sharpness": 2.0, "steps": 30, "styles": "['Fooocus V2']", "vae": "Default (model)", "version": "Fooocus v2.5.5",
}  # fmt: skip


def fooocus(scheme: str | None = "fooocus", **values: Any) -> Reading:
    texts = [("tEXt:parameters", json.dumps(JSON | values))] + ([("tEXt:fooocus_scheme", scheme)] if scheme else [])
    found, failed = attempt(tuple(texts))
    assert found is not None and not failed
    return found


@pytest.mark.parametrize("scheme", ["fooocus", None])
def test_its_own_scheme(scheme: str | None) -> None:
    found = fooocus(scheme)
    assert (found.generator, found.version) == ("Fooocus", "Fooocus v2.5.5")
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("123",), ("30",), ("4.0",), ("1152x896",))
    assert (found.samplers, found.schedulers) == (("dpmpp_2m_sde_gpu",), ("karras",))
    assert found.models == (Model("paper_v8", "checkpoint", "aeb7e9e689"),)
    assert found.loras == (Lora("fold", "0.1", None, "4852686128"),)
    assert found.hashes == {"model": "aeb7e9e689", "lora:fold": "4852686128"}
    assert found.rest == {
        "adm_guidance": "(1.5, 0.8, 0.3)", "metadata_scheme": "fooocus", "performance": "Speed", "refiner_switch": "0.5",
        "sharpness": "2.0", "styles": "['Fooocus V2']",
    }  # fmt: skip


def test_what_was_typed_is_told_from_what_was_made_of_it() -> None:
    assert fooocus().texts == (
        Written("prompt", "a paper boat", "TYPED", "prompt"),
        Written("prompt", "cinematic still a paper boat, a paper boat, vivid", "EXPANDED", "full_prompt"),
        Written("prompt", "a paper boat, vivid", "EXPANDED", "prompt_expansion"),
        Written("negative", "blurry", "TYPED", "negative_prompt"),
        Written("negative", "photo, blurry", "EXPANDED", "full_negative_prompt"),
    )


@pytest.mark.parametrize("maker", ["exif:IFD0.MakerNote", "exif:IFD0.927C"])
def test_jpeg_and_webp(maker: str) -> None:
    found = read((("exif:IFD0.Software", "Fooocus v2.5.5"), (maker, "fooocus"), ("exif:IFD0.UserComment", json.dumps(JSON))))
    assert found is not None and found.generator == "Fooocus" and found.prompts == ("a paper boat",)


def test_refiner_and_vae() -> None:
    found = fooocus(refiner_model="refine", refiner_model_hash="bb", vae="mse")
    assert [(one.role, one.model) for one in found.passes] == [("base", "paper_v8"), ("refiner", "refine")]
    assert found.models[1:] == (Model("refine", "checkpoint", "bb"), Model("mse", "vae"))


def test_loras_without_the_list() -> None:
    values = {key: value for key, value in JSON.items() if key != "loras"} | {
        "lora_combined_2": "sub : name : 0.5", "lora_combined_3": "None : 1.0", "lora_combined_4": "False : off : 1.0",
        "lora_combined_5": "True : on : 0.3",
    }  # fmt: skip
    found = read((("tEXt:parameters", json.dumps(values)),))
    assert found is not None
    assert found.loras == (Lora("fold", "0.1"), Lora("sub : name", "0.5"), Lora("on", "0.3"))


INFOTEXT = (
    "cinematic still a paper boat, a paper boat, vivid\nNegative prompt: photo, blurry\n"
    "Steps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 123, Size: 1152x896, CFG scale: 4.0, Sharpness: 2.0, "
    'ADM Guidance: "(1.5, 0.8, 0.3)", Model: paper_v8, Model hash: aeb7e9e689, Performance: Speed, Scheduler: karras, '
    'VAE: Default (model), Raw prompt: a paper boat, Raw negative prompt: blurry, Refiner: refine, Refiner hash: bb, '
    'Lora hashes: "fold: 4852686128, other: aa", Lora weights: "fold: 0.1, other: 1.0", Version: Fooocus v2.5.5'
)


@pytest.mark.parametrize(
    "texts",
    [
        (("tEXt:parameters", INFOTEXT), ("tEXt:fooocus_scheme", "a1111")),
        (("tEXt:parameters", INFOTEXT),),
        (("exif:IFD0.MakerNote", "a1111"), ("exif:IFD0.UserComment", INFOTEXT)),
    ],
)
def test_the_other_scheme(texts: tuple[tuple[str, str], ...]) -> None:
    found = read(texts)
    assert found is not None and (found.generator, found.version) == ("Fooocus", "Fooocus v2.5.5")
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert [(one.text, one.origin) for one in found.texts if one.role == "prompt"] == [
        ("a paper boat", "TYPED"), ("cinematic still a paper boat, a paper boat, vivid", "EXPANDED"),
    ]  # fmt: skip
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("123",), ("30",), ("4.0",), ("1152x896",))
    assert (found.samplers, found.schedulers) == (("DPM++ 2M SDE Karras",), ("karras",))
    assert found.loras == (Lora("fold", "0.1", None, "4852686128"), Lora("other", "1.0", None, "aa"))
    assert found.hashes == {"model": "aeb7e9e689", "checkpoint:refine": "bb", "lora:fold": "4852686128", "lora:other": "aa"}


@pytest.mark.parametrize(
    "text",
    [
        "a boat\nSteps: 20, Sampler: Euler, Seed: 1, Size: 8x8, Version: f2.0.1v1.10.1",
        "a boat\nSteps: 20, Sampler: Euler, Seed: 1, Size: 8x8",
    ],
)
def test_other_infotexts_are_not_its(text: str) -> None:
    found = read((("tEXt:parameters", text),))
    assert found is not None and found.generator != "Fooocus"


def entry(name: str, rows: Sequence[tuple[str, str, str]], *, button: bool = True, whole: tuple[str, str] | None = None) -> str:
    """An entry as the program writes it; before 2.2 without button, its keys were the labels."""
    cells = "".join(f"<tr><td class='label'>{label}</td><td class='value'>{value}</td></tr>\n" for label, _, value in rows)
    if whole:
        shown = f"<details><summary>Positive</summary>{whole[0]}</details>\n<details><summary>Negative</summary>{whole[1]}</details>"
        cells += f"<tr><td class='label'>Full raw prompt</td><td class='value'>{shown}</td></tr>\n"
    packed = quote(json.dumps({key: value for _, key, value in rows}, indent=0), safe="")
    click = f"</br><button onclick=\"to_clipboard('{packed}')\">Copy to Clipboard</button>" if button else ""
    return (
        f'<div id="{name.replace(".", "_")}" class="image-container"><hr><table><tr>\n<td><a href="{name}" target="_blank">'
        f"<img src='{name}' loading='lazy'/></a><div>{name}</div></td>"
        f"<td><table class='metadata'>{cells}</table>{click}</td></tr></table></div>\n\n"
    )


ROWS = (
    ("Prompt", "prompt", "a paper boat's sail"), ("Negative Prompt", "negative_prompt", ""),
    ("Fooocus V2 Expansion", "prompt_expansion", "a paper boat's sail, vivid"), ("Styles", "styles", "['Fooocus V2']"),
    ("Performance", "performance", "Speed"), ("Steps", "steps", "30"), ("Resolution", "resolution", "(1152, 896)"),
    ("Guidance Scale", "guidance_scale", "4.0"), ("Base Model", "base_model", "paper.safetensors"),
    ("Refiner Model", "refiner_model", "None"), ("Sampler", "sampler", "dpmpp_2m_sde_gpu"), ("Scheduler", "scheduler", "karras"),
    ("Seed", "seed", "123"), ("LoRA 1", "lora_combined_1", "fold.safetensors : 0.1"), ("Version", "version", "Fooocus v2.5.5"),
)  # fmt: skip


def page(*entries: str) -> str:
    split = "<!--fooocus-log-split-->"
    return f"<html><head><script>to_clipboard('x')</script></head><body>{split}\n\n{''.join(entries)}\n{split}</body></html>"


def beside(folder: Path, *entries: str) -> Reading:
    """What is understood of `a.png` with such a log beside it."""
    (folder / "a.png").write_bytes(png())
    (folder / "log.html").write_text(page(*entries), encoding="utf-8")
    found = understood(str(folder / "a.png"))
    assert found.reading is not None and [one.name for one in found.specimen.container.carriers] == ["sidecar:log"]
    return found.reading


def test_the_log_tells_of_a_picture_that_carries_nothing(tmp_path: Path) -> None:
    other = entry("b.png", [("Prompt", "prompt", "another"), ("Seed", "seed", "9")])
    found = beside(tmp_path, other, entry("a.png", ROWS, whole=("cinematic a paper boat's sail", "photo")), other.replace("b.", "c."))
    assert (found.generator, found.version, found.prompts) == ("Fooocus", "Fooocus v2.5.5", ("a paper boat's sail",))
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("123",), ("30",), ("4.0",), ("1152x896",))
    assert found.models == (Model("paper.safetensors", "checkpoint"),) and found.loras == (Lora("fold.safetensors", "0.1"),)
    assert [(one.role, one.text, one.origin) for one in found.texts] == [
        ("prompt", "a paper boat's sail", "TYPED"), ("prompt", "cinematic a paper boat's sail", "EXPANDED"),
        ("prompt", "a paper boat's sail, vivid", "EXPANDED"), ("negative", "photo", "EXPANDED"),
    ]  # fmt: skip


def test_an_older_log_has_labels_for_keys_or_a_table_alone(tmp_path: Path) -> None:
    labelled = [(label, label, value) for label, _, value in ROWS]
    assert beside(tmp_path, entry("a.png", labelled)).seeds == ("123",)
    table = beside(tmp_path, entry("a.png", ROWS, button=False))
    assert table.prompts == ("a paper boat's sail",) and table.loras == (Lora("fold.safetensors", "0.1"),)


def test_a_table_keeps_its_new_lines(tmp_path: Path) -> None:
    rows = [("Prompt", "prompt", "one </br> two"), ("Seed", "seed", "1")]
    assert beside(tmp_path, entry("a.png", rows, button=False)).prompts == ("one\ntwo",)


def test_a_log_of_other_pictures_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "log.html").write_text(page(entry("b.png", ROWS)), encoding="utf-8")
    assert understood(str(tmp_path / "a.png")).reading is None
    assert understood(str(tmp_path / "log.html")).reading is None


@pytest.mark.parametrize("text", ["", "<div>", "<div to_clipboard('%7B", "<div to_clipboard('%5B%5D')", "<tr><td class='a'>x"])
def test_a_broken_entry_is_told(text: str) -> None:
    assert attempt((("sidecar:log", text),)) == (None, ("reader.failed Fooocus",))
