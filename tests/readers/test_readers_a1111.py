"""The infotext family: grammar, traps, forks, LoRAs, hashes, passes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import infotext

from provenance.prompts.tags import embeddings, tags
from provenance.readers import a1111, read
from provenance.readers.infotext import parse
from provenance.readers.reading import Lora, Model, Pass, Reading

TAIL = "Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 512x768, Model hash: abc1234567, Model: paper_v1"


def got(settings_text: str = TAIL, **more: str | None) -> Reading:
    found = read(infotext(settings_text, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_usual_text() -> None:
    found = got(TAIL + ", Version: v1.10.1")
    assert (found.generator, found.version) == ("A1111", "v1.10.1")
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.samplers) == (("42",), ("20",), ("7",), ("Euler a",))
    assert (found.schedulers, found.sizes) == (("Karras",), ("512x768",))
    assert found.models == (Model("paper_v1", "checkpoint", "abc1234567"),)
    assert found.hashes == {"model": "abc1234567"}


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("Version: v1.6.0-372-g8aa51f68", "A1111"),
        ("Version: f2.0.1v1.10.1-previous-669-gdfdcbab6", "Forge"),
        ("Version: f0.0.17v1.8.0rc-latest-276-g29be1da7", "Forge"),
        ("Version: f1.0.0v2-v1.10.1RC-latest-2498-g5120e679", "reForge"),
        ("Version: f1.3.0-v1.10.1RC-latest-1038-g19395bf9", "EasyReforge"),
        ("Version: classic", "Forge Classic"),
        ("Version: neo", "Forge Neo"),
        ("Version: neo-2.28", "Forge Neo"),
        ("App: SD.Next, Version: 56a8aea", "SD.Next"),
        ("Parser: Full parser, Backend: Original, Version: 90afba3, Operations: txt2img; hires", "SD.Next"),
        ("Version: stable-diffusion.cpp", "stable-diffusion.cpp"),
        ("Version: ComfyUI", "ComfyUI"),
        ("ADetailer version: 26.2.0", "A1111"),
        ("Civitai resources: [], Civitai metadata: {}", "Civitai"),
        ("RNG: CPU", "A1111"),
    ],
)
def test_which_fork(version: str, name: str) -> None:
    assert got(f"{TAIL}, {version}").generator == name


def test_negative_counts_only_at_the_start_of_a_line() -> None:
    found = got(positive="a sign: Negative prompt: none\nsecond line", negative="ugly,\nbad")
    assert found.prompts == ("a sign: Negative prompt: none\nsecond line",)
    assert found.negative_prompts == ("ugly,\nbad",)
    assert got(negative=None).negative_prompts == ()
    empty = read((("tEXt:parameters", f"Negative prompt: low\n{TAIL}"),))
    assert empty is not None and empty.prompts == ("",) and empty.negative_prompts == ("low",)


def test_settings_are_found_from_the_end_and_prompts_may_look_like_them() -> None:
    found = got(positive="Steps: 3 up the hill, Flour: 2, Sugar: 1, Eggs: 3\nboat")
    assert found.steps == ("20",) and found.prompts[0].startswith("Steps: 3 up")


def test_one_line() -> None:
    found = read((("exif:Exif.UserComment", f"a castle. Negative prompt: blurry. {TAIL}"),))
    assert found is not None
    assert (found.prompts, found.negative_prompts, found.seeds) == (("a castle",), ("blurry",), ("42",))


def test_one_line_without_blanks_after_its_stops() -> None:
    found = read((("tEXt:parameters", f"a castle <lora:x:1> at night.Negative prompt: blurry, low.{TAIL}"),))
    assert found is not None
    assert (found.prompts, found.negative_prompts, found.seeds) == (("a castle <lora:x:1> at night",), ("blurry, low",), ("42",))


def test_carriage_returns_and_trailing_nuls() -> None:
    found = read((("tEXt:parameters", f"boat\r\nNegative prompt: bad\r\n{TAIL}\0\0"),))
    assert found is not None and found.prompts == ("boat",) and found.models[0].name == "paper_v1"


def test_quotes_json_tails_and_first_key_wins() -> None:
    found = got(
        'Steps: 20, Seed: 1, Model: "my, model: v2", Hires prompt: "castle: \\"blue\\"\\nnext", Hires upscale: 2, Hires upscaler: Latent, '
        'Hashes: {"model": "aa", "lora:we{ird}, name": "bb"}, Civitai resources: [{"type":"lora","weight":0.7,"modelName":"L }] x"}], '
        'Seed: 2, ControlNet 0: "Module: canny, Model: control_canny [fef5e48e], Weight: 1", Odd key/2: yes, Created: 2025-03-01T10:20:30Z'
    )
    assert found.models[0] == Model("my, model: v2", "checkpoint", "aa")
    assert found.prompts == ("a paper boat", 'castle: "blue"\nnext')
    assert found.seeds == ("1",)
    assert found.hashes["lora:we{ird}, name"] == "bb"
    assert found.loras == (Lora("L }] x", "0.7", "0.7"), Lora("we{ird}, name", claimed_hash="bb"))
    assert Model("control_canny", "controlnet", "fef5e48e") in found.models
    assert found.rest["ControlNet 0"] == "Module: canny, Model: control_canny [fef5e48e], Weight: 1"
    assert (found.rest["Odd key/2"], found.rest["Created"]) == ("yes", "2025-03-01T10:20:30Z")
    assert found.rest["Civitai resources"] == [{"type": "lora", "weight": "0.7", "modelName": "L }] x"}]


def test_loras_hashes_and_embeddings() -> None:
    found = got(
        TAIL + ', Lora hashes: "ink: 1111, neg lora: 2222, odd:name: 3333", TI hashes: "badhand: 4444"',
        positive="x <lora:ink:0.8> <lora:neg lora:-0.4:0.5> <lora:m1:te=0.5:unet=0.9:lbw=OUTD> <lora:plain> "
        "<hypernet:hn:0.3> <lyco:lc:1> <lora:>",
    )
    assert found.loras == (
        Lora("ink", "0.8", "0.8", "1111"),
        Lora("neg lora", "0.5", "-0.4", "2222"),
        Lora("m1", "0.9", "0.5"),
        Lora("plain", "1", "1"),
        Lora("lc", "1", "1"),
        Lora("odd:name", claimed_hash="3333"),
    )
    assert Model("badhand", "embedding", "4444") in found.models
    assert found.prompts[0].startswith("x <lora:ink:0.8>"), "the prompt stays as written"


def test_passes_of_hires_refiner_and_detailers() -> None:
    found = got(
        TAIL + ", Denoising strength: 0.3, Refiner: sd_xl_refiner_1.0 [7440042bbd], Refiner switch at: 0.8, Hires upscale: 1.5, "
        "Hires steps: 10, Hires sampler: DPM++ 2M, Hires CFG Scale: 6, Hires upscaler: R-ESRGAN 4x+, "
        "ADetailer model: face_yolov8n.pt, ADetailer prompt: a face, "
        "ADetailer denoising strength: 0.5, ADetailer model 2nd: hand_yolov8n.pt, ADetailer denoising strength 2nd: 0.4"
    )
    assert [item.role for item in found.passes] == ["base", "refiner", "hires", "detailer", "detailer"]
    assert found.passes[0].denoise is None, "with a hires pass the strength is the hires pass's"
    assert found.passes[2] == Pass("hires", steps="10", cfg="6", sampler="DPM++ 2M", denoise="0.3", prompts=(0,), negatives=(0,))
    assert (found.passes[3].denoise, found.passes[4].denoise, found.passes[3].prompts) == ("0.5", "0.4", (1,))
    assert (found.steps, found.denoises, found.cfgs) == (("20", "10"), ("0.3", "0.5", "0.4"), ("7", "6"))
    assert {model.name: model.kind for model in found.models} == {
        "paper_v1": "checkpoint",
        "sd_xl_refiner_1.0": "checkpoint",
        "R-ESRGAN 4x+": "upscaler",
        "face_yolov8n.pt": "detector",
        "hand_yolov8n.pt": "detector",
    }
    assert found.rest["ADetailer model 2nd"] == "hand_yolov8n.pt" and found.rest["Hires upscale"] == "1.5"


def test_sd_next_has_another_order_templates_and_no_sampler() -> None:
    text = (
        "boat\nNegative prompt: \nTemplate: {boat|ship},\nby the sea\nSteps: 9, Size: 64x64, Scheduler: FlowMatch, Seed: 21, CFG scale: 1, "
        "App: SD.Next, Version: 5f04d47, Operations: txt2img; hires, Model: moody"
    )
    found = read((("exif:Exif.UserComment", text),))
    assert found is not None
    assert (found.generator, found.negative_prompts, found.samplers, found.schedulers) == ("SD.Next", ("",), (), ("FlowMatch",))
    assert found.rest["templates"] == {"Template": "{boat|ship},\nby the sea"}
    assert found.rest["Operations"] == "txt2img; hires"


def test_templates_after_the_settings() -> None:
    found = got(TAIL + "\nTemplate: a {red|blue} boat, Steps\nNegative Template: bad")
    assert found.rest["templates"] == {"Template": "a {red|blue} boat, Steps", "Negative Template": "bad"}
    assert found.models[0].name == "paper_v1"


@pytest.mark.parametrize(
    "carrier",
    [
        "tEXt:parameters",
        "iTXt:parameters",
        "zTXt:parameters",
        "exif:Exif.UserComment",
        "exif:IFD0.UserComment",
        "COM",
        "gif:comment",
        "sidecar:txt",
        "stealth:parameters",
    ],
)
def test_carriers(carrier: str) -> None:
    assert a1111.claims(((carrier, infotext(TAIL)[0][1]),))


def test_a_long_text_keeps_its_settings() -> None:
    assert got(positive="boat, " * 200_000).seeds == ("42",)


@given(st.text(alphabet=st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=200), st.integers(0, 2**64 - 1))
@settings(deadline=None, max_examples=150)
def test_any_prompt_comes_back(prompt: str, seed: int) -> None:
    lines = prompt.split("\n")
    if any(line.startswith(("Negative prompt:", "Template:", "Negative Template:", "Steps:")) for line in lines):
        return
    found = parse(f"{prompt}\nNegative prompt: bad\nSteps: 20, Seed: {seed}, Version: v1")
    assert found.positive == prompt.strip("\0 \n\t\ufeff").strip()
    assert found.settings["Seed"] == str(seed)


def test_tags_and_embeddings_are_read_as_the_tools_do() -> None:
    assert [tag.name for tag in tags("<lora:a:1><lora:b<c:2> <lora:d\n:1> <x:y> a < b > c <lora:e:0.5>")] == ["a", "d", "e"]
    assert embeddings("(embedding:one:1.2), embedding:two.pt embedding:dir/three, embedding:one") == ("one", "two.pt", "dir/three")
