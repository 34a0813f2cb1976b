"""The recorded ComfyUI session: every picture's Reading gives the facts of the prompt that made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reader_builders import shared

from provenance.carriers import open_container
from provenance.readers import attempt
from provenance.readers.jsontext import same_number
from provenance.readers.reading import Reading

NUMBERS = (("seed", "seeds"), ("steps", "steps"), ("cfg", "cfgs"), ("denoise", "denoises"))


def _wrong(reading: Reading, facts: dict[str, Any]) -> list[str]:
    size = f"{facts['width']}x{facts['height']}"
    wrong = [key for key, field in NUMBERS if not same_number(getattr(reading, field)[0], str(facts[key]))]
    checks = {
        "positive": reading.prompts == (facts["positive"],),
        "negative": reading.negative_prompts == (facts["negative"],),
        "sampler": reading.samplers == (facts["sampler"],),
        "scheduler": reading.schedulers == (facts["scheduler"],),
        "model": reading.models[0].name == facts["model"],
        "size": reading.sizes[:1] == (size,) or facts["init_image"] is not None,
        "init image": (facts["init_image"] or "") == next((item.name for item in reading.inputs if item.role == "image"), ""),
        "loras": [(lora.name, float(lora.weight or "nan"), float(lora.weight_te or "nan")) for lora in reading.loras]
        == [(item["name"], item["strength_model"], item["strength_clip"]) for item in facts["loras"]],
    }
    second = facts.get("second_pass")
    if second:
        checks["second pass"] = (reading.passes[1].role, reading.seeds[1], reading.denoises[1], reading.sizes[1]) == (
            "hires",
            str(second["seed"]),
            str(second["denoise"]),
            f"{second['width']}x{second['height']}",
        )
    return wrong + [name for name, is_right in checks.items() if not is_right]


def test_every_picture_of_the_session() -> None:
    where = shared("PROV_SESSION", "comfy-session")
    truth = json.loads((where / "truth.json").read_text(encoding="utf-8"))
    seen, wrong = 0, []
    for prompt in truth["prompts"]:
        for output in prompt["outputs"]:
            path = next((where / "versions").glob(f"{output['sha256']}.*"))
            if path.suffix not in (".png", ".webp"):
                continue
            data = path.read_bytes()
            found = open_container(data, size=len(data))
            reading, failed = attempt(tuple((c.name, c.text) for c in found.carriers if c.text is not None), Path(output["path"]).name)
            assert reading is not None and failed == (), output["path"]
            seen += 1
            problems = _wrong(reading, prompt["facts"]) if prompt["facts"] else []
            if [(item.name, item.claimed_sha256) for item in reading.inputs] != [
                (item["name"], item["sha256"]) for item in prompt["inputs"]
            ]:
                problems.append("inputs")
            problems.extend(reading.warnings)
            if problems:
                wrong.append((output["path"], problems))
    assert seen == 34 and not wrong, wrong
